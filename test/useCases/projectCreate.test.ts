// project/create: what is found in models of every kind, the shapes clients write, and what is refused.
import { cpSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { datasetYaml } from '../../src/bench/dataset/datasetConfig';
import { detectModel } from '../../src/bench/model/modelDetection';
import { createProject } from '../../src/bench/project/projectCreate';
import { openDatasetConfig } from '../../src/data/openDataset';
import { parseDatasetFile } from '../../src/config/datasetFile';
import { sha256OfFile } from '../../src/files/fileHash';
import type { QueuedRun } from '../../src/jobs/runQueue';
import { guessFlavour } from '../../src/onnx/domainGuess';
import { frozenGraph, ir } from '../formats/foreignFiles';
import { failureOf } from '../support/failureOf';
import { folderListing } from '../support/folderListing';
import { mnistFolder } from '../support/mnistTuning';
import { describeShared } from '../support/shared';
import { temporaryFolder } from '../support/temporaryFolder';
import { openTestBench } from './openTestBench';
import type { TestBench } from './openTestBench';

const place = temporaryFolder();
let workspace: string;
let open: TestBench;

beforeAll(async () => {
  workspace = place.fresh();
  cpSync(join(mnistFolder, 'mnist_resnet.onnx'), join(workspace, 'digits.onnx'));
  open = await openTestBench(workspace);
});
afterAll(() => open[Symbol.asyncDispose]());

const model = {
  path: 'digits.onnx',
  input_nodes: 'input',
  output_nodes: 'logits',
  domain: 'Image Recognition',
} as const;

type Ids = Readonly<Record<'project_id' | 'model_id' | 'dataset_id', number>>;

async function create(changes: object = {}, name = 'My new project'): Promise<Ids> {
  return (await open.call('project/create', { name, model: { ...model, ...changes } })) as Ids;
}

describe('project/create', () => {
  it('makes a project with its input model, as found in the file', async () => {
    const ids = await create();
    expect(ids.dataset_id).toBe(-1);
    expect(await open.call('project', { id: ids.project_id })).toMatchObject({
      name: 'My new project',
      notes: null,
      input_model: {
        id: ids.model_id,
        name: 'Input model',
        path: join(workspace, 'digits.onnx'),
        framework: { id: 1, name: 'ONNXRT' },
        precision: { id: 1, name: 'fp32' },
        domain: { name: 'Image Recognition' },
        domain_flavour: { id: 1, name: '' },
        size: 0.704,
        size_bytes: statSync(join(workspace, 'digits.onnx')).size,
        sha256: await sha256OfFile(join(workspace, 'digits.onnx')),
        input_nodes: ['input'],
        output_nodes: ['logits'],
        supports_profiling: true,
        supports_graph: true,
        supports_pruning: true,
      },
    });
    // Inside the workspace a path is kept relative, so that the folder may move.
    expect(await open.bench.store.find('model', ids.model_id)).toMatchObject({ path: 'digits.onnx', madeBy: null });
  });

  it.each([
    ['text', '1,28,28'],
    ['text with the batch', '1,1,28,28'],
    ['text in brackets', '[1, 28, 28]'],
    ['a Python tuple', '(1, 28, 28,)'],
    ['a list', [1, 28, 28]],
    ['a list of lists', [[1, 28, 28]]],
    ['the text of a list of lists', '[[1,28,28]]'],
  ])('makes a dummy data set of a shape given as %s', async (_, shape) => {
    const { project_id, dataset_id } = await create({ shape });
    expect(await open.call('dataset', { id: dataset_id })).toEqual({
      id: dataset_id,
      project_id,
      name: 'dummy',
      dataset_type: 'dummy_v2',
      parameters: { input_shape: [[1, 28, 28]], label_shape: [1] },
      transforms: {},
      filter: {},
      metric: {},
      template_path: null,
      calibration_batch_size: 100,
      calibration_sampling_size: 100,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/) as unknown,
    });
  });

  it.each([[''], [undefined], [null], [[]]])('makes no data set of the shape %j', async (shape) => {
    expect((await create({ shape })).dataset_id).toBe(-1);
  });

  it('takes names as a list as well, and the answer of the typed function is the same', async () => {
    const ids = await createProject(open.bench, {
      name: 'Typed',
      model: {
        path: join(mnistFolder, 'mnist_resnet.onnx'),
        inputNodes: ['input'],
        outputNodes: ['logits'],
        domain: '',
        precision: 'fp32',
      },
    });
    expect(ids).toMatchObject({ dataset_id: -1 });
    const other = await create({ input_nodes: ['input'], output_nodes: ['logits', 'logits'] });
    expect(other.project_id).toBe(ids.project_id + 1);
    expect(await open.bench.store.find('model', other.model_id)).toMatchObject({ outputNodes: ['logits'] });
    // Outside the workspace it is absolute.
    expect(await open.bench.store.find('model', ids.model_id)).toMatchObject({
      path: join(mnistFolder, 'mnist_resnet.onnx'),
    });
  });
});

