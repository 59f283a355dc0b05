// Sensitivity analyses of the bench: what is kept, refused, found by a job, edited and deleted, on the bundled digits.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bench } from '../../src/bench/bench';
import { openBench } from '../../src/bench/openBench';
import { queueBundles } from '../processes/bundle';
import { call, callFile, follow } from '../support/benchCalls';
import type { Answer } from '../support/benchCalls';
import { failureOf } from '../support/failureOf';
import { mnistProject } from '../support/mnistBench';
import type { MnistProject } from '../support/mnistBench';
import { temporaryFolder } from '../support/temporaryFolder';

const place = temporaryFolder();
const bundles = queueBundles();
let bench: Bench;
let project: MnistProject;
let other: MnistProject;
let requests = 0;

beforeAll(async () => {
  bench = await openBench(place.path, bundles);
  project = await mnistProject(bench);
  other = await mnistProject(bench, undefined, 'Other');
});
afterAll(() => bench[Symbol.asyncDispose]());

function request(more: Answer = {}): Answer {
  return { project_id: project.projectId, name: 'Where to prune', ...more };
}

async function added(more: Answer = {}): Promise<number> {
  return Number((await call(bench, 'sensitivity/add', request(more)))['sensitivity_id']);
}

async function executed(id: number): Promise<Answer> {
  const { last } = await follow(bench, 'sensitivity/execute', { request_id: `r${++requests}`, sensitivity_id: id });
  return last.data;
}

interface Layer {
  readonly id: string;
  readonly name: string;
  readonly baseline: Readonly<Record<string, number | null>>;
  readonly sparse: readonly Readonly<Record<string, number | null>>[];
}

const layersOf = (answer: Answer): readonly Layer[] => answer['layers'] as readonly Layer[];

describe('a sensitivity analysis', () => {
  it('keeps what was asked for, with the defaults of the original', async () => {
    const id = await added({ kind: 'loss', method: 'one-shot', dataset_id: project.datasetId, levels: '0.9, 0.5,0.9' });
    expect(await call(bench, 'sensitivity', { id })).toMatchObject({
      ...{ id, project_id: project.projectId, name: 'Where to prune', kind: 'loss', method: 'one-shot' },
      ...{ levels: [0.5, 0.9], samples: 5, batch_size: 1, num_threads: 1, warmup_iterations: 5, iterations: 30 },
      ...{ analysis_id: null, edited_at: null, status: null, state: null },
      model: { id: project.modelId },
      dataset: { id: project.datasetId },
    });
    const list = await call(bench, 'sensitivity/list', { project_id: project.projectId });
    expect(list['sensitivities']).toMatchObject([{ id, name: 'Where to prune' }]);
    expect((await call(bench, 'sensitivity/list', { project_id: other.projectId }))['sensitivities']).toEqual([]);
  });

  it.each<[string, Answer, string]>([
    [
      'a method of the other kind',
      { kind: 'perf', method: 'one-shot' },
      'The method one-shot is for loss, not for perf.',
    ],
    ['data for a method that runs nothing', { dataset_id: 1 }, '"dataset_id" has no effect with the method approx.'],
    ['an unknown method', { method: 'guess' }, 'Could not parse value'],
    ['a sparsity of 1', { kind: 'loss', method: 'one-shot', levels: [0.5, 1] }, 'Could not parse value'],
    ['a sparsity in percent', { kind: 'loss', method: 'one-shot', levels: '50' }, 'Could not parse value'],
    ['an unknown model', { model_id: 999 }, 'Could not find model 999.'],
    ['no samples', { kind: 'loss', method: 'one-shot', samples: 0 }, 'Could not parse value'],
  ])('is refused with %s', async (_, more, message) => {
    expect(await failureOf(added(more))).toMatchObject({ message });
  });

  it('is refused with a model or data of another project', async () => {
    expect(await failureOf(added({ model_id: other.modelId }))).toMatchObject({ code: 'request-other-project' });
    const data = { kind: 'loss', method: 'one-shot', dataset_id: other.datasetId };
    expect(await failureOf(added(data))).toMatchObject({ code: 'request-other-project' });
  });

  it('keeps its data set from being deleted', async () => {
    const deletion = call(bench, 'dataset/delete', { id: project.datasetId, name: 'Test digits' });
    const message = 'The dataset "Test digits" is used by sensitivity "Where to prune".';
    expect(await failureOf(deletion)).toMatchObject({ message });
  });

  it('of operations counts them, in percent of sparsity', async () => {
    const id = await added({ kind: 'perf' });
    const found = await executed(id);
    expect(found).toMatchObject({ id, state: 'success', sparsity_unit: 'percent', is_edited: false });
    const [first] = layersOf(found);
    expect(first?.sparse.at(-1)).toMatchObject({ sparsity: 100, timing: null, timings: null });
    expect(first?.baseline['flops']).toBeGreaterThan(0);
    expect(first?.baseline).not.toHaveProperty('sparsity');
  });

  it('of outputs says that its inputs were random when it had no data', async () => {
    const id = await added({ kind: 'loss', method: 'one-shot', levels: [0.5, 0.95], samples: 2 });
    const found = await executed(id);
    expect(found).toMatchObject({ sparsity_unit: 'fraction', data: 'random' });
    expect(found['notes']).toContainEqual(expect.stringMatching(/^No data set was given/));
    expect(layersOf(found)[0]?.sparse.map(({ sparsity }) => sparsity)).toEqual([0.5, 0.95]);
  });

  it('of outputs reads its data set', async () => {
    const data = { dataset_id: project.datasetId, levels: [0.5], samples: 2 };
    const found = await executed(await added({ kind: 'loss', method: 'one-shot', ...data }));
    expect(found).toMatchObject({ data: 'dataset', notes: [] });
  });
});

