// config.yaml: what is accepted, in the layouts of 1.x and 2.x, with every default and coercion.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodePattern } from '../../src/config/nodePattern';
import type { QuantizationSection } from '../../src/config/tuningConfig';
import { strategyNames } from '../../src/config/tuningConfig';
import { checkTuningText, readTuningConfig } from '../../src/config/tuningFile';
import { failureOf } from '../support/failureOf';
import { temporaryFolder } from '../support/temporaryFolder';
import { calibrated, checkedConfig } from '../support/tuningText';

const fixtures = join(import.meta.dirname, '../fixtures/configs');

function quantizationOf(text: string): QuantizationSection {
  const { task } = checkedConfig(text);
  if (task.kind !== 'quantization') throw new Error('it is no quantization');
  return task.quantization;
}

/** Keys inside quantization, with calibration data. */
const withQuantization = (keys: string): QuantizationSection =>
  quantizationOf(`quantization:\n  calibration: {dataloader: {dataset: {images: p}}}\n  ${keys}`);
const withTuning = (keys: string): ReturnType<typeof checkedConfig>['tuning'] =>
  checkedConfig(`${calibrated}\ntuning: {${keys}}`).tuning;

describe('defaults of config.yaml', () => {
  it('are all filled in', () => {
    expect(checkedConfig(calibrated)).toEqual({
      path: '/w/config.yaml',
      model: { name: 'model', inputs: [], outputs: [] },
      task: {
        kind: 'quantization',
        quantization: {
          approach: 'static',
          samplingSizes: [100],
          calibration: {
            path: '/w/config.yaml',
            dataset: {
              name: 'images',
              parameters: { path: '/w/p', recursive: false },
              path: 'quantization.calibration.dataloader.dataset.images',
              line: 1,
              column: 53,
            },
            transforms: [],
            batchSize: 1,
            lastBatch: 'rollover',
            postprocess: [],
            shuffle: false,
          },
          recipes: { smoothQuantAlphas: [0.5] },
          modelWise: { weight: {}, activation: {} },
          optypeWise: {},
          opWise: [],
        },
      },
      tuning: {
        strategy: 'auto',
        accuracyWeight: 1,
        latencyWeight: 1,
        confidenceBatches: 2,
        criterion: { kind: 'relative', tolerance: 0.01 },
        objectives: [{ name: 'performance', weight: 1, higherIsBetter: false }],
        timeoutS: 0,
        maxTrials: 100,
        performanceOnly: false,
        randomSeed: 9527,
        diagnosisAfterTuning: false,
      },
      performance: { warmupIterations: 5, threads: 1, batchSize: 1, instances: 1 },
    });
  });

  it('take null as an empty section or an absent value', () => {
    const nulls =
      'model:\ndevice:\ntuning: {strategy: , exit_policy: {timeout: }, objective: , multi_objectives: , diagnosis: }\nevaluation:\n';
    expect(checkedConfig(`${calibrated}\n${nulls}`)).toEqual(checkedConfig(calibrated));
  });

  it('of accuracy: topk 1, or the metric of the data set file', () => {
    const { accuracy } = checkedConfig(`${calibrated}\nevaluation: {accuracy: {dataloader: {dataset: {images: q}}}}`);
    expect(accuracy).toMatchObject({
      metrics: [{ name: 'topk', parameters: { k: 1 } }],
      dataset: { dataset: { parameters: { path: '/w/q' } } },
    });
    expect(accuracy).not.toHaveProperty('iterations');
  });

  it('name a model after its file', () => {
    expect(checkedConfig(`${calibrated}\nmodel: {path: ../nets/a.ONNX}`).model).toEqual({
      name: 'a',
      path: '/nets/a.ONNX',
      inputs: [],
      outputs: [],
    });
  });

  it('need no calibration data for dynamic quantization, which onnxrt_integerops means', () => {
    for (const text of [
      'quantization: {approach: post_training_dynamic_quant}',
      'quantization: {approach: dynamic}',
      'model: {framework: onnxrt_integerops}',
    ]) {
      const quantization = quantizationOf(text);
      expect(quantization.approach).toBe('dynamic');
      expect(quantization).not.toHaveProperty('calibration');
    }
  });

  it('need no calibration data in a file that only says how a model is evaluated, unless it is to be tuned', () => {
    const text = 'evaluation: {performance: {warmup: 3}}';
    const { config, problems } = checkTuningText(text, '/w/config.yaml');
    expect(problems).toEqual([]);
    expect(config?.performance.warmupIterations).toBe(3);
    for (const [more, options] of [
      ['', { isToBeTuned: true }],
      ['\ntuning: {strategy: {name: basic}}', {}],
      ['\nquantization: {}', {}],
    ] as const) {
      const found = checkTuningText(`${text}${more}`, '/w/config.yaml', options).problems;
      expect(found.map(({ path }) => path)).toEqual(['quantization.calibration.dataloader']);
    }
  });

  it('of conversions', () => {
    expect(checkedConfig('graph_optimization:').task).toEqual({
      kind: 'graph_optimization',
      conversion: { precisions: ['fp32'], opWise: [], keepIoTypes: true },
    });
    expect(checkedConfig('mixed_precision: {}').task).toEqual({
      kind: 'mixed_precision',
      conversion: { precisions: ['fp16'], opWise: [], keepIoTypes: true },
    });
  });
});

