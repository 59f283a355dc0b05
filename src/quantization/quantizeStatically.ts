// Static quantization from a float model to a rewritten one: prepare, optimize, plan, calibrate, rewrite.
import { batches } from '../data/batches';
import type { Batch } from '../data/contracts';
import { openDataset } from '../data/openDataset';
import type { OpenedDataset } from '../data/openDataset';
import type { QuantizationRecipe } from '../config/recipe';
import type { ModelProto } from '../onnx/messages';
import type { OnnxModel } from '../onnx/readModel';
import type { JobContext } from '../protocol/jobContext';
import type { DimensionSizes } from '../protocol/environment';
import type { QuantizeSpec } from '../protocol/jobs';
import type { EngineSession, GraphOptimization } from '../runtime/session';
import { calibrate } from './calibration/calibrate';
import type { Calibration } from './calibration/calibrate';
import { fixedBatchSize } from './calibration/fixedBatchSize';
import { openGraph } from './calibration/openGraph';
import { excludedAfterOptimizing } from './excludedNodes';
import { optimizedModel } from './optimizedModel';
import { planQuantization, refuseUnknownNodes } from './plan';
import { prepareModel } from './prepare';
import { quantizationErrors } from './quantizationErrors';
import type { QuantizedModel } from './quantizedModel';
import { quantizeModel } from './quantizeModel';
import { withProto } from './withProto';

/** A quantized model whose tensors may still be in the files of `source`; the caller closes `source`. */
export interface StaticQuantization {
  readonly quantized: QuantizedModel;
  readonly source: OnnxModel;
  readonly calibration: Calibration & { readonly ms: number };
  readonly notes: readonly string[];
}

/** Above this, the engine would have to hold the whole model to optimize it, and could not write it into one file. */
const largestOptimizedBytes = 1.5 * 2 ** 30;

/**
 * Quantizes `model` with ranges measured on the data set of `spec`. Intermediate models go into the job's folder.
 * `calibrationOptimization` is what the engine may do to the graph whose ranges are measured.
 * Throws `quantize-needs-data` without a data set, and whatever preparing, data, engine and planning throw.
 */
export async function quantizeStatically(
  model: OnnxModel,
  spec: QuantizeSpec,
  context: JobContext,
  calibrationOptimization: GraphOptimization = 'all',
): Promise<StaticQuantization> {
  if (spec.datasetPath === undefined) throw quantizationErrors.needsData(model.path);
  const prepared = prepareModel(model, spec.recipe);
  const original = withProto(model, prepared.proto);
  refuseUnknownNodes(original, spec.recipe);
  const dataset = await openDataset(spec.datasetPath);
  let source = original;
  try {
    const isLarge = model.sizeBytes > largestOptimizedBytes;
    if (!isLarge) source = await optimizedModel(original, 'basic', disabledOptimizers(spec.recipe), context, openGraph);
    const recipe = {
      ...spec.recipe,
      excludedNodes: excludedAfterOptimizing(original, source, spec.recipe.excludedNodes),
    };
    const startedAt = performance.now();
    const calibration = await measure(source, { ...spec, recipe }, dataset, context, calibrationOptimization);
    const ms = performance.now() - startedAt;
    const quantized = quantizeModel(source, recipe, calibration.ranges);
    const largeNote = 'The model is too large to be optimized before quantizing; its graph is quantized as it is.';
    const notes = [...prepared.notes, ...(isLarge ? [largeNote] : []), ...dataset.notes, ...calibration.notes];
    return { quantized, source, calibration: { ...calibration, ms }, notes };
  } catch (thrown) {
    if (source !== original) source.close();
    throw thrown;
  } finally {
    await dataset.close();
  }
}

/** A MatMul and an Add merged into a Gemm would no longer be the operators that --ops names. */
function disabledOptimizers({ opTypes }: QuantizationRecipe): readonly string[] {
  return opTypes === undefined ? [] : ['MatMulAddFusion'];
}

async function measure(
  model: OnnxModel,
  { recipe, threads, dimensions }: QuantizeSpec,
  dataset: OpenedDataset,
  context: JobContext,
  graphOptimization: GraphOptimization,
): Promise<Calibration> {
  const { loader } = dataset;
  const { samples } = recipe.calibration;
  const fixed = fixedBatchSize(declaredInputs(model, dimensions));
  const options = {
    batchSize: fixed ?? dataset.batchSize,
    limit: samples,
    // A batch that is not full does not fit a model with a fixed batch size.
    ...(fixed === undefined ? {} : { lastBatch: 'discard' as const }),
    signal: context.signal,
  };
  const sessionOptions = { threads, dimensions, graphOptimization };
  return calibrate(
    {
      model,
      tensors: planQuantization(model, recipe).measuredTensors,
      settings: recipe.calibration,
      expectedSamples: loader.length === undefined ? undefined : Math.min(samples, loader.length),
      batches: (): AsyncIterable<Batch> => batches(loader, options),
      open: (proto: ModelProto): Promise<EngineSession> => openGraph(proto, model, context, sessionOptions),
    },
    context,
  );
}

/** The shapes of the inputs as the file declares them, open dimensions closed as asked for. */
function declaredInputs(model: OnnxModel, dimensions: DimensionSizes): { dims: (number | null)[] }[] {
  return model.graph.input.map(({ type }) => ({
    dims: (type?.tensorType?.shape?.dim ?? []).map(
      ({ dimValue, dimParam }) => dimValue ?? (dimParam === undefined ? undefined : dimensions[dimParam]) ?? null,
    ),
  }));
}
