// Dynamic quantization: the operators it makes, and how close their results are to the float ones.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultRecipe } from '../../src/config/recipe';
import type { QuantizationRecipe } from '../../src/config/recipe';
import { DataType } from '../../src/onnx/dataTypes';
import { floatAttribute, intAttribute, intsAttribute, makeTensor, stringAttribute } from '../../src/onnx/makeMessages';
import type { Tensor } from '../../src/onnx/tensor';
import { quantizeDynamic } from '../../src/quantization/dynamic';
import { quantizeWeight, transposeMatrices } from '../../src/quantization/dynamic/quantizeWeight';
import type { QuantizedModel } from '../../src/quantization/quantizedModel';
import {
  floatInput,
  floatTensor,
  graphAttribute,
  graphOf,
  histogram,
  node,
  run,
  signalToNoiseDb,
  smallModel,
  spread,
} from './rewritingModels';
import type { SmallModelParts } from './rewritingModels';

const recipe: QuantizationRecipe = { ...defaultRecipe, approach: 'dynamic' };
const microsoft = 'com.microsoft';

/** Quantizes a model, runs it before and after, and gives the worst signal-to-noise ratio of its outputs. */
async function quantized(
  parts: SmallModelParts,
  feeds: Readonly<Record<string, Tensor>>,
  options: Partial<QuantizationRecipe> = {},
): Promise<QuantizedModel & { readonly db: number }> {
  const model = smallModel(parts);
  const result = quantizeDynamic(model, { ...recipe, ...options });
  const before = await run(model.proto, feeds);
  const after = await run(result.proto, feeds, 'all');
  const db = Math.min(...parts.outputs.map((name) => signalToNoiseDb(before[name], after[name])));
  return { ...result, db };
}

