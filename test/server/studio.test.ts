// The calls of Studio's document, answered by the product's own server on the bundled digits: every key it shows, its codes
// and messages, both lists, two questions at once, and a server that starts anew.
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundledFolder } from '../../src/bench/example/examples';
import { DataType } from '../../src/onnx/dataTypes';
import { makeTensor } from '../../src/onnx/makeMessages';
import { encodeModel } from '../../src/onnx/writeModel';
import { node, weight } from '../pruning/pruningModels';
import { protoOf } from '../quantization/rewritingModels';
import { sharedFolder } from '../support/sharedFolder';
import { temporaryFolder } from '../support/temporaryFolder';
import { ask } from './httpClient';
import { servedBenches } from './servedBench';
import type { ServedBench } from './servedBench';

const place = temporaryFolder();
const serve = servedBenches();
const workspace = join(place.path, 'work');
let bench: ServedBench;
let projectId: string;

interface Reply {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

async function send(method: string, path: string, body?: unknown): Promise<Reply> {
  const { status, text, headers } = await ask(`${bench.base}/api/${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect(headers['content-type']).toBe('application/json; charset=utf-8');
  return { status, body: JSON.parse(text) as Record<string, unknown> };
}

async function ok(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const reply = await send(method, path, body);
  expect(reply).toMatchObject({ status: 200 });
  return reply.body;
}

beforeAll(async () => {
  mkdirSync(workspace);
  copyFileSync(join(bundledFolder('mnist'), 'mnist_resnet.onnx'), join(workspace, 'model.onnx'));
  writeFileSync(join(workspace, 'notes.txt'), 'text');
  writeFileSync(join(workspace, 'damaged.onnx'), 'no model');
  bench = await serve(workspace);
  const projectConfig = { projectName: 'test project', theme: { colours: [1, null, 'blue'] } };
  const made = await ok('POST', 'projects', { modelPath: 'model.onnx', projectConfig });
  projectId = String(made['projectId']);
  // Both forms that clients know.
  expect(made).toEqual({ projectId, ...projectConfig, project: { projectId, ...projectConfig } });
});

interface Layer {
  readonly id: string;
  readonly baseline: Readonly<Record<string, number | null>>;
  readonly sparse: readonly Readonly<Record<string, number | null>>[];
}

const layersOf = (answer: Record<string, unknown>): readonly Layer[] =>
  answer['layerSensitivities'] as readonly Layer[];
const analysis = (kind: 'loss' | 'perf', id: string): string => `projects/${projectId}/sparse-analysis/${kind}/${id}`;
const levels = { sparsityLevels: [null, 0.5, 0.9], samplesPerMeasurement: 1 };
const few = { sparsityLevels: [0.4], iterations: 2, warmup_iterations: 0, num_cores: 1 };

/** Keys that the document shows in the answer under a heading; those of an error are its own. */
function keysShown(heading: string): readonly string[] {
  if (sharedFolder === undefined) return [];
  const text = readFileSync(join(sharedFolder, 'seeds/studio-server-api.md'), 'utf8');
  const section = text.split(/^### /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const answer = section.split('Success Response')[1]?.split('Error Resposne')[0] ?? '';
  const keys = [...answer.matchAll(/"(\w+)":/g)].map(([, key = '']) => key);
  expect(keys.length).toBeGreaterThan(0);
  return [...new Set(keys)];
}

function expectShown(heading: string, answer: object): void {
  const text = JSON.stringify(answer);
  expect(keysShown(heading).filter((key) => !text.includes(`"${key}":`))).toEqual([]);
}

describe('projects', () => {
  it('are listed by their settings', async () => {
    const answer = await ok('GET', 'projects');
    expectShown('Get All Projects', answer);
    expect(answer['projects']).toContainEqual(expect.objectContaining({ projectId, projectName: 'test project' }));
  });

  it('are shown and edited; what was not sent stays', async () => {
    expectShown('Get Project', await ok('GET', `projects/${projectId}`));
    const sent = { projectConfig: { projectName: 'test project new name', epochs: 3 } };
    const edited = await ok('PUT', `projects/${projectId}`, sent);
    expectShown('Edit Project', edited);
    const settings = { projectId, ...sent.projectConfig, theme: { colours: [1, null, 'blue'] } };
    expect(edited).toEqual({ project: settings });
    expect(await ok('GET', `projects/${projectId}/`)).toEqual({ project: settings });
  });

  it('are those of the bench, and get a UUID when they have none', async () => {
    const model = { path: 'model.onnx', input_nodes: 'input', output_nodes: 'logits', domain: '' };
    const { project_id: id } = await bench.get('project/create', { name: 'of the bench', model });
    const file = join(workspace, '.compressor-bench/projects', `${String(id)}-of-the-bench`, 'project.json');
    const record = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    writeFileSync(file, JSON.stringify({ ...record, uuid: undefined }));
    const { projects } = (await bench.get('project/list')) as unknown as { projects: { name: string }[] };
    expect(projects.map(({ name }) => name)).toEqual(['test project new name', 'of the bench']);
    const listed = (await ok('GET', 'projects'))['projects'] as Record<string, unknown>[];
    const given = listed.find(({ projectName }) => projectName === 'of the bench')?.['projectId'];
    expect(given).toMatch(/^[0-9a-f-]{36}$/);
    expect(await ok('GET', `projects/${String(given)}`)).toMatchObject({ project: { projectName: 'of the bench' } });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ uuid: given });
    writeFileSync(file, JSON.stringify({ ...record, uuid: '../../x' }));
    expect(JSON.stringify(await ok('GET', 'projects'))).not.toContain('../../x');
  });

  it('are made of models, and of nothing else', async () => {
    const made = (modelPath: unknown): Promise<Reply> => send('POST', 'projects', { modelPath, projectConfig: {} });
    expect(await made('~/Downloads/model.onnx')).toEqual({
      status: 404,
      body: { message: 'Path ~/Downloads/model.onnx does not exist' },
    });
    for (const path of ['notes.txt', '.', 'damaged.onnx'])
      expect(await made(path)).toMatchObject({ status: 400, body: { message: `Path ${path} is not a valid file` } });
    for (const path of ['/etc/passwd', '../work.onnx']) expect(await made(path)).toMatchObject({ status: 403 });
    for (const path of [undefined, 7, '']) expect(await made(path)).toMatchObject({ status: 400 });
    const config = (projectConfig?: unknown): Promise<Reply> =>
      send('POST', 'projects', { modelPath: 'model.onnx', projectConfig });
    for (const each of [undefined, 'x', [1], { text: 'x'.repeat(300_000) }])
      expect(await config(each)).toMatchObject({ status: 400 });
    expect((await ok('GET', 'projects'))['projects']).toHaveLength(2);
  });
});

describe('prunable layers', () => {
  it('have all that the document shows', async () => {
    const answer = await ok('GET', `projects/${projectId}/prunable-layers`);
    expectShown('Get Prunable Layers', answer);
    const layers = answer['prunableLayers'] as Record<string, unknown>[];
    expect(layers[0]).toMatchObject({ op_type: 'Conv', attributes: { group: 1, kernel_shape: [3, 3] } });
    expect(new Set(layers.map(({ id }) => id)).size).toBe(layers.length);
  });
});

describe('an approximate analysis', () => {
  it('of loss adds up magnitudes, by percent', async () => {
    const answer = await ok('GET', analysis('loss', 'approx'));
    expectShown('Get Approximate Loss Sensitivity Analysis', answer);
    const [first] = layersOf(answer);
    expect(first).toMatchObject({ id: expect.any(String) as string, baseline: { loss: 0, sparsity: 0 } });
    expect(first?.sparse.at(-1)?.['sparsity']).toBe(100);
    expect(await ok('GET', analysis('loss', 'approx'))).toEqual(answer);
  });

  it('of performance counts operations, by percent, and times nothing', async () => {
    const answer = await ok('GET', analysis('perf', 'approx'));
    expectShown('Get Approximate Perf Sensitivity Analysis', answer);
    expect(layersOf(answer)[0]?.baseline).toEqual({ flops: expect.any(Number) as number, timing: null, timings: null });
  });

  it('of a quantized model is refused with the reason', async () => {
    const integers = makeTensor('w', DataType.int8, [4, 4], new Int8Array(16));
    const nodes = [node('MatMulInteger', ['x', 'w'], 'y')];
    const model = protoOf({ inputs: { x: [1, 4] }, outputs: ['y'], nodes, initializers: [integers] });
    writeFileSync(join(workspace, 'int8.onnx'), encodeModel(model));
    const { projectId: id } = await ok('POST', 'projects', { modelPath: 'int8.onnx', projectConfig: {} });
    expect(await send('GET', `projects/${String(id)}/sparse-analysis/perf/approx`)).toMatchObject({
      status: 400,
      body: {
        message: expect.stringContaining('no Conv, Gemm or MatMul with a constant float weight') as string,
        nextStep: expect.stringContaining('of a quantized one') as string,
      },
    });
  });

  it.each(['POST', 'PUT'])('is no place for %s', async (method) => {
    const reply = await send(method, analysis('loss', 'approx'), { loss: [] });
    expect(reply).toMatchObject({ status: 400, body: { message: expect.stringContaining('approx') as string } });
  });
});

describe('an analysis of loss', () => {
  it('is run, kept, and says that its inputs are random', async () => {
    const answer = await ok('POST', analysis('loss', 'first one'), levels);
    const slip = await ok('POST', analysis('loss', 'a slip'), { ...levels, sparcityLevels: [0.3] });
    expect(slip['notes']).toContainEqual(
      '"sparcityLevels" is no setting of an analysis and has no effect. Did you mean "sparsityLevels"?',
    );
    expectShown('Run Loss Sensitivity Analysis', answer);
    expect(layersOf(answer)[0]?.sparse.map(({ sparsity }) => sparsity)).toEqual([0.5, 0.9]);
    expect(answer['notes']).toContainEqual(expect.stringMatching(/^No data set was given/));
    const kept = await ok('GET', analysis('loss', 'first%20one'));
    expectShown('Get Loss Sensitivity Analysis', kept);
    expect(kept).toEqual(answer);
    // Without an id the oldest.
    expect(await ok('GET', `projects/${projectId}/sparse-analysis/loss`)).toEqual(answer);
  });

  it('asked for twice at once is made once, and another under the same id waits for it', async () => {
    const [one, same, other] = await Promise.all([
      ok('POST', analysis('loss', 'twice'), levels),
      ok('POST', analysis('loss', 'twice'), levels),
      ok('POST', analysis('loss', 'twice'), { ...levels, sparsityLevels: [0.7] }),
    ]);
    expect(same).toEqual(one);
    expect(layersOf(other)[0]?.sparse.map(({ sparsity }) => sparsity)).toEqual([0.7]);
    expect(await ok('GET', analysis('loss', 'twice'))).toEqual(other);
    const folder = join(workspace, '.compressor-bench/projects/1-test-project/sensitivities');
    const named = readdirSync(folder).filter((name) => name.endsWith('-twice'));
    expect(named).toHaveLength(1);
    expect(readdirSync(join(folder, named[0]!, 'runs'))).toHaveLength(2);
  });
});

describe('the samples of an analysis', () => {
  const few = { sparsityLevels: [0.5], samplesPerMeasurement: 2 };
  const inputsOf = async (id: string, body: object): Promise<unknown> => {
    const answer = await ok('POST', analysis('loss', id), { ...few, ...body });
    expect(await ok('GET', analysis('loss', id))).toEqual(answer);
    expect(JSON.stringify(answer['notes'])).toContain(`data set \\"${String(answer['inputs'])}\\"`);
    return answer['inputs'];
  };
  const addDataset = (name: string, shape: readonly number[]): Promise<object> =>
    bench.get('dataset/add', {
      ...{ project_id: 1, name, transform: [], dataset_path: 'no_dataset_location', metric: 'agreement' },
      dataloader: { name: 'dummy', params: { shape, low: 0, high: 1 } },
    });

  it('are those that the request or the project names, else the oldest', async () => {
    await addDataset('older', [4, 1, 28, 28]);
    await addDataset('newer', [4, 1, 28, 28]);
    expect(await inputsOf('named', {})).toBe('older');
    expect(await inputsOf('named', { inputs: 'newer' })).toBe('newer');
    await ok('PUT', `projects/${projectId}`, { projectConfig: { inputs: 'newer' } });
    expect(await inputsOf('named', {})).toBe('newer');
    expect(await inputsOf('named', { inputs: 'older' })).toBe('older');
  });

  it('may lie in a folder with an .npz for each, which becomes a data set of the project', async () => {
    const sample = join(import.meta.dirname, '../fixtures/numpy/sample.npz');
    const folder = join(workspace, 'samples');
    mkdirSync(folder);
    for (const name of ['0.npz', '1.npz']) copyFileSync(sample, join(folder, name));
    expect(await inputsOf('packed', { inputs: 'samples' })).toBe('samples');
    expect(await inputsOf('packed again', { inputs: folder })).toBe('samples');
    const { datasets } = (await bench.get('dataset/list', { project_id: 1 })) as unknown as {
      datasets: { name: string }[];
    };
    expect(datasets.map(({ name }) => name)).toEqual(['older', 'newer', 'samples']);
  });

  it('are no data set of the project where they could not be read, and stand in the way of nothing', async () => {
    const { projectId: id } = await ok('POST', 'projects', { modelPath: 'model.onnx', projectConfig: {} });
    const path = `projects/${String(id)}/sparse-analysis/loss/all`;
    const folder = join(workspace, 'damaged');
    mkdirSync(folder);
    writeFileSync(join(folder, 'a.npz'), 'no archive');
    const failed = await send('POST', path, { ...few, inputs: 'damaged' });
    expect(failed).toMatchObject({ status: 500, body: { message: expect.stringContaining('a.npz') as string } });
    expect(await ok('POST', path, few)).toMatchObject({ inputs: null });
  });

  it.each([
    ['gone', 400],
    ['notes.txt', 400],
    [{ a: 1 }, 400],
    [7000, 400],
    ['/etc', 403],
    ['../', 403],
  ])('are refused as %j', async (inputs, status) => {
    const reply = await send('POST', analysis('loss', 'refused'), { inputs });
    expect(reply).toMatchObject({ status, body: { message: expect.any(String) as string } });
    expect(await send('GET', analysis('loss', 'refused'))).toMatchObject({ status: 404 });
  });

  it('of the project, once they are gone, are told in a sentence', async () => {
    await ok('PUT', `projects/${projectId}`, { projectConfig: { inputs: 'gone' } });
    const reply = await send('POST', analysis('loss', 'refused'), few);
    expect(reply).toMatchObject({
      status: 400,
      body: { message: expect.stringMatching(/^The inputs "gone"/) as string },
    });
    await ok('PUT', `projects/${projectId}`, { projectConfig: { inputs: null } });
  });
});

describe('an analysis of performance', () => {
  it('is measured, and kept', async () => {
    const answer = await ok('POST', analysis('perf', 'first'), few);
    expectShown('Run Perf Sensitivity Analysis', answer);
    const [first] = layersOf(answer);
    expect(first?.baseline).toEqual({
      flops: expect.any(Number) as number,
      sparsity: 0,
      timing: expect.any(Number) as number,
    });
    // What the engine computes: pruning takes nothing of it away.
    expect(first?.sparse).toMatchObject([{ flops: first?.baseline['flops'], sparsity: 0.4 }]);
    const turns = { dense_timing: expect.any(Number) as number, speedup: expect.any(Number) as number };
    // Two inferences tell nothing of the noise.
    expect(first?.sparse).toMatchObject([{ ...turns, speedup_low: null, speedup_high: null }]);
    expectShown('Get Perf Sensitivity Analysis', await ok('GET', analysis('perf', 'first')));
  });

  it('counts operations at the sizes that a request gives to open dimensions', async () => {
    const model = protoOf({
      inputs: { x: [1, 'seq', 4] },
      outputs: ['y'],
      nodes: [node('MatMul', ['x', 'w'], 'y')],
      initializers: [weight('w', [4, 4])],
    });
    writeFileSync(join(workspace, 'open.onnx'), encodeModel(model));
    const { projectId: id } = await ok('POST', 'projects', { modelPath: 'open.onnx', projectConfig: {} });
    const path = `projects/${String(id)}/sparse-analysis/perf`;
    const flopsOf = (answer: Record<string, unknown>) => layersOf(answer)[0]?.baseline['flops'];
    const assumed = await ok('GET', `${path}/approx`);
    expect(flopsOf(assumed)).toBe(8 * 16);
    expect(assumed['notes']).toContainEqual(expect.stringContaining('seq = 8'));
    expect(flopsOf(await ok('GET', `${path}/approx?dims=seq%3D3`))).toBe(3 * 16);
    expect(flopsOf(await ok('POST', `${path}/first`, { ...few, dims: { seq: 3 } }))).toBe(2 * 3 * 16);
    expect(flopsOf(await ok('POST', `${path}/first`, few))).toBe(2 * 8 * 16);
    expect(await send('POST', `${path}/first`, { dims: { sek: 3 } })).toMatchObject({
      status: 400,
      body: { nextStep: 'Did you mean seq?' },
    });
  });
});

const perfPoints = [
  {
    baseline: { flops: 236027904, sparsity: 0, timing: 0.34226666666666666 },
    id: 'LAYER_ID',
    sparse: [{ flops: 236027904, sparsity: 0.4, timing: 0.3799 }],
  },
];
const lossPoints = [
  {
    baseline: { loss: 0, sparsity: 0 },
    id: 'LAYER_ID',
    sparse: [{ loss: 5.665469759996711e-10, sparsity: 0.09566326530612244 }],
  },
];

describe.each([
  ['loss', lossPoints, 'Edits Loss Sensitivity Analysis'],
  ['perf', perfPoints, 'Edits Perf Sensitivity Analysis'],
] as const)('points of %s that a client sends', (kind, points, heading) => {
  it.each(['loss', 'perf'])('under "%s" are kept under its id, new or known', async (key) => {
    for (const id of ['sent', 'first']) {
      const answer = await ok('PUT', analysis(kind, id), { [key]: points });
      expectShown(heading, answer);
      const notes = [expect.stringContaining('what a client sent') as string];
      if (kind === 'perf' && id === 'first')
        notes.push(expect.stringContaining('in place of those of the run') as string);
      expect(answer).toEqual({ layerSensitivities: points, notes });
      expect(await ok('GET', analysis(kind, id))).toEqual(answer);
    }
  });

  it('may be those of the approximate analysis, in percent', async () => {
    const { layerSensitivities } = await ok('GET', analysis(kind, 'approx'));
    await ok('PUT', analysis(kind, 'in percent'), { [kind]: layerSensitivities });
    expect(await ok('GET', analysis(kind, 'in percent'))).toMatchObject({ layerSensitivities });
  });

  it.each([
    [{}],
    [{ [kind]: {} }],
    [{ [kind]: [] }],
    [{ [kind]: [{ id: 'a' }] }],
    [{ [kind]: [{ ...points[0], sparse: [{ sparsity: 101 }] }] }],
    [{ [kind]: [{ ...points[0], id: 'a', sparse: [{ sparsity: 40 }] }, points[0]] }],
    [[]],
  ])('are refused as %j', async (body) => {
    expect(await send('PUT', analysis(kind, 'never'), body)).toMatchObject({ status: 400 });
    expect(await send('GET', analysis(kind, 'never'))).toEqual({
      status: 404,
      body: { message: `${kind === 'loss' ? 'Loss' : 'Perf'} analysis never does not exist` },
    });
  });
});

describe('what is not there, or wrong', () => {
  const unknown = '7bb1c15a-3386-4a12-8e36-37e9691bea6f';
  const layers = `projects/${unknown}/sparse-analysis`;

  it.each<[string, string, object?]>([
    ['GET', `projects/${unknown}`],
    ['PUT', `projects/${unknown}`, { projectConfig: {} }],
    ['GET', `projects/${unknown}/prunable-layers`],
    ...['loss', 'perf'].flatMap((kind): [string, string, object?][] => [
      ['GET', `${layers}/${kind}/approx`],
      ['GET', `${layers}/${kind}/first`],
      ['GET', `${layers}/${kind}`],
      ['POST', `${layers}/${kind}/first`],
      ['PUT', `${layers}/${kind}/first`, { [kind]: [] }],
    ]),
  ])('%s %s says that there is no such project', async (method, path, body) => {
    const message = `Project ${unknown} does not exist`;
    expect(await send(method, path, body)).toEqual({ status: 404, body: { message } });
  });

  it.each([
    [{ batchSize: 0 }, 'batchSize'],
    [{ sparsityLevels: [1.5] }, 'sparsityLevels'],
    [{ sparsity_levels: 'x' }, 'sparsityLevels'],
    [{ samplesPerMeasurement: 'many' }, 'samplesPerMeasurement'],
  ])('POST refuses %j and keeps nothing', async (body, name) => {
    const reply = await send('POST', analysis('loss', 'wrong'), body);
    expect(reply).toMatchObject({ status: 400, body: { nextStep: expect.stringContaining(name) as string } });
    expect(await send('GET', analysis('loss', 'wrong'))).toMatchObject({ status: 404 });
  });

  it('PUT needs settings', async () => {
    for (const body of [{}, { projectConfig: 7 }])
      expect(await send('PUT', `projects/${projectId}`, body)).toMatchObject({ status: 400 });
  });

  it.each([
    ['DELETE', 'projects', 405],
    ['PUT', 'projects', 405],
    ['POST', `projects/${unknown}`, 405],
    ['GET', 'projects/a/b', 404],
    ['GET', 'projects/a/sparse-analysis/size/approx', 404],
    ['GET', 'projects/a/sparse-analysis/loss/b/c', 404],
    ['GET', 'projects/%E0%A4%A', 400],
    ['GET', 'projects/a/sparse-analysis/loss/%0a', 400],
  ])('%s %s is answered with %i', async (method, path, status) => {
    expect(await send(method, path)).toMatchObject({ status, body: { message: expect.any(String) as string } });
  });

  it('tells the reason when an analysis fails, and goes on', async () => {
    const { projectId: id } = await ok('POST', 'projects', { modelPath: 'model.onnx', projectConfig: {} });
    rmSync(join(workspace, 'model.onnx'));
    const reply = await send('GET', `projects/${String(id)}/sparse-analysis/loss/approx`);
    expect(reply).toMatchObject({ status: 404, body: { message: expect.stringContaining('model.onnx') as string } });
    expect(await send('POST', `projects/${String(id)}/sparse-analysis/loss/gone`)).toEqual(reply);
    copyFileSync(join(bundledFolder('mnist'), 'mnist_resnet.onnx'), join(workspace, 'model.onnx'));
  });
});

describe('a server that starts anew', () => {
  it('has all settings and analyses of the one before', async () => {
    const paths = ['projects', analysis('loss', 'twice'), analysis('perf', 'sent')];
    const before = await Promise.all(paths.map((path) => ok('GET', path)));
    expect(await bench.stop()).not.toContain('wrong');
    bench = await serve(workspace);
    expect(await Promise.all(paths.map((path) => ok('GET', path)))).toEqual(before);
  });
});
