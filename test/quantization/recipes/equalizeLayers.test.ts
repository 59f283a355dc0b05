// Cross-layer equalization: the factors, which layers make a pair, and that the model computes what it computed.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { floatAttribute, intAttribute, intsAttribute } from '../../../src/onnx/makeMessages';
import type { NodeProto, TensorProto } from '../../../src/onnx/messages';
import { equalizeLayers, equalizingFactors } from '../../../src/quantization/recipes/equalizeLayers';
import { floatInput, floatTensor, intTensor, node, run, smallModel, spread } from '../rewritingModels';
import type { SmallModelParts } from '../rewritingModels';
import { constantOf, difference } from './recipeModels';

const none = new Float32Array(2);

describe('the factors', () => {
  it('bring both sides of a channel to the geometric mean', () => {
    // √(8·2) / 2 and √(1·4) / 4
    expect([...equalizingFactors(Float32Array.of(8, 1), Float32Array.of(2, 4), none)]).toEqual([2, 0.5]);
  });

  it('leave dead channels alone', () => {
    expect([...equalizingFactors(Float32Array.of(0, 3), Float32Array.of(2, 3), none)]).toEqual([1, 1]);
    expect([...equalizingFactors(Float32Array.of(2, 3), Float32Array.of(0, 3), none)]).toEqual([1, 1]);
    expect([...equalizingFactors(Float32Array.of(1e-9, 1), Float32Array.of(1, 1), none)]).toEqual([1, 1]);
  });

  it('let no bias outgrow the largest one', () => {
    const factors = equalizingFactors(Float32Array.of(0.01, 4), Float32Array.of(1, 1), Float32Array.of(3, 6));
    expect([...factors]).toEqual([0.5, 2]);
  });
});

/** Input x [1, 2, 4, 4] → Conv with these weights → what stands between → Conv → y. */
function twoConvolutions(
  between: (tensor: string) => readonly NodeProto[],
  more: Partial<SmallModelParts> = {},
): SmallModelParts {
  const middle = between('a');
  const last = middle.at(-1)?.output[0] ?? 'a';
  return {
    nodes: [
      node('Conv', ['x', 'w1', 'b1'], 'a', [intsAttribute('pads', [1, 1, 1, 1])]),
      ...middle,
      node('Conv', [last, 'w2'], 'y'),
    ],
    inputs: { x: [1, 2, 4, 4] },
    outputs: ['y'],
    ...more,
    initializers: [
      unbalanced('w1', [3, 2, 3, 3], 18),
      floatTensor('b1', [3]),
      floatTensor('w2', [2, 3, 1, 1], 5),
      ...(more.initializers ?? []),
    ],
  };
}

/** Output channels of very different sizes. */
function unbalanced(name: string, dims: readonly number[], perChannel: number): TensorProto {
  const values = spread(dims.reduce((all, size) => all * size, 1));
  return floatTensor(
    name,
    dims,
    values.map((value, index) => value * 20 ** (Math.floor(index / perChannel) % 3)),
  );
}

/** Equalizes and answers how many pairs there were, after comparing what both models compute. */
async function equalized(parts: SmallModelParts): Promise<number> {
  const model = smallModel(parts);
  const { proto, pairs } = equalizeLayers(model);
  const feeds = Object.fromEntries(
    Object.entries(parts.inputs ?? {}).map(([name, dims]) => [name, floatInput(dims.map(Number))]),
  );
  const [before, after] = [await run(model.proto, feeds), await run(proto, feeds)];
  for (const output of parts.outputs) expect(difference(before[output], after[output])).toBeLessThan(1e-4);
  return pairs;
}

