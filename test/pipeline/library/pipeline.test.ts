// Pipelines of the library from end to end: 8 bits, layers back to float, cascades, statistics, files.
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { DataType } from '../../../src/onnx/dataTypes';
import { readModel } from '../../../src/onnx/readModel';
import type { Tensor } from '../../../src/onnx/tensor';
import type { Algorithm } from '../../../src/pipeline/library/algorithm';
import { compressModelWeights } from '../../../src/pipeline/library/compressWeights';
import { CompressedModel, loadModel } from '../../../src/pipeline/library/compressedModel';
import type { DataLoader, Metric } from '../../../src/pipeline/library/contracts';
import { OrtEngine } from '../../../src/pipeline/library/ortEngine';
import { createPipeline, Pipeline } from '../../../src/pipeline/library/pipeline';
import { saveModel } from '../../../src/pipeline/library/saveModel';
import { statistics } from '../../../src/pipeline/library/statistics';
import { BatchSampler } from '../../../src/pipeline/library/samplers';
import { encodeModel } from '../../../src/onnx/writeModel';
import { writeFileSync } from 'node:fs';
import { jobBundle } from '../../processes/bundle';
import { floatTensor, node, protoOf } from '../../quantization/rewritingModels';
import { failureOf } from '../../support/failureOf';
import { temporaryFolder } from '../../support/temporaryFolder';
import { directConvolutions, loaderOf, Near, quantizedNodesOf, twoConvolutions, twoProducts } from './models';

// Models are made and opened in a process of their own, many times.
vi.setConfig({ testTimeout: 240_000 });

const folder = temporaryFolder();
const bundled = jobBundle('src/engineChild.ts');
const engines: OrtEngine[] = [];
afterAll(() => engines.forEach((engine) => engine.close()));

function engineOf(loader: DataLoader, metric?: Metric): OrtEngine {
  const engine = new OrtEngine({}, loader, metric, bundled);
  engines.push(engine);
  return engine;
}

/** One input is two thousand times the other, which is all that counts. */
const small = (index: number): number => (index % 2 === 0 ? 2 : -2);
const uneven = loaderOf(6, [1, 2], (index, at) => (at === 0 ? 4000 : small(index)));
const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));
const expected = (index: number): number => sigmoid(small(index)) + 0.25;
const pictures = loaderOf(6, [1, 4, 4], (index, at) => Math.sin(index * 16 + at));

async function quantizedWith(params: Readonly<Record<string, unknown>>, notes: string[] = []): Promise<string> {
  const onNote = (note: string): number => notes.push(note);
  const pipeline = createPipeline([{ name: 'DefaultQuantization', params }], engineOf(pictures), { onNote });
  const model = await pipeline.run(loadModel({ modelName: 'convolutions', model: twoConvolutions(folder.path) }));
  return model.models[0]?.path ?? '';
}

/** The 8-bit numbers of all weights. */
function bytesOf(path: string): string {
  const model = readModel(path);
  const weights = model.graph.initializer.filter(({ dataType, dims }) => dataType === DataType.int8 && dims.length > 1);
  const bytes = weights.map((weight) => `${weight.name} ${[...model.tensors.integers(weight)].join(' ')}`);
  model.close();
  return bytes.join('\n');
}

function int8Weights(path: string): Map<string, { readonly largest: number; readonly scales: number }> {
  const model = readModel(path);
  const found = new Map<string, { largest: number; scales: number }>();
  for (const one of model.graph.node.filter(({ opType }) => opType === 'DequantizeLinear')) {
    const [weight, scale] = [0, 1].map((at) => model.graph.initializer.find(({ name }) => name === one.input[at]));
    if (weight?.dataType !== DataType.int8 || scale === undefined) continue;
    const largest = Math.max(...model.tensors.integers(weight).map(Math.abs));
    found.set(weight.name, { largest, scales: model.tensors.floats(scale).length });
  }
  model.close();
  return found;
}

