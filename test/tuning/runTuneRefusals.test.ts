// Data, labels and models that a tuning cannot work with: each its own sentence, naming the sample or the place.
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DataType } from '../../src/onnx/dataTypes';
import { makeTensor, makeValueInfo } from '../../src/onnx/makeMessages';
import { encodeModel } from '../../src/onnx/writeModel';
import { floatInput, modelOf, node } from '../onnx/smallModels';
import { evaluation, mnistConfig, mnistFolder, quantization, quickPerformance } from '../support/mnistTuning';
import type { Sections } from '../support/mnistTuning';
import { failureOfTuning, resultOf, tuneJobs, filesOf } from '../support/tuneJobs';

const { place, run } = tuneJobs();

/** `y = x·w + (x·w)/(x·w)`: NaN where x is 0. */
const dividing = encodeModel(
  modelOf({
    input: floatInput,
    output: [makeValueInfo('y', DataType.float32, ['N', 2])],
    initializer: [makeTensor('w', DataType.float32, [3, 2], Float32Array.of(1, 2, 3, 4, 5, 6))],
    node: [node('MatMul', ['x', 'w'], ['m']), node('Div', ['m', 'm'], ['q']), node('Add', ['m', 'q'], ['y'])],
  }),
);

const loaderPath = resolve(import.meta.dirname, '../fixtures/loaders/threeNumbers.mjs');
const numbers = (parameters: Sections): object => ({ dataset: { custom: { path: loaderPath, ...parameters } } });

/** A tuning of the dividing model over six samples, changed as told. */
function dividingConfig(
  data: Sections,
  accuracy: Sections = { metric: { topk: 1 } },
  calibration: Sections = {},
): string {
  return mnistConfig({
    model: { path: place.write('dividing.onnx', dividing) },
    quantization: { calibration: { sampling_size: 4, dataloader: numbers({ length: 4, ...calibration }) } },
    tuning: { objective: 'modelsize', strategy: 'basic', exit_policy: { max_trials: 1 } },
    evaluation: {
      accuracy: { ...accuracy, dataloader: numbers({ length: 6, ...data }) },
      performance: quickPerformance,
    },
  });
}

const refusalOf = async (config: string): Promise<unknown> => failureOfTuning(await run(config));

describe('a sample', () => {
  it('without a fault is no reason to refuse', async () => {
    expect(resultOf(await run(dividingConfig({})))).toMatchObject({ samples: 6 });
  });

  it('for which the model gives NaN is named', async () => {
    expect(await refusalOf(dividingConfig({ zeroAt: 3 }))).toMatchObject({
      code: 'tuning-not-finite',
      message: 'The float model gives NaN in its output "y" for sample 3 ("s3").',
      place: 'sample 3',
    });
  });

  it('whose label is none of the classes is named, with the metric', async () => {
    expect(await refusalOf(dividingConfig({ labelAt: 2 }))).toMatchObject({
      code: 'tuning-sample',
      message: expect.stringMatching(/^Sample 2 \("s2"\): topk: the label 9 is not among the 2 classes/) as string,
      place: 'sample 2',
    });
  });

  it('that the metric cannot judge is named', async () => {
    expect(await refusalOf(dividingConfig({}, { metric: { MSE: {} } }))).toMatchObject({
      code: 'tuning-sample',
      message: expect.stringMatching(/^Sample \d \("s\d"\): MSE compares element by element/) as string,
    });
  });

  it('that cannot be read is named, with the line of the module', async () => {
    expect(await refusalOf(dividingConfig({ failAt: 4 }))).toMatchObject({
      message: expect.stringMatching(/failed while giving item 4: Error: the disk caught fire/) as string,
      place: expect.stringMatching(/threeNumbers\.mjs:\d+:\d+$/) as string,
    });
  });

  it('with NaN among those to calibrate with is left out, and noted', async () => {
    const { notes } = resultOf(await run(dividingConfig({}, undefined, { zeroAt: 1 })));
    expect(notes.join('\n')).toMatch(/"y" held NaN or infinite values in some samples/);
  });
});

