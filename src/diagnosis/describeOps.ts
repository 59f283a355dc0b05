// Puts together what is known of every operator: its errors, its types, its histograms and its times.
import type { NodeProto } from '../onnx/messages';
import { inferShapes } from '../onnx/shapeInference';
import type { HistogramPair, OpDiagnosis, OpPrecision } from '../protocol/diagnosis';
import { describeNode } from '../onnx/describeNode';
import { histogramPair } from './histograms';
import type { MatchedOp, MatchedOps } from '../onnx/matching/matchOps';
import { errorsOf } from './opErrors';
import type { ComparedModels, ErrorOptions, OpError } from './opErrors';
import { mainOpOf, precisionOf, timesByOp } from './opTimes';
import type { Kernel, OpTimes } from './opTimes';
import { rescaledOps } from './rescaledOps';
import { activationTypeOf, dequantizedWeight, floatWeight, weightFacts, weightOf } from './opWeights';

/** One entry for every operator that has float outputs in both models, in graph order. */
export async function describeOps(
  models: ComparedModels,
  matched: MatchedOps,
  times: OpTimes,
  options: Omit<ErrorOptions, 'onValues'>,
): Promise<OpDiagnosis[]> {
  const histograms = new Map<MatchedOp, HistogramPair | null>();
  const errors = await errorsOf(models, matched, {
    ...options,
    // As in the original, histograms show the first batch.
    onValues: (op, batch, float, dequantized) => {
      if (batch === 0) histograms.set(op, histogramPair(float, dequantized));
    },
  });
  const describe = describer(models, matched, times);
  const ops = matched.ops.flatMap((op) => {
    const error = errors.get(op);
    return error === undefined ? [] : [describe(op, error, histograms.get(op) ?? null)];
  });
  const rescaled = new Set(rescaledOps(ops));
  return ops.map((op) => ({ ...op, isRescaled: rescaled.has(op.node) }));
}

/** Whether its values were rescaled is known when all are described. */
type Describe = (op: MatchedOp, error: OpError, activations: HistogramPair | null) => Omit<OpDiagnosis, 'isRescaled'>;

function describer({ float, int8 }: ComparedModels, { tensors }: MatchedOps, times: OpTimes): Describe {
  const types = inferShapes(int8);
  const floatUs = timesByOp(times.floatKernels);
  const int8Us = timesByOp(times.int8Kernels);
  const int8Kernels = kernelsByOp(times.int8Kernels);
  const floatKernels = kernelsByOp(times.floatKernels);
  return (op, error, activations) => {
    const weight = weightOf(op, tensors);
    const dequantized = weight === undefined ? undefined : dequantizedWeight(weight, int8);
    const original = weight === undefined ? undefined : floatWeight(weight, op, tensors, float);
    return {
      node: op.node,
      opType: op.opType,
      mergedNodes: op.floatNodes.filter((node) => node !== op.main).map((node: NodeProto) => describeNode(node)),
      precision: precisionIn(int8Kernels.get(op)),
      computedWith: hostOf(op, int8Kernels.get(op)) ?? hostOf(op, floatKernels.get(op)),
      weight: weightFacts(weight),
      activationType: activationTypeOf(op, tensors, types),
      mse: Number.isFinite(error.mse) ? error.mse : null,
      sqnrDb: error.sqnrDb !== null && Number.isFinite(error.sqnrDb) ? error.sqnrDb : null,
      activationMin: error.min,
      activationMax: error.max,
      floatUs: floatUs.get(op) ?? null,
      int8Us: int8Us.get(op) ?? null,
      activations,
      weights: dequantized === undefined ? null : histogramPair(original, dequantized),
    };
  };
}

/** Kernels that compute each operator, alone or with others. */
function kernelsByOp(kernels: readonly Kernel[]): ReadonlyMap<MatchedOp, readonly Kernel[]> {
  const found = new Map<MatchedOp, Kernel[]>();
  for (const kernel of kernels) {
    if (kernel.kind !== 'compute') continue;
    for (const op of kernel.ops) found.set(op, [...(found.get(op) ?? []), kernel]);
  }
  return found;
}

/** The lowest precision an operator is computed in. */
function precisionIn(kernels: readonly Kernel[] = []): OpPrecision {
  const precisions = kernels.map(precisionOf);
  if (precisions.includes('dynamic')) return 'dynamic';
  return precisions.includes('int8') ? 'int8' : 'float';
}

/** The operator whose kernel computes this one, too. */
function hostOf(op: MatchedOp, kernels: readonly Kernel[] = []): string | null {
  const hosts = kernels.flatMap((kernel) => mainOpOf(kernel) ?? []);
  return hosts.length === 0 || hosts.includes(op) ? null : (hosts[0]?.node ?? null);
}