describe('values of config.yaml', () => {
  it.each([
    ['0.02', 0.02],
    ['1%', 0.01],
    ['"0.5 %"', 0.005],
    ['-2%', -0.02],
    ['"0.03"', 0.03],
    ['1e-3', 0.001],
  ])('a loss of %s', (written, tolerance) => {
    expect(withTuning(`accuracy_criterion: {relative: ${written}}`).criterion.tolerance).toBeCloseTo(tolerance, 12);
  });

  it.each([
    ['64', [64]],
    ['"64"', [64]],
    ['[8, 64]', [8, 64]],
    ['8, 64', [8, 64]],
    ['"8 64"', [8, 64]],
    ['(8, 64)', [8, 64]],
    ['[64, 8, 64]', [64, 8]],
  ])('a sampling size of %s', (written, sizes) => {
    const text = `quantization:\n  calibration:\n    sampling_size: ${written}\n    dataloader: {dataset: {images: p}}`;
    expect(quantizationOf(text).samplingSizes).toEqual(sizes);
  });

  it.each([
    ['[a, "b:0"]', ['a', 'b:0']],
    ['"a, b:0"', ['a', 'b:0']],
    ['a b:0', ['a', 'b:0']],
    ['"1"', ['1']],
    ['1', ['1']],
  ])('names written as %s', (written, names) => {
    expect(checkedConfig(`${calibrated}\nmodel:\n  inputs: ${written}`).model.inputs).toEqual(names);
  });

  it('of several objectives, with weights and directions as lists or text', () => {
    const expected = [
      { name: 'performance', weight: 0.7, higherIsBetter: false },
      { name: 'accuracy', weight: 0.3, higherIsBetter: true },
    ];
    for (const keys of [
      'objective: [performance, accuracy], weight: [0.7, 0.3], higher_is_better: [false, true]',
      'objective: "performance, accuracy", weight: 0.7 0.3, higher_is_better: "False True"',
      'objective: performance accuracy, weight: "0.7, 0.3"',
    ]) {
      expect(withTuning(`multi_objectives: {${keys}}`).objectives).toEqual(expected);
    }
    expect(withTuning('objective: modelsize').objectives).toEqual([
      { name: 'modelsize', weight: 1, higherIsBetter: false },
    ]);
  });

  it.each(strategyNames)('the strategy %s, as a name or in a section', (name) => {
    expect(withTuning(`strategy: ${name}`).strategy).toBe(name);
    expect(withTuning(`strategy: {name: ${name}}`).strategy).toBe(name);
  });

  it.each([
    ['quant_level: auto', 'auto'],
    ['quant_level: 0', 'conservative'],
    ['quant_level: 1', 'basic'],
    ['quant_level: 1, tuning_criterion: {strategy: mse}', 'mse'],
    ['tuning_criterion: {strategy: bayesian}', 'bayesian'],
  ])('the strategy that %s stands for', (keys, name) => {
    expect(withTuning(keys).strategy).toBe(name);
  });

  it.each([
    ['relative: 2%', { kind: 'relative', tolerance: 0.02 }],
    ['absolute: 0.5, higher_is_better: false', { kind: 'absolute', tolerance: 0.5, higherIsBetter: false }],
    ['criterion: absolute', { kind: 'absolute', tolerance: 0.01 }],
    ['tolerable_loss: 0.03', { kind: 'relative', tolerance: 0.03 }],
    ['criterion: absolute, tolerable_loss: 2', { kind: 'absolute', tolerance: 2 }],
  ])('the goal {%s}', (keys, criterion) => {
    expect(withTuning(`accuracy_criterion: {${keys}}`).criterion).toEqual(criterion);
    const flat = `quantization: {calibration: {dataloader: {dataset: {images: p}}}, accuracy_criterion: {${keys}}}`;
    expect(checkedConfig(flat).tuning.criterion).toEqual(criterion);
  });

  it.each([
    ['model: {framework: onnxrt_qdq}', 'qdq'],
    ['model: {framework: onnxrt_qoperator}', 'qoperator'],
    ['model: {framework: onnxrt_qlinearops}', undefined],
    ['model: {framework: NA}', undefined],
  ])('the format that %s means', (model, format) => {
    expect(quantizationOf(`${calibrated}\n${model}`).format).toBe(format);
  });

  it('of the format, which quant_format fixes', () => {
    expect(withQuantization('quant_format: QDQ').format).toBe('qdq');
    expect(withQuantization('quant_format: qoperator').format).toBe('qoperator');
    expect(withQuantization('quant_format: default').format).toBeUndefined();
  });

  it('of the reduced range, at the top or in quantization', () => {
    expect(quantizationOf(`${calibrated}\nreduce_range: true`).reduceRange).toBe(true);
    expect(withQuantization('reduce_range: false').reduceRange).toBe(false);
  });

  it('of ops: bare values are lists, kl is entropy, and patterns match whole names', () => {
    const { modelWise, optypeWise, opWise } = withQuantization(
      'model_wise: {activation: {algorithm: minmax kl, compute_dtype: [uint8]}, weight: {granularity: per_tensor, bit: [7.0]}}\n' +
        '  optype_wise: {Conv: {weight: {dtype: [fp32]}}}\n' +
        '  op_wise:\n    "a|b": {activation: {scheme: sym}}\n    c.*:\n',
    );
    expect(modelWise).toEqual({
      activation: { algorithm: ['minmax', 'entropy'] },
      weight: { granularity: ['per_tensor'] },
    });
    expect(optypeWise).toEqual({ Conv: { weight: { dtype: ['fp32'] }, activation: {} } });
    expect(opWise).toEqual([
      { pattern: 'a|b', options: { weight: {}, activation: { scheme: ['sym'] } }, line: 6, column: 5 },
      { pattern: 'c.*', options: { weight: {}, activation: {} }, line: 7, column: 5 },
    ]);
    const names = ['a', 'b', 'ab', 'xa', 'c1'];
    expect(names.filter((name) => nodePattern('a|b').test(name))).toEqual(['a', 'b']);
  });

  it.each([
    ['smooth_quant_args: {alpha: auto}', { smoothQuantAlphas: 'auto' }],
    ['smooth_quant_args: {alpha: 0.7}', { smoothQuantAlphas: [0.7] }],
    ['smooth_quant_args: {alpha: "0.3 0.7"}', { smoothQuantAlphas: [0.3, 0.7] }],
    ['equalization: true, smooth_quant: false', { equalization: true, smoothQuant: false }],
    ['fast_bias_correction: true, weight_correction: false', { fastBiasCorrection: true, weightCorrection: false }],
    ['first_conv_or_matmul_quantization: false', { firstConvOrMatmulQuantization: false }],
    ['last_conv_or_matmul_quantization: true', { lastConvOrMatmulQuantization: true }],
    ['pre_post_process_quantization: false', { prePostProcessQuantization: false }],
    ['graph_optimization_level: ENABLE_BASIC', { graphOptimizationLevel: 'ENABLE_BASIC' }],
    ['gemm_to_matmul: false, awq_args: {}', {}],
  ])('recipes {%s}', (keys, recipes) => {
    expect(withQuantization(`recipes: {${keys}}`).recipes).toEqual({ smoothQuantAlphas: [0.5], ...recipes });
  });

  it('of several metrics, of postprocessing and of iterations', () => {
    const { accuracy } = checkedConfig(
      `${calibrated}\nevaluation:\n  accuracy:\n    multi_metrics: {topk: 5, MSE: {compare_label: false}, weight: [0.9, 0.1], higher_is_better: [true, false]}\n` +
        '    iteration: 7\n    postprocess: {transform: {LabelShift: 1}}\n' +
        '    dataloader: {dataset: {images: p}, transform: {LabelShift: 2, Rescale: {}}, batch_size: 3}',
    );
    expect(accuracy?.metrics).toEqual([
      { name: 'topk', parameters: { k: 5 }, weight: 0.9, higherIsBetter: true },
      { name: 'MSE', parameters: { compare_label: false }, weight: 0.1, higherIsBetter: false },
    ]);
    expect(accuracy?.iterations).toBe(7);
    expect(accuracy?.dataset.batchSize).toBe(3);
    expect(accuracy?.dataset.transforms.map(({ name, parameters }) => [name, parameters])).toEqual([
      ['LabelShift', { label_shift: 3 }],
      ['Rescale', {}],
    ]);
  });

  it('of performance: the batch of its data, and cores as threads', () => {
    const performance = (keys: string): unknown =>
      checkedConfig(`${calibrated}\nevaluation: {performance: {${keys}}}`).performance;
    expect(performance('warmup: 0, iteration: 30, configs: {cores_per_instance: 4, num_of_instance: 2}')).toEqual({
      warmupIterations: 0,
      iterations: 30,
      threads: 4,
      batchSize: 1,
      instances: 2,
      coresPerInstance: 4,
    });
    expect(performance('configs: {cores_per_instance: 4, intra_num_of_threads: 2}')).toMatchObject({ threads: 2 });
    expect(performance('dataloader: {batch_size: 8, dataset: {images: p}}, iteration: -1')).toMatchObject({
      batchSize: 8,
      dataset: { batchSize: 8 },
    });
  });

  it('of conversions: precisions and ops that keep a type', () => {
    expect(
      checkedConfig(
        'mixed_precision: {precisions: "fp16, fp32", keep_io_types: false, op_wise: {"Soft.*": {activation: {dtype: fp32}}}}',
      ).task,
    ).toEqual({
      kind: 'mixed_precision',
      conversion: { precisions: ['fp16', 'fp32'], opWise: [{ pattern: 'Soft.*', dtype: 'fp32' }], keepIoTypes: false },
    });
    expect(checkedConfig('graph_optimization: {precisions: bf16, level: ENABLE_ALL}').task).toMatchObject({
      conversion: { precisions: ['bf16'], level: 'ENABLE_ALL' },
    });
  });
});

