// What may be chosen for each node: by approach, by what the user allows, and what the engine really does.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { OpOptions, QuantizationSection } from '../../../src/config/tuningConfig';
import type { QuantizedFormat } from '../../../src/config/recipe';
import { DataType } from '../../../src/onnx/dataTypes';
import { GraphView } from '../../../src/onnx/graphView';
import { planQuantization } from '../../../src/quantization/plan';
import { quantizeModel } from '../../../src/quantization/quantizeModel';
import type { OpConfig, OpSpace, SearchSpace } from '../../../src/tuning/contracts';
import { ModelBases } from '../../../src/tuning/trials/modelBases';
import { openGraph } from '../../../src/quantization/calibration/openGraph';
import { searchSpaceOf } from '../../../src/tuning/space/searchSpace';
import { TrialModels } from '../../../src/tuning/trials/trialModels';
import { floatTensor, intTensor, node, smallModel } from '../../quantization/rewritingModels';
import { describeShared } from '../../support/shared';
import { temporaryFolder } from '../../support/temporaryFolder';
import { sectionOf } from '../sections';

/** Conv → Relu → Add → Flatten → MatMul, and a product of two computed tensors. */
const model = smallModel({
  nodes: [
    node('Conv', ['x', 'w1'], 'conv'),
    node('Relu', ['conv'], 'relu'),
    node('Add', ['relu', 'relu'], 'sum'),
    node('Reshape', ['sum', 'shape'], 'flat'),
    node('MatMul', ['flat', 'w2'], 'product'),
    node('MatMul', ['product', 'product'], 'square'),
  ],
  inputs: { x: [1, 3, 8, 8] },
  outputs: ['square'],
  initializers: [floatTensor('w1', [4, 3, 3, 3]), floatTensor('w2', [36, 4]), intTensor('shape', [4, 36])],
});

const free: OpOptions = { weight: {}, activation: {} };

function spaceOf(
  changes: Partial<QuantizationSection> = {},
  options: OpOptions = free,
  format: QuantizedFormat = 'qdq',
): SearchSpace {
  return searchSpaceOf(model, 'basic', format, sectionOf(changes), () => options);
}

const opOf = ({ ops }: SearchSpace, output: string): OpSpace | undefined =>
  ops.find(({ node: name }) => name === `make ${output}`);
const namesOf = ({ ops }: SearchSpace): string[] => ops.map(({ node: name }) => name.replace('make ', ''));
/** `asym minmax per_channel`, `dynamic per_tensor`. */
const wordsOf = (form: OpConfig): string =>
  form.mode === 'static'
    ? `${form.activationScheme} ${form.activationAlgorithm} ${form.weightGranularity}`
    : `dynamic ${form.mode === 'dynamic' ? form.weightGranularity : ''}`;

const everyStaticForm = [
  'asym minmax per_channel',
  'asym minmax per_tensor',
  'asym entropy per_channel',
  'asym entropy per_tensor',
  'asym percentile per_channel',
  'asym percentile per_tensor',
];

describe('searchSpaceOf', () => {
  it('lists in graph order what computes in 8 bits, and not what only passes values on', () => {
    expect(namesOf(spaceOf())).toEqual(['conv', 'sum', 'product', 'square']);
    expect(namesOf(spaceOf({}, free, 'qoperator'))).toEqual(['conv', 'sum', 'product', 'square']);
    expect(namesOf(spaceOf({ approach: 'dynamic' }))).toEqual(['product']);
    expect(namesOf(spaceOf({ approach: 'auto' }))).toEqual(['conv', 'sum', 'product', 'square']);
  });

  it('knows the products with constant weights', () => {
    const heavy = spaceOf().ops.filter(({ isConstantProduct }) => isConstantProduct);
    expect(heavy.map(({ node: name }) => name)).toEqual(['make conv', 'make product']);
  });

  it('offers every form, the first in each mode the default', () => {
    const space = spaceOf({ approach: 'auto' });
    expect(opOf(space, 'product')?.staticForms.map(wordsOf)).toEqual(everyStaticForm);
    expect(opOf(space, 'product')?.dynamicForms.map(wordsOf)).toEqual(['dynamic per_channel', 'dynamic per_tensor']);
    expect(opOf(space, 'conv')?.dynamicForms).toEqual([]);
    expect(opOf(space, 'sum')?.staticForms.map(wordsOf)).toEqual(['asym minmax per_tensor']);
  });

  it('keeps to the approach', () => {
    expect(opOf(spaceOf({ approach: 'static' }), 'product')?.dynamicForms).toEqual([]);
    expect(opOf(spaceOf({ approach: 'dynamic' }), 'product')?.staticForms).toEqual([]);
  });

  it('keeps to what the user allows, in the order of the engine', () => {
    const options: OpOptions = {
      weight: { granularity: ['per_tensor'] },
      activation: { algorithm: ['percentile', 'minmax'] },
    };
    const op = opOf(spaceOf({ approach: 'auto' }, options), 'product');
    expect(op?.staticForms.map(wordsOf)).toEqual(['asym minmax per_tensor', 'asym percentile per_tensor']);
    expect(op?.dynamicForms.map(wordsOf)).toEqual(['dynamic per_tensor']);
    const entropy = opOf(spaceOf({}, { ...free, activation: { algorithm: ['entropy'] } }), 'sum');
    expect(entropy?.staticForms.map(wordsOf)).toEqual(['asym entropy per_tensor']);
  });

  it('takes symmetric activations only where nothing else is allowed', () => {
    const schemes = (scheme: readonly ('sym' | 'asym')[]): Set<string> =>
      new Set(
        opOf(spaceOf({}, { ...free, activation: { scheme } }), 'conv')?.staticForms.map(
          (form) => form.activationScheme,
        ),
      );
    expect(schemes(['sym'])).toEqual(new Set(['sym']));
    expect(schemes(['sym', 'asym'])).toEqual(new Set(['asym']));
    expect(schemes(['asym'])).toEqual(new Set(['asym']));
  });

  it('keeps everything where the user and the engine have nothing in common', () => {
    const nothing: OpOptions = { weight: { granularity: [] }, activation: { algorithm: [] } };
    expect(opOf(spaceOf({}, nothing), 'product')?.staticForms.map(wordsOf)).toEqual(everyStaticForm);
  });

  it('leaves out what is to be of a floating type only', () => {
    const space = searchSpaceOf(model, 'basic', 'qdq', sectionOf(), ({ name }) => {
      if (name === 'make conv') return { ...free, weight: { dtype: ['fp32'] } };
      if (name === 'make product') return { ...free, activation: { dtype: ['bf16', 'fp32'] } };
      return { weight: { dtype: ['int8', 'fp32'] }, activation: { dtype: [] } };
    });
    expect(namesOf(space)).toEqual(['sum', 'square']);
  });

  it('describes its own nodes only: the ends, what lies around them, the sampling sizes', () => {
    const space = spaceOf({ samplingSizes: [10, 20] });
    expect(space).toMatchObject({ fusion: 'basic', format: 'qdq', samplingSizes: [10, 20], blocks: [] });
    expect([space.firstOp, space.lastOp]).toEqual(['make conv', 'make square']);
    expect(space.prePostOps).toEqual([]);
    expect(spaceOf({ approach: 'dynamic' })).toMatchObject({ firstOp: 'make product', lastOp: 'make product' });
  });

  it('is empty where nothing can be quantized', () => {
    const erf = smallModel({ nodes: [node('Erf', ['x'], 'y')], inputs: { x: [2] }, outputs: ['y'] });
    for (const approach of ['static', 'dynamic', 'auto'] as const) {
      const space = searchSpaceOf(erf, 'basic', 'qdq', sectionOf({ approach }), () => free);
      expect(space).toMatchObject({ ops: [], firstOp: undefined, lastOp: undefined, prePostOps: [], blocks: [] });
    }
  });
});

