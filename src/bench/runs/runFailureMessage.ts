// The message of a benchmark or a profiling that did not succeed (SYSTEMS §1.4).
import type { RunSummary } from '../../protocol/runs';
import type { BenchMessage } from '../operation';

/** `Failure` and 404, as clients of the originals expect; what really happened stands in `reason`. */
export function runFailureMessage(
  subject: string,
  run: RunSummary,
  of: { readonly id: number; readonly projectId?: number },
): BenchMessage {
  const { failure, state } = run;
  const data = {
    message: 'Failure',
    reason: failure?.message ?? (state === 'cancelled' ? 'The run was cancelled.' : 'The run left no result.'),
    ...(failure?.nextStep === undefined ? {} : { next_step: failure.nextStep }),
    code: 404,
    state,
    request_id: run.requestId,
    id: of.id,
    ...(of.projectId === undefined ? {} : { project_id: of.projectId }),
  };
  return { subject, status: 'error', data };
}