describe('DefaultQuantization', () => {
  it('gives a model in 8 bits that computes nearly the same, and leaves the given one as it is', async () => {
    const path = twoConvolutions(folder.path);
    const engine = engineOf(pictures);
    const given = loadModel({ modelName: 'convolutions', model: path });
    const made = await createPipeline([{ name: 'DefaultQuantization', params: { preset: 'mixed' } }], engine).run(
      given,
    );
    expect(made.models).not.toEqual(given.models);
    expect(quantizedNodesOf(made.models[0]?.path ?? '')).toEqual(expect.arrayContaining(['make a', 'make y']));
    const layout = { y: { values: (tensor: { readonly data: unknown }) => tensor as never } };
    const outputs = [];
    for (const model of [given, made]) {
      await engine.setModel(model);
      outputs.push((await engine.predict({ statisticsLayout: layout })).statistics['y']?.['values'] ?? []);
    }
    const [floats = [], int8 = []] = outputs as unknown as { readonly data: Float32Array }[][];
    floats.forEach(({ data }, sample) => {
      data.forEach((value, at) => expect(Math.abs(value - (int8[sample]?.data[at] ?? NaN))).toBeLessThan(0.15));
    });
  });

  it('obeys its parameters: ignored scopes, granularity, saturation fix', async () => {
    const whole = int8Weights(await quantizedWith({}));
    expect([...whole.values()].map(({ scales }) => scales).sort()).toEqual([2, 3]);
    const ignored = await quantizedWith({ ignored: { scope: ['make y'] } });
    expect(quantizedNodesOf(ignored)).not.toContain('make y');
    const byType = await quantizedWith({
      ignored: { operations: [{ type: 'Conv', attributes: { kernel_shape: [1, 1] } }] },
    });
    expect(quantizedNodesOf(byType)).toEqual(quantizedNodesOf(ignored));
    const misspelt = quantizedWith({ ignored: { operations: [{ type: 'Convv' }] } });
    await expect(misspelt).rejects.toThrow('is "Convv"; an operator type such as Conv was expected');
    const coarse = int8Weights(await quantizedWith({ weights: { granularity: 'pertensor' } }));
    expect([...coarse.values()].map(({ scales }) => scales)).toEqual([1, 1]);
    const fixed = int8Weights(await quantizedWith({ saturationFix: 'first_layer' }));
    expect([...fixed.values()].map(({ largest }) => largest).sort((a, b) => a - b)).toEqual([64, 127]);
    const all = int8Weights(await quantizedWith({ saturation_fix: 'all' }));
    expect([...all.values()].map(({ largest }) => largest)).toEqual([64, 64]);
  });

  it('finds ranges of weights as it is told, and makes them asymmetric where one scale is for all', async () => {
    const levels = (weights: object): Promise<string> => quantizedWith({ weights, threshold: 0 }).then(bytesOf);
    const plain = await levels({});
    expect(await levels({ range_estimator: { preset: 'default' } })).toBe(plain);
    const quantile = await levels({ range_estimator: { max: { type: 'abs_quantile', outlier_prob: 0.2 } } });
    expect(quantile).not.toBe(plain);
    expect(await levels({ rangeEstimator: { max: { clipping_value: 0.2 } } })).not.toBe(plain);
    const notes: string[] = [];
    const asymmetric = await quantizedWith({ preset: 'accuracy', weights: { granularity: 'pertensor' } }, notes);
    expect(notes).toEqual([]);
    expect(bytesOf(asymmetric)).toBe(
      bytesOf(await quantizedWith({ preset: 'mixed', weights: { granularity: 'pertensor', mode: 'asymmetric' } })),
    );
    expect(bytesOf(await quantizedWith({ preset: 'accuracy' }, notes))).toBe(
      bytesOf(await quantizedWith({ preset: 'mixed' })),
    );
    expect(notes).toEqual([expect.stringMatching(/^preset accuracy: weights .* stay symmetric/)]);
  });

  it('aligns the channels between convolutions unless told not to, and leaves ignored ones alone', async () => {
    const engine = engineOf(pictures);
    const given = loadModel({ modelName: 'direct', model: directConvolutions(folder.path) });
    const outputOf = async (model: CompressedModel): Promise<Float32Array> => {
      await engine.setModel(model);
      const layout = { y: { values: (tensor: Tensor): Tensor => tensor } };
      const values = (await engine.predict({ statisticsLayout: layout })).statistics['y']?.['values'] ?? [];
      return Float32Array.from(
        values.flatMap((one) => (typeof one === 'number' ? [] : [...(one.data as Float32Array)])),
      );
    };
    const float = await outputOf(given);
    const run = async (params: object): Promise<{ readonly error: number; readonly notes: readonly string[] }> => {
      const notes: string[] = [];
      const config = { name: 'DefaultQuantization', params } as const;
      const made = await createPipeline([config], engine, { onNote: (note) => notes.push(note) }).run(given);
      const int8 = await outputOf(made);
      return { error: Math.max(...float.map((value, at) => Math.abs(value - (int8[at] ?? NaN)))), notes };
    };
    const plain = await run({ channel_alignment: false });
    const aligned = await run({});
    expect(aligned.error).toBeLessThan(plain.error / 2);
    expect(aligned.notes).toEqual(['The channels between 1 pair of convolutions were aligned.']);
    expect((await run({ ignored: { scope: ['make a'] } })).notes).toEqual([]);
    expect(plain.notes).toEqual([]);
  });

  it('corrects biases in one pass or layer by layer', async () => {
    const biasesOf = (path: string): readonly number[] => {
      const model = readModel(path);
      const biases = model.graph.initializer.filter(
        ({ dataType, dims }) => dataType === DataType.int32 && dims.length > 0,
      );
      const values = biases.flatMap((bias) => model.tensors.integers(bias));
      model.close();
      return values;
    };
    const forms = [{ threshold: 0 }, {}, { use_fast_bias: false }];
    const biases = [];
    for (const params of forms) biases.push(biasesOf(await quantizedWith(params)).join(' '));
    expect(new Set(biases).size).toBe(3);
  });

  it('keeps all but products with constant weights float in a transformer', async () => {
    const engine = engineOf(uneven);
    const model = loadModel({ modelName: 'two', model: twoProducts(folder.path) });
    const run = async (params: object): Promise<readonly string[]> => {
      const made = await createPipeline([{ name: 'DefaultQuantization', params: { ...params } }], engine).run(model);
      return quantizedNodesOf(made.models[0]?.path ?? '');
    };
    expect(await run({})).toContain('make y');
    expect(await run({ model_type: 'transformer' })).not.toContain('make y');
  });

  it('quantizes the parts of a cascade, each on what those before it give, or leaves one out', async () => {
    const cascade = [
      { name: 'first', model: twoProducts(folder.path, 'x', 'h') },
      { name: 'second', model: twoProducts(folder.path, 'h', 'z') },
    ];
    const model = loadModel({ model_name: 'both', cascade });
    const engine = engineOf(uneven);
    const params = { ignored: { first: { skip_model: true } } };
    const made = await createPipeline([{ name: 'DefaultQuantization', params }], engine).run(model);
    const [first, second] = made.models;
    expect(first?.path).toBe(cascade[0]?.model);
    expect(quantizedNodesOf(second?.path ?? '').length).toBeGreaterThan(0);
    await engine.setModel(made);
    const layout = { second_c: { max: statistics.max }, first_h: { max: statistics.max } };
    expect(Object.keys((await engine.predict({ statisticsLayout: layout })).statistics).sort()).toEqual([
      'first_h',
      'second_c',
    ]);
    const unknown = { name: 'DefaultQuantization', params: { ignored: { third: { skip_model: true } } } } as const;
    expect((await failureOf(createPipeline([unknown], engine).run(model))).code).toBe('pipeline-unknown-part');
    const single = loadModel({ modelName: 'one', model: cascade[0]?.model ?? '' });
    const { message } = await failureOf(createPipeline([unknown], engine).run(single));
    expect(message).toBe('"third" belongs to no part of the model; it is a single one, without parts.');
  });
});

