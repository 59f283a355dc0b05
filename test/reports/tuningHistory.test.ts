// What the page of a tuning's history is told: before, while and after a run, and how the model of a trial is made.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bench } from '../../src/bench/bench';
import { settingsOf, trialSettings } from '../../src/bench/reports/trialSettings';
import { tuningHistoryReport } from '../../src/bench/reports/tuningHistory';
import { recordRun } from '../../src/jobs/runRecord';
import { writeJobFile } from '../../src/processes/jobFile';
import { jobFiles } from '../../src/protocol/jobChannel';
import { tuningHistoryMethod } from '../../src/protocol/panels/tuningHistory';
import type { TrialRow } from '../../src/protocol/tuning';
import { optimizationDraft } from '../store/drafts';
import { draftBench } from '../support/draftBench';
import { failureOf } from '../support/failureOf';
import { temporaryFolder } from '../support/temporaryFolder';

const place = temporaryFolder();
let bench: Bench;
let id: number;

beforeEach(async () => {
  bench = await draftBench(place.fresh());
  id = (await bench.store.create('optimization', optimizationDraft(1, 1, 1))).id;
});
afterEach(() => bench[Symbol.asyncDispose]());

function row(trial: number, more: Partial<TrialRow> = {}): TrialRow {
  return {
    ...{
      id: trial,
      change: `change ${trial}`,
      accuracy: 0.9,
      samples: 100,
      latencyMs: 2,
      sizeBytes: 10,
      throughput: 500,
    },
    ...{ footprintBytes: null, speedup: 1.5, meetsGoal: true, isKept: false, outcome: 'beaten', verdict: 'beaten' },
    ...more,
  };
}

const given = row(0, { outcome: 'given', verdict: 'baseline', speedup: 1 });

const ops = { '/a': { mode: 'static', activationScheme: 'asym' }, '/b': { mode: 'float' } };

const history = [
  { type: 'begin', version: 1, identity: {} },
  { type: 'baseline', baseline: {} },
  { type: 'end', id: 1, key: 'a', config: { format: 'qdq', equalization: false, ops }, measure: {}, elapsedMs: 1000 },
  {
    type: 'end',
    id: 2,
    key: 'b',
    config: { format: 'qdq', ops: { '/c': ops['/a'] } },
    error: 'it broke',
    elapsedMs: 2000,
  },
];

interface Ended {
  readonly state: 'success' | 'cancelled';
  readonly result?: object;
  readonly told?: readonly TrialRow[];
  readonly hasHistory?: boolean;
  /** Makes this trial again instead of searching. */
  readonly chosenTrial?: number;
}

async function run({ state, result, told = [], hasHistory = true, chosenTrial }: Ended): Promise<string> {
  const folder = await bench.store.createRunFolder('optimization', id);
  recordRun(folder, { state: 'queued', requestId: null });
  const lines = (all: readonly object[]): string => all.map((line) => `${JSON.stringify(line)}\n`).join('');
  if (hasHistory) writeFileSync(join(folder, 'history.jsonl'), lines(history));
  writeFileSync(join(folder, jobFiles.events), lines(told.map((trial) => ({ time: 'now', type: 'trial', trial }))));
  const goesOn = chosenTrial === undefined ? { isResumed: false } : { isResumed: true, chosenTrial };
  const parts = { configPath: 'config.yaml', benchFolder: folder, dimensions: {} };
  await writeJobFile(folder, { verb: 'tune', ...parts, ...goesOn }, {});
  if (result !== undefined) writeFileSync(join(folder, jobFiles.result), JSON.stringify({ state: 'success', result }));
  recordRun(folder, { state });
  return folder;
}

function resultWith(stoppedBy: string): object {
  return {
    baseline: { accuracy: 0.9, latencyMs: 3, sizeBytes: 40 },
    goal: {
      metric: 'topk',
      criterion: 'relative',
      tolerance: 0.01,
      higherIsBetter: true,
      target: 0.891,
      objective: 'performance',
    },
    trials: [
      given,
      row(1, { isKept: true, outcome: 'kept' }),
      row(2, { accuracy: null, outcome: 'failed', error: 'it broke' }),
    ],
    best: { trial: 1, path: 'model.onnx', accuracy: 0.9, latencyMs: 2, sizeBytes: 10, meetsGoal: true, speedup: 1.5 },
    ...{ strategy: 'auto', stoppedBy, reasons: ['It pays.'], notes: [], samples: 100, ms: 5000 },
    environment: { engineVersion: '1.30.0', cpuModel: 'a', threads: 1 },
  };
}

