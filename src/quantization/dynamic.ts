// Dynamic quantization: weights become 8-bit now, activations while the model runs; no calibration (SYSTEMS §4.3).
import type { KeptFloat, QuantizationRecipe } from '../config/recipe';
import { GraphEdit } from '../onnx/graphEdit';
import { weightInputs } from '../dictionary/quantizableOps';
import { DataType } from '../onnx/dataTypes';
import { isStandardDomain, subgraphsOf } from '../onnx/graphView';
import type { GraphView } from '../onnx/graphView';
import type { GraphProto, NodeProto } from '../onnx/messages';
import type { OnnxModel } from '../onnx/readModel';
import { refuseAlreadyQuantized } from './alreadyQuantized';
import { describeNode } from '../onnx/describeNode';
import { refuseUnknownNodes } from './plan';
import { rewriteConv } from './dynamic/convolution';
import { DynamicRewriter } from './dynamic/dynamicRewriter';
import { rewriteEmbedLayerNormalization, rewriteGather } from './dynamic/embeddings';
import { rewriteGemm, rewriteMatMul } from './dynamic/matrixProducts';
import { rewriteAttention, rewriteLstm } from './dynamic/recurrentAndAttention';
import { quantizationErrors } from './quantizationErrors';
import type { QuantizedModel } from './quantizedModel';
import type { Rewritten } from './rewritten';

interface DynamicOp {
  readonly domain: '' | 'com.microsoft';
  readonly rewrite: (node: NodeProto, rewriter: DynamicRewriter) => Rewritten | undefined;
  /** Why the op type is left alone unless the recipe names it. */
  readonly onRequest?: string;
}

const convReason =
  'dynamic quantization makes convolutions several times slower on CPUs; name Conv in --ops to have it';

/** Every op type with a dynamically quantized form in the engine. */
const dynamicOps: Readonly<Record<string, DynamicOp>> = {
  MatMul: { domain: '', rewrite: rewriteMatMul },
  Gemm: { domain: '', rewrite: rewriteGemm },
  Gather: { domain: '', rewrite: rewriteGather },
  LSTM: { domain: '', rewrite: rewriteLstm },
  Attention: { domain: 'com.microsoft', rewrite: rewriteAttention },
  EmbedLayerNormalization: { domain: 'com.microsoft', rewrite: rewriteEmbedLayerNormalization },
  Conv: {
    domain: '',
    rewrite: rewriteConv,
    onRequest: convReason,
  },
};

/**
 * Rewrites a prepared model (see `prepareModel`). Weights are read one at a time, and a weight that a float node reads
 * as well stays in the model beside its 8-bit form. The activation type is always uint8, as DynamicQuantizeLinear
 * makes it.
 *
 * Throws `quantize-already-quantized`, `quantize-unknown-node` when the recipe excludes a node the model does not have,
 * or `quantize-nothing` when no node can be quantized.
 */
export function quantizeDynamic(model: OnnxModel, recipe: QuantizationRecipe): QuantizedModel {
  refuseAlreadyQuantized(model);
  refuseUnknownNodes(model, recipe);
  return rewriteDynamically(model, recipe);
}

/** As `quantizeDynamic`, for a model that may hold statically quantized nodes already: the float ones are rewritten. */
export function rewriteDynamically(model: OnnxModel, recipe: QuantizationRecipe): QuantizedModel {
  const edit = new GraphEdit(model.proto);
  const rewriter = new DynamicRewriter(edit, model, recipe);
  const quantizedOps: Record<string, number> = {};
  edit.rewriteNodes((node) => {
    const rewritten = rewriteNode(node, rewriter);
    if (rewritten === undefined) return node;
    if ('reason' in rewritten) {
      rewriter.keptFloat.push({ node: describeNode(node), opType: node.opType, reason: rewritten.reason });
      return node;
    }
    quantizedOps[node.opType] = (quantizedOps[node.opType] ?? 0) + 1;
    return rewritten;
  });
  const { keptFloat } = rewriter;
  if (Object.keys(quantizedOps).length === 0) throw nothingQuantized(model, recipe, keptFloat);
  edit.removeUnusedInitializers();
  if (edit.nodes.some((node) => node.domain === 'com.microsoft') && edit.opset('com.microsoft') === undefined) {
    edit.setOpset('com.microsoft', 1);
  }
  return { proto: edit.toModel(), quantizedOps, keptFloat, ranges: {}, notes: notesOn(recipe, keptFloat) };
}

