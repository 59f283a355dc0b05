// The QOperator format: integer operators between one QuantizeLinear and one DequantizeLinear, close to the float model.
import { describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { defaultRecipe } from '../../src/config/recipe';
import type { QuantizationRecipe, Ranges, TensorRange } from '../../src/config/recipe';
import { DataType } from '../../src/onnx/dataTypes';
import {
  floatAttribute,
  intAttribute,
  intsAttribute,
  makeTensor,
  makeValueInfo,
  stringAttribute,
} from '../../src/onnx/makeMessages';
import { readModel } from '../../src/onnx/readModel';
import type { OnnxModel } from '../../src/onnx/readModel';
import type { Tensor } from '../../src/onnx/tensor';
import { prepareModel } from '../../src/quantization/prepare';
import { planQuantization } from '../../src/quantization/plan';
import { quantizeModel } from '../../src/quantization/quantizeModel';
import type { QuantizedModel } from '../../src/quantization/quantizedModel';
import { withProto } from '../../src/quantization/withProto';
import { describeShared } from '../support/shared';
import {
  floatInput,
  floatTensor,
  graphAttribute,
  graphOf,
  histogram,
  intTensor,
  node,
  run,
  signalToNoiseDb,
  smallModel,
} from './rewritingModels';
import type { SmallModelParts } from './rewritingModels';

const recipe: QuantizationRecipe = { ...defaultRecipe, format: 'qoperator' };
const microsoft = 'com.microsoft';

/** Smallest and largest value of every float tensor of a model on one input. */
async function observedRanges(model: OnnxModel, feeds: Readonly<Record<string, Tensor>>): Promise<Ranges> {
  const names = [
    ...new Set([...model.graph.node.flatMap((one) => one.output), ...model.graph.output.map((one) => one.name)]),
  ];
  const output = names
    .filter((name) => name !== '')
    .map((name) => makeValueInfo(name, 0, undefined))
    .map((info) => ({ ...info, type: { denotation: '' } }));
  const results = await run({ ...model.proto, graph: { ...model.graph, output } }, feeds);
  const ranges = new Map<string, TensorRange>();
  for (const [name, tensor] of [...Object.entries(results), ...Object.entries(feeds)]) {
    if (tensor.type !== 'float32') continue;
    const values = [...(tensor.data as Float32Array)];
    ranges.set(name, { min: Math.min(...values), max: Math.max(...values) });
  }
  return ranges;
}

/** Quantizes on the ranges of its one input, runs both in the engine, and gives the worst signal-to-noise ratio. */
async function quantized(
  parts: SmallModelParts,
  feeds: Readonly<Record<string, Tensor>>,
  options: Partial<QuantizationRecipe> = {},
): Promise<QuantizedModel & { readonly db: number }> {
  const model = smallModel(parts);
  const result = quantizeModel(model, { ...recipe, ...options }, await observedRanges(model, feeds));
  const before = await run(model.proto, feeds);
  const after = await run(result.proto, feeds);
  const floats = parts.outputs.filter((name) => before[name]?.type === 'float32');
  return { ...result, db: Math.min(...floats.map((name) => signalToNoiseDb(before[name], after[name]))) };
}

const residual: SmallModelParts = {
  nodes: [
    node('Conv', ['x', 'w', 'b'], 'conv', [intsAttribute('pads', [1, 1, 1, 1])]),
    node('Relu', ['conv'], 'relu'),
    node('MaxPool', ['relu'], 'pool', [intsAttribute('kernel_shape', [2, 2]), intsAttribute('strides', [2, 2])]),
    node('Conv', ['pool', 'v'], 'branch', [intAttribute('group', 4)]),
    node('Clip', ['branch', 'zero', 'six'], 'clip'),
    node('Add', ['clip', 'pool'], 'add'),
    node('GlobalAveragePool', ['add'], 'mean'),
    node('Flatten', ['mean'], 'flat'),
    node('Gemm', ['flat', 'g', 'h'], 'logits', [intAttribute('transB', 1), floatAttribute('beta', 2)]),
    node('Softmax', ['logits'], 'y'),
  ],
  inputs: { x: [2, 3, 8, 8] },
  outputs: ['y'],
  initializers: [
    floatTensor('w', [4, 3, 3, 3]),
    floatTensor('b', [4], 2),
    floatTensor('v', [4, 1, 1, 1], 3),
    floatTensor('g', [5, 4], 4),
    floatTensor('h', [5], 5),
    floatTensor('zero', [], Float32Array.of(0)),
    floatTensor('six', [], Float32Array.of(6)),
  ],
};
const image = { x: floatInput([2, 3, 8, 8]) };

describe('a residual network', () => {
  it('runs on integers from its input to its output', async () => {
    const { proto, quantizedOps, keptFloat, ranges, db } = await quantized(residual, image);
    expect(histogram(proto)).toEqual({
      QuantizeLinear: 1,
      QLinearConv: 2,
      MaxPool: 1,
      QLinearAdd: 1,
      QLinearGlobalAveragePool: 1,
      Flatten: 1,
      QGemm: 1,
      QLinearSoftmax: 1,
      DequantizeLinear: 1,
    });
    expect(quantizedOps).toEqual({
      Conv: 2,
      Relu: 1,
      MaxPool: 1,
      Clip: 1,
      Add: 1,
      GlobalAveragePool: 1,
      Flatten: 1,
      Gemm: 1,
      Softmax: 1,
    });
    expect(keptFloat).toEqual([]);
    expect(ranges['y']).toMatchObject({ scale: 1 / 256, zeroPoint: 0 });
    expect(proto.opsetImport.map((entry) => entry.domain)).toContain(microsoft);
    expect(
      proto.graph?.initializer.every(
        (tensor) => tensor.dataType !== DataType.float32 || tensor.name.endsWith('_scale'),
      ),
    ).toBe(true);
    expect(db).toBeGreaterThan(35);
  });

  it.each([
    { activationType: 'int8' },
    { perChannel: false },
    { weightType: 'uint8' },
    { perChannel: false, weightType: 'uint8', reduceRange: true },
    { activationType: 'int8', activationSymmetric: true },
    { activationType: 'uint8', activationSymmetric: true },
  ] as const)('also with %o', async (options) => {
    const { keptFloat, db } = await quantized(residual, image, options);
    expect(keptFloat).toEqual([]);
    expect(db).toBeGreaterThan(30);
  });

  it('dequantizes around a node that is excluded', async () => {
    const { proto, keptFloat, db } = await quantized(residual, image, { excludedNodes: ['make add'] });
    expect(histogram(proto)).toMatchObject({ Add: 1, QuantizeLinear: 2, DequantizeLinear: 3, GlobalAveragePool: 1 });
    expect(keptFloat.map((kept) => kept.node)).toContain('make add');
    expect(db).toBeGreaterThan(35);
  });
});

describe('operators that compute', () => {
  it('multiplies matrices of activations and of weights', async () => {
    const { proto, db } = await quantized(
      {
        nodes: [
          node('MatMul', ['x', 'w'], 'a'),
          node('Transpose', ['a'], 'b', [intsAttribute('perm', [0, 2, 1])]),
          node('MatMul', ['a', 'b'], 'c'),
          node('Mul', ['c', 'k'], 'y'),
        ],
        inputs: { x: [2, 4, 8] },
        outputs: ['y'],
        initializers: [floatTensor('w', [8, 8]), floatTensor('k', [], Float32Array.of(0.25))],
      },
      { x: floatInput([2, 4, 8]) },
    );
    expect(histogram(proto)).toEqual({
      QuantizeLinear: 1,
      QLinearMatMul: 2,
      Transpose: 1,
      QLinearMul: 1,
      DequantizeLinear: 1,
    });
    expect(proto.graph?.initializer.find((tensor) => tensor.name === 'w_scale')?.dims).toEqual([8]);
    expect(db).toBeGreaterThan(33);
  });

  it.each(['uint8', 'int8'] as const)(
    'has %s forms of Sigmoid, LeakyRelu, AveragePool, Concat and Where',
    async (activationType) => {
      const { proto, keptFloat, db } = await quantized(
        {
          nodes: [
            node('Sigmoid', ['x'], 's'),
            node('LeakyRelu', ['x'], 'l', [floatAttribute('alpha', 0.2)]),
            node('Concat', ['s', 'l'], 'c', [intAttribute('axis', 1)]),
            node('AveragePool', ['c'], 'p', [intsAttribute('kernel_shape', [2, 2]), intsAttribute('strides', [2, 2])]),
            node('MaxPool', ['c'], 'm', [intsAttribute('kernel_shape', [2, 2]), intsAttribute('strides', [2, 2])]),
            node('Where', ['condition', 'p', 'm'], 'y'),
          ],
          inputs: { x: [1, 2, 4, 4] },
          outputs: ['y'],
          initializers: [makeTensor('condition', DataType.bool, [2], Uint8Array.of(1, 0))],
        },
        { x: floatInput([1, 2, 4, 4]) },
        { activationType },
      );
      expect(histogram(proto)).toEqual({
        QuantizeLinear: 1,
        QLinearSigmoid: 1,
        QLinearLeakyRelu: 1,
        QLinearConcat: 1,
        QLinearAveragePool: 1,
        MaxPool: 1,
        QLinearWhere: 1,
        DequantizeLinear: 1,
      });
      expect(keptFloat).toEqual([]);
      expect(db).toBeGreaterThan(35);
    },
  );

  it('keeps a Relu whose input something else reads, as an integer operator', async () => {
    const parts: SmallModelParts = {
      nodes: [node('Conv', ['x', 'w'], 'c'), node('Relu', ['c'], 'r'), node('Add', ['c', 'r'], 'y')],
      inputs: { x: [1, 3, 4, 4] },
      outputs: ['y'],
      initializers: [floatTensor('w', [4, 3, 1, 1])],
    };
    const { proto, db } = await quantized(parts, { x: floatInput([1, 3, 4, 4]) });
    expect(histogram(proto)).toEqual({
      QuantizeLinear: 1,
      QLinearConv: 1,
      QLinearLeakyRelu: 1,
      QLinearAdd: 1,
      DequantizeLinear: 1,
    });
    expect(db).toBeGreaterThan(35);
  });

  it('quantizes the tables of EmbedLayerNormalization', async () => {
    const ids: Tensor = { type: 'int32', dims: [1, 3], data: Int32Array.of(4, 0, 2) };
    const { proto, db } = await quantized(
      {
        nodes: [
          node(
            'EmbedLayerNormalization',
            ['ids', 'segments', 'words', 'places', 'kinds', 'gamma', 'beta'],
            ['e', 'mask'],
            [],
            microsoft,
          ),
          node('MatMul', ['e', 'w'], 'y'),
        ],
        inputs: { ids: [1, 3], segments: [1, 3] },
        inputTypes: { ids: DataType.int32, segments: DataType.int32 },
        outputs: ['y'],
        initializers: [
          floatTensor('words', [9, 8]),
          floatTensor('places', [6, 8], 2),
          floatTensor('kinds', [2, 8], 3),
          floatTensor('gamma', [8], 4),
          floatTensor('beta', [8], 5),
          floatTensor('w', [8, 4], 6),
        ],
      },
      { ids, segments: { ...ids, data: new Int32Array(3) } },
    );
    expect(histogram(proto)).toMatchObject({ QEmbedLayerNormalization: 1 });
    expect(db).toBeGreaterThan(28);
  });
});

describe('operators that values pass through', () => {
  it.each(['uint8', 'int8'] as const)('keep %s values and their scale', async (activationType) => {
    const { proto, keptFloat, db } = await quantized(
      {
        nodes: [
          node('Conv', ['x', 'w'], 'c'),
          node('Pad', ['c', 'pads'], 'padded'),
          node('Pad', ['padded', 'pads'], 'mirrored', [stringAttribute('mode', 'reflect')]),
          node('Slice', ['mirrored', 'starts', 'ends'], 'sliced'),
          node('Resize', ['sliced', '', 'scales'], 'resized', [stringAttribute('mode', 'nearest')]),
          node('Split', ['resized'], ['a', 'b'], [intAttribute('axis', 1)]),
          node('Unsqueeze', ['a', 'axis'], 'deep'),
          node('Squeeze', ['deep', 'axis'], 'flat'),
          node('Gather', ['flat', 'index'], 'picked', [intAttribute('axis', 1)]),
          node('Reshape', ['b', 'shape'], 'row'),
          node('ArgMax', ['row'], 'best', [intAttribute('axis', 1)]),
        ],
        inputs: { x: [1, 3, 4, 4] },
        outputs: ['picked', 'row', 'best'],
        outputTypes: { best: DataType.int64 },
        initializers: [
          floatTensor('w', [4, 3, 1, 1]),
          intTensor('pads', [0, 0, 1, 1, 0, 0, 1, 1]),
          intTensor('starts', [0, 0, 1]),
          intTensor('ends', [1, 4, 6]),
          floatTensor('scales', [4], Float32Array.of(1, 1, 2, 2)),
          intTensor('axis', [0]),
          intTensor('index', [1, 0]),
          intTensor('shape', [1, -1]),
        ],
      },
      { x: floatInput([1, 3, 4, 4]) },
      { activationType },
    );
    expect(keptFloat).toEqual([]);
    expect(histogram(proto)).toMatchObject({ QuantizeLinear: 1, DequantizeLinear: 2, ArgMax: 1, Slice: 1, Pad: 2 });
    expect(db).toBeGreaterThan(35);
  });

  it('stay float where their input is float, cubic Resize always', async () => {
    const { proto, keptFloat } = await quantized(
      {
        nodes: [
          node('Transpose', ['x'], 't', [intsAttribute('perm', [0, 1, 3, 2])]),
          node('Conv', ['t', 'w'], 'c'),
          node('Resize', ['c', '', 'scales'], 'y', [stringAttribute('mode', 'cubic')]),
        ],
        inputs: { x: [1, 3, 4, 4] },
        outputs: ['y'],
        initializers: [floatTensor('w', [4, 3, 1, 1]), floatTensor('scales', [4], Float32Array.of(1, 1, 2, 2))],
      },
      { x: floatInput([1, 3, 4, 4]) },
    );
    expect(histogram(proto)).toEqual({
      Transpose: 1,
      QuantizeLinear: 1,
      QLinearConv: 1,
      DequantizeLinear: 1,
      Resize: 1,
    });
    expect(keptFloat.map((kept) => kept.opType)).toEqual(['Transpose', 'Resize']);
  });

  it('a padding that is not zero stays float', async () => {
    const { proto, keptFloat, db } = await quantized(
      {
        nodes: [node('Conv', ['x', 'w'], 'c'), node('Pad', ['c', 'pads', 'nine'], 'p'), node('Conv', ['p', 'v'], 'y')],
        inputs: { x: [1, 3, 4, 4] },
        outputs: ['y'],
        initializers: [
          floatTensor('w', [4, 3, 1, 1]),
          floatTensor('v', [2, 4, 1, 1], 2),
          intTensor('pads', [0, 0, 1, 1, 0, 0, 1, 1]),
          floatTensor('nine', [], Float32Array.of(9)),
        ],
      },
      { x: floatInput([1, 3, 4, 4]) },
    );
    expect(histogram(proto)).toMatchObject({ QLinearConv: 2, Pad: 1, DequantizeLinear: 2, QuantizeLinear: 2 });
    expect(keptFloat).toEqual([expect.objectContaining({ node: 'make p' })]);
    expect(db).toBeGreaterThan(33);
  });
});

describe('what stays float after all', () => {
  const dense: SmallModelParts = {
    nodes: [node('Gemm', ['x', 'w', 'c'], 'a'), node('MatMul', ['a', 'v'], 'y')],
    inputs: { x: [2, 8], c: [4] },
    outputs: ['y'],
    initializers: [floatTensor('w', [8, 4]), floatTensor('v', [4, 4], 2)],
  };
  const feeds = { x: floatInput([2, 8]), c: floatInput([4]) };

  it('a Gemm whose bias is computed', async () => {
    const { quantizedOps, keptFloat, db } = await quantized(dense, feeds);
    expect(quantizedOps).toEqual({ MatMul: 1 });
    expect(keptFloat).toEqual([
      expect.objectContaining({ opType: 'Gemm', reason: expect.stringContaining('bias') as string }),
    ]);
    expect(db).toBeGreaterThan(33);
  });

  it('products of int8 activations with uint8 weights, for which the engine has no kernel', () => {
    const model = smallModel(dense);
    const ranges: Ranges = new Map(['x', 'c', 'a', 'y'].map((name) => [name, { min: -1, max: 1 }]));
    expect(() => quantizeModel(model, { ...recipe, activationType: 'int8', weightType: 'uint8' }, ranges)).toThrow(
      expect.objectContaining({ code: 'quantize-nothing' }),
    );
  });

  it('branches, which read floats', async () => {
    const branch = graphOf({ nodes: [node('Neg', ['c'], 'inner')], outputs: ['inner'] });
    const { proto, db } = await quantized(
      {
        nodes: [
          node('Conv', ['x', 'w'], 'c'),
          node('ReduceMax', ['x'], 'm', [intAttribute('keepdims', 0)]),
          node('Greater', ['m', 'm'], 'condition'),
          node(
            'If',
            ['condition'],
            'z',
            ['then_branch', 'else_branch'].map((name) => graphAttribute(name, branch)),
          ),
        ],
        inputs: { x: [1, 3, 4, 4] },
        outputs: ['z'],
        initializers: [floatTensor('w', [4, 3, 1, 1])],
      },
      { x: floatInput([1, 3, 4, 4]) },
    );
    expect(histogram(proto)).toMatchObject({ QLinearConv: 1, DequantizeLinear: 1, If: 1 });
    expect(db).toBeGreaterThan(35);
  });
});

interface OracleModel {
  readonly configs: Readonly<Record<string, { readonly ops?: Readonly<Record<string, number>> }>>;
}

// The transformers and mnist_cntk are left out: the reference folds their shapes away in a step before quantizing, and
// fails on mnist_cntk. Their results are compared by accuracy in the benchmarks.
const convolutional = [
  'cifar10_resnet14.op13',
  'cifar10_resnet14_unbalanced.op13',
  'cifar10_mbv2_relu6.op13',
  'mlperf_tiny_resnet8_cifar10',
  'mobilenet_v2_1.0_224_imagenet',
  'mobilenet_v1_0.25_128_imagenet',
  'mnist_resnet',
  'mnist_resnet_unbalanced',
  'mnist_mobile',
];

describeShared('the same operators as the reference tool', (folder) => {
  const oracle = JSON.parse(readFileSync(`${folder}/oracle/onnxruntime-python.json`, 'utf8')) as {
    models: Record<string, OracleModel>;
  };

  it.each(convolutional)('%s', (name) => {
    const original = readModel(`${folder}/data/models/${name}.onnx`);
    try {
      const model = withProto(original, prepareModel(original, recipe).proto);
      const ranges: Ranges = new Map(
        planQuantization(model, recipe).measuredTensors.map((tensor) => [tensor, { min: -1, max: 1 }]),
      );
      const expected = oracle.models[name]?.configs['qop_u8s8_pc_minmax']?.ops;
      expect(expected).toBeDefined();
      expect(histogram(quantizeModel(model, recipe, ranges).proto)).toEqual(expected);
    } finally {
      original.close();
    }
  });
});
