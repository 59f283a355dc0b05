// Projects from examples: the messages in their order, what was made, and that a failure leaves nothing of it.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { restrictedAccess } from '../../src/bench/fileAccess';
import type { ExampleModel } from '../../src/bench/example/exampleModel';
import { bundledExamples, bundledFolder, productExamples } from '../../src/bench/example/examples';
import { recordKinds } from '../../src/store/records';
import { failureOf } from '../support/failureOf';
import { temporaryFolder } from '../support/temporaryFolder';
import { FileServer, sha256Of, someBytes } from './fileServer';
import { openTestBench } from './openTestBench';
import type { TestBench } from './openTestBench';

const folder = temporaryFolder();
const ultraface = readFileSync(join(bundledFolder('ultraface'), 'ultraface_rfb_320.onnx'));

let server: FileServer;
let workspace: string;
beforeEach(async () => {
  server = await FileServer.start();
  workspace = folder.fresh();
});
afterEach(() => server[Symbol.asyncDispose]());

const choice = (model: string, domain: string) => ({
  request_id: 'abc',
  name: 'Predefined model',
  framework: 'ONNXRT',
  domain,
  model,
});
const digits = choice('mnist_resnet', 'Image Recognition');
const faces = choice('faces', 'Object Detection');

/** An example that the server stands for the internet for. */
function servedExample(content: Buffer, parts: Partial<ExampleModel> = {}): ExampleModel {
  server.files.set('/faces.onnx', { content, etag: '"1"' });
  return {
    model: 'faces',
    domain: 'Object Detection',
    domainFlavour: 'SSD',
    licence: 'MIT',
    fileName: 'faces.onnx',
    sizeBytes: content.byteLength,
    sha256: sha256Of(content),
    source: { kind: 'download', urls: [server.url('/faces.onnx')] },
    ...parts,
  };
}

const progress = (message: string) => ['create_example_project_progress', message];
const steps = [
  progress('Downloading example model.'),
  progress('Adding project for example model.'),
  progress('Adding example model to project.'),
  progress('Adding dummy dataset to project.'),
  progress('Adding optimization to project.'),
  progress('Adding benchmark to project.'),
];

const said = ({ messages }: TestBench) =>
  messages.map(({ subject, data }) => [subject, data['message'] ?? data['progress']]);

async function nothingMade({ bench }: TestBench): Promise<void> {
  for (const kind of recordKinds) expect([kind, await bench.store.list(kind)]).toEqual([kind, []]);
}

describe('examples/list', () => {
  it('is a bare list of all of them, bundled ones first', async () => {
    await using opened = await openTestBench(workspace);
    const list = (await opened.call('examples/list')) as Record<string, unknown>[];
    expect(list.map(({ model }) => model)).toEqual(productExamples.map(({ model }) => model));
    expect(list[0]).toMatchObject({
      ...{ domain: 'Image Recognition', framework: 'ONNXRT', model: 'mnist_resnet', bundled: true, url: null },
      ...{ size: 0.704, size_bytes: 703_587, licence: 'Apache-2.0' },
    });
    expect(list.at(-1)).toMatchObject({ bundled: false, url: expect.stringMatching(/^https:/) as unknown });
  });
});

