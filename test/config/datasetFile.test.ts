// DATASET.yaml: what is accepted, and the sentences for what is not.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config/configErrors';
import { problemText } from '../../src/config/configProblem';
import { checkDatasetText, parseDatasetFile, readDatasetFile } from '../../src/config/datasetFile';
import { temporaryFolder } from '../support/temporaryFolder';

const parse = (text: string): ReturnType<typeof parseDatasetFile> => parseDatasetFile(text, '/data/sets/DATASET.yaml');
const problems = (text: string): string[] =>
  checkDatasetText(text, '/data/sets/DATASET.yaml').problems.map((problem) => problemText('DATASET.yaml', problem));

describe('parseDatasetFile', () => {
  it('fills in defaults and resolves paths against the folder of the file', () => {
    expect(parse('dataset: {ImagenetRaw: {data_path: val, image_list: ../lists/val.txt}}')).toMatchObject({
      dataset: {
        name: 'ImagenetRaw',
        parameters: { data_path: '/data/sets/val', image_list: '/data/lists/val.txt' },
        line: 1,
      },
      transforms: [],
      batchSize: 1,
      lastBatch: 'rollover',
      shuffle: false,
    });
  });

  it('keeps absolute paths, and takes a blank optional one as left out', () => {
    const { parameters } = parse('dataset: {ImagenetRaw: {data_path: /x/val, image_list: ""}}').dataset;
    expect(parameters).toEqual({ data_path: '/x/val' });
  });

  it('keeps the order of the transforms', () => {
    const { transforms } = parse(
      'dataset: {images: p}\ntransform:\n  Transpose: {perm: [2, 0, 1]}\n  Rescale:\n  Cast: float32\n',
    );
    expect(transforms.map(({ name, parameters }) => [name, parameters])).toEqual([
      ['Transpose', { perm: [2, 0, 1] }],
      ['Rescale', {}],
      ['Cast', { dtype: 'float32' }],
    ]);
  });

  it('takes a scalar or a list for the first parameter, and a bare name', () => {
    expect(parse('dataset: {images: p}\nmetric: {topk: 5}').metric).toMatchObject({
      name: 'topk',
      parameters: { k: 5 },
    });
    expect(parse('dataset: {images: p}\nmetric: Accuracy').metric).toMatchObject({ parameters: { threshold: 0.5 } });
    expect(parse('dataset: {dummy: [8, 3]}').dataset.parameters).toMatchObject({ shape: [8, 3] });
  });

  it('reads lists the way Python configs write them', () => {
    expect(parse('dataset: {dummy_v2: {input_shape: "(3, 224, 224)", low: 0.0}}').dataset.parameters).toMatchObject({
      input_shape: [3, 224, 224],
      low: [0],
      high: [127],
    });
    const several = parse('dataset: {dummy_v2: {input_shape: [[3, 8], [4]], dtype: [float32, int64, int64]}}');
    expect(several.dataset.parameters).toMatchObject({
      input_shape: [[3, 8], [4]],
      dtype: ['float32', 'int64', 'int64'],
    });
  });

  it('passes every other key of a custom loader on as written', () => {
    const { parameters } = parse('dataset: {custom: {path: my.mjs, split: test, deep: {a: [1, {b: null}]}}}').dataset;
    expect(parameters).toEqual({ path: '/data/sets/my.mjs', split: 'test', deep: { a: [1, { b: null }] } });
  });
});

