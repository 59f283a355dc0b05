// A tuning through what happens to its process: broken off and gone on with, crashed, killed, and started twice.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digits, evaluation, mnistConfig, quantization, quickPerformance } from '../support/mnistTuning';
import { failureOfTuning, filesOf, historyOf, resultOf, tuneJobs, usualFiles } from '../support/tuneJobs';
import type { TuneEnd, TuneOptions } from '../support/tuneJobs';

const product = tuneJobs();
const crashing = tuneJobs('test/fixtures/processes/crashingTuneJob.ts');

/** Enough trials to be interrupted, all of them good enough. */
const config = mnistConfig({
  tuning: { objective: 'modelsize', strategy: 'exhaustive', exit_policy: { max_trials: 4 } },
});

/** Runs until trial `id` has ended, then stops it. */
async function brokenOff(id: number): Promise<TuneEnd> {
  const stop = new AbortController();
  return product.run(config, { signal: stop.signal, onTrial: (row) => row.id === id && stop.abort() });
}

const idsStarted = (folder: string): (number | undefined)[] => historyOf(folder, 'start').map(({ id }) => id);

/** Ends the job that writes into a run's folder, with all it started, as a machine short of memory does. */
function killWriter(folder: string): void {
  const claim = readdirSync(folder).find((name) => name.startsWith('writer-')) ?? '';
  const { pid } = JSON.parse(readFileSync(join(folder, claim), 'utf8')) as { pid: number };
  process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
}

describe('a tuning that is gone on with', () => {
  it('takes the trials it had from the history and measures only the others', async () => {
    const first = await brokenOff(2);
    expect(resultOf(first)).toMatchObject({ stoppedBy: 'cancel', best: { meetsGoal: true } });
    const before = historyOf(first.folder, 'end');
    const second = await product.run(config, { folder: first.folder });
    const result = resultOf(second);
    expect(result).toMatchObject({ stoppedBy: 'max_trials', trials: { length: 5 } });
    expect(result.trials.slice(0, 3)).toEqual(resultOf(first).trials);
    expect(historyOf(first.folder, 'end').slice(0, 2)).toEqual(before);
    // The one that was broken off begins once more.
    expect(idsStarted(first.folder)).toEqual(idsStarted(first.folder).length === 5 ? [1, 2, 3, 3, 4] : [1, 2, 3, 4]);
    expect(historyOf(first.folder, 'baseline')).toHaveLength(1);
    expect(result.baseline).toEqual(resultOf(first).baseline);
    expect(filesOf(first.folder)).toEqual([...usualFiles, 'model.onnx'].sort());
  });

  it('after its end may have more trials', async () => {
    const { folder } = await product.run(config, { spec: { maxTrials: 1 } });
    const more = resultOf(await product.run(config, { folder, spec: { maxTrials: 2 } }));
    expect(more).toMatchObject({ stoppedBy: 'max_trials', trials: { length: 3 } });
    expect(idsStarted(folder)).toEqual([1, 2]);
  });

  it('and finds nothing takes away the model that an earlier session offered', async () => {
    const { folder } = await product.run(config, { spec: { maxTrials: 1 } });
    const path = join(folder, 'history.jsonl');
    // As if the trial had been measured as larger than the given model.
    const larger = readFileSync(path, 'utf8').replaceAll(
      /("sizeBytes":)\d+(}|,"[^}]*})(?=,"elapsedMs")/g,
      '$19999999$2',
    );
    expect(larger).not.toBe(readFileSync(path, 'utf8'));
    writeFileSync(path, larger);
    const again = resultOf(await product.run(config, { folder, spec: { maxTrials: 1 } }));
    expect(again.best).toMatchObject({ trial: 0, meetsGoal: true });
    expect(filesOf(folder)).toEqual([...usualFiles]);
  });

  it('is refused with another config, and not for what decides nothing', async () => {
    const opWise = { '/fc/Gemm': { weight: { dtype: ['fp32'] }, activation: { dtype: ['fp32'] } } };
    const base = {
      quantization: quantization({ op_wise: opWise }),
      tuning: { objective: 'modelsize', strategy: 'basic' },
    };
    const { folder } = await product.run(mnistConfig(base));
    const exitPolicy = { ...base.tuning, exit_policy: { timeout: 86_400, max_trials: 7 }, workspace: { path: 'w' } };
    const moved = `\n\n# A comment above.\n${mnistConfig({ ...base, tuning: exitPolicy })}`;
    expect(resultOf(await product.run(moved, { folder })).trials).toHaveLength(2);
    const other = await product.run(mnistConfig({ ...base, evaluation: evaluation({ iteration: 39 }) }), { folder });
    expect(failureOfTuning(other)).toMatchObject({
      code: 'tuning-other-run',
      message: `The run in ${folder} was made with another configuration; its history does not fit.`,
    });
    expect(idsStarted(folder)).toEqual([1]);
  });
});