describe('AccuracyAwareQuantization', () => {
  it('reverts what costs accuracy, and says what', async () => {
    const notes: string[] = [];
    const engine = engineOf(uneven, new Near(expected));
    const params = { maximalDrop: 0.01, ranking_subset_size: 2 };
    const pipeline = createPipeline([{ name: 'AccuracyAwareQuantization', params }], engine, {
      onNote: (note) => notes.push(note),
    });
    const model = loadModel({ modelName: 'two', model: twoProducts(folder.path) });
    const plain = await createPipeline([{ name: 'DefaultQuantization' }], engine).run(model);
    expect((await pipeline.evaluate(plain))?.['near']).toBeLessThan(0.9);
    const made = await pipeline.run(model);
    expect(await pipeline.evaluate(made)).toEqual({ near: 1 });
    expect(quantizedNodesOf(made.models[0]?.path ?? '')).not.toContain('make a');
    expect(notes.join(' ')).toMatch(/1 out of \d layers have been reverted to floating-point precision: make a\./);
  });

  it('compares with the answers of the float model where there are no annotations', async () => {
    const notes: string[] = [];
    const engine = engineOf({
      length: 6,
      get: (index) => [{ type: 'float32', dims: [1, 2], data: Float32Array.of(4000, small(index)) }, null],
    });
    const params = { annotation_free: true, annotation_conf_threshold: 0.1, maximal_drop: 0 };
    const pipeline = createPipeline([{ name: 'AccuracyAwareQuantization', params }], engine, {
      onNote: (note) => notes.push(note),
    });
    await pipeline.run(loadModel({ modelName: 'two', model: twoProducts(folder.path) }));
    expect(notes.join(' ')).toMatch(/\d out of \d layers/);
  });

  it('gives the model back as it is where the engine has none of the metrics, and says so', async () => {
    const model = loadModel({ modelName: 'two', model: twoProducts(folder.path) });
    const notesOf = async (params: object, metric?: Metric): Promise<readonly string[]> => {
      const notes: string[] = [];
      const config = [{ name: 'AccuracyAwareQuantization', params }] as const;
      const options = { onNote: (note: string): void => void notes.push(note) };
      expect(await createPipeline(config, engineOf(uneven, metric), options).run(model)).toBe(model);
      return notes;
    };
    expect(await notesOf({})).toEqual([
      'AccuracyAwareQuantization could not find the required metrics: the engine has none. The model is returned as it is.',
    ]);
    const misspelt = await notesOf({ metrics: [{ name: 'neer' }] }, new Near(expected));
    expect(misspelt.join(' ')).toContain('metrics neer in the engine, which has near. The model is');
    expect(misspelt.join(' ')).toContain('Did you mean "near"?');
    const params = { metrics: [{ name: 'near' }, { name: 'far' }] };
    const pipeline = createPipeline(
      [{ name: 'AccuracyAwareQuantization', params }],
      engineOf(uneven, new Near(expected)),
    );
    expect((await failureOf(pipeline.run(model))).code).toBe('pipeline-no-metric');
  });

  it.each([
    [
      'with a metric that has no values for single samples',
      Object.defineProperty(new Near(expected), 'value', { value: { near: [] } }),
      'pipeline-no-sample-values',
    ],
    [
      'with a metric that has no direction',
      Object.defineProperty(new Near(expected), 'attributes', { value: { near: { direction: 'up', type: '' } } }),
      'pipeline-metric-shape',
    ],
    [
      'with a metric that is not a number',
      Object.defineProperty(new Near(expected), 'avgValue', { value: { near: NaN } }),
      'pipeline-metric-shape',
    ],
    [
      'with a metric that is not a number for a sample',
      Object.defineProperty(new Near(expected), 'value', { value: { near: [NaN] } }),
      'pipeline-metric-shape',
    ],
  ])('is refused %s before it begins', async (_what, metric, code) => {
    const engine = engineOf(uneven, metric);
    const pipeline = createPipeline([{ name: 'AccuracyAwareQuantization' }], engine);
    const model = loadModel({ modelName: 'two', model: twoProducts(folder.path) });
    expect((await failureOf(pipeline.run(model))).code).toBe(code);
  });
});

