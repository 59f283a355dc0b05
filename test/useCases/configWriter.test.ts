// Whatever an optimization says, its config.yaml passes the checker of the product and means what the record says.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bench } from '../../src/bench/bench';
import { configText } from '../../src/bench/optimization/configWriter';
import type { ConfigSource } from '../../src/bench/optimization/configWriter';
import { openAccess } from '../../src/bench/fileAccess';
import { nodePattern } from '../../src/config/nodePattern';
import { objectiveNames, strategyNames } from '../../src/config/tuningConfig';
import type { TuningConfig } from '../../src/config/tuningConfig';
import { checkTuningText } from '../../src/config/tuningFile';
import { optimizationTypes } from '../../src/dictionary/benchTerms';
import type { RunQueue } from '../../src/jobs/runQueue';
import type { DatasetRecord, ModelRecord, TuningDetails } from '../../src/store/records';
import type { Store } from '../../src/store/store';
import { failureOf } from '../support/failureOf';

const workspace = '/w';
const configPath = '/w/.compressor-bench/projects/1-p/optimizations/2-o/config.yaml';

/** Writing a config looks at nothing of the bench but where its workspace is. */
const bench = new Bench({
  store: { workspace, folder: '/w/.compressor-bench' } as Store,
  queue: {} as RunQueue,
  access: openAccess('/'),
});

const times = { createdAt: '2026-01-01T00:00:00.000Z', modifiedAt: null };

const model: ModelRecord = {
  id: 1,
  version: 1,
  name: 'Input model',
  ...times,
  projectId: 1,
  path: 'models/net.onnx',
  sha256: '0'.repeat(64),
  sizeBytes: 1000,
  framework: 'ONNXRT',
  precision: 'fp32',
  domain: 'Image Recognition',
  domainFlavour: '',
  inputNodes: ['input'],
  outputNodes: ['scores', 'boxes'],
  supportsProfiling: true,
  supportsGraph: true,
  supportsPruning: true,
  madeBy: null,
};

type Data = Pick<DatasetRecord, 'datasetType' | 'parameters' | 'metric' | 'transforms'>;

const topk = { name: 'topk', param: 1 };
const noTransforms: DatasetRecord['transforms'] = [];

/** One of each loader, by the way its labels are told. */
const loaders: readonly Data[] = [
  { datasetType: 'images', parameters: { path: 'pictures', recursive: true }, metric: topk, transforms: noTransforms },
  {
    datasetType: 'ImageFolder',
    parameters: { root: 'val' },
    metric: { name: 'Accuracy', param: {} },
    transforms: [
      { name: 'Resize', params: { size: [224, 224] } },
      { name: 'Normalize', params: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } },
    ],
  },
  {
    datasetType: 'ImagenetRaw',
    parameters: { data_path: '/data/imagenet', image_list: '/data/val.txt' },
    metric: { name: 'topk', param: { k: 5 } },
    transforms: [
      { name: 'ResizeCropImagenet', params: { height: 224, width: 224 } },
      { name: 'LabelShift', params: { label_shift: 1 } },
    ],
  },
  ...['CIFAR10', 'CIFAR100', 'MNIST', 'FashionMNIST'].map((datasetType) => ({
    datasetType,
    parameters: { root: 'data', train: true },
    metric: { name: 'F1', param: { mode: 'macro' } },
    transforms: [{ name: 'Rescale', params: {} }],
  })),
  { datasetType: 'npz', parameters: { path: 'a.npz', labels: 'y' }, metric: topk, transforms: noTransforms },
  { datasetType: 'npz', parameters: { path: 'a.npz', inputs: ['x'] }, metric: topk, transforms: noTransforms },
  {
    datasetType: 'npy',
    parameters: { path: 'a.npy' },
    metric: { name: 'MSE', param: { compare_label: false } },
    transforms: noTransforms,
  },
  {
    datasetType: 'dummy',
    parameters: {
      shape: [
        [10, 3],
        [10, 4],
      ],
    },
    metric: topk,
    transforms: noTransforms,
  },
  { datasetType: 'dummy_v2', parameters: { input_shape: [3, 8, 8] }, metric: null, transforms: noTransforms },
  {
    datasetType: 'custom',
    parameters: { path: 'my/loader.mjs', root: 'data', width: 3 },
    metric: { name: 'custom', param: { path: 'my/metric.mjs', higher_is_better: false, weight: 2 } },
    transforms: noTransforms,
  },
];

function datasetOf(data: Data): DatasetRecord {
  return { id: 3, version: 1, name: 'data', ...times, projectId: 1, filter: null, templatePath: null, ...data };
}