describe('the points of an analysis', () => {
  const points = [{ id: 'LAYER_ID', baseline: { loss: 0, sparsity: 0 }, sparse: [{ loss: 0.25, sparsity: 0.5 }] }];

  it('are replaced by an edit until the next run, and keep what is known of their layers', async () => {
    const id = await added({ kind: 'loss', method: 'one-shot', levels: [0.5], samples: 1 });
    await call(bench, 'sensitivity/edit', { id, layers: points });
    expect(await call(bench, 'sensitivity', { id })).toMatchObject({ is_edited: true, layers: points });
    const found = await executed(id);
    expect(found).toMatchObject({ is_edited: false });
    const [first] = layersOf(found);
    const own = [{ id: first!.id, baseline: { loss: 0 }, sparse: [{ loss: 7, sparsity: 0.1 }] }];
    await call(bench, 'sensitivity/edit', { id, layers: own });
    const edited = await call(bench, 'sensitivity', { id });
    expect(edited).toMatchObject({ is_edited: true, layers: [{ ...own[0], name: first!.name }] });
    expect(edited['edited_at']).toEqual(expect.any(String));
    expect(edited).not.toHaveProperty('model_sha256');
    // The points before went.
    const folder = (await bench.store.folderOf('sensitivity', id)) ?? '';
    expect(readdirSync(folder).filter((name) => name.startsWith('points-'))).toHaveLength(1);
  });

  it('may be in percent, as those of an approximate analysis are', async () => {
    const id = await added({ kind: 'loss', method: 'one-shot' });
    const percent = [{ ...points[0], sparse: [{ loss: 0.25, sparsity: 50 }] }];
    const edited = await call(bench, 'sensitivity/edit', { id, layers: percent });
    expect(edited).toEqual({ id, sparsity_unit: 'percent', layers: percent });
    expect(await call(bench, 'sensitivity', { id })).toMatchObject({ sparsity_unit: 'percent', layers: percent });
    const { content } = await callFile(bench, 'sensitivity/results/csv', { id });
    expect(content).toMatchObject({ text: expect.stringContaining(',0.5,0.25\n') as string });
  });

  it.each<[string, unknown, string]>([
    ['no list', {}, '"layers" has to be a list of 1 to 20000 layers.'],
    ['a layer without id', [{ baseline: {}, sparse: [] }], '"layers[0].id" has to be a text of 1 to 4096 characters.'],
    ['no points', [{ id: 'a', baseline: {} }], '"layers[0].sparse" has to be a list of at most 2000 points.'],
    [
      'text for a number',
      [{ id: 'a', baseline: { loss: '1' }, sparse: [] }],
      '"layers[0].baseline" has to be an object of at most 20 numbers.',
    ],
    ['no layers', [], '"layers" has to be a list of 1 to 20000 layers.'],
    [
      'percents among fractions',
      [{ ...points[0], id: 'a', sparse: [{ sparsity: 50 }] }, points[0]],
      '"layers[1].sparse" has to be a list of points in percent, as other layers have them.',
    ],
    [
      'more than everything',
      [{ ...points[0], sparse: [{ sparsity: 101 }] }],
      '"layers[0].sparse[0].sparsity" has to be a fraction from 0 to 1, or a percentage from 0 to 100.',
    ],
    ['a layer twice', [points[0], points[0]], '"layers[1].id" has to be an id that no other layer has.'],
  ])('are refused with %s', async (_, layers, nextStep) => {
    const id = await added({ kind: 'loss', method: 'one-shot' });
    expect(await failureOf(call(bench, 'sensitivity/edit', { id, layers }))).toMatchObject({ nextStep });
    expect(await call(bench, 'sensitivity', { id })).toMatchObject({ edited_at: null });
  });
});

