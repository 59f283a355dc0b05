// What the page of a sensitivity analysis is told, how a sparsity is shared out on it, and the recipe it is saved as.
import { createHash } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bench } from '../../src/bench/bench';
import { sensitivityReport } from '../../src/bench/reports/sensitivity';
import { pruningRecipe, sparsityAllocation } from '../../src/bench/reports/sparsityAllocation';
import { editSensitivity } from '../../src/bench/sensitivity/sensitivityEdit';
import { checkPruningRecipe } from '../../src/config/pruningRecipe';
import { recordRun } from '../../src/jobs/runRecord';
import { encodeModel } from '../../src/onnx/writeModel';
import { jobFiles } from '../../src/protocol/jobChannel';
import { readAllocationQuestion } from '../../src/protocol/panels/sensitivity';
import { noSparseKernels } from '../../src/sparsity/noSparseKernels';
import { node, weight } from '../pruning/pruningModels';
import { protoOf } from '../quantization/rewritingModels';
import { sensitivityDraft } from '../store/drafts';
import { draftBench } from '../support/draftBench';
import { failureOf } from '../support/failureOf';
import { temporaryFolder } from '../support/temporaryFolder';

const place = temporaryFolder();
let workspace: string;
let bench: Bench;

beforeEach(async () => {
  workspace = place.fresh();
  bench = await draftBench(workspace);
});
afterEach(() => bench[Symbol.asyncDispose]());

const layers = ['first', 'a', 'b'];

/** x → first → a → b, each a Gemm of 4 × 4 weights. */
const model = encodeModel(
  protoOf({
    inputs: { x: [1, 4] },
    outputs: ['b_out'],
    nodes: layers.map((name, index) =>
      node('Gemm', [index === 0 ? 'x' : `${layers[index - 1] ?? ''}_out`, name], `${name}_out`),
    ),
    initializers: layers.map((name) => weight(name, [4, 4])),
  }),
);

const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function writeModel(bytes: Uint8Array = model): void {
  writeFileSync(join(workspace, 'model.onnx'), bytes);
}

const described = (name: string) => ({
  ...{ id: name, name, label: name, node: `Gemm_${name}_out`, opType: 'Gemm', weights: 16, groups: 1 },
});

/** Losses grow with the place of the layer. */
const lossResult = {
  ...{ kind: 'loss', method: 'one-shot', data: 'random', samples: 5, batchSize: 1, notes: ['Mind this.'] },
  ...{ model: 'model.onnx', modelSha256: sha256Of(model), ms: 1 },
  environment: { engineVersion: '1.30.0', cpuModel: 'a', threads: 1 },
  layers: layers.map((name, index) => ({
    ...described(name),
    baseline: { loss: 0, sparsityFraction: 0 },
    sparse: [
      { loss: index, sparsityFraction: 0.5 },
      { loss: 4 * index, sparsityFraction: 0.99 },
    ],
  })),
};

async function analysis(more: object = {}, result?: object): Promise<number> {
  const { id } = await bench.store.create('sensitivity', { ...sensitivityDraft(1, 1), ...more });
  if (result === undefined) return id;
  const folder = await bench.store.createRunFolder('sensitivity', id);
  recordRun(folder, { state: 'queued', requestId: null });
  recordRun(folder, { state: 'running' });
  writeFileSync(join(folder, jobFiles.result), JSON.stringify({ state: 'success', result }));
  recordRun(folder, { state: 'success' });
  return id;
}

const question = (id: number, more: object = {}) => ({
  ...{ id, otherId: 0, targetFraction: 0.5, lossWeight: 1, overrides: [] },
  ...more,
});