describe('mistakes in a DATASET.yaml', () => {
  it('are all listed, with line, column, key path and the nearest right name', () => {
    const text =
      'dataset:\n  ImageFolder: {rot: pics}\ntransform:\n  Resise: {size: 224}\n  Resize: {size: big}\nbatch_sise: 8\n';
    const found = problems(text);
    expect(found).toHaveLength(5);
    expect(found[0]).toBe(
      'DATASET.yaml:2:3 dataset.ImageFolder: ImageFolder needs the parameter root. Expected a path.',
    );
    expect(found[1]).toBe(
      'DATASET.yaml:2:17 dataset.ImageFolder.rot: There is no parameter of ImageFolder named "rot". Did you mean root?',
    );
    expect(found[2]).toBe('DATASET.yaml:4:3 transform.Resise: There is no transform "Resise". Did you mean Resize?');
    expect(found[3]).toMatch(
      /^DATASET\.yaml:5:18 transform\.Resize\.size: size cannot be big\. Expected a list of (1 to 2|at least 1|2) elements?, each a whole number/,
    );
    expect(found[4]).toBe('DATASET.yaml:6:1 batch_sise: There is no key "batch_sise". Did you mean batch_size?');
  });

  it.each([
    ['nothing at all', '', 'DATASET.yaml:1:1: The file does not describe a data set.'],
    ['a list', '- a', 'DATASET.yaml:1:1: The file does not describe a data set.'],
    ['no loader', 'batch_size: 1', 'The key "dataset" is missing'],
    ['an empty loader', 'dataset:', 'There is no dataset loader named'],
    ['two loaders', 'dataset: {images: a, npy: b}', 'Exactly one dataset loader'],
    ['two metrics', 'dataset: {images: a}\nmetric: {topk: 1, MSE: {}}', '2:9 metric: Exactly one metric'],
    ['transforms as a list', 'dataset: {images: a}\ntransform: [Resize]', 'Transforms are a map'],
    ['a loader of TensorFlow', 'dataset: {TFRecordDataset: {root: a}}', 'does not exist here: it hands raw records'],
    ['an unknown loader', 'dataset: {ImageFodler: {root: a}}', 'Did you mean ImageFolder?'],
    [
      'a batch of none',
      'dataset: {images: a}\nbatch_size: 0',
      'batch_size cannot be 0. Expected a whole number of at least 1.',
    ],
    ['a batch of a half', 'dataset: {images: a}\nbatch_size: 1.5', 'batch_size cannot be 1.5'],
    ['a number that is none', 'dataset: {dummy: {shape: [1], low: .nan}}', 'low cannot be NaN'],
    ['a wrong choice', 'dataset: {images: a}\nmetric: {F1: {mode: makro}}', 'Did you mean macro?'],
    ['a download', 'dataset: {CIFAR10: {root: a, download: true}}', 'Data sets are not downloaded'],
    ['a filter', 'dataset: {ImageFolder: {root: a}}\nfilter: {LabelBalance: {size: 1}}', 'ImageFolder gives no boxes'],
    ['distributed reading', 'dataset: {images: a}\ndistributed: true', 'Data is read by one process'],
    [
      'a share of more than the whole',
      'dataset: {images: a}\ntransform: {RandomResizedCrop: {size: 8, scale: [2, 1]}}',
      'scale cannot be [2, 1]. Expected a list of 2 elements',
    ],
    ['a NUL in a path', 'dataset: {images: "a\\0b"}', 'path cannot be'],
    [
      'arguments for a transform without any',
      'dataset: {images: a}\ntransform: {Rescale: 3}',
      'Rescale takes no parameters',
    ],
  ])('%s', (_name, text, sentence) => {
    expect(problems(text).join('\n')).toContain(sentence);
  });

  it('are thrown as one ConfigError that carries every problem', () => {
    const thrown = catchThrown(() => parse('dataset: {images: p}\nbatchsize: 2\nmetrik: 1'));
    expect(thrown).toBeInstanceOf(ConfigError);
    expect(thrown).toMatchObject({ code: 'config-invalid', place: '/data/sets/DATASET.yaml:2:1', problems: [{}, {}] });
    expect((thrown as ConfigError).message).toContain('has 2 mistakes:\n  DATASET.yaml:2:1 batchsize');
  });
});

describe('readDatasetFile', () => {
  const folder = temporaryFolder();

  it('says that a file is missing, a folder, too large or not UTF-8', () => {
    const large = folder.write('large.yaml', `# ${'x'.repeat(10_000_000)}`);
    const latin = folder.write('latin.yaml', Buffer.from('dataset: {images: \xe9}', 'latin1'));
    expect(catchThrown(() => readDatasetFile(join(folder.path, 'none.yaml')))).toMatchObject({
      code: 'file-missing-folder',
    });
    expect(catchThrown(() => readDatasetFile(folder.path))).toMatchObject({ code: 'file-is-folder' });
    expect(catchThrown(() => readDatasetFile(large))).toMatchObject({ code: 'config-too-large', place: large });
    expect(catchThrown(() => readDatasetFile(latin))).toMatchObject({ code: 'config-encoding', place: latin });
  });

  it('reads a file with a byte order mark and Windows line ends', () => {
    const path = join(folder.path, 'bom.yaml');
    writeFileSync(path, '\uFEFFdataset:\r\n  images: pics\r\nbatch_size: 4\r\n');
    expect(readDatasetFile(path)).toMatchObject({
      batchSize: 4,
      dataset: { parameters: { path: join(folder.path, 'pics') } },
    });
  });
});

function catchThrown(run: () => unknown): unknown {
  try {
    run();
  } catch (thrown) {
    return thrown;
  }
  throw new Error('nothing was thrown');
}
