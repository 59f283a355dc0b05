// Benchmarks side by side: which are compared, ratios beside the reference, and what keeps a comparison from being fair.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bench } from '../../src/bench/bench';
import { compareAccuracy, comparePerformance, intervalOf } from '../../src/bench/reports/benchmarkFairness';
import { benchmarksReport } from '../../src/bench/reports/benchmarks';
import { benchmarksFile } from '../../src/bench/reports/benchmarksFile';
import { recordRun } from '../../src/jobs/runRecord';
import { jobFiles } from '../../src/protocol/jobChannel';
import type { AccuracyResult, Conditions, PerformanceResult } from '../../src/protocol/panels/benchmarks';
import { benchmarksReportMethod, readBenchmarksSubject } from '../../src/protocol/panels/benchmarks';
import { benchmarkDraft } from '../store/drafts';
import { draftBench } from '../support/draftBench';
import { temporaryFolder } from '../support/temporaryFolder';

const conditions: Conditions = {
  ...{ cpuModel: 'EPYC', cpuFlags: ['avx2'], engineVersion: '1.20', threads: 4, coresPerInstance: 4, instances: 1 },
  ...{ batchSize: 1, data: 'dataset', datasetId: 1, datasetName: 'digits' },
};

function timed(medianMs: number, change: Partial<PerformanceResult> = {}): PerformanceResult {
  return {
    ...{ measuredAt: null, conditions, samples: 100, doubts: [], sizeBytes: 1000, spread: 0.02 },
    latencyMs: { median: medianMs, p90: medianMs * 1.2, p99: medianMs * 1.5, min: medianMs * 0.9 },
    throughput: 1000 / medianMs,
    ...change,
  };
}

function counted(value: number, samples: number, change: Partial<AccuracyResult> = {}): AccuracyResult {
  return {
    ...{ measuredAt: null, conditions, samples, doubts: [], sizeBytes: 1000, metric: 'topk', value },
    ...{ higherIsBetter: true, isShare: true, interval: intervalOf('topk', value, samples) },
    ...change,
  };
}

describe('two latencies', () => {
  it('are a ratio above 1 where the model is faster than the reference', () => {
    expect(comparePerformance(timed(2, { sizeBytes: 250 }), timed(4))).toEqual({
      verdict: 'better',
      unlike: [],
      latencyRatio: 2,
      throughputRatio: 2,
      sizeRatio: 0.25,
    });
    expect(comparePerformance(timed(4), timed(2)).verdict).toBe('worse');
  });

  it('do not differ where the spread of both covers the difference', () => {
    expect(comparePerformance(timed(10, { spread: 0.1 }), timed(12, { spread: 0.1 })).verdict).toBe('within the noise');
    expect(comparePerformance(timed(10, { spread: 0.05 }), timed(12, { spread: 0.05 })).verdict).toBe('better');
  });

  it('do not differ by less than three hundredths, however little they spread', () => {
    const [one, reference] = [timed(10, { spread: 0.001 }), timed(10.25, { spread: 0.001 })];
    expect(comparePerformance(one, reference).verdict).toBe('within the noise');
  });

  it.each<[Partial<Conditions>, string]>([
    [{ cpuModel: 'Xeon' }, 'It was measured on Xeon, the reference on EPYC.'],
    [{ cpuFlags: [] }, 'Its processor offers no special instructions, that of the reference avx2.'],
    [{ engineVersion: '1.19' }, 'It ran on engine 1.19, the reference on 1.20.'],
    [{ threads: 1 }, 'It computes with 1 thread, the reference with 4 threads.'],
    [{ coresPerInstance: null }, 'An instance of it has any number of cores, one of the reference 4 cores.'],
    [{ instances: 2 }, 'It ran in 2 instances, the reference in 1 instance.'],
    [{ batchSize: 8 }, 'It has a batch of 8, the reference of 1.'],
    [{ data: 'random' }, 'It saw random numbers, the reference samples of a data set.'],
    [{ datasetId: 2, datasetName: null }, 'It saw the data set 2, which is gone, the reference the data set "digits".'],
  ])('cannot be compared with %j', (change, sentence) => {
    const compared = comparePerformance(timed(2, { conditions: { ...conditions, ...change } }), timed(4));
    expect(compared).toMatchObject({ verdict: 'unlike', unlike: [sentence], latencyRatio: 2 });
  });

  it('cannot be compared where one has many times the runs of the other', () => {
    expect(comparePerformance(timed(2, { samples: 1000 }), timed(4)).unlike).toEqual([
      'Behind it are 1,000 timed runs, behind the reference 100 timed runs.',
    ]);
    expect(comparePerformance(timed(2, { samples: 900 }), timed(4)).unlike).toEqual([]);
  });
});