describe('examples/add of a bundled one', () => {
  it('tells every step in its order, and makes what it tells of', async () => {
    await using opened = await openTestBench(workspace);
    await opened.call('examples/add', { ...digits, progress_steps: 4 });
    const { status, data } = await opened.told('example_finish');
    expect(status).toBe('success');
    expect(said(opened)).toEqual([
      ['create_example_project_start', 'Creating project from examples.'],
      steps[0],
      ['download_start', 'started'],
      ...[25, 50, 75, 100].map((percent) => ['download_progress', percent]),
      ['download_finish', undefined],
      ...steps.slice(1),
      ['create_example_project_finish', 'Example project has been added.'],
      ['example_finish', 'Example project has been added.'],
    ]);
    expect(opened.messages.every((message) => message.status === 'success')).toBe(true);
    expect(opened.messages.every((message) => message.data['request_id'] === 'abc')).toBe(true);
    expect(data).toMatchObject({ project_id: 1, model_id: 1, dataset_id: 1, optimization_id: 1, benchmark_id: 1 });
  });

  it('makes project, model, real data, a quantization and a benchmark that fit together', async () => {
    await using opened = await openTestBench(workspace);
    await opened.call('examples/add', digits);
    await opened.told('example_finish');
    const { bench } = opened;
    expect(await bench.store.find('project', 1)).toMatchObject({ name: 'Predefined model' });
    const model = await bench.get('model', 1);
    expect(model).toMatchObject({
      path: '.compressor-bench/examples/mnist_resnet/mnist_resnet.onnx',
      ...{ domain: 'Image Recognition', framework: 'ONNXRT', inputNodes: ['input'] },
    });
    expect(existsSync(bench.absolutePath(model.path))).toBe(true);
    expect(await bench.get('dataset', 1)).toMatchObject({
      datasetType: 'MNIST',
      parameters: { root: '.compressor-bench/examples/mnist_resnet' },
      metric: { name: 'topk' },
    });
    expect(await bench.get('optimization', 1)).toMatchObject({
      ...{ name: 'mnist_resnet quantization', precision: 'int8', optimizationType: 'Quantization', datasetId: 1 },
      tuning: { strategy: 'auto', accuracyCriterionType: 'relative', accuracyCriterionThreshold: 0.01 },
    });
    expect(await bench.get('benchmark', 1)).toMatchObject({
      ...{ name: 'mnist_resnet benchmark', mode: 'performance', batchSize: 1, iterations: -1, warmupIterations: 5 },
    });
  });

  it.each(bundledExamples.map(({ model, domain }) => [model, domain]))('works for %s, twice', async (model, domain) => {
    await using opened = await openTestBench(workspace);
    for (const requestId of ['one', 'two']) {
      await opened.call('examples/add', { ...choice(model, domain), request_id: requestId });
    }
    for (const requestId of ['one', 'two']) await opened.told('example_finish', requestId);
    expect(opened.messages.filter(({ status }) => status !== 'success')).toEqual([]);
    const models = await opened.bench.store.list('model');
    expect(new Set(models.map(({ path }) => path)).size).toBe(1);
  });

  it('works for a door that may name files of the workspace alone', async () => {
    await using opened = await openTestBench(workspace, { access: restrictedAccess(workspace, []) });
    await opened.call('examples/add', digits);
    expect((await opened.told('example_finish')).data).toMatchObject({ message: 'Example project has been added.' });
  });

  it('leaves alone what a person put in its place', async () => {
    const own = join(workspace, '.compressor-bench/examples/mnist_resnet');
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, 'mnist_resnet.onnx'), 'mine');
    await using opened = await openTestBench(workspace);
    await opened.call('examples/add', digits);
    expect((await opened.told('example_finish')).status).toBe('success');
    expect(readFileSync(join(own, 'mnist_resnet.onnx'), 'utf8')).toBe('mine');
    expect((await opened.bench.get('model', 1)).path).toMatch(/examples\/mnist_resnet-2\/mnist_resnet\.onnx$/);
  });
});

