// Divides the channels between two layers in what makes them and multiplies them in what reads them: nothing else changes.
import type { ConstantEdits } from './constantEdits';
import type { LayerPair } from './layerPairs';
import { multiplyInputs, multiplyOutputs } from './weightLayout';

/** What is added to the first layer's output: values whose channel changes every `stride` elements. */
export interface Offsets {
  readonly values: Float32Array;
  readonly stride: number;
}

/** The bias of the first layer and the constants added behind it, to be changed in place. */
export function offsetsOf({ first, added }: LayerPair, edits: ConstantEdits): Offsets[] {
  const hasBias = first.opType !== 'MatMul' && (first.input[2] ?? '') !== '';
  const own = hasBias ? [{ values: edits.open(first, 2).values, stride: 1 }] : [];
  return [...own, ...added.map(({ node, inputIndex, stride }) => ({ ...edits.open(node, inputIndex), stride }))];
}

/** Divides each output channel of the first layer by its factor, and multiplies what the second layer makes of it. */
export function rescalePair(pair: LayerPair, edits: ConstantEdits, factors: Float64Array): void {
  const { first, firstLayout, second, secondLayout, block } = pair;
  const divisors = factors.map((factor) => 1 / factor);
  multiplyOutputs(firstLayout, edits.open(first, 1).values, divisors);
  for (const { values, stride } of offsetsOf(pair, edits)) multiplyAlong(values, divisors, stride);
  multiplyInputs(secondLayout, edits.open(second, 1).values, factors, block);
}

function multiplyAlong(values: Float32Array, factors: Float64Array, stride: number): void {
  for (let index = 0; index < values.length; index++) {
    values[index] = (values[index] ?? 0) * (factors[Math.floor(index / stride) % factors.length] ?? 1);
  }
}