describe('Pipeline', () => {
  it('collects the statistics of a group over equal samples in one pass', async () => {
    let asked = 0;
    const counting: DataLoader = { length: 6, get: (index) => (asked++, uneven.get(index)) };
    const engine = engineOf(counting);
    const found: unknown[] = [];
    const algorithm = (name: string): Algorithm => ({
      name,
      changesOriginalModel: false,
      registerStatistics(_model, collector) {
        collector.register(this, { a: { [name]: statistics.max } }, new BatchSampler(counting, { batchSize: 3 }));
      },
      run(model, { collector }) {
        found.push(collector.statisticsOf(this));
        return Promise.resolve(model);
      },
    });
    const pipeline = new Pipeline(engine);
    pipeline.addAlgo(algorithm('one'));
    pipeline.addAlgo(algorithm('two'));
    await pipeline.run(loadModel({ modelName: 'two', model: twoProducts(folder.path) }));
    // The sample that is tried first, and one pass.
    expect(asked).toBe(7);
    const close = [expect.closeTo(2, 5), expect.closeTo(2, 5)];
    expect(found).toEqual([{ a: { one: close } }, { a: { two: close } }]);
  });

  it('says what does not fit the model', async () => {
    const engine = engineOf(loaderOf(2, [1, 3], () => 0));
    const pipeline = createPipeline([{ name: 'DefaultQuantization' }], engine);
    const failure = await failureOf(pipeline.run(loadModel({ modelName: 'two', model: twoProducts(folder.path) })));
    expect(failure.code).toBe('pipeline-sample-inputs');
    expect(failure.message).toContain('Sample 0 of the data loader does not fit the model.');
  });

  it.each<[string, unknown, string, string]>([
    [
      'another type',
      { length: 1, get: () => [{ type: 'float64', dims: [1, 2], data: new Float64Array(2) }, 0] },
      'pipeline-sample-inputs',
      'of its type',
    ],
    [
      'too few numbers',
      { length: 1, get: () => [{ type: 'float32', dims: [1, 2], data: new Float32Array(3) }, 0] },
      'pipeline-tensor',
      'The tensor of sample 0 has 3 values for the shape [1, 2].',
    ],
    [
      'numbers without a shape',
      { length: 1, get: () => [new Float32Array(2), 0] },
      'pipeline-item-form',
      'data a tensor {type, dims, data}',
    ],
    ['no get', { length: 1 }, 'pipeline-loader-get', 'no function get'],
  ])('says what is wrong with a loader that has %s', async (_what, loader, code, words) => {
    const pipeline = createPipeline([{ name: 'DefaultQuantization' }], engineOf(loader as DataLoader));
    const failure = await failureOf(pipeline.run(loadModel({ modelName: 'two', model: twoProducts(folder.path) })));
    expect(failure.code).toBe(code);
    expect(`${failure.message} ${failure.nextStep ?? ''}`).toContain(words);
  });

  it('says what a metric lacks before a model is judged', async () => {
    const model = loadModel({ modelName: 'two', model: twoProducts(folder.path) });
    for (const lacking of ['update', 'reset', 'attributes']) {
      const metric = Object.defineProperty(new Near(expected), lacking, { value: undefined });
      const failure = await failureOf(createPipeline([], engineOf(uneven, metric)).evaluate(model));
      expect(failure.code).toBe('pipeline-metric-shape');
      expect(failure.message).toContain(`The ${lacking} of the metric is undefined`);
    }
  });

  it('tells a loader that never answers', async () => {
    const silent: DataLoader = { length: 1, get: () => new Promise(() => undefined) };
    const engine = engineOf(silent);
    await engine.setModel(loadModel({ modelName: 'two', model: twoProducts(folder.path) }));
    const failure = await failureOf(engine.predict({ sampler: new BatchSampler(silent, { sampleTimeoutMs: 5 }) }));
    expect(failure.message).toContain('has not given sample 0 after 0.005 seconds');
  });
});

