// Graph optimization: the engine's own rewriting of a float graph, kept as a model.
import type { ModelProto } from '../onnx/messages';
import type { OnnxModel } from '../onnx/readModel';
import { writeModel } from '../onnx/writeModel';
import type { WrittenModel } from '../onnx/writeModel';
import type { JobContext } from '../protocol/jobContext';
import type { OptimizationLevel } from '../protocol/optimization';
import { openGraph } from '../quantization/calibration/openGraph';
import { optimizedModel } from '../quantization/optimizedModel';
import { optimizationErrors } from './optimizationErrors';

/** Above this the engine, which writes one file only, could not write the model back. */
const largestOptimizedBytes = 1.5 * 2 ** 30;

/** The engine's operators in a blocked layout of channels, whose block is as wide as the vectors of this processor. */
const machineDomain = 'com.microsoft.nchwc';
const engineDomain = 'com.microsoft';

/**
 * `model` as the engine saves it after optimizing at `level` (SYSTEMS §4.7), unused operator sets dropped. The file it is
 * read from lies in the folder of `context`; the caller closes it. Throws `optimize-too-large`, and `engine-load`.
 */
export async function optimizeGraph(
  model: OnnxModel,
  level: OptimizationLevel,
  context: JobContext,
): Promise<OnnxModel> {
  if (model.sizeBytes > largestOptimizedBytes) throw optimizationErrors.tooLarge(model.path);
  context.signal.throwIfAborted();
  return optimizedModel(model, level, [], context, openGraph);
}

/**
 * Writes `model`, optimized at `level`, to `path`. For use inside a job: nothing is verified, and whatever stands at
 * `path` is replaced. Throws as `optimizeGraph` and `writeModel` do.
 */
export async function optimizeGraphTo(
  path: string,
  model: OnnxModel,
  level: OptimizationLevel,
  context: JobContext,
): Promise<WrittenModel> {
  const optimized = await optimizeGraph(model, level, context);
  try {
    return await writeModel(path, optimized.proto, { tensors: optimized.tensors, signal: context.signal });
  } finally {
    optimized.close();
  }
}

/** Where an optimized model can run, when that is not everywhere. */
export function portabilityNotes(
  { opsetImport }: ModelProto,
  original: ModelProto,
  level: OptimizationLevel,
): string[] {
  const isNew = (domain: string): boolean =>
    opsetImport.some((one) => one.domain === domain) && !original.opsetImport.some((one) => one.domain === domain);
  if (level === 'all') {
    const layout = isNew(machineDomain) ? ' It holds convolutions in the layout of this processor.' : '';
    return [
      `Optimized at the level all, it is made for this kind of processor and may fail or be slow on others.${layout}`,
    ];
  }
  if (!isNew(engineDomain)) return [];
  return ['It holds operators of ONNX Runtime itself (com.microsoft); other runtimes do not know them.'];
}
