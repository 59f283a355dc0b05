// The check of a new model in a process of its own, which starts while the model is still being made.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { forkJob } from '../processes/forkJob';
import type { ForkedJob } from '../processes/forkJob';
import type { JobContext } from '../protocol/jobContext';
import type { FailureRecord } from '../protocol/benchError';
import type { DimensionSizes } from '../protocol/environment';
import type { VerifyResult } from '../protocol/jobs';
import { quantizationErrors } from './quantizationErrors';

/** The model that is compared with, and what both are run on. */
export interface VerificationInputs {
  readonly modelPath: string;
  readonly datasetPath?: string;
  readonly dimensions: DimensionSizes;
}

/** Samples on which the new model is compared with the float one. */
const verifiedSamples = 5;

/**
 * Made by `start`; ended by `result` or `cancel`. The process loads the engine and runs the float model at once, on the
 * other core if there is one, and waits for the new model to appear at `modelPath`.
 */
export class Verification {
  private isAwaited = false;
  private readonly job: ForkedJob<VerifyResult>;

  private constructor(
    modelPath: string,
    { modelPath: referencePath, datasetPath, dimensions }: VerificationInputs,
    folder: string,
    private readonly context: JobContext,
    private readonly failed: (failure: FailureRecord) => Error,
  ) {
    this.job = forkJob<'verify'>(
      {
        verb: 'verify',
        modelPath,
        referencePath,
        ...(datasetPath === undefined ? {} : { datasetPath }),
        samples: verifiedSamples,
        dimensions,
      },
      {
        folder,
        signal: context.signal,
        isWaitedFor: () => this.isAwaited,
        // Until it is waited for, people look at the progress of what makes the model.
        onProgress: (progress) => {
          if (this.isAwaited) context.onProgress(progress);
        },
        onLog: (line) => context.log(line),
      },
    );
  }

  /** @param failed makes the error of a model that does not pass */
  static async start(
    modelPath: string,
    spec: VerificationInputs,
    context: JobContext,
    failed: (failure: FailureRecord) => Error = quantizationErrors.verification,
  ): Promise<Verification> {
    const folder = join(context.folder, 'verify');
    await mkdir(folder, { recursive: true });
    const verification = new Verification(modelPath, spec, folder, context, failed);
    await verification.job.started;
    return verification;
  }

  /** Call it once the model is written. Throws `quantize-verification`, or what `start` was given, when it does not pass. */
  async result(): Promise<VerifyResult> {
    this.isAwaited = true;
    const outcome = await this.job.outcome;
    this.context.signal.throwIfAborted();
    if (outcome.state === 'success') return outcome.result;
    throw this.failed(
      outcome.state === 'error' ? outcome.failure : { code: 'cancelled', message: 'It was cancelled.' },
    );
  }

  /** Ends the process and waits until it is gone; does nothing after `result`. */
  async cancel(): Promise<void> {
    this.job.cancel();
    await this.job.outcome;
  }
}