describe('statistics', () => {
  it('are the same within the graph and outside', async () => {
    const engine = engineOf(uneven);
    await engine.setModel(loadModel({ modelName: 'two', model: twoProducts(folder.path) }));
    const outside = Object.fromEntries(
      Object.entries(statistics).map(([name, compute]) => [
        name,
        (tensor: Parameters<typeof compute>[0]) => compute(tensor),
      ]),
    );
    const sampler = new BatchSampler(uneven, { batchSize: 5 });
    const inGraph = await engine.predict({ statisticsLayout: { 'make a': statistics, x: statistics }, sampler });
    const here = await engine.predict({ statisticsLayout: { 'make a': outside, x: outside }, sampler });
    for (const name of ['make a', 'x']) {
      for (const statistic of Object.keys(statistics)) {
        const expectedValues = here.statistics[name]?.[statistic] as readonly number[];
        const close = expectedValues.map((value) => expect.closeTo(value, 3) as number);
        expect(inGraph.statistics[name]?.[statistic]).toEqual(close);
        expect(close).toHaveLength(2);
      }
    }
    expect((await failureOf(engine.predict({ statisticsLayout: { 'make q': statistics } }))).nextStep).toContain(
      'make',
    );
  });
});

describe('saveModel', () => {
  it('names files after model and parts, and nodes of a cascade as statistics do where that is asked for', async () => {
    const path = twoProducts(folder.path);
    const single = await saveModel(loadModel({ modelName: 'two', model: path }), join(folder.path, 'out'));
    expect(single).toEqual([{ model: join(folder.path, 'out/two.onnx'), weights: '' }]);
    const cascade = new CompressedModel('both', [
      { name: 'one', path },
      { name: 'two', path: twoProducts(folder.path, 'y', 'z') },
    ]);
    const plain = await saveModel(cascade, join(folder.path, 'out'));
    expect(plain.map(({ name, model }) => [name, basename(model)])).toEqual([
      ['one', 'one.onnx'],
      ['two', 'two.onnx'],
    ]);
    const named = await saveModel(cascade, join(folder.path, 'out'), { modelName: 'm', forStatCollection: true });
    expect(named.map(({ model }) => basename(model))).toEqual(['m_one.onnx', 'm_two.onnx']);
    const model = readModel(named[0]?.model ?? '');
    expect(model.graph.node[0]?.name).toBe('one_make a');
    model.close();
    expect(existsSync(plain[1]?.model ?? '')).toBe(true);
  });
});