const tunings: fc.Arbitrary<TuningDetails> = fc.record({
  strategy: fc.constantFrom(...strategyNames),
  accuracyCriterionType: fc.constant('relative' as const),
  accuracyCriterionThreshold: fc.double({ min: -0.99, max: 0.99, noNaN: true }),
  objective: fc.subarray([...objectiveNames], { minLength: 1 }).map((names) => names.join(',')),
  timeoutS: fc.integer({ min: 0, max: 100_000 }),
  maxTrials: fc.integer({ min: 1, max: 100_000 }),
  randomSeed: fc.nat(),
  createdAt: fc.constant(times.createdAt),
  modifiedAt: fc.constant(null),
});

const goals = fc.oneof(
  tunings,
  tunings.map((tuning) => ({
    ...tuning,
    accuracyCriterionType: 'absolute' as const,
    accuracyCriterionThreshold: Math.abs(tuning.accuracyCriterionThreshold) * 100,
  })),
);

/** A pruning has a recipe: pruning.test.ts. */
const kinds = optimizationTypes
  .filter(({ name }) => name !== 'Pruning')
  .flatMap(({ name, precisions }) => precisions.map((precision) => ({ optimizationType: name, precision })));

const nodeNames = fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('/conv1/Conv', 'a.b[0]', '(x)|y', '__proto__'));

const wishes = fc.record({
  pattern: fc.option(fc.record({ precision: fc.constantFrom('int8', 'float32', 'fp32', 'bf16') }), { nil: undefined }),
  weight: fc.record({ granularity: fc.constantFrom('per_channel', 'per_tensor', ['per_tensor']), bit: fc.constant(7) }),
  activation: fc.record({ algorithm: fc.constantFrom('minmax', 'kl'), scheme: fc.constant(null) }),
});

const diagnoses = fc.option(
  fc.record({
    opWise: fc.array(fc.tuple(nodeNames, wishes), { maxLength: 4 }).map((ops) => Object.fromEntries(ops)),
    modelWise: fc.oneof(fc.constant({}), wishes),
  }),
);

const sources: fc.Arbitrary<ConfigSource> = fc
  .record({
    kind: fc.constantFrom(...kinds),
    data: fc.constantFrom(...loaders),
    tuning: goals,
    diagnosis: diagnoses,
    batchSize: fc.integer({ min: 1, max: 1000 }),
    samplingSize: fc.integer({ min: 1, max: 1000 }),
  })
  .map(({ kind, data, tuning, diagnosis, batchSize, samplingSize }) => {
    const searches = kind.optimizationType === 'Quantization';
    return {
      model,
      dataset: datasetOf(data),
      optimization: {
        ...kind,
        projectId: 1,
        name: 'o',
        modelId: 1,
        datasetId: 3,
        batchSize,
        samplingSize,
        tuning: searches ? tuning : null,
        diagnosisConfig: searches ? diagnosis : null,
        optimizedModelId: null,
        accuracyBenchmarkId: null,
        performanceBenchmarkId: null,
      },
    };
  });

function checked(source: ConfigSource): TuningConfig {
  const { config, problems } = checkTuningText(configText(bench, source, configPath), configPath);
  expect(problems).toEqual([]);
  if (config === undefined) throw new Error('no config');
  return config;
}

/** An optimization to vary. */
function sourceOf(data: Data, optimization: Partial<ConfigSource['optimization']> = {}): ConfigSource {
  const [first] = fc.sample(sources, { numRuns: 1, seed: 1 });
  if (first === undefined) throw new Error('no sample');
  return {
    model,
    dataset: datasetOf(data),
    optimization: {
      ...first.optimization,
      optimizationType: 'Quantization',
      precision: 'int8',
      diagnosisConfig: null,
      ...optimization,
    },
  };
}

function loader(name: string): Data {
  const found = loaders.find(({ datasetType }) => datasetType === name);
  if (found === undefined) throw new Error(name);
  return found;
}