/** Requests that are refused, each with what its sentence says. */
const refused: readonly [string, object, RegExp][] = [
  ['no name', { name: undefined }, /Could not find required parameter/],
  ['an empty name', { name: '' }, /Could not find required parameter/],
  ['a name of 51 letters', { name: 'n'.repeat(51) }, /Could not parse value/],
  ['a name of 10 MB', { name: 'n'.repeat(10_000_000) }, /Could not parse value/],
  ['a number for a name', { name: 7 }, /Could not parse value/],
  ['a name with NUL', { name: 'a\0b' }, /Could not parse value/],
  ['no model', { model: undefined }, /Could not find required parameter/],
  ['a list for a model', { model: [] }, /Could not parse value/],
  ['text for a model', { model: 'digits.onnx' }, /Could not parse value/],
  ['a model from the prototype', JSON.parse('{"model": {"__proto__": {"path": "digits.onnx"}}}') as object, /required/],
  ['no path', { model: { ...model, path: undefined } }, /Could not find required parameter/],
  ['a path with NUL', { model: { ...model, path: 'digits.onnx\0.txt' } }, /Could not parse value/],
  ['a path of 10 MB', { model: { ...model, path: 'a/'.repeat(5_000_000) } }, /Could not parse value/],
  ['a missing file', { model: { ...model, path: '../none.onnx' } }, /Could not find/],
  ['a folder', { model: { ...model, path: '.' } }, /folder|not a file/],
  ['no input names', { model: { ...model, input_nodes: ' , ' } }, /Could not find required parameter/],
  ['input names that are none', { model: { ...model, input_nodes: [{}] } }, /Could not parse value/],
  ['no output names', { model: { ...model, output_nodes: undefined } }, /Could not find required parameter/],
  ['an unknown input', { model: { ...model, input_nodes: 'inptu' } }, /no input "inptu". Did you mean "input"\?/],
  ['an unknown output', { model: { ...model, output_nodes: 'logits,x' } }, /no output "x". Its outputs are "logits"\./],
  ['a node that is no output', { model: { ...model, output_nodes: '<script>' } }, /no output "<script>"/],
  ['no domain', { model: { ...model, domain: undefined } }, /Could not find required parameter/],
  ['an unknown domain', { model: { ...model, domain: 'Image Recogniton' } }, /Did you mean Image Recognition\?/],
  ['an unknown precision', { model: { ...model, precision: 'fp33' } }, /no precision "fp33". Did you mean fp32\?/],
  ['a shape of words', { model: { ...model, shape: '?,28,28' } }, /Could not parse value/],
  ['a shape with a hole', { model: { ...model, shape: '1,,28' } }, /Could not parse value/],
  ['a shape of zero', { model: { ...model, shape: '0,28,28' } }, /Could not parse value/],
  ['a shape of fractions', { model: { ...model, shape: [1, 2.5, 28] } }, /Could not parse value/],
  ['a huge shape', { model: { ...model, shape: '65536,65536,65536' } }, /Could not parse value/],
  ['a shape of 10 MB', { model: { ...model, shape: '1,'.repeat(5_000_000) } }, /Could not parse value/],
  ['a deep shape', { model: { ...model, shape: '['.repeat(3000) } }, /Could not parse value/],
  ['an object for a shape', { model: { ...model, shape: { a: 1 } } }, /Could not parse value/],
  ['a shape that does not fit', { model: { ...model, shape: '28,28,1' } }, /takes samples of the shape \[1, 28, 28\]/],
  ['too many shapes', { model: { ...model, shape: '[1,28,28],[1]' } }, /2 shapes/],
];

