// What the editor is told of a bench: facts and key figures of records and runs, cheaply.
import { appendFileSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bench } from '../../src/bench/bench';
import { jobsOf } from '../../src/bench/facts/jobs';
import { partsOf, projectsOf } from '../../src/bench/facts/projects';
import { tellOfRun } from '../../src/jobs/queue/news';
import { claimPlace } from '../../src/jobs/queue/places';
import { recordRun } from '../../src/jobs/runRecord';
import { jobFiles } from '../../src/protocol/jobChannel';
import { runnableKinds } from '../../src/store/records';
import type { RunnableKind } from '../../src/store/records';
import { benchmarkDraft, optimizationDraft, projectDraft, sensitivityDraft } from '../store/drafts';
import { draftBench } from '../support/draftBench';
import { mnistModel } from '../support/mnistTuning';
import { temporaryFolder } from '../support/temporaryFolder';

const place = temporaryFolder();
let bench: Bench;

beforeEach(async () => {
  bench = await draftBench(place.fresh());
  await bench.store.create('optimization', optimizationDraft(1, 1, 1));
  await bench.store.create('benchmark', benchmarkDraft(1, 1));
  await bench.store.create('profiling', { projectId: 1, name: 'times', modelId: 1, datasetId: 1, threads: 2 });
  await bench.store.create('sensitivity', sensitivityDraft(1, 1));
});
afterEach(() => bench[Symbol.asyncDispose]());

/** A run that ended as told; with a result it succeeded. */
async function endedRun(kind: RunnableKind, id: number, result?: object): Promise<string> {
  const folder = await bench.store.createRunFolder(kind, id);
  recordRun(folder, { state: 'queued', requestId: null });
  recordRun(folder, { state: 'running' });
  if (result !== undefined) writeFileSync(join(folder, jobFiles.result), JSON.stringify({ state: 'success', result }));
  const failure = { code: 'test', message: 'It broke.' };
  recordRun(folder, result === undefined ? { state: 'error', failure } : { state: 'success' });
  mkdirSync(join(bench.store.folder, 'queue'), { recursive: true });
  tellOfRun(bench.store.folder, { folder, subject: { kind, id } });
  return folder;
}

const tuned = {
  reasons: ['Trial 3 is 2 times as fast.'],
  best: { trial: 3, accuracy: 0.97, latencyMs: 1, sizeBytes: 300, meetsGoal: true, speedup: 2 },
  baseline: { accuracy: 0.98, latencyMs: 2, sizeBytes: 1000 },
  goal: { metric: 'topk' },
};

describe('the projects', () => {
  it('are listed by id, with what cannot be read beside them', async () => {
    await bench.store.create('project', projectDraft('second'));
    const path = join(bench.store.folder, 'projects', '2-second', 'project.json');
    writeFileSync(path, '{');
    expect(await projectsOf(bench)).toEqual({
      projects: [{ id: 1, name: 'digits', createdAt: expect.any(String) as string, modifiedAt: null }],
      problems: [{ path, message: 'projects/2-second/project.json is not JSON.' }],
    });
  });
});