describe('the report of a sensitivity analysis', () => {
  it('has no findings before a run, and says what it is of', async () => {
    const report = await sensitivityReport(bench, { id: await analysis(), otherId: 0 });
    expect(report).toMatchObject({ name: 'where to prune', projectName: 'digits', kind: 'loss', method: 'one-shot' });
    expect(report).toMatchObject({ findings: null, run: null, job: null, others: [] });
  });

  it('calls the layers of a result of an older version, which has no labels, by their nodes', async () => {
    const older = { ...lossResult, layers: lossResult.layers.map((layer) => ({ ...layer, label: undefined })) };
    const { findings } = await sensitivityReport(bench, { id: await analysis({}, older), otherId: 0 });
    expect(findings?.layers.map(({ label }) => label)).toEqual(['Gemm_first_out', 'Gemm_a_out', 'Gemm_b_out']);
  });

  it('has the curves, operations counted in the model, and says what the engine gains', async () => {
    writeModel();
    const { findings } = await sensitivityReport(bench, { id: await analysis({}, lossResult), otherId: 0 });
    expect(findings?.engineNote).toBe(noSparseKernels);
    expect(findings).toMatchObject({ notes: ['Mind this.'], isModelChanged: false });
    expect(findings?.loss).toEqual({ id: 1, name: 'where to prune', unit: 'divergence' });
    expect(findings?.perf).toEqual({ id: null, name: 'operations counted in the model', unit: 'operations' });
    expect(findings?.layers.map(({ name, denseReason, flops }) => [name, denseReason, flops])).toEqual([
      ['first', 'first', { weight: 16, bias: 0 }],
      ['a', null, { weight: 16, bias: 0 }],
      ['b', null, { weight: 16, bias: 0 }],
    ]);
    expect(findings?.layers[1]?.loss).toEqual([
      { sparsityFraction: 0, value: 0 },
      { sparsityFraction: 0.5, value: 1 },
      { sparsityFraction: 0.99, value: 4 },
    ]);
  });

  it('stands without its model, and takes performance from another analysis', async () => {
    const id = await analysis({}, lossResult);
    expect((await sensitivityReport(bench, { id, otherId: 0 })).findings?.perf).toBeNull();
    const perf = {
      ...{
        kind: 'perf',
        method: 'approx',
        notes: [],
        modelSha256: '0'.repeat(64),
        environment: lossResult.environment,
      },
      layers: layers.map((name) => ({
        ...described(name),
        baseline: { flops: 10 },
        sparse: [{ flops: 5, sparsityPercent: 50 }],
      })),
    };
    const otherId = await analysis({ kind: 'perf', method: 'approx', name: 'work' }, perf);
    const { findings, others } = await sensitivityReport(bench, { id, otherId: 0 });
    expect(others).toEqual([{ id: otherId, name: 'work', method: 'approx' }]);
    expect(findings?.perf).toEqual({ id: otherId, name: 'work', unit: 'operations' });
    expect(findings?.layers[0]?.perf.at(-1)).toEqual({ sparsityFraction: 0.5, value: 5 });
  });

  it('counts operations at assumed sizes where the model leaves some open, and says so', async () => {
    const open = protoOf({
      inputs: { x: [1, 'seq', 4] },
      outputs: ['y'],
      nodes: [node('MatMul', ['x', 'a'], 'y')],
      initializers: [weight('a', [4, 4])],
    });
    const bytes = encodeModel(open);
    writeModel(bytes);
    const openResult = { ...lossResult, modelSha256: sha256Of(bytes) };
    const flopsOf = async (id: number) => {
      const { findings } = await sensitivityReport(bench, { id, otherId: 0 });
      return { flops: findings?.layers.find(({ name }) => name === 'a')?.flops, notes: findings?.notes.join(' ') };
    };
    const assumed = await flopsOf(await analysis({}, openResult));
    expect(assumed).toEqual({
      flops: { weight: 8 * 16, bias: 0 },
      notes: expect.stringContaining('seq = 8') as string,
    });
    const given = await flopsOf(await analysis({ dimensions: { seq: 3 } }, openResult));
    expect(given.flops?.weight).toBe(3 * 16);
    expect(given.notes).not.toContain('assumed');
  });

  it('tells when another model lies at the path, and when it is the old one again', async () => {
    writeModel();
    const id = await analysis({}, lossResult);
    const state = async (): Promise<unknown[]> => {
      const { model: at, findings } = await sensitivityReport(bench, { id, otherId: 0 });
      return [at?.isPresent, findings?.isModelChanged, findings?.perf?.unit];
    };
    const recipeOf = () => pruningRecipe(bench, { ...question(id), path: join(workspace, 'a.pruning.yaml') });
    expect(await state()).toEqual([true, false, 'operations']);
    expect(await recipeOf()).toMatchObject({ isModelChanged: false });
    // An unknown field at the end: another file of the same layers.
    writeModel(Buffer.concat([model, Buffer.of(0xf8, 0x7f, 1)]));
    expect(await state()).toEqual([true, true, undefined]);
    expect(await recipeOf()).toMatchObject({ isModelChanged: true });
    rmSync(join(workspace, 'model.onnx'));
    expect(await state()).toEqual([false, false, undefined]);
    writeModel();
    expect(await state()).toEqual([true, false, 'operations']);
  });

  it('shows what a client put in the place of its points', async () => {
    const id = await analysis({}, lossResult);
    const sparse = [{ loss: 7, sparsity: 0.5 }];
    await editSensitivity(bench, id, [{ id: 'a', baseline: { loss: 0, sparsity: 0 }, sparse }]);
    const { findings } = await sensitivityReport(bench, { id, otherId: 0 });
    expect(findings?.layers.map(({ name, loss }) => [name, loss.at(-1)?.value])).toEqual([['a', 7]]);
    expect(findings?.facts).toEqual([]);
  });
});

