// The job that looks at a quantized model with fresh eyes: does it load, run, and give finite numbers near the float
// model's? In a process of its own, so that a model that crashes the engine costs nothing but the answer.
import { existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { Batch } from '../data/contracts';
import { batches } from '../data/batches';
import { openDataset } from '../data/openDataset';
import { touchHeartbeat } from '../processes/activity';
import type { JobContext } from '../protocol/jobContext';
import type { VerifyResult, VerifySpec } from '../protocol/jobs';
import { assumedSizes } from '../onnx/assumedSizes';
import { bindInputs } from '../runtime/feeds';
import { openSession } from '../runtime/onnxRuntimeNode';
import { randomFeeds } from '../runtime/randomInputs';
import { RuntimeFailure } from '../runtime/runtimeErrors';
import type { EngineSession } from '../runtime/session';
import { fixedBatchSize } from './calibration/fixedBatchSize';
import { quantizationErrors } from './quantizationErrors';
import { SignalToNoise } from './signalToNoise';
import type { Tensor } from '../onnx/tensor';

type Feeds = Readonly<Record<string, Tensor>>;

/** A sample, and what the float model makes of it. */
interface Expectation {
  readonly feeds: Feeds;
  readonly outputs: Feeds;
}

/**
 * Runs both models on a few samples, or on random inputs when there is no data set. The float model is closed before
 * the quantized one is waited for and opened, so that the memory of both is never needed at once.
 * Throws `quantize-not-finite` when quantizing made NaN or infinite numbers, and whatever engine and data throw.
 */
export async function runVerify(spec: VerifySpec, context: JobContext): Promise<VerifyResult> {
  const expectations = await expectationsOf(spec, context);
  await fileAppears(spec.modelPath, context.signal);
  const quantized = await openSession(spec.modelPath, { dimensions: spec.dimensions });
  try {
    return await compare(expectations, quantized, context);
  } finally {
    await quantized.close();
  }
}

/** The quantized model is moved to its path when it is whole; whoever writes it cancels this job on failure. */
async function fileAppears(path: string, signal: AbortSignal): Promise<void> {
  while (!existsSync(path)) {
    // Waiting is not being stuck.
    touchHeartbeat();
    await setTimeout(5, undefined, { signal });
  }
}

async function expectationsOf(spec: VerifySpec, context: JobContext): Promise<Expectation[]> {
  const reference = await openSession(spec.referencePath, { dimensions: spec.dimensions });
  try {
    const expectations: Expectation[] = [];
    for await (const feeds of feedsOf(spec, reference, context)) {
      context.signal.throwIfAborted();
      expectations.push({ feeds, outputs: await reference.run(feeds) });
    }
    return expectations;
  } catch (thrown) {
    // Inputs that were made up need not suit the model; then it is only seen whether the new one loads.
    if (spec.datasetPath === undefined && thrown instanceof RuntimeFailure) return [];
    throw thrown;
  } finally {
    await reference.close();
  }
}

async function compare(
  expectations: readonly Expectation[],
  quantized: EngineSession,
  context: JobContext,
): Promise<VerifyResult> {
  const ratio = new SignalToNoise();
  let samples = 0;
  for (const { feeds, outputs } of expectations) {
    context.signal.throwIfAborted();
    const given = await quantized.run(bindInputs(feeds, quantized.inputs));
    for (const [name, tensor] of Object.entries(outputs)) {
      const other = given[name];
      if (other === undefined || !ratio.add(tensor, other)) throw quantizationErrors.notFinite(name);
    }
    samples++;
    context.onProgress({ phase: 'verifying', done: samples, total: expectations.length, unit: 'samples' });
  }
  return { samples, signalToNoiseDb: ratio.decibels };
}

async function* feedsOf(spec: VerifySpec, session: EngineSession, context: JobContext): AsyncGenerator<Feeds> {
  if (spec.datasetPath === undefined) {
    const dimensions = { ...assumedSizes(session.inputs), ...spec.dimensions };
    for (let seed = 1; seed <= spec.samples; seed++) yield randomFeeds(session.inputs, dimensions, 1, seed);
    return;
  }
  const dataset = await openDataset(spec.datasetPath);
  try {
    const batchSize = fixedBatchSize(session.inputs) ?? 1;
    const options = {
      batchSize,
      limit: spec.samples * batchSize,
      lastBatch: 'discard',
      signal: context.signal,
    } as const;
    for await (const batch of batches(dataset.loader, options)) yield boundTo(session, batch);
  } finally {
    await dataset.close();
  }
}

function boundTo(session: EngineSession, batch: Batch): Feeds {
  return bindInputs(batch.inputs, session.inputs);
}
