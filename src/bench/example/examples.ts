// The examples of the product: those that come with it, under media/examples, and those that can be fetched.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BenchError } from '../../protocol/benchError';
import { downloadedExamples } from './exampleCatalogue';
import type { ExampleDataset, ExampleModel } from './exampleModel';

export interface Example {
  readonly name: string;
  readonly modelPath: string;
  /** Data set files: unlabelled use for calibration, labelled for evaluation. */
  readonly calibrationPath: string;
  readonly evaluationPath: string;
}

/** The 1,000 digits of the test part; calibration takes the first of them. */
const digits: ExampleDataset = {
  name: 'MNIST digits',
  loader: 'MNIST',
  parameters: { train: false },
  files: ['t10k-images-idx3-ubyte', 't10k-labels-idx1-ubyte'],
  transforms: [
    { name: 'Rescale', params: {} },
    { name: 'Normalize', params: { mean: [0.1307], std: [0.3081] } },
    { name: 'Transpose', params: { perm: [2, 0, 1] } },
  ],
  metric: { name: 'topk', param: 1 },
};

const mnistModel = {
  model: 'mnist_resnet',
  domain: 'Image Recognition',
  domainFlavour: '',
  licence: 'Apache-2.0',
  fileName: 'mnist_resnet.onnx',
  sizeBytes: 703_587,
  sha256: '03e8cc9b1c17ac9c1ef3c00e0ee8bcc5bef347f769b1d4e202eb4671e87e9290',
  source: { kind: 'bundled', folder: 'mnist', dataset: digits },
} as const satisfies ExampleModel;

/** Those that come with it; media/examples says where they are from. */
export const bundledExamples: readonly ExampleModel[] = [
  mnistModel,
  {
    ...mnistModel,
    model: 'mnist_resnet_unbalanced',
    fileName: 'mnist_resnet_unbalanced.onnx',
    sha256: '01a98a78cc145018d35c96341c69058d25bfcb6b21a62978c4bd16c24cf8ce0c',
  },
  {
    model: 'ultraface_rfb_320',
    domain: 'Object Detection',
    domainFlavour: '',
    licence: 'MIT',
    fileName: 'ultraface_rfb_320.onnx',
    sizeBytes: 1_220_755,
    sha256: '42c9e48b6e4cd026554b93173b09946be395cfc03bba28f0518831105899576f',
    inputs: { input: { lowest: -1, highest: 1 } },
    source: { kind: 'bundled', folder: 'ultraface' },
  },
  {
    model: 'sst2_transformer',
    domain: 'Neural Language Processing',
    domainFlavour: '',
    licence: 'Apache-2.0',
    fileName: 'sst2_transformer.onnx',
    sizeBytes: 2_000_801,
    sha256: '11e2ace488e63695773e2925b1f3db973a7647cf17abe677c45ce0a26c400ec4',
    inputs: {
      input_ids: { shape: [32], lowest: 2, highest: 7178 },
      attention_mask: { shape: [32], lowest: 1, highest: 1 },
    },
    source: { kind: 'bundled', folder: 'sst2' },
  },
];

/** All of them, those that come with it first. */
export const productExamples: readonly ExampleModel[] = [...bundledExamples, ...downloadedExamples];

/** The residual network on MNIST digits that `demo` runs. */
export function mnistExample(): Example {
  const folder = bundledFolder(mnistModel.source.folder);
  return {
    name: mnistModel.model,
    modelPath: join(folder, mnistModel.fileName),
    calibrationPath: join(folder, 'calibration.yaml'),
    evaluationPath: join(folder, 'evaluation.yaml'),
  };
}

/** Absolute path of a folder below media/examples. */
export function bundledFolder(name: string): string {
  return join(examplesFolder(), name);
}

/** Looks upwards from the running file, so that bundle and sources both find it. */
function examplesFolder(): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const candidate = join(folder, 'media', 'examples');
    if (existsSync(candidate)) return candidate;
    if (dirname(folder) === folder) break;
  }
  throw new BenchError({
    code: 'example-missing',
    message: 'The bundled examples (media/examples) are not beside this program.',
    nextStep: 'Install the product again; the folder media/ belongs to it.',
  });
}
