// The job `quantize`: from a float model file to a quantized one that has been checked in a process of its own.
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256OfFile } from '../files/fileHash';
import type { ModelProto } from '../onnx/messages';
import { readModel } from '../onnx/readModel';
import type { OnnxModel } from '../onnx/readModel';
import { writeModel } from '../onnx/writeModel';
import type { JobContext } from '../protocol/jobContext';
import type { QuantizeResult, QuantizeSpec, VerifyResult } from '../protocol/jobs';
import { environmentOf } from '../runtime/environment';
import { quantizeDynamic } from './dynamic';
import { prepareModel } from './prepare';
import type { QuantizedModel } from './quantizedModel';
import { quantizeStatically } from './quantizeStatically';
import { StagedOutput } from './stagedOutput';
import { Verification } from './verification';
import { withProto } from './withProto';

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
    const { output, quantized, ...made } = await makeVerified(model, spec, context);
    return {
      output,
      originalSizeBytes: model.sizeBytes,
      ...made,
      quantizedOps: quantized.quantizedOps,
      keptFloat: quantized.keptFloat,
      ranges: quantized.ranges,
      environment: environmentOf(spec.threads),
      recipe: spec.recipe,
      modelSha256: await sha256OfFile(spec.modelPath),
      ms: performance.now() - startedAt,
    };
  } finally {
    model.close();
  }
}

type Made = Pick<QuantizeResult, 'output' | 'sizeBytes' | 'verification' | 'calibration' | 'notes'> & {
  readonly quantized: QuantizedModel;
};

async function makeVerified(model: OnnxModel, spec: QuantizeSpec, context: JobContext): Promise<Made> {
  const output = await StagedOutput.create(spec.outputPath, [spec.modelPath, ...model.externalFiles]);
  // Models on the way are as large as the one that was given, and of no use afterwards.
  const intermediates = join(context.folder, 'intermediates');
  try {
    await mkdir(intermediates);
    const verification = await Verification.start(output.modelPath, spec, context);
    try {
      const rewritten = await rewrite(model, spec, intermediates, context);
      const { quantized, calibration } = rewritten;
      const published = await writeAndPublish(rewritten, output, verification, context);
      const notes = [...rewritten.notes, ...quantized.notes, ...notesOn(published.verification)];
      return { output: output.outputPath, quantized, calibration, notes, ...published };
    } finally {
      await verification.cancel();
    }
  } finally {
    await output.discard();
    await rm(intermediates, { recursive: true, force: true });
  }
}

/** Below this, in dB, the outputs of 8-bit models are seldom of use. */
const poorSignalToNoiseDb = 10;

function notesOn({ samples, signalToNoiseDb }: VerifyResult): string[] {
  if (samples === 0)
    return ['It was only loaded, not run: made-up inputs do not suit the model. Give --data or --dim NAME=N.'];
  if (signalToNoiseDb === null || signalToNoiseDb >= poorSignalToNoiseDb) return [];
  return [
    `Its outputs are far from the float model's (signal to noise ${signalToNoiseDb.toFixed(1)} dB). Evaluate it before ` +
      'use; --calibration percentile or --exclude for sensitive nodes may bring it nearer.',
  ];
}

async function rewrite(
  model: OnnxModel,
  spec: QuantizeSpec,
  intermediates: string,
  context: JobContext,
): Promise<Rewritten> {
  if (spec.recipe.approach === 'static') {
    const { calibration, ...rest } = await quantizeStatically(model, spec, { ...context, folder: intermediates });
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
  verifying: Verification,
  context: JobContext,
): Promise<Pick<QuantizeResult, 'sizeBytes' | 'verification'>> {
  const written = await writeClosing(output.modelPath, quantized.proto, source, context);
  context.signal.throwIfAborted();
  const verification = await verifying.result();
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
