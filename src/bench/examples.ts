// The examples that come with the product, under media/examples.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BenchError } from '../protocol/benchError';

export interface Example {
  readonly name: string;
  readonly modelPath: string;
  /** Data set files: unlabelled use for calibration, labelled for evaluation. */
  readonly calibrationPath: string;
  readonly evaluationPath: string;
}

/** The residual network on MNIST digits that `demo` runs. */
export function mnistExample(): Example {
  const folder = join(examplesFolder(), 'mnist');
  return {
    name: 'mnist_resnet',
    modelPath: join(folder, 'mnist_resnet.onnx'),
    calibrationPath: join(folder, 'calibration.yaml'),
    evaluationPath: join(folder, 'evaluation.yaml'),
  };
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