describe('two accuracies', () => {
  it('differ where the sampling error of both is smaller', () => {
    expect(compareAccuracy(counted(0.9, 10_000), counted(0.95, 10_000))).toMatchObject({
      verdict: 'worse',
      unlike: [],
    });
    expect(compareAccuracy(counted(0.95, 100), counted(0.9, 100)).verdict).toBe('within the noise');
    expect(compareAccuracy(counted(0.9, 100), counted(0.9, 100)).verdict).toBe('same');
  });

  it('of an error are better where they are smaller', () => {
    const error = { metric: 'MSE', higherIsBetter: false, isShare: false, interval: null };
    const compared = compareAccuracy(counted(0.5, 100, error), counted(0.75, 100, error));
    expect(compared).toMatchObject({ verdict: 'better', difference: -0.25 });
  });

  it('cannot be compared over other samples, nor have a difference over other metrics', () => {
    expect(compareAccuracy(counted(0.9, 100), counted(0.9, 1000))).toMatchObject({
      verdict: 'unlike',
      unlike: ['It saw 100 samples, the reference 1,000 samples.'],
    });
    const compared = compareAccuracy(counted(0.9, 100, { metric: 'F1' }), counted(0.9, 100));
    expect(compared).toMatchObject({ difference: null, unlike: ['It measures F1, the reference topk.'] });
  });

  it('do not mind another number of threads', () => {
    const other = counted(0.9, 100, { conditions: { ...conditions, threads: 1 } });
    expect(compareAccuracy(other, counted(0.9, 100)).unlike).toEqual([]);
  });
});

describe('the interval of a share', () => {
  it("is Wilson's", () => {
    const [low, high] = intervalOf('topk', 0.9, 100) ?? [0, 0];
    expect(low).toBeCloseTo(0.8256, 4);
    expect(high).toBeCloseTo(0.9448, 4);
  });

  it('stays within 0 and 1, and is none of other metrics', () => {
    expect(intervalOf('topk', 1, 10)?.[1]).toBe(1);
    expect(intervalOf('F1', 0.9, 100)).toBeNull();
  });
});

