// The job `optimize`: a model optimized by the engine, or converted to 16-bit floating point, and checked.
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256OfFile } from '../files/fileHash';
import type { ModelProto } from '../onnx/messages';
import { scopesOf } from '../onnx/modelWalk';
import { readModel } from '../onnx/readModel';
import type { OnnxModel } from '../onnx/readModel';
import { writeModel } from '../onnx/writeModel';
import type { JobContext } from '../protocol/jobContext';
import type { OptimizeResult, OptimizeSpec } from '../protocol/optimization';
import { StagedOutput } from '../quantization/stagedOutput';
import { Verification } from '../quantization/verification';
import { environmentOf } from '../runtime/environment';
import { blockableNames, convertToHalf } from './convertToHalf';
import type { HalfConversion, HalfOptions } from './convertToHalf';
import { opsWithoutKernels } from './kernelProbe';
import { bfloat16Format, float16Format } from './lowFormat';
import { optimizationErrors } from './optimizationErrors';
import { optimizeGraph, portabilityNotes } from './optimizeGraph';

/**
 * Optimizes or converts, writes beside the output path, has the result checked in a fresh process, and moves it into
 * place. On failure and on cancel the output path is as it was before, and it is never one of the input files.
 */
export async function runOptimize(spec: OptimizeSpec, context: JobContext): Promise<OptimizeResult> {
  const startedAt = performance.now();
  const model = readModel(spec.modelPath);
  try {
    const made = await makeVerified(model, spec, context);
    return {
      originalSizeBytes: model.sizeBytes,
      level: spec.level,
      precision: spec.precision,
      opsBefore: opCounts(model.proto),
      ...made,
      environment: environmentOf(spec.threads),
      modelSha256: await sha256OfFile(spec.modelPath),
      ms: performance.now() - startedAt,
    };
  } finally {
    model.close();
  }
}

type Made = Pick<
  OptimizeResult,
  'output' | 'sizeBytes' | 'opsAfter' | 'convertedOps' | 'keptFloat' | 'casts' | 'clamped' | 'notes' | 'verification'
>;

async function makeVerified(model: OnnxModel, spec: OptimizeSpec, context: JobContext): Promise<Made> {
  const output = await StagedOutput.create(spec.outputPath, [spec.modelPath, ...model.externalFiles]);
  const intermediates = join(context.folder, 'intermediates');
  try {
    await mkdir(intermediates);
    const { verification: failed } = optimizationErrors;
    const verification = await Verification.start(output.modelPath, spec, context, failed);
    try {
      return await make(model, spec, output, verification, { ...context, folder: intermediates });
    } finally {
      await verification.cancel();
    }
  } finally {
    await output.discard();
    await rm(intermediates, { recursive: true, force: true });
  }
}

async function make(
  model: OnnxModel,
  spec: OptimizeSpec,
  output: StagedOutput,
  verifying: Verification,
  context: JobContext,
): Promise<Made> {
  context.onProgress({ phase: 'optimizing', done: 0, total: 1, unit: 'models' });
  const isRewritten = spec.precision === 'fp32' || spec.level !== 'disabled';
  const source = isRewritten ? await optimizeGraph(model, spec.level, context) : model;
  try {
    const notes = isRewritten ? portabilityNotes(source.proto, model.proto, spec.level) : [];
    const conversion = spec.precision === 'fp32' ? unconverted(source) : await converted(source, model, spec, context);
    const { proto } = conversion;
    const written = await writeModel(output.modelPath, proto, { tensors: source.tensors, signal: context.signal });
    context.signal.throwIfAborted();
    const verification = await verifying.result();
    readModel(output.modelPath).close();
    context.signal.throwIfAborted();
    await output.publish(written.files);
    return {
      output: output.outputPath,
      sizeBytes: written.sizeBytes,
      opsAfter: opCounts(proto),
      convertedOps: conversion.converted,
      keptFloat: conversion.keptFloat,
      casts: conversion.casts,
      clamped: conversion.clamps,
      notes: [...notes, ...conversion.notes, ...verificationNotes(verification, spec)],
      verification,
    };
  } finally {
    if (source !== model) source.close();
  }
}

function unconverted({ proto }: OnnxModel): HalfConversion {
  const clamps = { raised: 0, lowered: 0 };
  return { proto, converted: {}, keptFloat: [], casts: 0, constants: 0, clamps, notes: [] };
}

async function converted(
  model: OnnxModel,
  given: OnnxModel,
  spec: OptimizeSpec,
  context: JobContext,
): Promise<HalfConversion> {
  const { blocked, notes } = blocksThatAreLeft(model, given, spec.blocked);
  const isBrain = spec.precision === 'bf16';
  // Tensors in bfloat16 cannot be handed to the engine, nor taken from it.
  const isIoForced = isBrain && spec.keepIoTypes !== true;
  const options: HalfOptions = {
    keepIoTypes: isBrain || spec.keepIoTypes,
    blocked,
    format: isBrain ? bfloat16Format : float16Format,
  };
  const conversion = convertToHalf(model, options);
  if (isBrain) {
    const missing = await opsWithoutKernels(model, bfloat16Format, conversion.converted, context);
    if (missing.length > 0) throw optimizationErrors.noKernels(model.path, 'bfloat16', missing);
    if (isIoForced) notes.push('Its inputs and outputs stay float32: bfloat16 cannot be exchanged with the engine.');
  }
  if (!isBrain && Object.keys(conversion.converted).length > 0) {
    notes.push(
      'On a CPU the engine computes float16 mostly in float32, with casts around: expect a smaller file, not speed.',
    );
  }
  return { ...conversion, notes: [...notes, ...conversion.notes] };
}

/** Nodes of `given` that the engine's optimization merged into others have no name any more that could be kept. */
function blocksThatAreLeft(
  model: OnnxModel,
  given: OnnxModel,
  names: readonly string[],
): { blocked: string[]; notes: string[] } {
  const known = blockableNames(model.proto);
  const before = blockableNames(given.proto);
  const gone = names.filter((name) => !known.has(name) && before.has(name));
  const notes =
    gone.length === 0
      ? []
      : [`Merged away by the engine's optimization, and so not kept in float32: ${gone.join(', ')}.`];
  return { blocked: names.filter((name) => !gone.includes(name)), notes };
}

/** Below this, in dB, a 16-bit model has lost more than rounding explains; an optimized one should be far above it. */
const poorSignalToNoiseDb = 30;

function verificationNotes(
  { samples, signalToNoiseDb }: OptimizeResult['verification'],
  { precision }: OptimizeSpec,
): string[] {
  if (samples === 0)
    return ['It was only loaded, not run: made-up inputs do not suit the model. Give --data or --dim NAME=N.'];
  if (signalToNoiseDb === null || signalToNoiseDb >= poorSignalToNoiseDb) return [];
  const remedy = precision === 'fp32' ? 'try a lower --level' : '--block for sensitive nodes may bring it nearer';
  return [
    `Its outputs are far from those of the given model (signal to noise ${signalToNoiseDb.toFixed(1)} dB). Evaluate it before use; ${remedy}.`,
  ];
}

function opCounts(model: ModelProto): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { graph } of scopesOf(model)) {
    for (const { opType } of graph.node) counts[opType] = (counts[opType] ?? 0) + 1;
  }
  return counts;
}