function codeOf(parts: SmallModelParts, options: Partial<QuantizationRecipe> = {}): string {
  try {
    quantizeDynamic(smallModel(parts), { ...recipe, ...options });
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'nothing thrown';
}

describe('MatMul', () => {
  const parts: SmallModelParts = {
    nodes: [
      node('MatMul', ['x', 'w'], 'left'),
      node('MatMul', ['x', 'w'], 'right'),
      node('MatMul', ['x', 'v'], 'other'),
      node('Add', ['w', 'w'], 'sum'),
    ],
    inputs: { x: [3, 16] },
    outputs: ['left', 'right', 'other', 'sum'],
    initializers: [floatTensor('w', [16, 8]), floatTensor('v', [16, 4], 2)],
  };
  const feeds = { x: floatInput([3, 16]) };

  it('shares one DynamicQuantizeLinear an activation and one 8-bit copy a weight', async () => {
    const { proto, quantizedOps, keptFloat, ranges, db } = await quantized(parts, feeds);
    expect(histogram(proto)).toEqual({ DynamicQuantizeLinear: 1, MatMulInteger: 3, Cast: 3, Mul: 6, Add: 1 });
    expect(quantizedOps).toEqual({ MatMul: 3 });
    expect(keptFloat).toEqual([]);
    expect(ranges).toEqual({});
    expect(db).toBeGreaterThan(38);
    const names = proto.graph?.initializer.map((tensor) => tensor.name).sort();
    // The float w stays for the Add that reads it; the float v is gone.
    expect(names).toEqual(['v_quantized', 'v_scale', 'v_zero_point', 'w', 'w_quantized', 'w_scale', 'w_zero_point']);
  });

  it.each([
    ['int8', true, false],
    ['int8', false, false],
    ['uint8', true, false],
    ['uint8', false, true],
  ] as const)('takes %s weights, per column: %s, reduced: %s', async (weightType, perChannel, reduceRange) => {
    const { proto, db } = await quantized(parts, feeds, { weightType, perChannel, reduceRange });
    const scale = proto.graph?.initializer.find((tensor) => tensor.name === 'w_scale');
    const weight = proto.graph?.initializer.find((tensor) => tensor.name === 'w_quantized');
    expect(scale?.dims).toEqual(perChannel ? [8] : []);
    expect(weight?.dataType).toBe(DataType[weightType]);
    expect(db).toBeGreaterThan(reduceRange ? 32 : 38);
  });

  it('uses one scale for a stack of matrices, whose columns the engine does not tell apart', async () => {
    const stack = {
      nodes: [node('MatMul', ['x', 'w'], 'y')],
      inputs: { x: [2, 3, 8] },
      outputs: ['y'],
      initializers: [floatTensor('w', [2, 8, 4])],
    };
    const { proto, db } = await quantized(stack, { x: floatInput([2, 3, 8]) });
    expect(proto.graph?.initializer.find((tensor) => tensor.name === 'w_scale')?.dims).toEqual([]);
    expect(db).toBeGreaterThan(38);
  });
});

describe('Gemm', () => {
  it.each([
    { transA: 0, transB: 0, alpha: 1, beta: 1 },
    { transA: 0, transB: 1, alpha: 1, beta: 1 },
    { transA: 1, transB: 0, alpha: -2, beta: 0.5 },
    { transA: 1, transB: 1, alpha: 0.5, beta: -3 },
  ])('becomes a MatMulInteger and an Add: %o', async ({ transA, transB, alpha, beta }) => {
    const attributes = [
      intAttribute('transA', transA),
      intAttribute('transB', transB),
      floatAttribute('alpha', alpha),
      floatAttribute('beta', beta),
    ];
    const dims = transA === 0 ? [3, 8] : [8, 3];
    const { proto, quantizedOps, db } = await quantized(
      {
        nodes: [node('Gemm', ['x', 'w', 'b'], 'y', attributes), node('Gemm', ['x', 'w', 'c'], 'z', attributes)],
        inputs: { x: dims, c: [3, 5] },
        outputs: ['y', 'z'],
        initializers: [floatTensor('w', transB === 0 ? [8, 5] : [5, 8]), floatTensor('b', [5], 2)],
      },
      { x: floatInput(dims), c: floatInput([3, 5], 3) },
    );
    expect(quantizedOps).toEqual({ Gemm: 2 });
    expect(histogram(proto)['MatMulInteger']).toBe(2);
    expect(
      proto.graph?.initializer.filter((tensor) => tensor.dataType === DataType.int8 && tensor.dims.length === 2),
    ).toHaveLength(1);
    expect(db).toBeGreaterThan(36);
  });
});

describe('Conv', () => {
  const parts: SmallModelParts = {
    nodes: [
      node('Conv', ['x', 'w', 'b'], 'conv', [intsAttribute('pads', [1, 1, 1, 1])]),
      node('Conv', ['conv', 'v', 'd'], 'y', [intAttribute('group', 2)]),
      node('GlobalAveragePool', ['y'], 'pool'),
      node('Flatten', ['pool'], 'flat'),
      node('Gemm', ['flat', 'g'], 'z'),
    ],
    inputs: { x: [2, 3, 6, 6], d: [4] },
    outputs: ['y', 'z'],
    initializers: [
      floatTensor('w', [4, 3, 3, 3]),
      floatTensor('b', [4], 2),
      floatTensor('v', [4, 2, 1, 1], 3),
      floatTensor('g', [4, 3], 4),
    ],
  };
  const feeds = { x: floatInput([2, 3, 6, 6]), d: floatInput([4], 5) };

  it('stays float unless it is asked for, and a note says so', async () => {
    const { quantizedOps, keptFloat, notes } = await quantized(parts, feeds);
    expect(quantizedOps).toEqual({ Gemm: 1 });
    expect(keptFloat.map((kept) => kept.node)).toEqual(['make conv', 'make y']);
    expect(notes).toEqual([expect.stringContaining('2 Conv left float')]);
  });

  it.each([true, false])('becomes ConvInteger with its bias, constant or not; per channel: %s', async (perChannel) => {
    const { proto, quantizedOps, db } = await quantized(parts, feeds, { opTypes: ['Conv'], perChannel });
    expect(quantizedOps).toEqual({ Conv: 2 });
    expect(histogram(proto)).toMatchObject({ ConvInteger: 2, Add: 2, Reshape: 1, Gemm: 1 });
    expect(db).toBeGreaterThan(34);
  });

  it('multiplies int8 scales in channel by channel, and has one for uint8', async () => {
    const dims = async (weightType: 'int8' | 'uint8'): Promise<unknown> => {
      const { proto } = await quantized(parts, feeds, { opTypes: ['Conv'], weightType });
      return proto.graph?.initializer.find((tensor) => tensor.name === 'w_scale')?.dims;
    };
    expect(await dims('int8')).toEqual([4, 1, 1]);
    expect(await dims('uint8')).toEqual([]);
  });
});

describe('weights of other operators', () => {
  it('gathers rows of an 8-bit table, and leaves gathers of computed or integer tensors alone', async () => {
    const indices = makeTensor('i', DataType.int64, [3], BigInt64Array.of(0n, 4n, 2n));
    const { proto, quantizedOps, keptFloat, db } = await quantized(
      {
        nodes: [
          node('Gather', ['table', 'i'], 'rows'),
          node('Add', ['rows', 'x'], 'sum'),
          node('Gather', ['sum', 'i0'], 'y'),
          node('Gather', ['i', 'i0'], 'n'),
        ],
        inputs: { x: [3, 4] },
        outputs: ['y'],
        initializers: [
          floatTensor('table', [5, 4]),
          indices,
          makeTensor('i0', DataType.int64, [], BigInt64Array.of(1n)),
        ],
      },
      { x: floatInput([3, 4]) },
    );
    expect(quantizedOps).toEqual({ Gather: 1 });
    expect(keptFloat).toEqual([]);
    expect(histogram(proto)).toMatchObject({ Gather: 3, DequantizeLinear: 1 });
    expect(db).toBeGreaterThan(38);
  });

  it.each([
    ['int8', true],
    ['int8', false],
    ['uint8', true],
  ] as const)('runs an LSTM in both directions with %s weights, per row: %s', async (weightType, perChannel) => {
    const hidden = 6;
    const { proto, db } = await quantized(
      {
        nodes: [
          node(
            'LSTM',
            ['x', 'w', 'r', 'b'],
            ['y'],
            [intAttribute('hidden_size', hidden), stringAttribute('direction', 'bidirectional')],
          ),
        ],
        inputs: { x: [5, 2, 4] },
        outputs: ['y'],
        initializers: [
          floatTensor('w', [2, 4 * hidden, 4]),
          floatTensor('r', [2, 4 * hidden, hidden], 2),
          floatTensor('b', [2, 8 * hidden], 3),
        ],
      },
      { x: floatInput([5, 2, 4]) },
      { weightType, perChannel },
    );
    expect(histogram(proto)).toEqual({ DynamicQuantizeLSTM: 1 });
    expect(db).toBeGreaterThan(28);
  });

  it('turns Attention into QAttention', async () => {
    const { proto, db } = await quantized(
      {
        nodes: [node('Attention', ['x', 'w', 'b'], ['y'], [intAttribute('num_heads', 2)], microsoft)],
        inputs: { x: [2, 3, 8] },
        outputs: ['y'],
        initializers: [floatTensor('w', [8, 24]), floatTensor('b', [24], 2)],
      },
      { x: floatInput([2, 3, 8]) },
    );
    expect(histogram(proto)).toEqual({ DynamicQuantizeLinear: 1, QAttention: 1 });
    expect(db).toBeGreaterThan(34);
  });

  it('turns EmbedLayerNormalization into its 8-bit form', async () => {
    const ids = (seed: number): Tensor => ({
      type: 'int32',
      dims: [2, 3],
      data: Int32Array.from(spread(6, seed), (value) => Math.abs(value * 2)),
    });
    const { proto, db } = await quantized(
      {
        nodes: [
          node(
            'EmbedLayerNormalization',
            ['ids', 'segments', 'words', 'places', 'kinds', 'gamma', 'beta'],
            ['y', 'mask'],
            [],
            microsoft,
          ),
        ],
        inputs: { ids: [2, 3], segments: [2, 3] },
        inputTypes: { ids: DataType.int32, segments: DataType.int32 },
        outputs: ['y'],
        initializers: [
          floatTensor('words', [9, 8]),
          floatTensor('places', [6, 8], 2),
          floatTensor('kinds', [2, 8], 3),
          floatTensor('gamma', [8], 4),
          floatTensor('beta', [8], 5),
        ],
      },
      { ids: ids(1), segments: { ...ids(1), data: new Int32Array(6) } },
    );
    expect(histogram(proto)).toEqual({ QEmbedLayerNormalization: 1 });
    expect(db).toBeGreaterThan(30);
  });
});

describe('what stays float', () => {
  const matMul = node('MatMul', ['x', 'w'], 'y');
  const weight = floatTensor('w', [4, 2]);

  it('keeps excluded nodes, products of two activations, constant left sides and vectors, each with its reason', async () => {
    const { quantizedOps, keptFloat } = await quantized(
      {
        nodes: [
          matMul,
          node('MatMul', ['x', 'w'], 'excluded'),
          node('MatMul', ['x', 'v'], 'activations'),
          node('MatMul', ['c', 'v'], 'left'),
          node('MatMul', ['x', 'u'], 'vector'),
        ],
        inputs: { x: [3, 4], v: [4, 2] },
        outputs: ['y', 'excluded', 'activations', 'left', 'vector'],
        initializers: [weight, floatTensor('c', [3, 4]), floatTensor('u', [4])],
      },
      { x: floatInput([3, 4]), v: floatInput([4, 2]) },
      { excludedNodes: ['make excluded'] },
    );
    expect(quantizedOps).toEqual({ MatMul: 1 });
    expect(keptFloat.map((kept) => [kept.node, kept.reason])).toEqual([
      ['make excluded', 'excluded by the recipe'],
      ['make activations', 'its weight is not constant'],
      ['make left', 'its left side is the constant one'],
      ['make vector', 'its weight is a vector, which has no columns'],
    ]);
  });

  it('leaves branches float and says so, but keeps the weights they read', async () => {
    const branch = graphOf({ nodes: [node('MatMul', ['x', 'w'], 'inner')], outputs: ['inner'] });
    const branches = ['then_branch', 'else_branch'].map((name) => graphAttribute(name, branch));
    const { proto, keptFloat, db } = await quantized(
      {
        nodes: [
          matMul,
          node('ReduceMax', ['x'], 'm', [intAttribute('keepdims', 0)]),
          node('Greater', ['m', 'm'], 'c'),
          node('If', ['c'], 'z', branches),
        ],
        inputs: { x: [3, 4] },
        outputs: ['y', 'z'],
        initializers: [weight],
      },
      { x: floatInput([3, 4]) },
    );
    expect(keptFloat).toEqual([
      expect.objectContaining({ opType: 'If', reason: expect.stringContaining('MatMul') as string }),
    ]);
    expect(proto.graph?.initializer.map((tensor) => tensor.name)).toContain('w');
    expect(db).toBeGreaterThan(36);
  });

  it('refuses a model in which nothing can be quantized', () => {
    const half = makeTensor('w', DataType.float16, [4, 2], new Uint16Array(8));
    const parts = {
      nodes: [matMul],
      inputs: { x: [3, 4] },
      outputs: ['y'],
      initializers: [half],
      inputTypes: { x: DataType.float16 },
      outputTypes: { y: DataType.float16 },
    };
    expect(codeOf(parts)).toBe('quantize-nothing');
    expect(codeOf({ nodes: [node('Relu', ['x'], 'y')], inputs: { x: [2] }, outputs: ['y'] })).toBe('quantize-nothing');
    const plain = { nodes: [matMul], inputs: { x: [3, 4] }, outputs: ['y'], initializers: [weight] };
    expect(codeOf(plain, { opTypes: ['Conv'] })).toBe('quantize-nothing');
  });

  it('names the op types that can be asked for when none of those asked for has a dynamic form', () => {
    const plain = { nodes: [matMul], inputs: { x: [3, 4] }, outputs: ['y'], initializers: [weight] };
    const asking = (opType: string) => (): unknown =>
      quantizeDynamic(smallModel(plain), { ...recipe, opTypes: [opType] });
    expect(asking('Relu')).toThrow(/Relu has no dynamically quantized form/);
    expect(asking('Conv')).toThrow(/it has no Conv node/);
  });

  it('refuses to exclude a node the model does not have, and names the nearest', () => {
    const plain = { nodes: [matMul], inputs: { x: [3, 4] }, outputs: ['y'], initializers: [weight] };
    expect(() => quantizeDynamic(smallModel(plain), { ...recipe, excludedNodes: ['make Y2'] })).toThrow(
      expect.objectContaining({ code: 'quantize-unknown-node', nextStep: 'Did you mean "make y"?' }) as Error,
    );
  });

  it('refuses a model that is quantized already', async () => {
    const model = smallModel({ nodes: [matMul], inputs: { x: [3, 4] }, outputs: ['y'], initializers: [weight] });
    const { proto } = quantizeDynamic(model, recipe);
    expect(() => quantizeDynamic({ ...model, proto, graph: proto.graph! }, recipe)).toThrow(
      expect.objectContaining({ code: 'quantize-already-quantized' }),
    );
    await run(proto, { x: floatInput([3, 4]) });
  });
});

describe('quantizeWeight', () => {
  const size = fc.integer({ min: 1, max: 6 });

  it('is at most half a step off for every value, in every scheme', () => {
    const scheme = fc.record({
      type: fc.constantFrom('int8' as const, 'uint8' as const),
      symmetric: fc.boolean(),
      reduced: fc.boolean(),
    });
    fc.assert(
      fc.property(
        size,
        size,
        fc.option(fc.integer({ min: 0, max: 1 }), { nil: undefined }),
        scheme,
        fc.integer({ min: 1, max: 99 }),
        (rows, columns, axis, how, seed) => {
          const values = spread(rows * columns, seed);
          const { data, scales, zeroPoints } = quantizeWeight(values, [rows, columns], axis, how);
          values.forEach((value, index) => {
            const channel = axis === undefined ? 0 : axis === 0 ? Math.floor(index / columns) : index % columns;
            const back = scales[channel]! * (data[index]! - zeroPoints[channel]!);
            // The zero point is rounded too, which can push the ends of the range half a step out.
            expect(Math.abs(back - value)).toBeLessThanOrEqual(scales[channel]! * 1.0001);
          });
        },
      ),
    );
  });

  it('transposes every matrix of a stack, and twice is nothing', () => {
    fc.assert(
      fc.property(size, size, size, (count, rows, columns) => {
        const data = Int8Array.from({ length: count * rows * columns }, (_, index) => index);
        const transposed = transposeMatrices(data, rows, columns);
        expect(transposed[(count - 1) * rows * columns + (columns - 1) * rows]).toBe(
          data[(count - 1) * rows * columns + columns - 1],
        );
        expect(transposeMatrices(transposed, columns, rows)).toEqual(data);
      }),
    );
  });
});
