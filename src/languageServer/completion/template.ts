// What is offered first in an empty file: the smallest text that is worth running.
import type { ConfigFileKind } from '../../config/configFileKind';
import { defaultTargetSparsity } from '../../protocol/pruning';

/** A text to begin with. */
export interface Template {
  readonly label: string;
  readonly detail: string;
  /** A snippet. */
  readonly text: string;
}

const templates: Readonly<Record<ConfigFileKind, Template>> = {
  tuning: {
    label: 'tuning config',
    detail: 'A model, data to calibrate and to evaluate with, and the accuracy goal',
    text: [
      'model:',
      '  path: ${1:model.onnx}',
      'quantization:',
      '  calibration:',
      '    sampling_size: ${2:100}',
      '    dataloader:',
      '      dataset:',
      '        ImageFolder:',
      '          root: ${3:pictures}',
      'evaluation:',
      '  accuracy:',
      '    metric:',
      '      topk: ${4:1}',
      '    dataloader:',
      '      dataset:',
      '        ImageFolder:',
      '          root: ${3:pictures}',
      'tuning:',
      '  accuracy_criterion:',
      '    relative: ${5:1%}',
      '',
    ].join('\n'),
  },
  dataset: {
    label: 'data set',
    detail: 'Pictures in one folder a class, prepared for a model, and the share of right answers',
    text: [
      'dataset:',
      '  ImageFolder:',
      '    root: ${1:pictures}',
      'transform:',
      '  Resize:',
      '    size: [${2:224, 224}]',
      '  Rescale: {}',
      '  Transpose:',
      '    perm: [2, 0, 1]',
      'metric:',
      '  topk: ${3:1}',
      '',
    ].join('\n'),
  },
  pruning: {
    label: 'pruning recipe',
    detail: 'A mean sparsity, shared out among the layers of a model',
    text: ['model: ${1:model.onnx}', `target_sparsity: \${2:${defaultTargetSparsity}}`, ''].join('\n'),
  },
};

/** The one of a kind of file. */
export function templateOf(kind: ConfigFileKind): Template {
  return templates[kind];
}
