// How far a run is that waits or is under way.
import type { RunSummary } from '../../protocol/runs';
import type { JobProgress } from '../../protocol/panels/profiling';
import type { Bench } from '../bench';

/** Null for a run that is not in the queue, and for none. */
export async function jobProgressOf(bench: Bench, run: RunSummary | undefined): Promise<JobProgress | null> {
  if (run === undefined) return null;
  const queued = (await bench.queue.list()).find(({ folder }) => folder === run.folder);
  if (queued === undefined) return null;
  const { position, progress, timeLeftMs } = queued;
  return { position, progress, timeLeftMs };
}
