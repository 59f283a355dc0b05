// Data sets of the bench: added as old and new clients write them, shown, listed, deleted, refused.
import { cpSync, existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { datasetProblem } from '../../src/bench/dataset/datasetAdd';
import { datasetYaml } from '../../src/bench/dataset/datasetConfig';
import { restrictedAccess } from '../../src/bench/fileAccess';
import { readDatasetFile } from '../../src/config/datasetFile';
import { openDatasetConfig } from '../../src/data/openDataset';
import { domains } from '../../src/dictionary/benchTerms';
import { runEvaluate } from '../../src/metrics/evaluate';
import { failureOf } from '../support/failureOf';
import { folderListing } from '../support/folderListing';
import { mnistFolder } from '../support/mnistTuning';
import { temporaryFolder } from '../support/temporaryFolder';
import { openTestBench } from './openTestBench';
import type { TestBench } from './openTestBench';

const place = temporaryFolder();
let workspace: string;
let open: TestBench;
let projectId: number;

beforeAll(async () => {
  workspace = place.fresh();
  cpSync(mnistFolder, join(workspace, 'digits'), { recursive: true });
  writeFileSync(join(workspace, 'loader.mjs'), 'export default { length: 0, get() {} };');
  open = await openTestBench(workspace);
  projectId = await newProject(join(mnistFolder, 'mnist_resnet.onnx'), 'input', 'logits');
});
afterAll(() => open[Symbol.asyncDispose]());

async function newProject(path: string, input_nodes: string, output_nodes: string): Promise<number> {
  const model = { path, input_nodes, output_nodes, domain: '' };
  return ((await open.call('project/create', { name: 'Digits', model })) as { project_id: number }).project_id;
}

function requestOf(changes: object = {}): object {
  return {
    project_id: projectId,
    name: 'Test digits',
    dataset_path: 'digits',
    dataloader: { name: 'MNIST', params: { root: '', train: false } },
    transform: [
      { name: 'Rescale', params: {} },
      { name: 'Normalize', params: { mean: [0.1307], std: [0.3081] } },
      { name: 'Transpose', params: { perm: [2, 0, 1] } },
    ],
    metric: 'topk',
    metric_param: 1,
    ...changes,
  };
}

async function add(changes: object = {}): Promise<number> {
  return ((await open.call('dataset/add', requestOf(changes))) as { dataset_id: number }).dataset_id;
}

const shown = async (id: number): Promise<Record<string, unknown>> =>
  (await open.call('dataset', { id })) as Record<string, unknown>;

/** What a job would read of it. */
async function configOf(id: number): Promise<ReturnType<typeof readDatasetFile>> {
  const record = await open.bench.get('dataset', id);
  return readDatasetFile(place.write('job/data.yaml', datasetYaml(open.bench, record)));
}

describe('dataset/add', () => {
  it('keeps what was sent, with the location in the place of the root', async () => {
    const id = await add();
    expect(await shown(id)).toEqual({
      id,
      project_id: projectId,
      name: 'Test digits',
      dataset_type: 'MNIST',
      parameters: { root: join(workspace, 'digits'), train: false },
      transforms: [
        { name: 'Rescale', params: {} },
        { name: 'Normalize', params: { mean: [0.1307], std: [0.3081] } },
        { name: 'Transpose', params: { perm: [2, 0, 1] } },
      ],
      filter: {},
      metric: { name: 'topk', param: 1 },
      template_path: null,
      calibration_batch_size: 100,
      calibration_sampling_size: 100,
      created_at: expect.any(String) as unknown,
    });
    expect(await open.bench.get('dataset', id)).toMatchObject({ parameters: { root: 'digits' } });
    expect(await open.call('dataset/list', { project_id: projectId })).toMatchObject({
      datasets: [{ id, name: 'Test digits', dataset_type: 'MNIST' }],
    });
  });

  it('is measured by a job as the file of the example is', async () => {
    const record = await open.bench.get('dataset', await add());
    const yaml = place.write('evaluate.yaml', datasetYaml(open.bench, record, { batchSize: 50 }));
    expect(await evaluated(yaml, join(mnistFolder, 'mnist_resnet.onnx'))).toEqual(
      await evaluated(join(mnistFolder, 'evaluation.yaml'), join(mnistFolder, 'mnist_resnet.onnx')),
    );
  });

  it('reads text of forms as what parameters take', async () => {
    const id = await add({
      dataloader: { name: 'MNIST', params: { root: '', train: 'True', download: 'false' } },
      transform: [
        { name: 'ResizeCropImagenet', params: { height: '224', width: '224', mean_value: '0.485 0.456 0.406' } },
        { name: 'Normalize', params: { mean: '[0.1, 0.2]', std: '0.1, 0.2' } },
        { name: 'Resize', params: { size: '(28, 28)', interpolation: '' } },
        { name: 'ResizeWithAspectRatio', params: { height: '1', width: '1', scale: '87.5', inter_pol: '3' } },
      ],
      metric: 'Accuracy',
      metric_param: '{"threshold": "0.25"}',
    });
    const { dataset, transforms, metric } = await configOf(id);
    expect(dataset.parameters).toMatchObject({ train: true, download: false });
    expect(transforms.map(({ parameters }) => parameters)).toMatchObject([
      { height: 224, width: 224, mean_value: [0.485, 0.456, 0.406] },
      { mean: [0.1, 0.2], std: [0.1, 0.2] },
      { size: [28, 28], interpolation: 'bilinear' },
      { height: 1, width: 1, scale: 87.5, inter_pol: 3 },
    ]);
    expect(metric?.parameters).toMatchObject({ threshold: 0.25 });
  });

  it.each([
    ['a number', 5],
    ['its text', '5'],
    ['an object', { k: 5 }],
    ['the name around it', { topk: 5 }],
    ['the name around an object', { topk: { k: 5 } }],
    ['JSON', '{"topk": 5}'],
    ['Python', "{'topk': 5}"],
    ['a list of named values', [{ name: 'k', value: '5' }]],
  ])('takes the parameter of a metric as %s', async (_, metric_param) => {
    expect((await configOf(await add({ metric_param }))).metric).toMatchObject({ name: 'topk', parameters: { k: 5 } });
  });

  it.each([[undefined], [null], [''], [{}], ['{}']])('takes %j for the defaults of a metric', async (metric_param) => {
    expect((await configOf(await add({ metric_param }))).metric?.parameters).toMatchObject({ k: 1 });
  });

  it('does without metric, transforms and location where there are none', async () => {
    const dataloader = { name: 'dummy_v2', params: { input_shape: '[1,28,28]', label_shape: '' }, filter: {} };
    const id = await add({ dataset_path: 'no_dataset_location', dataloader, transform: {}, metric: '' });
    expect(await shown(id)).toMatchObject({ parameters: { input_shape: [1, 28, 28] }, transforms: {}, metric: {} });
    expect((await configOf(id)).metric).toBeUndefined();
  });

  it('takes a module of one’s own, with the data it reads', async () => {
    const dataloader = { name: 'custom', params: { path: 'loader.mjs', split: 'test' } };
    const id = await add({ dataset_path: 'digits', dataloader, transform: [], metric: 'agreement' });
    expect((await configOf(id)).dataset.parameters).toEqual({
      path: join(workspace, 'loader.mjs'),
      root: join(workspace, 'digits'),
      split: 'test',
    });
    const other = await add({ dataset_path: 'loader.mjs', dataloader: { name: 'custom' }, transform: [] });
    expect(await shown(other)).toMatchObject({
      parameters: { path: join(workspace, 'loader.mjs') },
      template_path: null,
    });
  });
});

async function evaluated(datasetPath: string, modelPath: string): Promise<object> {
  const spec = { verb: 'evaluate', modelPath, datasetPath, threads: 1, dimensions: {} } as const;
  const { metric, value, samples } = await runEvaluate(spec, {
    folder: place.path,
    signal: new AbortController().signal,
    log: () => undefined,
    onProgress: () => undefined,
  });
  return { metric, value, samples };
}

describe('what would be wrong with a data set', () => {
  it('is nothing where it can be added, as far as it is described', () => {
    expect(datasetProblem(open.bench, { ...requestOf() })).toBeNull();
    expect(datasetProblem(open.bench, { ...requestOf({ transform: [], metric: '' }) })).toBeNull();
  });

  it.each<[string, object]>([
    ['a list that is not closed', { dataloader: { name: 'dummy_v2', params: { input_shape: '[1,28' } } }],
    ['a parameter there is none of', { dataloader: { name: 'dummy_v2', params: { foo: '[1]' } } }],
    ['a location that is not there', { dataset_path: 'none' }],
    ['a value outside its bounds', { transform: [{ name: 'Resize', params: { size: '-1' } }] }],
  ])('is what adding it says: %s', async (_, changes) => {
    const problem = datasetProblem(open.bench, { ...requestOf(changes) });
    expect(problem).toBe((await failureOf(add(changes))).message);
  });
});

describe('a template', () => {
  it.each([
    ['mnist/mnist_resnet.onnx', 'input', 'logits'],
    ['sst2/sst2_transformer.onnx', 'input_ids,attention_mask', 'logits'],
  ])('of loader and metric for %s runs as it is', async (file, inputs, outputs) => {
    const modelPath = join(mnistFolder, '..', file);
    const id = (
      (await open.call('dataset/add', {
        ...requestOf({ dataloader: { name: 'custom', params: {} }, transform: [], metric: 'custom', metric_param: {} }),
        dataset_path: '',
        project_id: await newProject(modelPath, inputs, outputs),
      })) as { dataset_id: number }
    ).dataset_id;
    const { template_path: path, metric, parameters } = await shown(id);
    const folder = (await open.bench.store.folderOf('dataset', id)) ?? '';
    expect(path).toBe(join(folder, 'code_template.mjs'));
    expect(parameters).toEqual({ path });
    expect(metric).toEqual({ name: 'custom', param: { path } });
    expect(await open.bench.get('dataset', id)).toMatchObject({
      templatePath: relative(workspace, String(path)),
      parameters: { path: relative(workspace, String(path)) },
    });
    const yaml = place.write('template.yaml', datasetYaml(open.bench, await open.bench.get('dataset', id)));
    const { metric: name, value, samples } = (await evaluated(yaml, modelPath)) as Record<string, number | string>;
    expect({ name, samples }).toEqual({ name: 'custom', samples: 100 });
    expect(value).toBeGreaterThanOrEqual(0);
    expect(value).toBeLessThanOrEqual(1);
  });

  it('of a loader alone, or of a metric alone, has only that', async () => {
    const loader = await shown(await add({ dataset_path: '', dataloader: { name: 'custom' }, transform: [] }));
    const metric = await shown(await add({ metric: 'custom', metric_param: { higher_is_better: 'false' } }));
    const [ofLoader, ofMetric] = [loader, metric].map(({ template_path }) =>
      readFileSync(String(template_path), 'utf8'),
    );
    expect(ofLoader).toContain('export default class Loader');
    expect(ofLoader).not.toContain('class Metric');
    expect(ofMetric).toContain('export class Metric');
    expect(ofMetric).not.toContain('class Loader');
    expect(metric['metric']).toMatchObject({ param: { higher_is_better: false } });
  });

  it('does for a model that is gone', async () => {
    const folder = place.fresh();
    cpSync(join(mnistFolder, 'mnist_resnet.onnx'), join(folder, 'gone.onnx'));
    const project_id = await newProject(join(folder, 'gone.onnx'), 'input', 'logits');
    writeFileSync(join(folder, 'gone.onnx'), '');
    const id = await add({ project_id, dataset_path: '', dataloader: { name: 'custom' }, transform: [] });
    const opened = await openDatasetConfig(await configOf(id));
    expect(await opened.loader.get(7)).toMatchObject({ inputs: { input: { type: 'float32', dims: [3, 224, 224] } } });
    await opened.close();
  });

  it('leaves nothing behind when it cannot be written', async () => {
    const { store } = open.bench;
    const list = store.list.bind(store);
    store.list = (kind, filter) => (kind === 'model' ? Promise.reject(new Error('gone')) : list(kind, filter));
    const before = (await store.list('dataset')).length;
    await expect(add({ dataset_path: '', dataloader: { name: 'custom' }, transform: [] })).rejects.toThrow('gone');
    store.list = list;
    expect(await store.list('dataset')).toHaveLength(before);
  });
});

const MB10 = 'x'.repeat(10_000_000);
const proto = JSON.parse('{"__proto__": {"root": "digits"}}') as object;

describe('dataset/add refuses', () => {
  it.each<[string, object, RegExp]>([
    ['no project', { project_id: undefined }, /Could not find project id\./],
    ['text for a project', { project_id: 'one' }, /Incorrect project id\./],
    ['a project that is not there', { project_id: 999_999 }, /Could not find project 999999/],
    ['no name', { name: undefined }, /Could not find required parameter/],
    ['a name of 10 MB', { name: MB10 }, /Could not parse value/],
    ['no loader', { dataloader: undefined }, /Could not find required parameter/],
    ['a loader without name', { dataloader: { params: {} } }, /Could not find required parameter/],
    ['an unknown loader', { dataloader: { name: 'MNISTT' } }, /no dataset loader "MNISTT". Did you mean MNIST\?/],
    ['a loader of the prototype', { dataloader: { name: '__proto__' } }, /no dataset loader "__proto__"/],
    ['a loader called constructor', { dataloader: { name: 'constructor' } }, /no dataset loader "constructor"/],
    ['HTML for a loader', { dataloader: { name: '<img src=x onerror=alert(1)>' } }, /no dataset loader "<img/],
    ['a filter', { dataloader: { name: 'MNIST', filter: { LabelBalance: { size: 1 } } } }, /MNIST gives no boxes/],
    [
      'an unknown parameter',
      { dataloader: { name: 'MNIST', params: { trains: 1 } } },
      /"trains". Did you mean train\?/,
    ],
    ['a parameter of the prototype', { dataloader: { name: 'MNIST', params: proto } }, /named "__proto__"/],
    ['a wrong type', { dataloader: { name: 'MNIST', params: { train: 'perhaps' } } }, /train cannot be perhaps/],
    ['what cannot be', { dataloader: { name: 'MNIST', params: { download: true } } }, /not downloaded/],
    ['parameters of 10 MB', { dataloader: { name: 'MNIST', params: { train: MB10 } } }, /train cannot be x+…\./],
    ['a parameter name of 10 MB', { dataloader: { name: 'MNIST', params: { [MB10]: 1 } } }, /There is no parameter/],
    ['a list for parameters', { dataloader: { name: 'MNIST', params: [1] } }, /Could not parse value/],
    ['no location', { dataset_path: undefined }, /Could not find required parameter/],
    ['a location that is not there', { dataset_path: 'none' }, /Could not find/],
    ['a location with NUL', { dataset_path: 'digits\0' }, /Could not parse value/],
    ['no transforms', { transform: undefined }, /Could not find required parameter/],
    ['text for transforms', { transform: 'Resize' }, /Could not parse value/],
    ['a transform without name', { transform: [{}] }, /Could not find required parameter/],
    ['an unknown transform', { transform: [{ name: 'Resise' }] }, /no transform "Resise". Did you mean Resize\?/],
    ['a transform twice', { transform: [{ name: 'Rescale' }, { name: 'Rescale' }] }, /"Rescale" is named twice/],
    ['a transform that lacks something', { transform: [{ name: 'Resize' }] }, /Resize needs the parameter size/],
    ['a value outside its bounds', { transform: [{ name: 'Resize', params: { size: -1 } }] }, /size cannot be -1/],
    ['200 transforms', { transform: Array.from({ length: 200 }, () => ({ name: 'Pad' })) }, /Could not parse value/],
    ['no metric', { metric: undefined }, /Could not find required parameter/],
    ['an unknown metric', { metric: 'acuracy' }, /no metric "acuracy". Did you mean Accuracy\?/],
    ['a metric of the prototype', { metric: 'toString' }, /no metric "toString"/],
    ['a wrong parameter of a metric', { metric_param: 0 }, /k cannot be 0/],
    ['broken text of a parameter', { metric_param: '{"k": ' }, /Could not parse value/],
    ['a deep parameter', { metric_param: `${'['.repeat(4000)}${']'.repeat(4000)}` }, /too many values|cannot be/],
  ])('%s, and changes nothing', async (_, changes, message) => {
    const before = folderListing(open.bench.store.folder);
    const failure = await failureOf(add(changes));
    expect(failure).toMatchObject({ name: 'RequestError' });
    expect(failure.message).toMatch(message);
    expect(failure.message.length).toBeLessThan(800);
    expect(folderListing(open.bench.store.folder)).toEqual(before);
  });

  it('data outside the folders a client may see, also over a link, without telling whether it is there', async () => {
    const inside = place.fresh();
    symlinkSync(mnistFolder, join(inside, 'link'));
    await using guarded = await openTestBench(inside, { access: restrictedAccess(inside, []) });
    cpSync(join(mnistFolder, 'mnist_resnet.onnx'), join(inside, 'm.onnx'));
    const model = { path: 'm.onnx', input_nodes: 'input', output_nodes: 'logits', domain: '' };
    const { project_id } = (await guarded.call('project/create', { name: 'p', model })) as { project_id: number };
    for (const dataset_path of [mnistFolder, 'link', '../none', '/etc', '..']) {
      const failure = await failureOf(guarded.call('dataset/add', requestOf({ project_id, dataset_path })));
      expect(failure).toMatchObject({ refusal: 'access-denied' });
    }
    const custom = { name: 'custom', params: { path: join(workspace, 'loader.mjs') } };
    const other = requestOf({ project_id, dataset_path: '', dataloader: custom, transform: [] });
    expect(await failureOf(guarded.call('dataset/add', other))).toMatchObject({ refusal: 'access-denied' });
    const dataloader = { name: 'dummy_v2', params: { input_shape: [1] } };
    const metric = requestOf({ project_id, dataloader, metric: 'custom', metric_param: custom.params });
    expect(await failureOf(guarded.call('dataset/add', metric))).toMatchObject({ refusal: 'access-denied' });
    expect(await guarded.call('dataset/list', { project_id })).toEqual({ datasets: [] });
  });
});

describe('dataset', () => {
  it.each([
    [{}, /Could not find dataset id\./],
    [{ id: 'x' }, /Incorrect dataset id\./],
    [{ id: [1] }, /Incorrect dataset id\./],
    [{ id: 999_999 }, /Could not found specified dataset in database\./],
  ])('%j is refused', async (request, message) => {
    const failure = await failureOf(open.call('dataset', request));
    expect(failure.message).toMatch(message);
    expect(failure).toMatchObject({ refusal: 'client-error' });
  });

  it('list names a project that is there', async () => {
    expect(await failureOf(open.call('dataset/list', { project_id: 999_999 }))).toMatchObject({ refusal: 'not-found' });
    expect((await failureOf(open.call('dataset/list'))).message).toBe('Could not find project id.');
  });

  it('says what is wrong with a file edited by hand, when it is used', async () => {
    const id = await add();
    const file = join((await open.bench.store.folderOf('dataset', id)) ?? '', 'dataset.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"Rescale"', '"Rescal"'));
    const record = await open.bench.get('dataset', id);
    expect(() => datasetYaml(open.bench, record)).toThrow(
      'The data set "Test digits": transform.Rescal: There is no transform "Rescal". Did you mean Rescale?',
    );
  });
});

describe('dataset/delete', () => {
  it('deletes by id and name, template and all', async () => {
    const id = await add({ dataset_path: '', dataloader: { name: 'custom' }, transform: [] });
    const folder = dirname(String((await shown(id))['template_path']));
    expect(await open.call('dataset/delete', { id, name: 'other' })).toEqual({ id: null });
    expect(existsSync(folder)).toBe(true);
    expect(await open.call('dataset/delete', { id, name: 'Test digits' })).toEqual({ id });
    expect(existsSync(folder)).toBe(false);
    expect(await open.call('dataset/delete', { id, name: 'Test digits' })).toEqual({ id: null });
  });

  it('is refused while something uses it, by name', async () => {
    const id = await add({ name: 'Used' });
    const [model] = await open.bench.store.list('model', { projectId });
    const use = { projectId, modelId: model?.id ?? 0, datasetId: id };
    await open.bench.store.create('profiling', { ...use, name: 'Where', threads: 1 });
    const settings = { batchSize: 1, iterations: -1, warmupIterations: 1, coresPerInstance: 1, numberOfInstances: 1 };
    await open.bench.store.create('benchmark', { ...use, name: 'Speed "1"', mode: 'performance', ...settings });
    const failure = await failureOf(open.call('dataset/delete', { id, name: 'Used' }));
    expect(failure.message).toBe('The dataset "Used" is used by benchmark "Speed \\"1\\"" and profiling "Where".');
    expect(await shown(id)).toMatchObject({ name: 'Used' });
  });
});

describe('dataset/predefined', () => {
  it('for pictures is what networks of ImageNet take', async () => {
    const request = { framework: 'ONNXRT', domain: 'Image Recognition', domain_flavour: '' };
    expect(await open.call('dataset/predefined', request)).toEqual({
      dataloader: {
        name: 'ImagenetRaw',
        params: [
          { name: 'data_path', value: '' },
          { name: 'image_list', value: '' },
        ],
      },
      transform: [
        {
          name: 'ResizeCropImagenet',
          params: [
            { name: 'height', value: 224 },
            { name: 'width', value: 224 },
            { name: 'mean_value', value: [0.485, 0.456, 0.406] },
            { name: 'std_value', value: [0.229, 0.224, 0.225] },
          ],
        },
      ],
      metric: 'topk',
      metric_param: { k: 1 },
    });
  });

  it.each([
    ['Object Detection', 'COCORaw', 'COCOmAP', {}],
    ['Neural Language Processing', 'GLUE', 'GLUE', { task: 'mrpc' }],
  ])('for "%s" is %s with %s', async (domain, loader, metric, metricParam) => {
    const predefined = await open.call('dataset/predefined', { framework: 'ONNXRT', domain, domain_flavour: '' });
    expect(predefined).toMatchObject({ dataloader: { name: loader }, metric, metric_param: metricParam });
  });

  it.each(domains.map(({ name }) => name))('for "%s" can be added as it comes, with a location', async (domain) => {
    const request = { framework: 'onnxrt_qlinearops', domain, domain_flavour: 'Yolo' };
    const predefined = (await open.call('dataset/predefined', request)) as object;
    const id = await add({ ...predefined, dataset_path: 'digits' });
    await expect(configOf(id)).resolves.toBeDefined();
  });

  it.each([
    [{ domain: '', domain_flavour: '' }, /Could not find required parameter/],
    [{ framework: 'ONNXRT', domain_flavour: '' }, /Could not find required parameter/],
    [{ framework: 'ONNXRT', domain: '' }, /Could not find required parameter/],
    [{ framework: 'TensorFlow', domain: '', domain_flavour: '' }, /Only models of ONNXRT are run here/],
    [{ framework: 'ONNXTR', domain: '', domain_flavour: '' }, /no framework "ONNXTR". Did you mean ONNXRT\?/],
    [{ framework: 'ONNXRT', domain: 'Images', domain_flavour: '' }, /no domain "Images"/],
    [{ framework: 'ONNXRT', domain: '', domain_flavour: 'SDS' }, /no domain_flavour "SDS". Did you mean SSD\?/],
  ])('%j is refused', async (request, message) => {
    const failure = await failureOf(open.call('dataset/predefined', request));
    expect(failure.message).toMatch(message);
    expect(failure).toMatchObject({ refusal: 'client-error' });
  });
});
