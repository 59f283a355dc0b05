// Tuning configs on the bundled digits: small parts of the data and few runs, so that a whole tuning takes seconds.
import { resolve } from 'node:path';

/** The folder of the bundled example. */
export const mnistFolder = resolve(import.meta.dirname, '../../media/examples/mnist');
export const mnistModel = resolve(mnistFolder, 'mnist_resnet.onnx');
export const unbalancedModel = resolve(mnistFolder, 'mnist_resnet_unbalanced.onnx');

/** A data loader over the training or the test digits, as JSON, which is YAML as well. */
export function digits(part: 'train' | 'test'): object {
  return {
    dataset: { MNIST: { root: mnistFolder, train: part === 'train' } },
    transform: { Rescale: {}, Normalize: { mean: [0.1307], std: [0.3081] }, Transpose: { perm: [2, 0, 1] } },
  };
}

/** Sections of a config; each takes the place of the usual one, undefined leaves it out. */
export type Sections = Readonly<Record<string, unknown>>;

/** Few timed runs: the tests look at sizes and accuracies, which do not depend on the clock. */
export const quickPerformance = { warmup: 0, iteration: 6 };

/** The usual quantization section with more keys. */
export function quantization(more: Sections = {}): object {
  return { calibration: { sampling_size: 10, dataloader: digits('train') }, ...more };
}

/** The usual evaluation: 40 digits. */
export function evaluation(accuracy: Sections = {}): object {
  return {
    accuracy: { iteration: 40, metric: { topk: 1 }, dataloader: digits('test'), ...accuracy },
    performance: quickPerformance,
  };
}

/** Text of a config.yaml that tunes the digits for size, unless told otherwise. */
export function mnistConfig(sections: Sections = {}): string {
  return JSON.stringify(
    {
      model: { path: mnistModel },
      quantization: quantization(),
      tuning: { objective: 'modelsize' },
      evaluation: evaluation(),
      ...sections,
    },
    undefined,
    1,
  );
}