describe('config.yaml of an optimization', () => {
  it('is one that the product runs, and says what the record says', () => {
    fc.assert(
      fc.property(sources, (source) => {
        const { task, tuning, accuracy, model: named } = checked(source);
        const { optimization, dataset } = source;
        expect(named).toMatchObject({ path: '/w/models/net.onnx', inputs: ['input'], outputs: ['scores', 'boxes'] });
        expect(tuning.workspacePath).toBe('/w');
        expect(accuracy?.dataset.dataset.name).toBe(dataset.datasetType);
        expect(accuracy?.dataset.batchSize).toBe(1);
        if (optimization.tuning === null) {
          expect(task.kind).toBe(optimization.precision === 'fp16' ? 'mixed_precision' : 'graph_optimization');
          return;
        }
        const { tuning: details } = optimization;
        expect(tuning.strategy).toBe(details.strategy);
        expect(tuning.criterion).toEqual({
          kind: details.accuracyCriterionType,
          tolerance: details.accuracyCriterionThreshold,
        });
        expect(tuning.objectives.map(({ name }) => name).join(',')).toBe(details.objective);
        expect(tuning).toMatchObject({
          timeoutS: details.timeoutS,
          maxTrials: details.maxTrials,
          randomSeed: details.randomSeed,
        });
        if (task.kind !== 'quantization') throw new Error(task.kind);
        expect(task.quantization.samplingSizes).toEqual([optimization.samplingSize]);
        expect(task.quantization.calibration?.batchSize).toBe(optimization.batchSize);
        const names = Object.keys(optimization.diagnosisConfig?.opWise ?? {});
        const patterns = task.quantization.opWise.map(({ pattern }) => nodePattern(pattern));
        expect(names.map((name, index) => patterns[index]?.test(name))).toEqual(names.map(() => true));
      }),
      { numRuns: 150 },
    );
  });

  it('names files in the workspace relative to itself, and others as they are', () => {
    const text = configText(bench, sourceOf(loader('ImageFolder')), configPath);
    expect(text).toContain('path: ../../../../../models/net.onnx');
    expect(text).toContain('root: ../../../../../val');
    const outside = configText(bench, sourceOf(loader('ImagenetRaw')), configPath);
    expect(outside).toContain('data_path: /data/imagenet');
    expect(checked(sourceOf(loader('custom'))).accuracy?.dataset.dataset.parameters).toMatchObject({
      path: '/w/my/loader.mjs',
      root: '/w/data',
      width: 3,
    });
    expect(checked(sourceOf(loader('custom'))).accuracy?.metrics[0]?.parameters).toEqual({
      path: '/w/my/metric.mjs',
      higher_is_better: false,
      weight: 2,
    });
  });

  it('asks the metric where there are labels, and the float model where there are none', () => {
    const metrics = loaders.map((data) => [
      `${data.datasetType} ${data.metric?.name ?? 'none'} ${data.parameters['labels'] === undefined ? '' : 'labels'}`.trim(),
      checked(sourceOf(data)).accuracy?.metrics[0]?.name,
    ]);
    expect(Object.fromEntries(metrics)).toEqual({
      'images topk': 'agreement',
      'ImageFolder Accuracy': 'Accuracy',
      'ImagenetRaw topk': 'topk',
      'CIFAR10 F1': 'F1',
      'CIFAR100 F1': 'F1',
      'MNIST F1': 'F1',
      'FashionMNIST F1': 'F1',
      'npz topk labels': 'topk',
      'npz topk': 'agreement',
      'npy MSE': 'MSE',
      'dummy topk': 'agreement',
      'dummy_v2 none': 'agreement',
      'custom custom': 'custom',
    });
  });

  it('looks at as many samples of endless data as are calibrated with', () => {
    expect(checked(sourceOf(loader('dummy_v2'), { samplingSize: 7 })).accuracy?.iterations).toBe(7);
    expect(checked(sourceOf(loader('dummy'), { samplingSize: 7 })).accuracy?.iterations).toBeUndefined();
  });

  it.each([
    ['int8', 'auto'],
    ['int8 static quantization', 'static'],
    ['int8 dynamic quantization', 'dynamic'],
  ])('makes %s of the approach %s', (precision, approach) => {
    const { task } = checked(sourceOf(loader('MNIST'), { precision }));
    expect(task.kind === 'quantization' ? task.quantization.approach : task.kind).toBe(approach);
  });

  it('keeps ops float that a diagnosis wants float, by their names and not by what they look like', () => {
    const source = sourceOf(loader('MNIST'), {
      diagnosisConfig: {
        opWise: { '/conv.1/Conv': { pattern: { precision: 'float32' } } },
        modelWise: { activation: { algorithm: 'kl' } },
      },
    });
    const { task } = checked(source);
    if (task.kind !== 'quantization') throw new Error(task.kind);
    const [op] = task.quantization.opWise;
    expect(op?.options).toEqual({ weight: { dtype: ['fp32'] }, activation: { dtype: ['fp32'] } });
    expect(nodePattern(op?.pattern ?? '').test('/convX1/Conv')).toBe(false);
    expect(task.quantization.modelWise.activation.algorithm).toEqual(['entropy']);
  });

  it('is refused where a diagnosis wants what no op can be', async () => {
    const source = sourceOf(loader('MNIST'), {
      diagnosisConfig: { opWise: { a: { weight: { dtype: 'int3' } } }, modelWise: {} },
    });
    const failure = await failureOf(Promise.resolve().then(() => configText(bench, source, configPath)));
    expect(failure).toMatchObject({ code: 'request-config' });
    expect(failure.message).toContain('op_wise');
  });
});