const report = () => tuningHistoryReport(bench, { id });

describe("the report of a tuning's history", () => {
  it('has no trials before a run, and nothing to go on with', async () => {
    expect(await report()).toMatchObject({ run: null, trialsOf: null, trials: [], result: null, resume: null });
    expect((await failureOf(tuningHistoryReport(bench, { id: 99 }))).code).toBe('request-not-found');
  });

  it('tells what came of the newest run, and which trials can be used', async () => {
    await run({ state: 'success', result: resultWith('strategy') });
    const told = await report();
    expect(told.trials).toHaveLength(3);
    expect(told.goal).toMatchObject({ metric: 'topk', isShare: true, minimalAccuracy: 0.891 });
    expect(told.result).toMatchObject({ bestTrial: 1, reasons: ['It pays.'], durationMs: 5000 });
    expect(told.usableTrials).toEqual([1]);
    expect(told.resume).toBeNull();
  });

  it('says the same of a conversion before and after its run: it has no strategy', async () => {
    const conversion = { optimizationType: 'Graph optimization', precision: 'fp32', tuning: null };
    ({ id } = await bench.store.create('optimization', { ...optimizationDraft(1, 1, 1), ...conversion }));
    const { about } = await report();
    await run({ state: 'success', result: resultWith('strategy') });
    expect(about.at(-1)).toBe('Graph optimization to fp32');
    expect((await report()).about).toEqual(about);
  });

  it('offers to go on where something else than the strategy ended the search', async () => {
    await run({ state: 'success', result: resultWith('max_trials') });
    expect((await report()).resume).toEqual({ trials: 2 });
  });

  it('keeps the trials of a run that was cancelled, and those before one that has none', async () => {
    const folder = await run({ state: 'cancelled', told: [given, row(1), row(1, { change: 'told again' })] });
    await run({ state: 'cancelled', hasHistory: false });
    const told = await report();
    expect(folder.endsWith(told.trialsOf ?? 'none')).toBe(true);
    expect(told.trials.map(({ change }) => change)).toEqual(['change 0', 'told again']);
    expect(told.result).toBeNull();
    expect(told.resume).toEqual({ trials: 2 });
    expect(told.run?.state).toBe('cancelled');
  });

  it('keeps the time of the search and offers no resuming of one that was through, when a person took a trial', async () => {
    await run({ state: 'success', result: resultWith('strategy') });
    await run({ state: 'success', result: { ...resultWith('choice'), ms: 700 }, chosenTrial: 1 });
    const told = await report();
    expect(told.result).toMatchObject({ durationMs: 5000, stoppedBy: 'choice' });
    expect(told.resume).toBeNull();
    expect(told.usableTrials).toEqual([1]);
    expect(told.chosenTrial).toBeNull();
  });

  it('still offers to resume a search that was stopped, when a person took a trial of it', async () => {
    await run({ state: 'cancelled', told: [given, row(1)] });
    await run({ state: 'success', result: resultWith('choice'), chosenTrial: 1 });
    const told = await report();
    expect(told.resume).toEqual({ trials: 2 });
    expect(told.result?.durationMs).toBe(2000);
  });

  it('is that of the search, with its trials to choose from, where making a chosen trial failed', async () => {
    const folder = await run({ state: 'success', result: resultWith('strategy') });
    await run({ state: 'cancelled', chosenTrial: 1 });
    const told = await report();
    expect(folder.endsWith(told.trialsOf ?? 'none')).toBe(true);
    expect(told.result).toMatchObject({ bestTrial: 1, durationMs: 5000 });
    expect(told.usableTrials).toEqual([1]);
    expect(told.resume).toBeNull();
  });

  it('says that its figures are of made-up samples', async () => {
    await run({ state: 'success', result: { ...resultWith('strategy'), isRandomData: true } });
    expect((await report()).goal).toMatchObject({ metric: 'topk', isRandomData: true });
  });

  it('passes over a result that was damaged', async () => {
    await run({ state: 'success', result: { best: 1 }, told: [given] });
    expect(await report()).toMatchObject({ trials: [given], result: null });
  });
});