describe('the parts of a project', () => {
  it('are shown without runs at first', async () => {
    expect(await partsOf(bench, { id: 1 })).toMatchObject({
      project: { id: 1, name: 'digits' },
      notes: null,
      models: [{ id: 1, path: join(bench.workspace, 'model.onnx'), isPresent: false, madeByOptimizationId: null }],
      datasets: [{ id: 1, name: 'dummy', datasetType: 'dummy_v2', metric: null, templatePath: null }],
      optimizations: [{ id: 1, run: null, outcome: null, configPath: null, strategy: null }],
      benchmarks: [{ id: 1, run: null, latencyMs: null, accuracy: null, mode: 'performance' }],
      profilings: [{ id: 1, run: null, inferenceUs: null, threads: 2 }],
      sensitivities: [
        { id: 1, datasetId: null, run: null, layers: null, kind: 'loss', method: 'one-shot', editedAt: null },
      ],
      problems: [],
    });
  });

  it('say where a model and a config are', async () => {
    cpSync(mnistModel, join(bench.workspace, 'model.onnx'));
    const folder = (await bench.store.folderOf('optimization', 1)) ?? '';
    writeFileSync(join(folder, 'config.yaml'), '');
    const parts = { models: [{ isPresent: true }], optimizations: [{ configPath: join(folder, 'config.yaml') }] };
    expect(await partsOf(bench, { id: 1 })).toMatchObject(parts);
    await endedRun('optimization', 1);
    expect(await partsOf(bench, { id: 1 })).toMatchObject(parts);
  });

  it('carry the key figures of the newest successful run, also after a failed one', async () => {
    await endedRun('optimization', 1, tuned);
    await endedRun('benchmark', 1, { results: [{ latencyMs: { median: 1.5 }, spread: 0.02, throughput: 640 }] });
    await endedRun('profiling', 1, { times: { wallUs: 1234 } });
    await endedRun('sensitivity', 1, { layers: [{}, {}] });
    const figures = {
      optimizations: [
        {
          outcome: {
            summary: 'Trial 3 is 2 times as fast.',
            baselineAccuracy: 0.98,
            accuracy: 0.97,
            speedup: 2,
            sizeRatio: 0.3,
            meetsGoal: true,
            hasWinner: true,
            metric: 'topk',
            isRatio: true,
          },
        },
      ],
      benchmarks: [{ latencyMs: 1.5, spread: 0.02, throughput: 640, accuracy: null }],
      profilings: [{ inferenceUs: 1234 }],
      sensitivities: [{ layers: 2 }],
    };
    expect(await partsOf(bench, { id: 1 })).toMatchObject(figures);
    for (const kind of runnableKinds) await endedRun(kind, 1);
    const after = await partsOf(bench, { id: 1 });
    expect(after).toMatchObject(figures);
    expect(after.benchmarks[0]?.run).toMatchObject({ state: 'error', failure: { message: 'It broke.' } });
  });

  it('show an accuracy with its metric', async () => {
    await endedRun('benchmark', 1, { metric: 'MSE', value: 3.5 });
    const [benchmark] = (await partsOf(bench, { id: 1 })).benchmarks;
    expect(benchmark).toMatchObject({ accuracy: 3.5, metric: 'MSE', isRatio: false, latencyMs: null });
  });

  it('know whether accuracy was measured on made-up samples', async () => {
    await endedRun('optimization', 1, { ...tuned, isRandomData: true });
    await endedRun('benchmark', 1, { metric: 'agreement', value: 1, isRandomData: true });
    const { optimizations, benchmarks } = await partsOf(bench, { id: 1 });
    expect(optimizations[0]?.outcome?.isRandomData).toBe(true);
    expect(benchmarks[0]?.isRandomData).toBe(true);
  });

  it('read the result of a run once', async () => {
    const folder = await endedRun('profiling', 1, { times: { wallUs: 1 } });
    await partsOf(bench, { id: 1 });
    rmSync(join(folder, jobFiles.result));
    expect((await partsOf(bench, { id: 1 })).profilings[0]?.inferenceUs).toBe(1);
  });

  it.each(['{', '{"state":"success"}', '{"state":"success","result":{"results":[null],"best":1,"times":[]}}'])(
    'do without a damaged result: %s',
    async (text) => {
      for (const kind of runnableKinds) {
        writeFileSync(join(await endedRun(kind, 1, {}), jobFiles.result), text);
      }
      expect(await partsOf(bench, { id: 1 })).toMatchObject({
        optimizations: [{ outcome: null, run: { state: 'success' } }],
        benchmarks: [{ latencyMs: null }],
        profilings: [{ inferenceUs: null }],
        sensitivities: [{ layers: null }],
      });
    },
  );

  it('name what is missing because it cannot be read', async () => {
    const path = join(bench.store.folder, 'projects/1-digits/benchmarks/1-speed/benchmark.json');
    writeFileSync(path, '[]');
    const { benchmarks, problems } = await partsOf(bench, { id: 1 });
    expect(benchmarks).toEqual([]);
    expect(problems.map((problem) => problem.path)).toEqual([path]);
  });

  it('never show a run as going on whose process is gone', async () => {
    const folder = await bench.store.createRunFolder('benchmark', 1);
    recordRun(folder, { state: 'queued', requestId: null });
    recordRun(folder, { state: 'running' });
    const [benchmark] = (await partsOf(bench, { id: 1 })).benchmarks;
    expect(benchmark?.run).toMatchObject({ state: 'error', failure: { code: 'run-lost' } });
  });

  it('are refused for a project that is not there', async () => {
    await expect(partsOf(bench, { id: 9 })).rejects.toMatchObject({ code: 'request-not-found' });
  });
});

describe('the jobs', () => {
  it('are none in a new bench', async () => {
    expect(await jobsOf(bench)).toEqual({ jobs: [] });
  });

  it('are those that ended, the newest first, each once, with names for people', async () => {
    await endedRun('benchmark', 1);
    await endedRun('profiling', 1, {});
    const folder = await endedRun('optimization', 1, tuned);
    tellOfRun(bench.store.folder, { folder, subject: { kind: 'optimization', id: 1 } });
    const { jobs } = await jobsOf(bench);
    expect(jobs.map(({ kind, title, projectName, run }) => [kind, title, projectName, run.state])).toEqual([
      ['optimization', 'int8', 'digits', 'success'],
      ['profiling', 'times', 'digits', 'success'],
      ['benchmark', 'speed', 'digits', 'error'],
    ]);
    expect(jobs[0]).toMatchObject({ position: null, progress: null, timeLeftMs: null, trial: null, projectId: 1 });
  });

  it('are 20 ended ones at most', async () => {
    for (let run = 0; run < 25; run++) await endedRun('benchmark', 1, {});
    expect((await jobsOf(bench)).jobs).toHaveLength(20);
  });

  it('begin with those that wait, and leave out those that were deleted', async () => {
    rmSync(await endedRun('benchmark', 1), { recursive: true });
    const folder = await bench.store.createRunFolder('profiling', 1);
    recordRun(folder, { state: 'queued', requestId: null });
    await claimPlace(bench.store.folder, { folder, subject: { kind: 'profiling', id: 1 } });
    const { jobs } = await jobsOf(bench);
    expect(jobs).toMatchObject([{ kind: 'profiling', title: 'times', position: 0, run: { state: 'queued' } }]);
  });

  it('have a name when they belong to no record, and pass over what is none of theirs in the news', async () => {
    const folder = join(bench.store.folder, 'runs', 'pair');
    mkdirSync(folder, { recursive: true });
    mkdirSync(join(bench.store.folder, 'queue'), { recursive: true });
    recordRun(folder, { state: 'queued', requestId: null });
    recordRun(folder, { state: 'success' });
    tellOfRun(bench.store.folder, { folder, subject: { kind: 'pair_benchmark', id: 0 } });
    appendFileSync(join(bench.store.folder, 'queue', 'news.jsonl'), '{"folder":"../../x","subject":{}}\nnull\n{');
    expect((await jobsOf(bench)).jobs).toMatchObject([
      { kind: 'pair_benchmark', id: 0, title: 'Benchmark of two models', projectId: null },
    ]);
  });
});