describe('whole configs', () => {
  const read = (name: string): ReturnType<typeof checkTuningText> =>
    checkTuningText(readFileSync(join(fixtures, name), 'utf8'), join(fixtures, name));

  it('a small one, with data set files of their own', () => {
    const { config, problems } = read('small.yaml');
    expect(problems).toEqual([]);
    expect(config).toMatchObject({
      task: { quantization: { calibration: { path: join(fixtures, 'calibration.yaml') } } },
      accuracy: {
        dataset: { path: join(fixtures, 'evaluation.yaml'), batchSize: 10 },
        metrics: [{ name: 'topk', parameters: { k: 1 } }],
      },
    });
  });

  it('one in the layout of 1.x', () => {
    const { config, problems } = read('layout1.yaml');
    expect(problems).toEqual([]);
    expect(config).toMatchObject({
      model: { name: 'resnet50_v1_5', inputs: ['input_tensor', 'training'], outputs: ['softmax'] },
      task: {
        quantization: {
          samplingSizes: [50, 100],
          calibration: { lastBatch: 'discard' },
          modelWise: { weight: { dtype: ['int8'] }, activation: { scheme: ['asym', 'sym'] } },
        },
      },
      tuning: {
        strategy: 'mse',
        maxTrials: 300,
        workspacePath: join(fixtures, 'workspace'),
        diagnosisAfterTuning: true,
      },
      performance: { threads: 4, batchSize: 2, iterations: 1000, warmupIterations: 10 },
    });
  });

  it('one in the layout of 2.x', () => {
    const { config, problems } = read('layout2.yaml');
    expect(problems).toEqual([]);
    expect(config).toMatchObject({
      model: { name: 'classifier', inputs: ['input_ids', 'attention_mask'] },
      task: { quantization: { approach: 'auto', samplingSizes: [8, 64], format: 'qdq', reduceRange: false } },
      tuning: {
        strategy: 'mse_v2',
        confidenceBatches: 4,
        timeoutS: 600,
        maxTrials: 40,
        criterion: { kind: 'absolute', tolerance: 0.005, higherIsBetter: true },
      },
    });
  });
});

