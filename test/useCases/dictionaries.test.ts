// Dictionaries and possible values: exactly what works, in the shapes of the API, narrowed as clients ask.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { productExamples } from '../../src/bench/example/examples';
import { operations } from '../../src/bench/operations';
import { loaderNames } from '../../src/data/loaders/registry';
import { transformNames } from '../../src/data/transforms/registry';
import { parseDatasetFile } from '../../src/config/datasetFile';
import { metricNames } from '../../src/metrics/registry';
import { failureOf } from '../support/failureOf';
import { temporaryFolder } from '../support/temporaryFolder';
import { openTestBench } from './openTestBench';
import type { TestBench } from './openTestBench';

const place = temporaryFolder();
let open: TestBench;

beforeAll(async () => {
  open = await openTestBench(place.path);
});
afterAll(() => open[Symbol.asyncDispose]());

interface Param {
  readonly name: string;
  readonly help: string;
  readonly value: unknown;
  readonly type: string | readonly string[];
  readonly required: boolean;
  readonly is_path: boolean;
}

interface Entry {
  readonly id: number;
  readonly name: string;
  readonly help: string;
  readonly params: readonly Param[];
  readonly framework: object;
  readonly show_dataset_location?: boolean;
  readonly domains?: readonly { readonly name: string }[];
}

async function entries(key: string, path = `dict/${key}`, request: object = {}): Promise<readonly Entry[]> {
  const answer = (await open.call(path, request)) as Record<string, readonly Entry[]>;
  expect(Object.keys(answer)).toEqual([key]);
  return answer[key] ?? [];
}

const namesIn = (list: readonly { readonly name: string }[]): string[] => list.map(({ name }) => name);

describe('fixed dictionaries', () => {
  it.each([
    ['dict/domains', 'domains', ['', 'Image Recognition', 'Object Detection', 'Neural Language Processing']],
    ['dict/domain_flavours', 'domain_flavours', ['', 'SSD', 'Yolo']],
    [
      'dict/optimization_types',
      'optimization_types',
      ['Quantization', 'Graph optimization', 'Mixed precision', 'Pruning'],
    ],
    ['dict/precisions', 'precisions', ['fp32', 'int8', 'int8 static quantization', 'int8 dynamic quantization']],
  ])('%s are numbered names', async (path, key, first) => {
    const answer = (await open.call(path)) as Record<string, readonly { id: number; name: string }[]>;
    const terms = answer[key] ?? [];
    expect(namesIn(terms).slice(0, first.length)).toEqual(first);
    expect(terms.map(({ id }) => id)).toEqual(terms.map((_, index) => index + 1));
    for (const term of terms) expect(Object.keys(term)).toEqual(['id', 'name']);
  });

  it.each([
    ['int8', [true, false, false, false]],
    ['int8 dynamic quantization', [true, false, false, false]],
    ['fp32', [false, true, false, true]],
    ['fp16', [false, false, true, false]],
  ])('types of optimizations say whether they lead to %s', async (precision, supported) => {
    const answer = (await open.call('dict/optimization_types/precision', { precision })) as {
      optimization_types: { id: number; name: string; is_supported: boolean }[];
    };
    expect(answer.optimization_types.map(({ is_supported }) => is_supported)).toEqual(supported);
    expect(answer.optimization_types[0]).toEqual({ id: 1, name: 'Quantization', is_supported: supported[0] });
  });
});

describe('dictionaries of data sets', () => {
  it.each([
    ['dataloaders', loaderNames],
    ['transforms', transformNames],
    ['metrics', metricNames],
  ])('%s are those with code, each with its parameters explained', async (key, names) => {
    const list = await entries(key);
    expect(namesIn(list).sort()).toEqual([...names].sort());
    for (const { id, help, params, framework } of list) {
      expect(id).toBeGreaterThan(0);
      expect(help).toMatch(/\.$/);
      expect(framework).toEqual({ id: 1, name: 'ONNXRT' });
      for (const param of params) {
        expect(param.value).toBeDefined();
        expect([param.type].flat().join(' ')).toMatch(/^(int|float|bool|str|dict|list<[a-z<>|]+>)( |$)/);
      }
    }
  });

  it('ask for a location where there is one to be named', async () => {
    const list = await entries('dataloaders');
    const located = list.filter(({ show_dataset_location }) => show_dataset_location === true);
    expect(namesIn(list).filter((name) => !namesIn(located).includes(name))).toEqual([
      'dummy',
      'dummy_v2',
      'sparse_dummy_v2',
    ]);
    for (const { params } of located) expect(params.some(({ is_path }) => is_path)).toBe(true);
  });

  it('give values that a data set can be made of as they are', async () => {
    for (const { name, params } of await entries('transforms')) {
      const given = params.filter(({ required }) => !required).map((one): [string, unknown] => [one.name, one.value]);
      const needed = params.filter(({ required }) => required).map(({ name: one }): [string, unknown] => [one, 1]);
      const parameters = Object.fromEntries([...given.filter(([, value]) => value !== ''), ...needed]);
      const text = JSON.stringify({ dataset: { images: '.' }, transform: { [name]: parameters } });
      expect(() => parseDatasetFile(text, '/data.yaml'), text).not.toThrow();
    }
  });

  it.each(['dataloaders', 'transforms', 'metrics'])('%s of a framework are all or none', async (key) => {
    const all = await entries(key);
    const path = `dict/${key}/framework`;
    for (const framework of ['ONNXRT', 'onnxrt', 'onnxrt_qlinearops', 'onnxrt_qdq', 'onnxrt_integerops']) {
      expect(await entries(key, path, { framework })).toEqual(all);
    }
    for (const framework of ['TensorFlow', 'tensorflow', 'PyTorch', 'pytorch_fx', 'MXNet', 'OpenVINO']) {
      expect(await entries(key, path, { framework })).toEqual([]);
    }
    const failure = await failureOf(open.call(path, { framework: 'ONNXTR' }));
    expect(failure.message).toBe('There is no framework "ONNXTR". Did you mean ONNXRT?');
  });

  it('transforms of a domain are those offered for it; of none, all', async () => {
    const all = await entries('transforms');
    const of = (domain: string): Promise<readonly Entry[]> =>
      entries('transforms', 'dict/transforms/domain', { domain });
    expect(await of('')).toEqual(all);
    expect(await of('Neural Language Processing')).toEqual([]);
    const pictures = namesIn(await of('Image Recognition'));
    expect(pictures).toContain('ResizeCropImagenet');
    expect(namesIn(await of('Object Detection'))).toEqual(pictures.filter((name) => name !== 'ResizeCropImagenet'));
  });
});