describe('a pair of layers', () => {
  it('ends with equal magnitudes in each channel, under the old names', () => {
    const model = smallModel({
      nodes: [node('Gemm', ['x', 'w1', 'b'], 'a'), node('Relu', ['a'], 'r'), node('Gemm', ['r', 'w2'], 'y')],
      inputs: { x: [1, 1] },
      outputs: ['y'],
      initializers: [
        floatTensor('w1', [1, 2], Float32Array.of(8, 1)),
        floatTensor('b', [2], Float32Array.of(4, 1)),
        floatTensor('w2', [2, 1], Float32Array.of(2, 4)),
      ],
    });
    const { proto, pairs, notes } = equalizeLayers(model);
    expect(pairs).toBe(1);
    expect(notes).toEqual(['The channels between 1 pair of layers were equalized.']);
    expect(constantOf(model, proto, 'w1')).toEqual([4, 2]);
    expect(constantOf(model, proto, 'w2')).toEqual([4, 2]);
    expect(constantOf(model, proto, 'b')).toEqual([2, 2]);
  });

  const relu = (input: string): NodeProto[] => [node('Relu', [input], 'r')];
  const passing: Record<string, (input: string) => readonly NodeProto[]> = {
    nothing: () => [],
    Relu: relu,
    LeakyRelu: (input) => [node('LeakyRelu', [input], 'r', [floatAttribute('alpha', 0.2)])],
    PRelu: (input) => [node('PRelu', [input, 'slope'], 'r')],
    MaxPool: (input) => [...relu(input), node('MaxPool', ['r'], 'p', [intsAttribute('kernel_shape', [2, 2])])],
    AveragePool: (input) => [node('AveragePool', [input], 'p', [intsAttribute('kernel_shape', [2, 2])])],
    GlobalAveragePool: (input) => [node('GlobalAveragePool', [input], 'p')],
    ReduceMean: (input) => [node('ReduceMean', [input], 'p', [intsAttribute('axes', [-1, 2])])],
    Pad: (input) => [node('Pad', [input, 'pads'], 'p')],
    Add: (input) => [node('Add', ['shift', input], 's'), node('Relu', ['s'], 'r')],
  };
  const constants = {
    initializers: [
      floatTensor('slope', [3, 1, 1]),
      floatTensor('shift', [1, 3, 1, 1], 3),
      intTensor('pads', [0, 0, 1, 1, 0, 0, 1, 1]),
    ],
  };
  for (const [name, between] of Object.entries(passing)) {
    it(`may have ${name} between its layers`, async () => {
      expect(await equalized(twoConvolutions(between, constants))).toBe(1);
    });
  }

  const blocking: Record<string, (input: string) => readonly NodeProto[]> = {
    Clip: (input) => [node('Clip', [input, '', 'six'], 'r')],
    Sigmoid: (input) => [node('Sigmoid', [input], 'r')],
    'Pad with ones': (input) => [node('Pad', [input, 'pads', 'one'], 'p')],
    'Add of a single number': (input) => [node('Add', [input, 'one'], 's')],
    'Add of an activation': (input) => [node('Add', [input, input], 's')],
  };
  const blockingConstants = [
    floatTensor('six', [], Float32Array.of(6)),
    floatTensor('one', [], Float32Array.of(1)),
    intTensor('pads', [0, 0, 1, 1, 0, 0, 1, 1]),
  ];
  for (const [name, between] of Object.entries(blocking)) {
    it(`is none with ${name} between`, async () => {
      expect(await equalized(twoConvolutions(between, { initializers: blockingConstants }))).toBe(0);
    });
  }

  it('is none when somebody else sees the channels', async () => {
    expect(await equalized(twoConvolutions(relu, { outputs: ['y', 'a'] }))).toBe(0);
    expect(await equalized(twoConvolutions(relu, { outputs: ['y', 'r'] }))).toBe(0);
  });

  it('is none when another node reads the weight', async () => {
    const parts = twoConvolutions(relu);
    expect(await equalized({ ...parts, nodes: [...parts.nodes, node('Neg', ['w2'], 'n')], outputs: ['y', 'n'] })).toBe(
      0,
    );
  });

  it('leaves a bias that another node reads as it is for that node', async () => {
    const parts = twoConvolutions(relu);
    expect(await equalized({ ...parts, nodes: [...parts.nodes, node('Neg', ['b1'], 'n')], outputs: ['y', 'n'] })).toBe(
      1,
    );
  });

  for (const [name, flattening] of Object.entries({
    Flatten: node('Flatten', ['a'], 'f'),
    Reshape: node('Reshape', ['a', 'rows'], 'f'),
  })) {
    it(`may be a convolution and a matrix behind ${name}: the pixels of a channel share its factor`, async () => {
      const parts: SmallModelParts = {
        nodes: [
          node('Conv', ['x', 'w1'], 'a'),
          flattening,
          node('Gemm', ['f', 'w2'], 'y', [intAttribute('transB', 1)]),
        ],
        inputs: { x: [1, 2, 4, 4] },
        outputs: ['y'],
        initializers: [unbalanced('w1', [3, 2, 1, 1], 2), floatTensor('w2', [5, 48], 2), intTensor('rows', [-1, 48])],
      };
      expect(await equalized(parts)).toBe(1);
    });
  }

  it('may be grouped, depthwise or transposed convolutions', async () => {
    const parts: SmallModelParts = {
      nodes: [
        node('Conv', ['x', 'w1'], 'a'),
        node('Conv', ['a', 'w2'], 'b', [intAttribute('group', 4)]),
        node('Relu', ['b'], 'r'),
        node('Conv', ['r', 'w3'], 'c', [intAttribute('group', 2)]),
        node('ConvTranspose', ['c', 'w4'], 'd', [intAttribute('group', 2)]),
        node('Conv', ['d', 'w5'], 'y'),
      ],
      inputs: { x: [1, 2, 4, 4] },
      outputs: ['y'],
      initializers: [
        unbalanced('w1', [4, 2, 1, 1], 2),
        unbalanced('w2', [4, 1, 1, 1], 1),
        unbalanced('w3', [6, 2, 1, 1], 2),
        unbalanced('w4', [6, 2, 2, 2], 4),
        floatTensor('w5', [3, 4, 1, 1], 9),
      ],
    };
    expect(await equalized(parts)).toBe(4);
  });
});

it('chains of matrix products compute the same afterwards, whatever their sizes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 3, maxLength: 5 }),
      fc.integer({ min: 1, max: 1000 }),
      fc.array(fc.integer({ min: -12, max: 12 }), { minLength: 5, maxLength: 5 }),
      async (sizes, seed, exponents) => {
        const layers = sizes.slice(1).map((outputs, index) => ({ inputs: sizes[index] ?? 1, outputs, index }));
        const parts: SmallModelParts = {
          nodes: layers.flatMap(({ index }) => [
            node('MatMul', [index === 0 ? 'x' : `r${index}`, `w${index}`], `m${index}`),
            node('Add', [`m${index}`, `b${index}`], `a${index}`),
            node('Relu', [`a${index}`], `r${index + 1}`),
          ]),
          inputs: { x: [2, 3, sizes[0] ?? 1] },
          outputs: [`r${layers.length}`, `a${layers.length - 1}`],
          initializers: layers.flatMap(({ inputs, outputs, index }) => [
            floatTensor(
              `w${index}`,
              [inputs, outputs],
              spread(inputs * outputs, seed + index).map(
                (value, at) => (value + 1.5) * 2 ** (exponents[at % outputs] ?? 0),
              ),
            ),
            floatTensor(`b${index}`, [outputs], seed + 50 + index),
          ]),
        };
        expect(await equalized(parts)).toBe(layers.length - 1);
      },
    ),
    { numRuns: 25 },
  );
});