describe('a trial that ends its process', () => {
  async function runCrashing(phases: string[], options: TuneOptions = {}): Promise<TuneEnd> {
    crashing.place.write('crash.json', JSON.stringify(phases));
    return crashing.run(config, options);
  }

  it('is a row with its error, and the search goes on', async () => {
    const end = await runCrashing(['evaluating trial 1', 'evaluating trial 3']);
    const result = resultOf(end);
    const error = expect.stringMatching(/^It ended its process\. The engine crashed \(SIGSEGV\)/) as string;
    expect(result.trials.map(({ id, verdict }) => [id, verdict === 'failed'])).toEqual([
      [0, false],
      [1, true],
      [2, false],
      [3, true],
      [4, false],
    ]);
    expect(result.trials[1]).toMatchObject({ error, accuracy: null, latencyMs: null, meetsGoal: false });
    expect(result.trials[3]).toMatchObject({ error });
    expect(result.best).toMatchObject({ meetsGoal: true });
    expect([2, 4]).toContain(result.best.trial);
    expect(idsStarted(end.folder)).toEqual([1, 2, 3, 4]);
    expect(filesOf(end.folder)).toEqual([...usualFiles, 'model.onnx'].sort());
  });

  it('before the first trial ends the tuning with the crash', async () => {
    const end = await runCrashing(['evaluating the float model'], {
      spec: { benchFolder: join(crashing.place.path, 'no cache') },
    });
    expect(failureOfTuning(end)).toMatchObject({ code: 'job-crashed', message: /SIGSEGV/ });
  });

  it('by the system, for memory, is one that failed as well', async () => {
    const killed: number[] = [];
    const end = await product.run(config, {
      onTrial: ({ id }, folder) => {
        if (id !== 1 || killed.length > 0) return;
        killed.push(id);
        // Trial 2 has begun when this one is reported, or begins within moments.
        setTimeout(() => killWriter(folder), 300);
      },
    });
    const result = resultOf(end);
    const failed = result.trials.filter(({ error }) => error !== undefined);
    expect(failed).toHaveLength(1);
    expect(failed[0]).toMatchObject({ error: expect.stringMatching(/^It ended its process\. /) as string });
    expect(result.trials).toHaveLength(5);
  });
});

describe('a run folder', () => {
  it('that is being worked in is refused to others, who leave it as it is', async () => {
    let other: Promise<TuneEnd> | undefined;
    const end = await product.run(config, {
      onTrial: ({ id }, folder) => {
        if (id === 1) other = product.run(config, { folder });
      },
    });
    const refused = await (other ?? Promise.reject(new Error('no trial ended')));
    expect(failureOfTuning(refused)).toMatchObject({
      code: 'file-in-use',
      message: expect.stringContaining(`The folder ${end.folder} is being written to by another process (`) as string,
    });
    expect(resultOf(end).trials).toHaveLength(5);
    expect(idsStarted(end.folder)).toEqual([1, 2, 3, 4]);
  });

  it('is given to one of two that begin at once at most', async () => {
    const { folder } = await product.run(config, { spec: { maxTrials: 1 } });
    const both = await Promise.all([1, 2].map(() => product.run(config, { folder, spec: { maxTrials: 2 } })));
    for (const { outcome } of both) {
      if (outcome.state !== 'success') expect(outcome).toMatchObject({ failure: { code: 'file-in-use' } });
    }
    expect(idsStarted(folder).filter((id) => id === 2).length).toBeLessThanOrEqual(1);
  });
});

describe('a metric of a config', () => {
  it('that needs the float model compares with it', async () => {
    const settings = { metric: { agreement: {} }, iteration: 30, dataloader: digits('test') };
    const text = mnistConfig({
      tuning: { objective: 'modelsize', strategy: 'basic' },
      evaluation: { accuracy: settings, performance: quickPerformance },
    });
    expect(resultOf(await product.run(text))).toMatchObject({ baseline: { accuracy: 1 }, samples: 30 });
  });
});
