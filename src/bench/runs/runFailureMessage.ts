// The message of a benchmark or a profiling that did not succeed (SYSTEMS §1.4).
import type { RunSubject } from '../../jobs/runQueue';
import type { RunSummary } from '../../protocol/runs';
import type { BenchMessage } from '../operation';

/**
 * `Failure` and 404, as clients of the originals expect; what really happened stands in `reason`.
 *
 * @param record of what was run; undefined when it was deleted meanwhile
 */
export function runFailureMessage(
  subject: string,
  run: RunSummary,
  { kind, id }: RunSubject,
  record: { readonly projectId: number } | undefined,
): BenchMessage {
  const { failure, state } = run;
  const data = {
    message: 'Failure',
    reason: record === undefined ? `The ${kind} ${id} was deleted.` : failureReason(run),
    ...(failure?.nextStep === undefined ? {} : { next_step: failure.nextStep }),
    code: 404,
    state,
    request_id: run.requestId,
    id,
    ...(record === undefined ? {} : { project_id: record.projectId }),
  };
  return { subject, status: 'error', data };
}

/** Why a run has no result, in a sentence. */
export function failureReason({ failure, state }: RunSummary): string {
  return failure?.message ?? (state === 'cancelled' ? 'The run was cancelled.' : 'The run left no result.');
}