describe('a sparsity', () => {
  it('is shared out by the losses, with what a person set by hand, and told in zeros and operations', async () => {
    writeModel();
    const id = await analysis({}, lossResult);
    const shared = await sparsityAllocation(bench, question(id));
    const [first = NaN, a = NaN, b = NaN] = shared.layers.map(({ sparsityFraction }) => sparsityFraction);
    expect(first).toBe(0);
    expect(a).toBeGreaterThan(b);
    expect((a + b) / 2).toBeCloseTo(0.5, 6);
    expect(shared.meanFraction).toBeCloseTo(0.5, 6);
    expect(shared.sparsityFraction).toBeCloseTo((a + b) / 3, 6);
    expect(shared.estimatedRecovery).toBe(1);
    expect(shared.flops).toEqual({ dense: 48, theoretical: expect.closeTo(32, 6) as number });
    const set = await sparsityAllocation(bench, question(id, { overrides: [['first', 0.25]] }));
    expect(set.layers[0]).toMatchObject({ sparsityFraction: 0.25, isSetByHand: true });
    expect(set.layers[1]).toMatchObject({ sparsityFraction: a, isSetByHand: false });
  });

  it('becomes a recipe that prune reads, whatever the analysis is called', async () => {
    const id = await analysis({ name: 'line\nend' }, lossResult);
    const path = join(workspace, 'recipes', 'sparse.pruning.yaml');
    const { text } = await pruningRecipe(bench, { ...question(id, { overrides: [['b', 0.1]] }), path });
    const { recipe, problems } = checkPruningRecipe(text, { layers: layers.map((name) => ({ name, nodes: [] })) });
    expect(problems).toEqual([]);
    expect(text).toMatch(/^# shared out by the analysis "line end", by loss alone\.\n# Set by hand: b\.$/m);
    expect(recipe?.model).toBe('../model.onnx');
    expect(recipe?.sparsities.get('b')).toBe(0.1);
    expect(recipe?.sparsities.get('first')).toBe(0);
  });

  it('cannot be shared out before a loss is known', async () => {
    const id = await analysis();
    expect(await failureOf(sparsityAllocation(bench, question(id)))).toMatchObject({ code: 'request-no-results' });
  });

  it.each([
    [{ targetFraction: 1 }, /targetFraction/],
    [{ lossWeight: NaN }, /lossWeight/],
    [{ overrides: [['a']] }, /override/],
    [{ overrides: 'all' }, /overrides/],
    [{ otherId: -1 }, /otherId/],
  ])('is not asked for with %j', (more, problem) => {
    expect(() => readAllocationQuestion(question(1, more))).toThrow(problem);
  });
});
