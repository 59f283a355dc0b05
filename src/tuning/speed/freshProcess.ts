// What is asked of a fresh process: does a model load and run there, how fast is it, how much memory does it take?
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { PerformanceSection } from '../../config/tuningConfig';
import { forkJob } from '../../processes/forkJob';
import { BenchError } from '../../protocol/benchError';
import type { JobContext } from '../../protocol/jobContext';
import type { DimensionSizes } from '../../protocol/environment';
import type { Comparison, JobOutcome } from '../../protocol/jobs';
import { Verification } from '../../quantization/verification';
import { tuningErrors } from '../tuningErrors';

/** The model that was given and how it is run. */
export interface FreshProcessInputs {
  readonly modelPath: string;
  readonly datasetPath: string;
  readonly performance: PerformanceSection;
  readonly dimensions: DimensionSizes;
}

/** Each model is timed about so long, and in enough runs for a verdict. */
const compareMs = 2000;
const fewestRuns = 40;

/** Timed runs that show the memory a model takes. */
const footprintRuns = 5;

export class FreshProcess {
  constructor(
    private readonly inputs: FreshProcessInputs,
    private readonly context: JobContext,
  ) {}

  /** Throws `tuning-unverified` when the model does not load, run, and give finite numbers. */
  async verify(modelPath: string): Promise<void> {
    const { modelPath: reference, datasetPath, dimensions } = this.inputs;
    const inputs = { modelPath: reference, datasetPath, dimensions };
    const check = await Verification.start(modelPath, inputs, this.context, ({ message }) =>
      tuningErrors.unverified(message),
    );
    try {
      await check.result();
    } finally {
      await check.cancel();
    }
  }

  /** Compares models with the given one, whose latency is known, for a few seconds. */
  async compare(modelPaths: readonly string[], latencyMs: number): Promise<readonly Comparison[]> {
    const { modelPath: reference, datasetPath, performance, dimensions } = this.inputs;
    const { batchSize, warmupIterations, iterations, threads, instances, coresPerInstance } = performance;
    const outcome = await forkJob<'benchmark'>(
      {
        verb: 'benchmark',
        modelPaths: [reference, ...modelPaths],
        datasetPath,
        batchSize,
        warmupIterations,
        threads,
        instances,
        dimensions,
        iterations: Math.max(fewestRuns, iterations ?? Math.ceil(compareMs / latencyMs)),
        ...(coresPerInstance === undefined ? {} : { coresPerInstance }),
      },
      await this.options('compare'),
    ).outcome;
    return this.resultOf(outcome).comparison;
  }

  /** Largest resident memory of a process that loads and runs the model, in bytes. */
  async footprint(modelPath: string): Promise<number> {
    const { datasetPath, performance, dimensions } = this.inputs;
    const { batchSize, threads } = performance;
    const outcome = await forkJob<'benchmarkInstance'>(
      {
        verb: 'benchmarkInstance',
        modelPaths: [modelPath],
        datasetPath,
        batchSize,
        warmupIterations: 1,
        iterations: footprintRuns,
        threads,
        instances: 1,
        dimensions,
      },
      await this.options('footprint'),
    ).outcome;
    return this.resultOf(outcome).peakMemoryBytes;
  }

  private async options(name: string): Promise<Parameters<typeof forkJob>[1]> {
    const folder = join(this.context.folder, name);
    await mkdir(folder, { recursive: true });
    const { signal, onProgress } = this.context;
    return { folder, signal, onProgress, onLog: (line) => this.context.log(line) };
  }

  private resultOf<Result>(outcome: JobOutcome<Result>): Result {
    this.context.signal.throwIfAborted();
    if (outcome.state === 'success') return outcome.result;
    if (outcome.state === 'error') throw new BenchError(outcome.failure);
    throw new DOMException('The work was stopped.', 'AbortError');
  }
}
