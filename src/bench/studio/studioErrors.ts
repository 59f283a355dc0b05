// Why an analysis that a client of Studio's kind waited for came to nothing, made in one place.
import { BenchError } from '../../protocol/benchError';
import type { FailureRecord } from '../../protocol/benchError';
import type { SensitivityKind } from '../../protocol/pruning';
import type { RunSummary } from '../../protocol/runs';
import { failureReason } from '../runs/runFailureMessage';

/** What was asked for was accepted, and failed. `code` starts with `studio-`. */
export class StudioError extends BenchError {
  override readonly name = 'StudioError';
}

/** One factory per failure. */
export const studioErrors = {
  failed: (kind: SensitivityKind, analysisId: string, run: RunSummary): StudioError =>
    new StudioError({
      code: 'studio-analysis-failed',
      message: `The ${kind} analysis ${analysisId} failed: ${failureReason(run)}`,
      ...(run.failure?.nextStep === undefined ? {} : { nextStep: run.failure.nextStep }),
    }),
  notComputed: (failure: FailureRecord): StudioError =>
    new StudioError({
      code: 'studio-not-computed',
      message: `The analysis could not be computed: ${failure.message}`,
      ...(failure.nextStep === undefined ? {} : { nextStep: failure.nextStep }),
    }),
};