describe('examples/add of one that is fetched', () => {
  it('fetches it, and makes random data of the shape of its inputs', async () => {
    const example = servedExample(ultraface, { inputs: { input: { lowest: -1, highest: 1 } } });
    await using opened = await openTestBench(workspace, { examples: [example] });
    await opened.call('examples/add', faces);
    const { data } = await opened.told('create_example_project_finish');
    expect(data).toMatchObject({ message: 'Example project has been added.' });
    expect((await opened.told('download_start')).data).toMatchObject({ url: server.url('/faces.onnx') });
    expect(
      said(opened)
        .filter(([subject]) => subject === 'download_progress')
        .map(([, percent]) => percent),
    ).toEqual([...[10, 20, 30, 40, 50, 60, 70, 80, 90, 100]]);
    const { path } = (await opened.told('download_finish')).data;
    expect(readFileSync(String(path)).equals(ultraface)).toBe(true);
    expect(await opened.bench.get('model', 1)).toMatchObject({ domainFlavour: 'SSD' });
    expect(await opened.bench.get('dataset', 1)).toMatchObject({
      name: 'dummy',
      datasetType: 'dummy_v2',
      parameters: { input_shape: [[3, 240, 320]], low: [-1, -128], high: [1, 127] },
    });
  });

  it('fetches nothing a second time', async () => {
    await using opened = await openTestBench(workspace, { examples: [servedExample(ultraface)] });
    await opened.call('examples/add', faces);
    await opened.told('example_finish');
    await opened.call('examples/add', { ...faces, request_id: 'second' });
    await opened.told('example_finish', 'second');
    expect(server.seen.length).toBe(1);
  });

  it.each<[string, () => ExampleModel]>([
    ['download-not-found', () => servedExample(ultraface, { source: { kind: 'download', urls: [server.url('/no')] } })],
    ['download-wrong-hash', () => servedExample(ultraface, { sha256: sha256Of(someBytes(1)) })],
    ['model-', () => servedExample(someBytes(5000))],
    ['request-shape', () => servedExample(readFileSync(join(bundledFolder('sst2'), 'sst2_transformer.onnx')))],
  ])('that fails tells so once, with the next step, and leaves nothing made: %s', async (code, example) => {
    await using opened = await openTestBench(workspace, { examples: [example()] });
    await opened.call('examples/add', faces);
    const { status, data } = await opened.told('example_finish');
    expect(status).toBe('error');
    expect(data).toMatchObject({ request_id: 'abc', message: expect.stringMatching(/\.$/) as unknown });
    expect(String(data['failure_code']).startsWith(code)).toBe(true);
    const finishes = opened.messages.filter(({ subject }) => subject === 'create_example_project_finish');
    expect(finishes.map((message) => message.status)).toEqual(['error']);
    await nothingMade(opened);
  });

  it('that is interrupted by the end of the bench tells so and leaves what can be gone on with', async () => {
    const example = servedExample(ultraface);
    server.files.set('/faces.onnx', { content: ultraface, etag: '"1"', hangAfter: 600_000, hangs: 1 });
    const opened = await openTestBench(workspace, { examples: [example] });
    await opened.call('examples/add', { ...faces, progress_steps: 4 });
    await opened.told('download_progress');
    await opened[Symbol.asyncDispose]();
    expect(await opened.told('example_finish')).toMatchObject({ status: 'error' });
    const home = join(workspace, '.compressor-bench/examples/faces');
    expect(readdirSync(home).sort()).toEqual(['faces.onnx.part', 'faces.onnx.part.json']);
    await using again = await openTestBench(workspace, { examples: [example] });
    await nothingMade(again);
    await again.call('examples/add', faces);
    expect((await again.told('example_finish')).status).toBe('success');
    expect(server.seen.at(-1)?.range).toMatch(/^bytes=\d+-$/);
  });
});

describe('examples/add', () => {
  it.each<[string, object]>([
    ['Missing request id.', { ...digits, request_id: undefined }],
    ['Could not find required parameter.', { ...digits, name: '' }],
    ['Could not find required parameter.', { ...digits, model: undefined }],
    ['Could not parse value', { ...digits, name: 'x'.repeat(51) }],
    ['Could not parse value', { ...digits, progress_steps: 0 }],
    ['Could not parse value', { ...digits, progress_steps: 'many' }],
    ['Could not find example mnist_resnett; did you mean mnist_resnet?.', { ...digits, model: 'mnist_resnett' }],
    [
      'The example mnist_resnet is of ONNXRT and of the domain Image Recognition.',
      { ...digits, domain: 'Recommendation' },
    ],
    [
      'The example mnist_resnet is of ONNXRT and of the domain Image Recognition.',
      { ...digits, framework: 'TensorFlow' },
    ],
    ['There is no framework "__proto__".', { ...digits, framework: '__proto__' }],
  ])('refuses at once, and does nothing: %s', async (message, request) => {
    await using opened = await openTestBench(workspace);
    expect((await failureOf(opened.call('examples/add', request))).message).toBe(message);
    expect(opened.messages).toEqual([]);
    expect(readdirSync(workspace)).toEqual([]);
  });
});
