// Data sets of the bench as DATASET.yaml: the text of each is read by the parser of the product.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Bench } from '../../src/bench/bench';
import { datasetConfigOf, datasetYaml, metricPathsOf, pathParametersOf } from '../../src/bench/dataset/datasetConfig';
import { openAccess } from '../../src/bench/fileAccess';
import { parseDatasetFile } from '../../src/config/datasetFile';
import type { DictionaryEntry, ParameterType } from '../../src/dictionary/entry';
import { loaderEntries } from '../../src/dictionary/loaders';
import { metricEntries } from '../../src/dictionary/metrics';
import { transformEntries } from '../../src/dictionary/transforms';
import type { RunQueue } from '../../src/jobs/runQueue';
import type { DatasetRecord } from '../../src/store/records';
import type { Store } from '../../src/store/store';

const workspace = '/home/anna/bench';

/** Nothing here asks the store or the queue for more than where the workspace is. */
const bench = new Bench({
  store: { workspace } as Store,
  queue: {} as RunQueue,
  access: openAccess(workspace),
});

const record: DatasetRecord = {
  id: 1,
  version: 1,
  name: 'digits',
  createdAt: '2026-01-01T00:00:00.000Z',
  modifiedAt: null,
  projectId: 1,
  datasetType: 'MNIST',
  parameters: { root: 'data/mnist' },
  transforms: [{ name: 'Rescale', params: {} }],
  filter: null,
  metric: { name: 'topk', param: 1 },
  templatePath: null,
};

/** Something that fits a type. */
function valueFor(type: ParameterType): unknown {
  switch (type.kind) {
    case 'integer':
      return type.minimum ?? 1;
    case 'number':
      return type.minimum ?? 0.5;
    case 'boolean':
      return false;
    case 'string':
      return type.choices?.[0] ?? 'name';
    case 'path':
      return 'data/it';
    case 'list':
      return Array.from({ length: type.minItems ?? 1 }, () => valueFor(type.of));
    case 'either':
      return valueFor(type.of[0] ?? { kind: 'any' });
    case 'integers':
      return Object.fromEntries(type.keys.map((key) => [key, type.minimum ?? 1]));
    case 'any':
      return { deep: [1, 'two'] };
  }
}

function parametersFor({ parameters }: DictionaryEntry, which: 'all' | 'required'): Record<string, unknown> {
  const wanted = parameters.filter(({ required }) => which === 'all' || required === true);
  return Object.fromEntries(wanted.map(({ name, type }) => [name, valueFor(type)]));
}

const parsed = (text: string): ReturnType<typeof parseDatasetFile> => parseDatasetFile(text, '/elsewhere/run.yaml');

describe('a data set as DATASET.yaml', () => {
  it.each(loaderEntries.flatMap((entry) => [[entry.name, 'all'] as const, [entry.name, 'required'] as const]))(
    'of %s with %s parameters is read as it was meant',
    (name, which) => {
      const entry = loaderEntries.find((one) => one.name === name);
      const parameters = parametersFor(entry ?? { name, help: '', parameters: [] }, which);
      const described: DatasetRecord = { ...record, datasetType: name, parameters, transforms: [] };
      const config = parsed(datasetYaml(bench, described, { batchSize: 7 }));
      expect(config).toMatchObject({ dataset: { name }, batchSize: 7, metric: { name: 'topk', parameters: { k: 1 } } });
      expect(config.dataset.parameters).toEqual(datasetConfigOf(bench, described).dataset.parameters);
      for (const path of pathParametersOf(name)) {
        if (path in parameters) expect(config.dataset.parameters[path]).toBe(join(workspace, 'data/it'));
      }
    },
  );

  it('keeps every transform with its parameters, in the order given', () => {
    const transforms = transformEntries
      .map((entry) => ({ name: entry.name, params: parametersFor(entry, 'all') }))
      .toReversed();
    const config = parsed(datasetYaml(bench, { ...record, transforms }));
    expect(config.transforms.map(({ name }) => name)).toEqual(transforms.map(({ name }) => name));
    for (const [index, { parameters }] of config.transforms.entries()) {
      expect(parameters).toMatchObject(transforms[index]?.params ?? {});
    }
  });

  it.each(metricEntries.map((entry) => [entry.name, entry] as const))('of metric %s is read with it', (name, entry) => {
    const param = parametersFor(entry, 'all');
    const metric = { name, param };
    const paths = metricPathsOf(name).map((path) => [path, join(workspace, 'data/it')]);
    expect(parsed(datasetYaml(bench, { ...record, metric })).metric?.parameters).toMatchObject({
      ...param,
      ...Object.fromEntries(paths),
    });
    expect(parsed(datasetYaml(bench, { ...record, metric }, { withMetric: false })).metric).toBeUndefined();
  });

  it("gives a user's module absolute paths and its own parameters as they are", () => {
    const parameters = { path: 'loader.mjs', root: 'data', split: 'test', __order: [3, 1] };
    const config = parsed(datasetYaml(bench, { ...record, datasetType: 'custom', parameters, transforms: [] }));
    expect(config.dataset.parameters).toEqual({
      path: join(workspace, 'loader.mjs'),
      root: join(workspace, 'data'),
      split: 'test',
      __order: [3, 1],
    });
  });

  it.each([
    ['an unknown loader', { datasetType: 'MNISTT' }, /There is no dataset loader "MNISTT"\. Did you mean MNIST\?/],
    ['an unknown parameter', { parameters: { root: '.', trains: true } }, /named "trains"\. Did you mean train\?/],
    ['a transform twice', { transforms: [0, 1].map(() => ({ name: 'Rescale', params: {} })) }, /named twice/],
    ['a filter', { filter: { name: 'LabelBalance', params: { size: 1 } } }, /gives no boxes/],
    ['a deep value', { parameters: { root: JSON.parse('['.repeat(80) + ']'.repeat(80)) as unknown } }, /too many/],
    ['many values', { parameters: { root: Array.from({ length: 200_000 }, () => 1) } }, /too many values/],
    ['a loader from the prototype', { datasetType: '__proto__' }, /There is no dataset loader "__proto__"/],
  ])('is refused for %s, naming the data set', (_, change, message) => {
    expect(() => datasetYaml(bench, { ...record, ...change })).toThrow(message);
    expect(() => datasetYaml(bench, { ...record, ...change })).toThrow(/^The data set "digits"/);
  });
});
