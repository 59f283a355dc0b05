// Puts a run into the queue, in a folder of its own that does not stay when the run is refused.
import { rm } from 'node:fs/promises';
import { BenchError } from '../../protocol/benchError';
import type { JobSpec } from '../../protocol/jobs';
import type { RunSummary } from '../../protocol/runs';
import type { RunnableKind } from '../../store/records';
import type { Bench } from '../bench';
import { requestErrors } from '../requestErrors';

/** Name of the data set file that a run folder gets. */
export const runDatasetName = 'dataset.yaml';

export interface NewRun {
  readonly kind: RunnableKind;
  readonly id: number;
  readonly requestId: string | null;
  /** Makes the spec; files that it names may be put into the run's folder. */
  readonly specIn: (folder: string) => JobSpec | Promise<JobSpec>;
}

/** Throws RequestError when another run of the same thing was put into the queue at the same moment. */
export async function enqueueRun(bench: Bench, { kind, id, requestId, specIn }: NewRun): Promise<RunSummary> {
  const folder = await bench.store.createRunFolder(kind, id);
  try {
    return await bench.queue.enqueue({ folder, spec: await specIn(folder), subject: { kind, id }, requestId });
  } catch (thrown) {
    await rm(folder, { recursive: true, force: true });
    if (!(thrown instanceof BenchError) || thrown.code !== 'queue-already') throw thrown;
    throw requestErrors.refused('already-running', thrown.message, thrown.nextStep);
  }
}
