// Which shifts of biases are taken: a shift that dwarfs its bias says that something else is wrong (SYSTEMS §7.6).
import type { NodeProto } from '../../onnx/messages';
import type { OnnxModel } from '../../onnx/readModel';
import { biasPlace } from './biasPlace';
import type { BiasPlace } from './biasPlace';
import type { BiasShifts } from './biasShifts';
import { ConstantEdits } from './constantEdits';

export type BiasMethod = 'fast' | 'full';

/** Thresholds of POT (SYSTEMS §7.5). */
const usualThresholds: Readonly<Record<BiasMethod, number>> = { fast: 2, full: 1000 };

export interface BiasLimits {
  /**
   * Largest shift, in multiples of the largest bias of its layer: a bias of 0 among others must not forbid every shift.
   * Absent: what is usual with the method.
   */
  readonly threshold?: number;
  /** Whether matrix products without a bias get one; convolutions always do. */
  readonly givesBiases: boolean;
}

/** The shifts within the limits. Where all of a layer's biases are 0, there is nothing to compare with: its shift is taken. */
export function limitedShifts(
  model: OnnxModel,
  shifts: BiasShifts,
  { threshold, givesBiases }: BiasLimits,
  method: BiasMethod,
): BiasShifts {
  const limits = { threshold: threshold ?? usualThresholds[method], givesBiases };
  const edits = new ConstantEdits(model);
  const kept = model.graph.node.flatMap((node) => {
    const shift = shifts.get(node.name);
    const place = shift === undefined ? undefined : biasPlace(edits, node);
    if (shift === undefined || place === undefined) return [];
    return isWithin(node, shift, place, edits, limits) ? [[node.name, shift] as const] : [];
  });
  return new Map(kept);
}

function isWithin(
  { opType }: NodeProto,
  shift: Float32Array,
  place: BiasPlace,
  edits: ConstantEdits,
  { threshold, givesBiases }: Required<BiasLimits>,
): boolean {
  if (!place.exists) return givesBiases || opType === 'Conv' || opType === 'ConvTranspose';
  const largest = largestOf(edits.read(place.node, place.inputIndex).values) * Math.abs(place.factor);
  return largest === 0 || largestOf(shift) < threshold * largest;
}

function largestOf(values: Float32Array): number {
  return values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
}
