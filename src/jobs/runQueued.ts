// Runs one job in its turn in the queue of a bench, for somebody who waits for it and takes it back by leaving.
import { processRecord } from '../files/processRecord';
import { readOutcome } from '../processes/jobOutcome';
import type { JobLimits, JobOutcome, JobResults, JobVerb, SpecOf } from '../protocol/jobs';
import type { Progress } from '../protocol/progress';
import type { TrialRow } from '../protocol/tuning';
import type { RunSummary } from '../protocol/runs';
import { followLog } from './logFollower';
import { openRunQueue } from './openRunQueue';
import { scriptFailure } from './runRecord';
import type { RunQueue, RunSubject } from './runQueue';

export interface QueuedJobOptions {
  readonly benchFolder: string;
  /** In the bench folder, made for this run alone. */
  readonly folder: string;
  readonly limits: JobLimits;
  readonly signal: AbortSignal;
  /** Told once when other runs come first. */
  readonly onWaiting?: (runsBefore: number) => void;
  readonly onProgress?: (progress: Progress) => void;
  readonly onTrial?: (row: TrialRow) => void;
  /** Told each line that the job says. */
  readonly onLog?: (line: string) => void;
}

/** What a job without a record is called in the queue, where its verb is no name for it. */
const looseKinds: Partial<Record<JobVerb, string>> = {
  benchmark: 'benchmark of files',
  diagnose: 'diagnosis of files',
  evaluate: 'evaluation',
  optimize: 'graph optimization',
  profile: 'profiling of a file',
  quantize: 'quantization',
  run: 'script',
  tune: 'tuning',
};

/** The subject of a run that belongs to no record of the bench. */
export function looseSubject(verb: JobVerb): RunSubject {
  return { kind: looseKinds[verb] ?? verb, id: 0 };
}

/** Runs `spec` when it is its turn. An abort of `signal` and the end of this process cancel it. */
export async function runQueued<Verb extends JobVerb>(
  spec: SpecOf<Verb>,
  options: QueuedJobOptions,
): Promise<JobOutcome<JobResults[Verb]>> {
  const { benchFolder, folder, limits, signal } = options;
  await using queue = await openRunQueue(benchFolder);
  // Until the queue is closed.
  queue.watch((news) => {
    if (news.run.folder !== folder) return;
    if (news.type === 'progress') options.onProgress?.(news.progress);
    if (news.type === 'trial') options.onTrial?.(news.trial);
  });
  await queue.enqueue({
    ...{ folder, spec, limits, requestId: null, owner: processRecord() },
    subject: looseSubject(spec.verb),
  });
  const before = (await queue.list()).find((one) => one.folder === folder)?.position ?? 0;
  if (before > 0) options.onWaiting?.(before);
  const stopFollowing = options.onLog === undefined ? undefined : followLog(folder, options.onLog);
  try {
    return outcomeOf(await endOfRun(queue, folder, signal)) as JobOutcome<JobResults[Verb]>;
  } finally {
    stopFollowing?.();
  }
}

/** The run when it has ended; an abort of `signal` ends it. */
export async function endOfRun(queue: RunQueue, folder: string, signal: AbortSignal): Promise<RunSummary> {
  try {
    return await queue.ended(folder, signal);
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    await queue.cancel(folder);
    return await queue.ended(folder);
  }
}

function outcomeOf({ folder, state, failure }: RunSummary): JobOutcome<unknown> {
  const outcome = readOutcome(folder);
  // Whoever waits for a script gets its exit code, not what the list of runs says of it.
  if (outcome !== undefined && scriptFailure(outcome) !== undefined) return outcome;
  if (state === 'error' && failure !== null) return { state, failure };
  return outcome ?? { state: 'cancelled' };
}