describe('project/create refuses', () => {
  it.each(refused)('%s, and changes nothing', async (_, change, message) => {
    const before = folderListing(open.bench.store.folder);
    const failure = await failureOf(open.call('project/create', { name: 'Refused', model, ...change }));
    expect(failure).toMatchObject({ name: 'RequestError' });
    expect(`${failure.message} ${failure.nextStep ?? ''}`).toMatch(message);
    expect(failure.message.length).toBeLessThan(600);
    expect(folderListing(open.bench.store.folder)).toEqual(before);
  });

  it.each([
    ['text', 'not a model', /text file/],
    ['nothing', '', /empty|no|not/],
    ['a picture', '\x89PNG\r\n\x1a\n0000', /PNG/],
  ])('a file that holds %s', async (_, text, message) => {
    writeFileSync(join(workspace, 'wrong.onnx'), Buffer.from(text, 'latin1'));
    const failure = await failureOf(create({ path: 'wrong.onnx' }));
    expect(failure).toMatchObject({ name: 'RequestError', refusal: 'client-error' });
    expect(failure.message).toMatch(message);
  });

  it('leaves no project behind when its model cannot be kept', async () => {
    const failing = await openTestBench(place.fresh());
    const { store } = failing.bench;
    const create = store.create.bind(store);
    store.create = (kind, draft) => (kind === 'dataset' ? Promise.reject(new Error('disk full')) : create(kind, draft));
    const request = { name: 'Half', model: { ...model, path: join(workspace, 'digits.onnx'), shape: '1,28,28' } };
    await expect(failing.call('project/create', request)).rejects.toThrow('disk full');
    expect(await failing.call('project/list')).toEqual({ projects: [] });
    await failing[Symbol.asyncDispose]();
  });
});

it('is deleted by two at once without the runs of other projects', async () => {
  await using opened = await openTestBench(place.fresh());
  const { store, queue } = opened.bench;
  await store.create('project', { name: 'Twice', uuid: 'ab', notes: null });
  store.folderOf = () => Promise.resolve(undefined);
  queue.list = () => Promise.resolve([{ folder: join(workspace, 'projects', '2-other', 'run') } as QueuedRun]);
  const cancelled: string[] = [];
  queue.cancel = (run) => Promise.resolve(cancelled.push(run) > 0);
  expect(await opened.call('project/delete', { id: 1, name: 'Twice' })).toEqual({ id: null });
  expect(cancelled).toEqual([]);
});

describe('a model of another tool', () => {
  it.each([
    ['TensorFlow', 'net_ssd.pb', frozenGraph(), 0],
    ['OpenVINO', 'net.xml', ir, 1000],
    ['OpenVINO', 'called_otherwise.txt', ir, 0],
  ])('%s becomes a project that can be looked at, not run', async (framework, file, content, weightBytes) => {
    writeFileSync(join(workspace, file), content);
    writeFileSync(join(workspace, 'net.bin'), Buffer.alloc(1000));
    const { inputs, outputs } = await portsOf(join(workspace, file));
    const ids = await create({
      path: file,
      input_nodes: inputs,
      output_nodes: outputs,
      domain: '',
      precision: 'fp16',
      shape: inputs.map(() => [3]),
    });
    expect(await open.call('project', { id: ids.project_id })).toMatchObject({
      input_model: {
        framework: { name: framework },
        precision: { name: 'fp16' },
        size_bytes: Buffer.from(content).length + weightBytes,
        supports_graph: true,
        supports_profiling: false,
      },
    });
    expect(ids.dataset_id).toBeGreaterThan(0);
  });
});