describe('the report', () => {
  const place = temporaryFolder();
  let bench: Bench;

  beforeEach(async () => {
    bench = await draftBench(place.fresh());
    for (const name of ['float', '=int8', 'never'])
      await bench.store.create('benchmark', { ...benchmarkDraft(1, 1), name });
    await bench.store.create('benchmark', { ...benchmarkDraft(1, 1), name: 'right', mode: 'accuracy' });
  });
  afterEach(() => bench[Symbol.asyncDispose]());

  async function measured(id: number, medianMs: number, change: object = {}): Promise<void> {
    const { cpuModel, cpuFlags, engineVersion } = conditions;
    const latencyMs = { median: medianMs, p90: medianMs, p99: medianMs, min: medianMs };
    const figures = { model: 'm', modelSha256: '0'.repeat(64), sizeBytes: 1000, latencyMs, spread: 0.01 };
    await ended(id, {
      results: [{ ...figures, throughput: 1000 / medianMs, samples: 100, ...change }],
      comparison: [],
      machine: { cpuModel, cpuFlags, engineVersion },
      warnings: [],
      settings: { batchSize: 1, threads: 1, instances: 1, coresPerInstance: 1, data: 'dataset' },
    });
  }

  async function ended(id: number, result?: object): Promise<void> {
    const folder = await bench.store.createRunFolder('benchmark', id);
    recordRun(folder, { state: 'queued', requestId: null });
    recordRun(folder, { state: 'running' });
    if (result !== undefined) {
      writeFileSync(join(folder, jobFiles.result), JSON.stringify({ state: 'success', result }));
      recordRun(folder, { state: 'success' });
    } else recordRun(folder, { state: 'error', failure: { code: 'test', message: 'It broke.' } });
  }

  const request = { projectId: 1, ids: [1, 2, 3, 4, 99], references: { performance: null, accuracy: null } };

  it('has both modes apart, the first result as the reference, and those without one', async () => {
    await measured(1, 4);
    await measured(2, 2);
    const report = await benchmarksReport(bench, request);
    expect(report).toMatchObject({
      projectName: 'digits',
      choices: [{ hasResult: true }, {}, { hasResult: false }, {}],
    });
    expect(report.performance).toMatchObject({
      referenceId: 1,
      items: [
        { id: 1, comparison: { verdict: 'reference', latencyRatio: 1 } },
        { id: 2, comparison: { verdict: 'better', latencyRatio: 2 } },
        { id: 3, run: null, result: null, comparison: null },
      ],
    });
    expect(report.accuracy).toMatchObject({ referenceId: null, items: [{ id: 4, result: null }] });
  });

  it('compares with the wanted reference, and keeps figures over a run that fails', async () => {
    await measured(1, 4);
    await measured(2, 2);
    await ended(2);
    const references = { performance: 2, accuracy: 3 };
    const { performance } = await benchmarksReport(bench, { ...request, references });
    expect(performance).toMatchObject({
      referenceId: 2,
      items: [{ comparison: { latencyRatio: 0.5 } }, { run: { state: 'error' }, result: { throughput: 500 } }, {}],
    });
  });

  it('doubts few runs, and figures of another file', async () => {
    await measured(1, 4, { samples: 5, modelSha256: '1'.repeat(64) });
    const { performance } = await benchmarksReport(bench, request);
    expect(performance.items[0]?.result?.doubts).toEqual([
      'The file of the model was another one when it was measured: run it again.',
      'Only 5 timed runs are behind the figures.',
    ]);
  });

  it('knows accuracy that was measured on made-up samples', async () => {
    const result = { metric: 'agreement', value: 1, samples: 8, warnings: [], environment: {}, isRandomData: true };
    await ended(4, result);
    const { accuracy } = await benchmarksReport(bench, request);
    expect(accuracy.items[0]?.result).toMatchObject({ metric: 'agreement', conditions: { data: 'random' } });
  });

  it('is a table of which spreadsheets compute nothing, and JSON', async () => {
    await measured(1, 4);
    await measured(2, 2);
    const csv = (await benchmarksFile(bench, { ...request, format: 'csv' })).split('\n');
    expect(csv).toHaveLength(6);
    expect(csv[2]).toMatch(/^2,'=int8,performance,Input model,fp32,better,/);
    const json = JSON.parse(await benchmarksFile(bench, { ...request, format: 'json' })) as object;
    expect(json).toMatchObject({ project: 'digits', performance: { referenceId: 1 } });
  });
});

describe('what a page asks', () => {
  it('is checked', () => {
    const references = { performance: null, accuracy: 2 };
    expect(benchmarksReportMethod.params({ projectId: 1, ids: [2, 2], references })).toEqual({
      ...{ projectId: 1, ids: [2], references },
    });
    expect(() => benchmarksReportMethod.params({ projectId: 1, ids: ['2'], references })).toThrow(/whole number/);
    expect(() => benchmarksReportMethod.params({ projectId: 1, ids: [2], references: {} })).toThrow(/performance/);
    expect(() => readBenchmarksSubject({ bench: 'file:///', projectId: 1 })).toThrow(/list/);
  });
});
