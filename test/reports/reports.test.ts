// What the pages of a profiling, a diagnosis and a project are told: before, while and after something ran.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bench } from '../../src/bench/bench';
import { diagnosisHistograms, diagnosisReport, diagnosisStart, opRow } from '../../src/bench/reports/diagnosis';
import { profilingComparison, profilingReport } from '../../src/bench/reports/profiling';
import { saveNotes } from '../../src/bench/reports/project';
import { recordRun } from '../../src/jobs/runRecord';
import { jobFiles } from '../../src/protocol/jobChannel';
import type { OpDiagnosis } from '../../src/protocol/diagnosis';
import { saveNotesMethod } from '../../src/protocol/panels/project';
import { modelDraft, optimizationDraft } from '../store/drafts';
import { draftBench } from '../support/draftBench';
import { failureOf } from '../support/failureOf';
import { temporaryFolder } from '../support/temporaryFolder';

const place = temporaryFolder();
let bench: Bench;

beforeEach(async () => {
  bench = await draftBench(place.fresh());
});
afterEach(() => bench[Symbol.asyncDispose]());

const machine = { cpuModel: 'a', logicalCores: 2, cpuFlags: [], totalMemoryBytes: 1, loadAverage: null };
const environment = { engineVersion: '1.30.0', cpuModel: 'a', threads: 1 };

function profile(convUs: number): object {
  const conv = { node: '/conv', opType: 'Conv', within: null, timeUs: convUs, shareOfTime: 0.75, executions: 11 };
  const relu = { node: '/relu', opType: 'Relu', within: null, timeUs: convUs / 3, shareOfTime: 0.25, executions: 11 };
  const of = (one: { node: string; opType: string }): object => ({
    outputShapes: [[1, 8]],
    outputTypes: ['float'],
    provider: 'CPUExecutionProvider',
    modelNodes: [{ node: one.node, opType: one.opType }],
  });
  const op = (opType: string, shareOfTime: number): object => ({
    opType,
    shareOfTime,
    totalUs: 1,
    acceleratorUs: 0,
    cpuUs: 1,
    executions: 11,
    definedNodes: 1,
    modelNodes: 1,
  });
  return {
    ops: [op('Conv', 0.75), op('Relu', 0.25)],
    nodes: [
      { ...conv, ...of(conv) },
      { ...relu, ...of(relu) },
    ],
    times: { wallUs: convUs * 2, kernelUs: (convUs * 4) / 3 },
    ...{ runs: 11, warmupRuns: 10, data: 'dataset', inputShapes: { x: [1, 8] }, trace: null, warnings: [] },
    ...{ environment, machine, modelSha256: 'abc' },
  };
}

/** A run that ended: with a result it succeeded. */
async function endedRun(kind: 'profiling' | 'optimization', id: number, result?: object): Promise<string> {
  const folder = await bench.store.createRunFolder(kind, id);
  recordRun(folder, { state: 'queued', requestId: null });
  recordRun(folder, { state: 'running' });
  if (result !== undefined) writeFileSync(join(folder, jobFiles.result), JSON.stringify({ state: 'success', result }));
  const failure = { code: 'test', message: 'It broke.' };
  recordRun(folder, result === undefined ? { state: 'error', failure } : { state: 'success' });
  return folder;
}

async function profilingNamed(name: string): Promise<number> {
  const draft = { projectId: 1, name, modelId: 1, datasetId: 1, threads: 1 };
  return (await bench.store.create('profiling', draft)).id;
}

describe('the report of a profiling', () => {
  it('has no times before a run, and says what it is of', async () => {
    const id = await profilingNamed('times');
    const report = await profilingReport(bench, { id });
    expect(report).toMatchObject({
      name: 'times',
      projectName: 'digits',
      times: null,
      run: null,
      job: null,
      others: [],
    });
    expect(report.model?.id).toBe(1);
  });

  it('has times of one inference, with shares added up; a failed run keeps them', async () => {
    const id = await profilingNamed('times');
    await endedRun('profiling', id, profile(30));
    await endedRun('profiling', id);
    const { times, run } = await profilingReport(bench, { id });
    expect(run?.state).toBe('error');
    expect(times?.ops.map(({ opType, timeUs, cumulative }) => [opType, timeUs, cumulative])).toEqual([
      ['Conv', 30, 0.75],
      ['Relu', 10, 1],
    ]);
    expect(times?.nodes[0]).toMatchObject({ node: '/conv', outputs: 'float [1, 8]', cumulative: 0.75 });
  });

  it('names others that have results, and is compared with them', async () => {
    const [id, otherId, emptyId] = [await profilingNamed('a'), await profilingNamed('b'), await profilingNamed('c')];
    await endedRun('profiling', id, profile(30));
    await endedRun('profiling', otherId, profile(15));
    expect((await profilingReport(bench, { id })).others.map(({ name }) => name)).toEqual(['b']);
    const { ops, otherWallUs } = await profilingComparison(bench, { id, otherId });
    expect(otherWallUs).toBe(30);
    expect(ops[0]).toMatchObject({ label: 'Conv', hereUs: 30, thereUs: 15 });
    const failure = await failureOf(profilingComparison(bench, { id, otherId: emptyId }));
    expect(failure.message).toContain('has no results');
  });
});