describe('the family of detectors', () => {
  it.each([
    [['main', 'yolov3/conv1'], 'Yolo'],
    [['YOLOX'], 'Yolo'],
    [['ssd_mobilenet', 'Conv_1'], 'SSD'],
    [['model/SSD/box'], 'SSD'],
    [['passdown', 'assd', 'ssda'], ''],
    [[], ''],
  ])('of names such as %j is %j', (names, flavour) => {
    expect(guessFlavour(names)).toBe(flavour);
  });

  it('is kept of models that detect objects', async () => {
    const path = join(mnistFolder, '..', 'ultraface', 'ultraface_rfb_320.onnx');
    const { inputs, outputs } = await portsOf(path);
    const ports = { path, input_nodes: inputs, output_nodes: outputs };
    const { model_id } = await create({ ...ports, domain: 'Object Detection' });
    expect(await open.bench.store.find('model', model_id)).toMatchObject({
      domainFlavour: '',
      domain: 'Object Detection',
    });
  });
});

describe('a model with inputs of several types', () => {
  it('gets dummy data in the order and with the types it takes', async () => {
    const sst2 = join(mnistFolder, '..', 'sst2', 'sst2_transformer.onnx');
    expect(existsSync(sst2)).toBe(true);
    const { dataset_id } = await create({
      path: sst2,
      input_nodes: 'attention_mask,input_ids',
      output_nodes: 'logits',
      shape: '[16],[16]',
    });
    const record = await open.bench.store.find('dataset', dataset_id);
    expect(record?.parameters).toMatchObject({ dtype: ['int64', 'int64', 'float32'], low: [0, 0, -128] });
    if (record === undefined) return;
    const dataset = await openDatasetConfig(parseDatasetFile(datasetYaml(open.bench, record), '/run.yaml'));
    const { inputs } = await dataset.loader.get(0);
    for (const { type, dims, data } of Object.values(inputs)) {
      expect({ type, dims }).toEqual({ type: 'int64', dims: [16] });
      expect(new Set([...data].map(Number))).toEqual(new Set([0, 1]));
    }
    await dataset.close();
  });
});

describeShared('models beside the project', (shared) => {
  const models = join(shared, 'data', 'models');

  it.each([
    ['cifar10_resnet14.fp16.onnx', 'fp16', ''],
    ['cifar10_resnet14.qdq_int8.onnx', 'int8', ''],
    ['yolox_nano_416.onnx', 'fp32', 'Yolo'],
  ])('%s is %s %s', async (file, precision, flavour) => {
    const path = join(models, file);
    const { inputs, outputs } = await portsOf(path);
    const domain = file.startsWith('yolo') ? 'Object Detection' : 'Image Recognition';
    const { project_id } = await create({ path, input_nodes: inputs, output_nodes: outputs, domain });
    expect(await open.call('project', { id: project_id })).toMatchObject({
      input_model: { precision: { name: precision }, domain_flavour: { name: flavour } },
    });
  });

  it('counts external data into the size', async () => {
    const folder = join(shared, 'data', 'hostile');
    mkdirSync(join(workspace, 'external'), { recursive: true });
    for (const name of ['external_ok.onnx', 'ext_ok.data'])
      cpSync(join(folder, name), join(workspace, 'external', name));
    const path = 'external/external_ok.onnx';
    const { inputs, outputs } = await portsOf(join(workspace, path));
    const { model_id } = await create({ path, input_nodes: inputs, output_nodes: outputs, domain: '' });
    const sizes = ['external_ok.onnx', 'ext_ok.data'].map((name) => statSync(join(folder, name)).size);
    const record = await open.bench.store.find('model', model_id);
    expect(record?.sizeBytes).toBe(sizes.reduce((sum, size) => sum + size));
    rmSync(join(workspace, 'external'), { recursive: true });
  });
});

async function portsOf(path: string): Promise<{ inputs: string[]; outputs: string[] }> {
  const { inputs, outputs } = await detectModel(path);
  return { inputs: inputs.map(({ name }) => name), outputs: outputs.map(({ name }) => name) };
}
