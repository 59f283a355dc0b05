// The job `quantize`: from a float model file to a quantized one that has been checked in a process of its own.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256OfFile } from '../files/fileHash';
import type { ModelProto } from '../onnx/messages';
import { readModel } from '../onnx/readModel';
import type { OnnxModel } from '../onnx/readModel';
import { writeModel } from '../onnx/writeModel';
import { forkJob } from '../processes/forkJob';
import type { JobContext } from '../protocol/jobContext';
import type { QuantizeResult, QuantizeSpec, VerifyResult } from '../protocol/jobs';
import { environmentOf } from '../runtime/environment';
import { quantizeDynamic } from './dynamic';
import { prepareModel } from './prepare';
import { quantizationErrors } from './quantizationErrors';
import type { QuantizedModel } from './quantizedModel';
import { quantizeStatically } from './quantizeStatically';
import { StagedOutput } from './stagedOutput';
import { withProto } from './withProto';

/** Samples on which the new model is compared with the float one. */
const verifiedSamples = 5;

/** What the two approaches have in common: a rewritten model, and the model its tensors are read from. */
interface Rewritten {
  readonly quantized: QuantizedModel;
  readonly source: OnnxModel;
  readonly calibration: QuantizeResult['calibration'];
  readonly notes: readonly string[];
}

/**
 * Quantizes, writes beside the output path, has the result checked, and moves it into place. On failure and on cancel
 * the output path is as it was before.
 */
export async function runQuantize(spec: QuantizeSpec, context: JobContext): Promise<QuantizeResult> {
  const startedAt = performance.now();
  const model = readModel(spec.modelPath);
  try {
    const output = await StagedOutput.create(spec.outputPath, [spec.modelPath, ...model.externalFiles]);
    try {
      const rewritten = await rewrite(model, spec, context);
      const sizeBytes = await writeAndPublish(rewritten, output, spec, context);
      return {
        output: output.outputPath,
        originalSizeBytes: model.sizeBytes,
        ...sizeBytes,
        quantizedOps: rewritten.quantized.quantizedOps,
        keptFloat: rewritten.quantized.keptFloat,
        calibration: rewritten.calibration,
        ranges: rewritten.quantized.ranges,
        notes: [...rewritten.notes, ...rewritten.quantized.notes],
        environment: environmentOf(spec.threads),
        recipe: spec.recipe,
        modelSha256: await sha256OfFile(spec.modelPath),
        ms: performance.now() - startedAt,
      };
    } finally {
      await output.discard();
    }
  } finally {
    model.close();
  }
}

async function rewrite(model: OnnxModel, spec: QuantizeSpec, context: JobContext): Promise<Rewritten> {
  if (spec.recipe.approach === 'static') {
    const { calibration, ...rest } = await quantizeStatically(model, spec, context);
    const { samples, ms } = calibration;
    return { ...rest, calibration: { samples, ms, method: spec.recipe.calibration.method } };
  }
  // The engine does not see the model here: it would need several times the memory that rewriting does.
  const prepared = prepareModel(model, spec.recipe);
  const quantized = quantizeDynamic(withProto(model, prepared.proto), spec.recipe);
  return { quantized, source: model, calibration: { samples: 0, ms: 0, method: 'none' }, notes: prepared.notes };
}

async function writeAndPublish(
  { quantized, source }: Rewritten,
  output: StagedOutput,
  spec: QuantizeSpec,
  context: JobContext,
): Promise<Pick<QuantizeResult, 'sizeBytes' | 'verification'>> {
  const written = await writeClosing(output.modelPath, quantized.proto, source, context);
  context.signal.throwIfAborted();
  const verification = await verifyInFreshProcess(output.modelPath, spec, context);
  readModel(output.modelPath).close();
  context.signal.throwIfAborted();
  await output.publish(written.files);
  return { sizeBytes: written.sizeBytes, verification };
}

/** Writes the model and lets go of the one its tensors came from: the check needs the memory. */
async function writeClosing(
  path: string,
  proto: ModelProto,
  source: OnnxModel,
  context: JobContext,
): Promise<{ sizeBytes: number; files: readonly string[] }> {
  try {
    return await writeModel(path, proto, { tensors: source.tensors, signal: context.signal });
  } finally {
    source.close();
  }
}

async function verifyInFreshProcess(modelPath: string, spec: QuantizeSpec, context: JobContext): Promise<VerifyResult> {
  const folder = join(context.folder, 'verify');
  await mkdir(folder, { recursive: true });
  const { datasetPath, dimensions } = spec;
  const job = forkJob<'verify'>(
    {
      verb: 'verify',
      modelPath,
      referencePath: spec.modelPath,
      ...(datasetPath === undefined ? {} : { datasetPath }),
      samples: verifiedSamples,
      dimensions,
    },
    { folder, signal: context.signal, onProgress: context.onProgress, onLog: (line) => context.log(line) },
  );
  const outcome = await job.outcome;
  context.signal.throwIfAborted();
  if (outcome.state === 'success') return outcome.result;
  throw quantizationErrors.verification(
    outcome.state === 'error' ? outcome.failure : { code: 'cancelled', message: 'It was cancelled.' },
  );
}
