// A tuning in the queue, with the product's own processes: its trials are told, and it survives those who watch it.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunNews, RunQueue, RunRequest } from '../../src/jobs/runQueue';
import { readOutcome } from '../../src/processes/jobOutcome';
import type { TuneResult, TuneSpec } from '../../src/protocol/tuning';
import { mnistConfig } from '../support/mnistTuning';
import { newsOf, queueBenches, until } from '../support/queueBench';
import type { QueueBench } from '../support/queueBench';
import { historyOf } from '../support/tuneJobs';
import { writeFileSync } from 'node:fs';

const newBench = queueBenches({ queue: 'src/queue.ts', job: 'src/job.ts' });

const config = mnistConfig({
  tuning: { strategy: 'exhaustive', objective: 'modelsize', exit_policy: { max_trials: 4 } },
});

function tuning(bench: QueueBench): RunRequest {
  const configPath = join(bench.workspace, 'config.yaml');
  writeFileSync(configPath, config);
  const spec: TuneSpec = { verb: 'tune', configPath, benchFolder: bench.folder, dimensions: {}, isResumed: false };
  return { ...bench.request('answer'), spec };
}

const trialsIn = (news: readonly RunNews[]): number[] =>
  news.flatMap((one) => (one.type === 'trial' ? [one.trial.id] : []));

function resultIn(folder: string): TuneResult {
  const outcome = readOutcome(folder);
  if (outcome?.state !== 'success') throw new Error(JSON.stringify(outcome));
  return outcome.result as TuneResult;
}

/** Puts a tuning into the queue and waits for the first trials. */
async function begun(bench: QueueBench, queue: RunQueue): Promise<{ folder: string; news: readonly RunNews[] }> {
  const { all } = newsOf(queue);
  const request = tuning(bench);
  await queue.enqueue(request);
  await until(() => trialsIn(all).includes(1), 60_000);
  return { folder: request.folder, news: all };
}

describe('a tuning in the queue', () => {
  it('goes on when the process of the queue is killed; all of its trials are told once', async () => {
    const bench = newBench();
    await using queue = await bench.open();
    const { folder, news } = await begun(bench, queue);
    process.kill(await bench.queuePid(), 'SIGKILL');
    expect(await queue.ended(folder)).toMatchObject({ state: 'success' });
    expect(resultIn(folder)).toMatchObject({ stoppedBy: 'max_trials', trials: { length: 5 } });
    expect(trialsIn(news)).toEqual([0, 1, 2, 3, 4]);
    expect(historyOf(folder, 'start').map(({ id }) => id)).toEqual([1, 2, 3, 4]);
    expect(bench.states(folder)).toEqual(['queued', 'running', 'success']);
  });

  it('goes on with its history when both processes are killed: the trial that was under way has failed', async () => {
    const bench = newBench();
    await using queue = await bench.open();
    const { folder, news } = await begun(bench, queue);
    await until(() => historyOf(folder, 'start').length > historyOf(folder, 'end').length);
    const pids = [await bench.queuePid(), -(await bench.jobPid(folder))];
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    expect(await queue.ended(folder)).toMatchObject({ state: 'success' });
    const { trials } = resultIn(folder);
    expect(trials.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4]);
    const failed = trials.filter(({ error }) => error !== undefined);
    expect(failed.map(({ error }) => error)).toEqual([
      expect.stringMatching(/^It ended its process\. The job process is gone/),
    ]);
    expect(trialsIn(news)).toEqual([0, 1, 2, 3, 4]);
  });

  it('that is cancelled was cancelled, and keeps the best it had found', async () => {
    const bench = newBench();
    await using queue = await bench.open();
    const { folder } = await begun(bench, queue);
    expect(await queue.cancel(folder)).toBe(true);
    expect(bench.states(folder).at(-1)).toBe('cancelled');
    const { stoppedBy, trials } = resultIn(folder);
    expect(stoppedBy).toBe('cancel');
    expect(trials.length).toBeGreaterThan(1);
  });
});