describe('data', () => {
  it('without a sample to evaluate is refused', async () => {
    expect(await refusalOf(dividingConfig({ length: 0 }))).toMatchObject({ code: 'tuning-no-samples' });
  });

  it('without a sample to calibrate with is refused before a trial', async () => {
    const end = await run(dividingConfig({}, undefined, { length: 0 }));
    expect(failureOfTuning(end)).toMatchObject({
      code: 'tuning-no-calibration',
      place: expect.stringContaining('quantization.calibration.dataloader') as string,
    });
    // Nothing was measured: there is no description of data that anybody could look for.
    expect(filesOf(end.folder)).not.toContain('data/');
  });

  it('that never ends needs a number of batches', async () => {
    const endless = (iteration: object): string =>
      mnistConfig({
        tuning: { objective: 'modelsize', strategy: 'basic' },
        evaluation: {
          accuracy: {
            metric: { agreement: {} },
            dataloader: { dataset: { dummy_v2: { input_shape: [1, 28, 28] } } },
            ...iteration,
          },
          performance: quickPerformance,
        },
      });
    expect(await refusalOf(endless({}))).toMatchObject({
      code: 'tuning-endless-data',
      nextStep: expect.stringContaining('evaluation.accuracy.iteration') as string,
    });
    expect(resultOf(await run(endless({ iteration: 5 })))).toMatchObject({ samples: 5, isRandomData: true });
  });

  it('that never ends is judged by as many samples as are calibrated with, where nothing is said of evaluation', async () => {
    const dataloader = { dataset: { dummy_v2: { input_shape: [1, 28, 28] } } };
    const config = mnistConfig({
      quantization: { calibration: { sampling_size: 7, dataloader } },
      tuning: { objective: 'modelsize', strategy: 'basic', exit_policy: { max_trials: 1 } },
      evaluation: { performance: quickPerformance },
    });
    expect(resultOf(await run(config))).toMatchObject({ samples: 7 });
  });

  it('that does not suit the model is told with the transform that is missing', async () => {
    const dataloader = { dataset: { MNIST: { root: mnistFolder } } };
    expect(await refusalOf(mnistConfig({ evaluation: evaluation({ dataloader }) }))).toMatchObject({
      message: 'The input "input" of mnist_resnet.onnx takes float32, the data gives uint8.',
      nextStep: expect.stringContaining('Cast') as string,
    });
  });
});

describe('a config', () => {
  const floating = { weight: { dtype: ['fp32'] }, activation: { dtype: ['fp32'] } };

  it('that names a node the model does not have is refused with its line', async () => {
    expect(
      await refusalOf(mnistConfig({ quantization: quantization({ op_wise: { 'conv_9.*': floating } }) })),
    ).toMatchObject({
      code: 'tuning-unknown-node',
      message: expect.stringContaining('"conv_9.*"') as string,
      place: expect.stringMatching(/\.yaml:\d+:\d+$/) as string,
    });
  });

  it('that names an op type the model does not have is refused with those it has', async () => {
    expect(
      await refusalOf(mnistConfig({ quantization: quantization({ optype_wise: { LSTM: floating } }) })),
    ).toMatchObject({
      code: 'tuning-unknown-op-type',
      nextStep: expect.stringContaining('Conv') as string,
    });
  });

  it('that leaves nothing to quantize is refused with the reason', async () => {
    expect(await refusalOf(mnistConfig({ quantization: quantization({ model_wise: floating }) }))).toMatchObject({
      code: 'tuning-nothing',
      message: expect.stringContaining('it has no node with a static 8-bit form') as string,
    });
  });

  it('without data to measure accuracy with is refused', async () => {
    const config = mnistConfig({
      quantization: { approach: 'dynamic' },
      evaluation: { performance: quickPerformance },
    });
    expect(await refusalOf(config)).toMatchObject({ code: 'tuning-no-data' });
  });
});
