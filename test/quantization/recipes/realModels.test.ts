// Real models whose channels were thrown out of balance: what the recipes bring back, through the whole job.
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { defaultRecipe } from '../../../src/config/recipe';
import { runJob } from '../../../src/jobs/runJob';
import { readModel } from '../../../src/onnx/readModel';
import { writeModel } from '../../../src/onnx/writeModel';
import { prepareModel } from '../../../src/quantization/prepare';
import { equalizeLayers } from '../../../src/quantization/recipes/equalizeLayers';
import { withProto } from '../../../src/quantization/withProto';
import { jobBundle } from '../../processes/bundle';
import { oracleDataset } from '../../support/oracleDataset';
import { describeShared } from '../../support/shared';
import { temporaryFolder } from '../../support/temporaryFolder';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const example = join(import.meta.dirname, '../../../media/examples/mnist');
const place = temporaryFolder();
const bundled = jobBundle();

async function equalizedFile(path: string): Promise<string> {
  const model = readModel(path);
  try {
    const prepared = withProto(model, prepareModel(model, defaultRecipe).proto);
    const output = join(place.path, 'equalized.onnx');
    await writeModel(output, equalizeLayers(prepared).proto, {
      tensors: model.tensors,
      signal: new AbortController().signal,
    });
    return output;
  } finally {
    model.close();
  }
}

/** Accuracy of the model after static quantization with the defaults. */
async function accuracyInInt8(modelPath: string, calibration: string, evaluation: string): Promise<number> {
  const outputPath = join(place.path, 'int8.onnx');
  const common = { dimensions: {}, threads: 1 };
  const spec = { verb: 'quantize' as const, modelPath, outputPath, datasetPath: calibration, recipe: defaultRecipe };
  const quantized = await runJob<'quantize'>({ ...spec, ...common }, bundled).outcome;
  if (quantized.state !== 'success') throw new Error(JSON.stringify(quantized));
  const asked = { verb: 'evaluate' as const, modelPath: outputPath, datasetPath: evaluation, ...common };
  const evaluated = await runJob<'evaluate'>(asked, bundled).outcome;
  if (evaluated.state !== 'success') throw new Error(JSON.stringify(evaluated));
  return evaluated.result.value;
}

it('an unbalanced digits model keeps its accuracy once equalized', async () => {
  const path = join(example, 'mnist_resnet_unbalanced.onnx');
  const data = [join(example, 'calibration.yaml'), join(example, 'evaluation.yaml')] as const;
  expect(await accuracyInInt8(path, ...data)).toBeLessThan(0.7);
  expect(await accuracyInInt8(await equalizedFile(path), ...data)).toBeGreaterThan(0.99);
});

describeShared('an unbalanced pictures model', (shared) => {
  it('loses less than 1 % of its 82.3 % once equalized, instead of half', async () => {
    const name = 'cifar10_resnet14_unbalanced.op13';
    const path = join(shared, 'data/models', `${name}.onnx`);
    const calibration = oracleDataset(shared, name, 'calibration', place.path);
    const evaluation = oracleDataset(shared, name, 'evaluation', place.path);
    expect(await accuracyInInt8(await equalizedFile(path), calibration, evaluation)).toBeGreaterThanOrEqual(0.815);
  });
});