describe('compressModelWeights', () => {
  it('stores what a quantizer makes of constants, without a change of results', async () => {
    const path = join(folder.path, 'fake.onnx');
    const weights = Float32Array.from({ length: 4096 }, (_, index) => Math.sin(index));
    const nodes = [
      node('QuantizeLinear', ['w', 's'], 'q'),
      node('DequantizeLinear', ['q', 's'], 'd'),
      node('MatMul', ['x', 'd'], 'y'),
    ];
    const initializers = [floatTensor('w', [64, 64], weights), floatTensor('s', [], Float32Array.of(0.01))];
    writeFileSync(path, encodeModel(protoOf({ nodes, inputs: { x: ['n', 64] }, outputs: ['y'], initializers })));
    const given = loadModel({ modelName: 'fake', model: path });
    const made = await compressModelWeights(given);
    const engine = engineOf(loaderOf(2, [64], (index, at) => Math.cos(index + at)));
    const means = [];
    for (const model of [given, made]) {
      await engine.setModel(model);
      means.push((await engine.predict({ statisticsLayout: { y: { mean: statistics.mean } } })).statistics);
    }
    expect(means[1]).toEqual(means[0]);
    const [small, large] = [made, given].map(({ models }) => {
      const model = readModel(models[0]?.path ?? '');
      model.close();
      return model.sizeBytes;
    });
    expect(small).toBeLessThan((large ?? 0) / 3);
    expect((await compressModelWeights(made)).models).toEqual(made.models);
  });
});