describe('get_possible_values', () => {
  it.each([
    ['framework', {}, ['ONNXRT']],
    ['domain', {}, ['Image Recognition', 'Object Detection', 'Neural Language Processing', 'Recommendation']],
    ['dataloader', { framework: 'ONNXRT' }, loaderNames],
    ['dataloader', { framework: 'TensorFlow' }, []],
    ['metric', { framework: 'onnxrt_qdq' }, metricNames],
    ['metric', '{"framework": "PyTorch"}', []],
    ['transform', { framework: 'ONNXRT', domain: 'Neural Language Processing' }, []],
    ['transform', { framework: '', domain: '' }, transformNames],
    ['objective', {}, ['performance', 'footprint', 'modelsize', 'accuracy']],
    ['precision', null, ['fp32', 'int8', 'int8 static quantization', 'int8 dynamic quantization', 'fp16']],
    [
      'quantization_approach',
      { framework: 'ONNXRT' },
      ['post_training_static_quant', 'post_training_dynamic_quant', 'post_training_auto_quant'],
    ],
    ['model', { domain: 'Object Detection' }, namesOfExamples('Object Detection')],
    ['model', {}, productExamples.map(({ model }) => model)],
  ])('of %s with %j', async (param, config, names) => {
    const answer = (await open.call('get_possible_values', { param, config })) as Record<string, Entry[]>;
    expect(Object.keys(answer)).toEqual([param]);
    expect(namesIn(answer[param] ?? []).sort()).toEqual([...names].sort());
    for (const value of answer[param] ?? []) expect(value).toHaveProperty('help');
  });

  it('of strategies begins with the default and explains each', async () => {
    const answer = (await open.call('get_possible_values', { param: 'strategy' })) as { strategy: Entry[] };
    expect(namesIn(answer.strategy)).toContain('basic');
    for (const { help } of answer.strategy) expect(help).toMatch(/\.$/);
  });
});

function namesOfExamples(domain: string): string[] {
  return productExamples.filter((example) => example.domain === domain).map(({ model }) => model);
}

describe('workspace and zoo', () => {
  it('are told', async () => {
    expect(await open.call('get_default_path')).toEqual({ path: open.bench.workspace });
    const zoo = (await open.call('list_model_zoo')) as { model: string; framework: string; domain: string }[];
    expect(zoo).toHaveLength(productExamples.length);
    expect(zoo[0]).toMatchObject({ model: 'mnist_resnet', framework: 'ONNXRT', domain: 'Image Recognition' });
  });
});

describe('dictionaries refuse', () => {
  const big = 'x'.repeat(10_000_000);

  it.each<[string, object, RegExp]>([
    ['dict/optimization_types/precision', {}, /Could not find required parameter/],
    ['dict/optimization_types/precision', { precision: '' }, /Could not find required parameter/],
    ['dict/optimization_types/precision', { precision: 'int9' }, /no precision "int9". Did you mean int8\?/],
    ['dict/optimization_types/precision', { precision: ['int8'] }, /Could not parse value/],
    ['dict/optimization_types/precision', { precision: big }, /Could not parse value/],
    ['dict/optimization_types/precision', { precision: '__proto__' }, /no precision "__proto__"/],
    ['dict/transforms/domain', {}, /Could not find required parameter/],
    ['dict/transforms/domain', { domain: 'Pictures<b>' }, /no domain "Pictures<b>"/],
    ['dict/transforms/domain', { domain: {} }, /Could not parse value/],
    ['dict/dataloaders/framework', {}, /Could not find required parameter/],
    ['dict/metrics/framework', { framework: 'constructor' }, /no framework "constructor"/],
    ['dict/metrics/framework', { framework: big }, /Could not parse value/],
    ['get_possible_values', {}, /Could not find required parameter/],
    ['get_possible_values', { param: 'constructor' }, /Could not parse value/],
    ['get_possible_values', { param: 'metric', config: 'nonsense' }, /Could not parse value/],
    ['get_possible_values', { param: 'metric', config: [] }, /Could not parse value/],
    ['get_possible_values', { param: 'metric', config: big }, /Could not parse value/],
    ['get_possible_values', { param: 'transform', config: { domain: 'x' } }, /no domain "x"/],
    ['get_possible_values', { param: 'transform', config: { framework: 7 } }, /Could not parse value/],
  ])('%s %j', async (path, request, message) => {
    const failure = await failureOf(open.call(path, request));
    expect(failure).toMatchObject({ name: 'RequestError', refusal: 'client-error' });
    expect(failure.message).toMatch(message);
  });

  it('no path of their own twice', () => {
    const paths = operations.map(({ path }) => path);
    expect(paths.filter((path, index) => paths.indexOf(path) !== index)).toEqual([]);
  });
});