describe('the settings of an analysis', () => {
  it('are edited before it runs: another method, other data, other levels', async () => {
    const id = await added({ kind: 'loss', method: 'one-shot', samples: 7 });
    const data = { dataset_id: project.datasetId, levels: '0.8,0.4' };
    expect(await call(bench, 'sensitivity/edit', { id, ...data })).toMatchObject({ id, method: 'one-shot' });
    expect(await call(bench, 'sensitivity', { id })).toMatchObject({
      ...{ dataset_id: project.datasetId, levels: [0.4, 0.8], samples: 7 },
    });
    await call(bench, 'sensitivity/edit', { id, dataset_id: null });
    expect(await call(bench, 'sensitivity', { id })).toMatchObject({ dataset_id: null, levels: [0.4, 0.8] });
    await call(bench, 'sensitivity/edit', { id, kind: 'perf', method: 'measured', iterations: 9, dims: 'batch=2' });
    expect(await call(bench, 'sensitivity', { id })).toMatchObject({
      ...{ kind: 'perf', method: 'measured', iterations: 9, dims: { batch: 2 } },
    });
  });

  it.each<[string, Answer, string]>([
    ['a method of the other kind', { method: 'measured' }, 'The method measured is for perf, not for loss.'],
    ['what the method has no use for', { iterations: 9 }, '"iterations" has no effect with the method one-shot.'],
    ['nothing', {}, 'Could not find required parameter.'],
    [
      'points at the same time',
      { samples: 2, layers: [] },
      '"layers" and "samples" cannot be edited at once: points belong to the settings they were found with.',
    ],
    ['an unknown dimension', { dims: { bach: 2 } }, '"dims" names "bach", which is no open dimension of the model.'],
    ['unknown data', { dataset_id: 999 }, 'Could not find dataset 999.'],
  ])('are refused with %s', async (_, more, message) => {
    const id = await added({ kind: 'loss', method: 'one-shot' });
    const failure = await failureOf(call(bench, 'sensitivity/edit', { id, ...more }));
    expect(failure).toMatchObject({ message: expect.stringContaining(message) as string });
    expect(await call(bench, 'sensitivity', { id })).toMatchObject({ method: 'one-shot', samples: 5 });
  });

  it('stay as they are once it was run', async () => {
    const id = await added();
    await executed(id);
    const failure = await failureOf(call(bench, 'sensitivity/edit', { id, method: 'one-shot' }));
    expect(failure).toMatchObject({ code: 'request-has-run' });
  });
});

describe('deleting', () => {
  it('needs the name, and takes everything along', async () => {
    const id = await added();
    expect(await call(bench, 'sensitivity/delete', { id, name: 'Another' })).toEqual({ id: null });
    const folder = (await bench.store.folderOf('sensitivity', id)) ?? '';
    expect(folder).toContain(join('sensitivities', `${id}-where-to-prune`));
    expect(await call(bench, 'sensitivity/delete', { id, name: 'Where to prune' })).toEqual({ id });
    expect(await failureOf(call(bench, 'sensitivity', { id }))).toMatchObject({ code: 'request-not-found' });
  });
});