/**
 * Whether a node has a dynamically quantized form worth trying: one the engine knows, with a constant float32 weight.
 * Convolutions are left out: their dynamic form is slower than the float one.
 */
export function isDynamicallyQuantizable(node: NodeProto, view: GraphView): boolean {
  const op = dynamicOps[node.opType];
  const domain = isStandardDomain(node.domain) ? '' : node.domain;
  if (op?.domain !== domain || op.onRequest !== undefined) return false;
  const weight = view.initializer(node.input[weightInputs[node.opType]?.at(-1) ?? 0] ?? '');
  return weight?.dataType === DataType.float32;
}

/** The quantized form of a node, the reason against it, or undefined for nodes that dynamic quantization never touches. */
function rewriteNode(node: NodeProto, rewriter: DynamicRewriter): Rewritten | undefined {
  const { recipe } = rewriter;
  const inside = subgraphsOf(node).flatMap(({ graph }) => quantizableInside(graph));
  if (inside.length > 0) {
    return { reason: `control flow: the nodes in its branches (${[...new Set(inside)].join(', ')}) stay float` };
  }
  const op = dynamicOps[node.opType];
  const domain = isStandardDomain(node.domain) ? '' : node.domain;
  if (op?.domain !== domain) return undefined;
  if (recipe.excludedNodes.includes(node.name)) return { reason: 'excluded by the recipe' };
  if (recipe.opTypes?.includes(node.opType) === false)
    return { reason: `${node.opType} is not among the op types asked for` };
  if (recipe.opTypes === undefined && op.onRequest !== undefined) return { reason: op.onRequest };
  return op.rewrite(node, rewriter);
}

function quantizableInside(graph: GraphProto): string[] {
  return graph.node.flatMap((node) => [
    ...(dynamicOps[node.opType] === undefined ? [] : [node.opType]),
    ...subgraphsOf(node).flatMap((inner) => quantizableInside(inner.graph)),
  ]);
}

function nothingQuantized(model: OnnxModel, recipe: QuantizationRecipe, keptFloat: readonly KeptFloat[]): Error {
  const wanted = Object.keys(dynamicOps).filter((opType) => recipe.opTypes?.includes(opType) !== false);
  if (wanted.length === 0) {
    const reason = `${recipe.opTypes?.join(', ') ?? ''} has no dynamically quantized form`;
    return quantizationErrors.nothingToQuantize(
      model.path,
      reason,
      `Name some of ${Object.keys(dynamicOps).join(', ')} in --ops, or quantize statically.`,
    );
  }
  const relevant = keptFloat.filter(({ opType }) => wanted.includes(opType) || dynamicOps[opType] === undefined);
  const reasons = [...new Set(relevant.map((kept) => `${kept.opType}: ${kept.reason}`))];
  const reason = reasons.length === 0 ? `it has no ${wanted.join(', ')} node` : reasons.slice(0, 3).join('; ');
  const hasConv = keptFloat.some((kept) => kept.reason === convReason);
  const nextStep = hasConv
    ? 'Quantize it statically, with --data naming a data set to calibrate with.'
    : 'Take a float32 model whose weights are constants of its main graph.';
  return quantizationErrors.nothingToQuantize(model.path, reason, nextStep);
}

function notesOn(recipe: QuantizationRecipe, keptFloat: readonly KeptFloat[]): string[] {
  const notes: string[] = [];
  if (recipe.activationType === 'int8') notes.push('Activations are uint8: dynamic quantization knows no other type.');
  const convolutions = keptFloat.filter((kept) => kept.reason === convReason).length;
  if (convolutions > 0) notes.push(`${convolutions} Conv left float: ${convReason}.`);
  return notes;
}