describe('readTuningConfig', () => {
  const folder = temporaryFolder();
  const data = 'quantization: {calibration: {dataloader: {dataset: {images: .}}}}';

  it('wants the model to exist, unless it is named elsewhere', async () => {
    const path = folder.write('config.yaml', `model: {path: none.onnx}\n${data}`);
    const failure = await failureOf(Promise.resolve().then(() => readTuningConfig(path)));
    expect(failure).toMatchObject({ code: 'config-invalid', place: `${path}:1:9` });
    expect(failure.message).toContain(`model.path: There is no file ${join(folder.path, 'none.onnx')}.`);
    expect(readTuningConfig(path, { isModelNamedElsewhere: true }).model.name).toBe('none');
    folder.write('none.onnx', 'x');
    expect(readTuningConfig(path).model.path).toBe(join(folder.path, 'none.onnx'));
  });

  it('names data that does not exist, in the config or in a file of its own', async () => {
    folder.write('data.yaml', 'dataset: {ImageFolder: {root: nowhere}}');
    const path = folder.write(
      'data-config.yaml',
      'quantization: {calibration: {dataloader: {dataset: {npy: {path: a.npy}}}}}\nevaluation: {accuracy: {dataloader: data.yaml}}',
    );
    const { message } = await failureOf(Promise.resolve().then(() => readTuningConfig(path)));
    expect(message).toContain(
      `1:53 quantization.calibration.dataloader.dataset.npy.path: path is ${join(folder.path, 'a.npy')}, which does not exist.`,
    );
    expect(message).toContain(
      `2:37 evaluation.accuracy.dataloader.root: root is ${join(folder.path, 'nowhere')}, which does not exist.`,
    );
  });

  it('says that a config is missing or too large', async () => {
    const large = folder.write('large.yaml', `# ${'x'.repeat(10_000_000)}`);
    const read = (path: string): Promise<unknown> => Promise.resolve().then(() => readTuningConfig(path));
    expect(await failureOf(read(join(folder.path, 'absent.yaml')))).toMatchObject({ code: 'file-missing-folder' });
    expect(await failureOf(read(large))).toMatchObject({ code: 'config-too-large' });
  });
});