const noRecipes = {
  equalization: false,
  smoothQuantAlpha: null,
  fastBiasCorrection: false,
  weightCorrection: false,
  samplingSize: 1,
  percentile: 99.999,
};

describeShared('search spaces of real models', (shared) => {
  const folder = temporaryFolder();
  const context = {
    folder: folder.path,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    log: () => undefined,
  };
  const models = ['cifar10_cct.op13', 'cifar10_mbv2_relu6.op13', 'sst2_transformer.op13', 'light_squeezenet'];
  const cases = models.flatMap((name) => (['qdq', 'qoperator'] as const).map((format) => [name, format] as const));

  it.each(cases)('every static op of %s is quantized in %s', async (name, format) => {
    const bases = new ModelBases(
      join(shared, 'data/models', `${name}.onnx`),
      (one) => Promise.resolve({ model: one, notes: [] }),
      context,
      openGraph,
    );
    try {
      const base = await bases.plain('basic');
      const space = searchSpaceOf(base.model, 'basic', format, sectionOf(), () => free);
      expect(space.ops.length).toBeGreaterThan(0);
      const models_ = new TrialModels(bases, undefined, { reduceRange: false }, (one) => Promise.resolve(one));
      const recipe = models_.recipe(base, {
        fusion: 'basic',
        format,
        ...noRecipes,
        ops: Object.fromEntries(space.ops.map(({ node: op, staticForms }) => [op, staticForms[0]!])),
      });
      const { measuredTensors } = planQuantization(base.model, recipe);
      const ranges = new Map(measuredTensors.map((tensor) => [tensor, { min: -1, max: 1 }]));
      const { proto } = quantizeModel(base.model, recipe, ranges);
      const view = new GraphView(proto.graph!);
      const isInt8 = ({ node: op, opType }: OpSpace): boolean => {
        const made = view.nodes.find((one) => one.name === op);
        if (made?.opType !== opType) return true;
        // Pairs around it, or a Gather from a table of 8-bit numbers.
        return made.input.some(
          (tensor) =>
            view.producer(tensor)?.opType === 'DequantizeLinear' ||
            view.initializer(tensor)?.dataType === DataType.uint8 ||
            view.initializer(tensor)?.dataType === DataType.int8,
        );
      };
      expect(space.ops.filter((op) => !isInt8(op)).map(({ node: op }) => op)).toEqual([]);
    } finally {
      bases.close();
    }
  });

  it('every dynamic op of a transformer is quantized', async () => {
    const path = join(shared, 'data/models/sst2_transformer.op13.onnx');
    const bases = new ModelBases(path, (one) => Promise.resolve({ model: one, notes: [] }), context, openGraph);
    try {
      const base = await bases.plain('extended');
      const space = searchSpaceOf(base.model, 'extended', 'qdq', sectionOf({ approach: 'dynamic' }), () => free);
      const models_ = new TrialModels(bases, undefined, { reduceRange: false }, (one) => Promise.resolve(one));
      for (const { node: op, dynamicForms } of space.ops) {
        for (const form of dynamicForms) {
          const built = await models_.build({
            fusion: 'extended',
            format: 'qdq',
            ...noRecipes,
            ops: { [op]: form },
          });
          expect(built.proto.graph!.node).not.toEqual(base.model.graph.node);
        }
      }
      expect(space.ops.length).toBeGreaterThan(3);
    } finally {
      bases.close();
    }
  });
});
