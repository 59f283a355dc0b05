// SmoothQuant: moves the outliers of activations into the weights that multiply them (SYSTEMS §4.5). For MatMul and Gemm;
// between convolutions, cross-layer equalization does the same without data.
import { DataType } from '../../onnx/dataTypes';
import type { GraphEdit } from '../../onnx/graphEdit';
import { makeNode, makeTensor } from '../../onnx/makeMessages';
import type { ModelProto, NodeProto } from '../../onnx/messages';
import type { OnnxModel } from '../../onnx/readModel';
import { counted } from '../prepare/preparation';
import { bestAlpha } from './alphaSearch';
import { channelDivision } from './channelDivision';
import { ConstantEdits } from './constantEdits';
import { largestWeights, smoothingFactors } from './smoothingFactors';
import type { SmoothingStatistics } from './smoothingStatistics';
import { smoothableTensors } from './smoothableTensors';
import type { SmoothableTensor, SmoothedProduct } from './smoothableTensors';
import { multiplyInputs } from './weightLayout';

export interface SmoothingOptions {
  /** Names of the products that will be quantized; activations that none of them reads are left alone. */
  readonly nodes?: ReadonlySet<string>;
  /** Leaves activations alone that could only be divided by a Mul of its own, which costs time. */
  readonly foldOnly?: boolean;
}

export interface SmoothedModel {
  /** Computes the same as the model it was made from, up to rounding; ranges measured before no longer fit. */
  readonly proto: ModelProto;
  /** By activation: the alpha it was smoothed with. */
  readonly alphas: ReadonlyMap<string, number>;
  /** How many divisions went into constants, and how many became a Mul. */
  readonly folded: number;
  readonly inserted: number;
  readonly notes: readonly string[];
}

/** An activation and the factors it is divided by. */
interface Smoothing {
  readonly target: SmoothableTensor;
  readonly factors: Float64Array;
}

/**
 * Smooths the activations in front of MatMul and Gemm nodes with constant weights. All that read an activation share its
 * factors. The division goes into the constants of what makes the activation where nothing else reads it, else it becomes
 * a Mul called `<tensor>_smooth_mul`.
 *
 * @param model a prepared float model
 * @param statistics of this model; activations it knows nothing of are left alone, with `'auto'` those without rows too
 * @param alpha 0 leaves the work to the activation, 1 to the weights; `'auto'` chooses for each activation
 */
export function smoothQuant(
  model: OnnxModel,
  statistics: SmoothingStatistics,
  alpha: number | 'auto',
  options: SmoothingOptions = {},
): SmoothedModel {
  const edits = new ConstantEdits(model);
  const alphas = new Map<string, number>();
  const inserted = new Map<NodeProto, Smoothing>();
  let folded = 0;
  let insertedCount = 0;
  for (const target of smoothableTensors(edits, options.nodes)) {
    const { tensor, channels, products } = target;
    const isReadElsewhere = edits.view.consumers(tensor).length > products.length;
    const divide = isReadElsewhere ? undefined : channelDivision(edits, tensor, channels);
    if (divide === undefined && options.foldOnly === true) continue;
    const chosen = chooseFactors(target, statistics, alpha, edits);
    if (chosen === undefined) continue;
    alphas.set(tensor, chosen.alpha);
    divide?.(chosen.factors);
    for (const { node, layout } of products) {
      multiplyInputs(layout, edits.open(node, 1).values, chosen.factors, 1);
      if (divide === undefined) inserted.set(node, { target, factors: chosen.factors });
    }
    if (divide === undefined) insertedCount++;
    else folded++;
  }
  const muls = new MulInsertion(inserted);
  const proto = alphas.size === 0 ? model.proto : edits.toModel((...given) => muls.rewrite(...given));
  return { proto, alphas, folded, inserted: insertedCount, notes: notesOn(alphas.size, insertedCount) };
}

function chooseFactors(
  target: SmoothableTensor,
  { ranges, rows }: SmoothingStatistics,
  alpha: number | 'auto',
  edits: ConstantEdits,
): { alpha: number; factors: Float64Array } | undefined {
  const range = ranges.get(target.tensor);
  if (range === undefined) return undefined;
  const weightOf = ({ node }: SmoothedProduct): Float32Array => edits.read(node, 1).values;
  const known = rows.get(target.tensor);
  const found = alpha !== 'auto' ? alpha : known === undefined ? undefined : bestAlpha(target, range, known, weightOf);
  if (found === undefined) return undefined;
  return { alpha: found, factors: smoothingFactors(range, largestWeights(target, weightOf), found) };
}

function notesOn(smoothed: number, inserted: number): string[] {
  if (smoothed === 0) return [];
  const muls = inserted === 0 ? '' : `, ${inserted} of them by a Mul of their own`;
  return [`${counted(smoothed, 'activation')} smoothed${muls}.`];
}

/** Puts one Mul in front of all products that share an activation. */
class MulInsertion {
  private readonly outputs = new Map<SmoothableTensor, string>();

  constructor(private readonly inserted: ReadonlyMap<NodeProto, Smoothing>) {}

  rewrite(original: NodeProto, node: NodeProto, edit: GraphEdit): NodeProto[] {
    const smoothing = this.inserted.get(original);
    if (smoothing === undefined) return [node];
    const { target, factors } = smoothing;
    const known = this.outputs.get(target);
    const output = known ?? edit.uniqueName(`${target.tensor}_smooth_output`);
    this.outputs.set(target, output);
    const reader = { ...node, input: [output, ...node.input.slice(1)] };
    return known === undefined ? [mulNode(target.tensor, output, factors, edit), reader] : [reader];
  }
}

function mulNode(tensor: string, output: string, factors: Float64Array, edit: GraphEdit): NodeProto {
  const name = edit.uniqueName(`${tensor}_smooth_mul`);
  const scale = edit.uniqueName(`${tensor}_smooth_scale`);
  const inverse = Float32Array.from(factors, (factor) => 1 / factor);
  edit.setInitializer(makeTensor(scale, DataType.float32, [inverse.length], inverse));
  return makeNode({ opType: 'Mul', inputs: [tensor, scale], outputs: [output], name });
}