describe('the report of a diagnosis', () => {
  const op = {
    node: '/conv',
    opType: 'Conv',
    mergedNodes: [],
    precision: 'int8',
    mse: 0.1,
    isRescaled: false,
    activations: { min: 0, max: 1, float: [1], int8: [1] },
    weights: null,
  };
  const diagnosis = { ops: [op], findings: [], times: {}, samples: 10, warnings: [], environment, machine };

  /** An optimization whose run made a model. */
  async function optimized(precision: string): Promise<{ id: number; folder: string }> {
    const { id } = await bench.store.create('optimization', optimizationDraft(1, 1, 1));
    const folder = await endedRun('optimization', id, {});
    const [run] = await bench.store.runs('optimization', id);
    const madeBy = { optimizationId: id, run: run?.name ?? '' };
    const model = await bench.store.create('model', { ...modelDraft(1), precision, madeBy });
    await bench.store.edit('optimization', id, () => ({ optimizedModelId: model.id }));
    return { id, folder };
  }

  it('says why there is nothing to diagnose', async () => {
    const { id } = await bench.store.create('optimization', optimizationDraft(1, 1, 1));
    expect((await diagnosisReport(bench, { id })).status).toEqual({
      state: 'impossible',
      reason: 'It was not run yet.',
    });
    expect((await failureOf(diagnosisStart(bench, { id }))).message).toContain('no quantized model');
    const half = await optimized('fp16');
    expect((await diagnosisReport(bench, half)).status.state).toBe('impossible');
  });

  it('begins nothing, and has what the tuning left', async () => {
    const { id, folder } = await optimized('int8');
    expect((await diagnosisReport(bench, { id })).status).toEqual({ state: 'none' });
    const [, int8] = await bench.store.list('model', { projectId: 1 });
    writeFileSync(join(folder, 'diagnosis.json'), JSON.stringify({ ...diagnosis, int8Sha256: int8?.sha256 }));
    const { status } = await diagnosisReport(bench, { id });
    if (status.state !== 'ready') throw new Error(status.state);
    const { activations, weights, ...row } = op;
    expect(status.figures.ops).toEqual([{ ...row, canBeKept: true }]);
    expect(await diagnosisHistograms(bench, { id, node: '/conv' })).toEqual({ activations, weights });
    expect(await diagnosisHistograms(bench, { id, node: '/none' })).toEqual({ activations: null, weights: null });
  });
});

describe('an operator whose error says nothing', () => {
  const row = (more: object): boolean => {
    const op = { node: '/a', opType: 'Conv', precision: 'int8', isRescaled: true, floatUs: 3, int8Us: 1, ...more };
    return opRow(op as unknown as OpDiagnosis).canBeKept;
  };

  it('is not proposed to be kept in float, unless it is slower in 8 bits', () => {
    expect(row({})).toBe(false);
    expect(row({ int8Us: 4 })).toBe(true);
    expect(row({ isRescaled: false })).toBe(true);
  });
});

describe('notes of a project', () => {
  it('are saved where nobody has changed them meanwhile, and left alone otherwise', async () => {
    expect(await saveNotes(bench, { id: 1, notes: 'mine', basedOn: '' })).toEqual({ notes: 'mine', isSaved: true });
    expect(await saveNotes(bench, { id: 1, notes: 'theirs', basedOn: 'old' })).toEqual({
      notes: 'mine',
      isSaved: false,
    });
    expect((await bench.get('project', 1)).notes).toBe('mine');
    // The same text from two sides is no quarrel.
    expect((await saveNotes(bench, { id: 1, notes: 'mine', basedOn: 'old' })).isSaved).toBe(true);
  });

  it('are of 250 characters at most', () => {
    const edit = { id: 1, notes: 'x'.repeat(251), basedOn: '' };
    expect(() => saveNotesMethod.params(edit)).toThrow('at most 250');
  });
});