describe('the settings of a trial', () => {
  it('are read from the history, with the operators that stay in float', async () => {
    await run({ state: 'success', result: resultWith('strategy') });
    expect(await trialSettings(bench, { id, trial: 1 })).toEqual({
      settings: [{ name: 'format', value: 'qdq' }],
      ops: [
        { form: 'static, asym', count: 1 },
        { form: 'float', count: 1 },
      ],
      floatOps: { names: ['/b', '/c'], count: 2 },
    });
    expect(await trialSettings(bench, { id, trial: 9 })).toBeNull();
  });

  it('say in words what is switched on, and count what they cannot read', () => {
    const read = settingsOf({ fastBiasCorrection: true, smoothQuantAlpha: null, samplingSize: 100, ops: { '/a': 7 } });
    expect(read.settings).toEqual([
      { name: 'fast bias correction', value: 'yes' },
      { name: 'sampling size', value: '100' },
    ]);
    expect(read.ops).toEqual([{ form: 'unknown', count: 1 }]);
  });
});

describe('a config that belongs to no optimization', () => {
  const config = '/models/own.bench.yaml';
  const ofConfig = () => tuningHistoryReport(bench, { config });

  /** A run of a config, in the folder of all runs that belong to no record. */
  async function looseRun(name: string, configPath: string, result?: object): Promise<void> {
    const folder = join(bench.store.folder, 'runs', name);
    mkdirSync(folder, { recursive: true });
    recordRun(folder, { state: 'queued', requestId: null });
    const parts = { configPath, benchFolder: folder, dimensions: {}, isResumed: false };
    const profile = {
      verb: 'profile',
      modelPath: configPath,
      runs: 1,
      warmupRuns: 0,
      dimensions: {},
      threads: 1,
    } as const;
    await writeJobFile(folder, name.endsWith('-tune') ? { verb: 'tune', ...parts } : profile, {});
    writeFileSync(join(folder, 'history.jsonl'), history.map((line) => `${JSON.stringify(line)}\n`).join(''));
    if (result !== undefined)
      writeFileSync(join(folder, jobFiles.result), JSON.stringify({ state: 'success', result }));
    recordRun(folder, { state: result === undefined ? 'cancelled' : 'success' });
  }

  it('has no trials before it is run', async () => {
    expect(await ofConfig()).toMatchObject({
      ...{ name: 'own.bench.yaml', about: [config], isRecord: false, run: null, trials: [], resume: null },
    });
  });

  it('has those of its own newest run, and models that are files', async () => {
    await looseRun('2026-01-01T00-00-00-tune', config, resultWith('max_trials'));
    await looseRun('2026-01-02T00-00-00-tune', '/models/other.bench.yaml', resultWith('strategy'));
    await looseRun('2026-01-03T00-00-00-tune', config);
    await looseRun('2026-01-04T00-00-00-profile', config, resultWith('strategy'));
    const told = await ofConfig();
    expect(told.run?.state).toBe('cancelled');
    expect(told.trialsOf).toBe('2026-01-01T00-00-00-tune');
    expect(told.trials).toHaveLength(3);
    expect(told.result).toMatchObject({ bestTrial: 1, modelPath: 'model.onnx' });
    expect(told).toMatchObject({ usableTrials: [], optimizedModel: null, resume: null });
    expect((await trialSettings(bench, { config, trial: 1 }))?.ops).not.toEqual([]);
  });

  it('is asked for by its path, a record by its id', () => {
    const { params } = tuningHistoryMethod;
    expect(params({ config, bench: 'file:///w' })).toEqual({ config });
    expect(params({ id: 3 })).toEqual({ id: 3 });
    expect(() => params({ config: 7 })).toThrow(/text/);
    expect(() => params({})).toThrow(/"id"/);
  });
});
