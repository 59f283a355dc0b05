// Preparing a model: what is changed before quantizing, and that it still computes the same.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultRecipe } from '../../src/config/recipe';
import { DataType } from '../../src/onnx/dataTypes';
import type { ModelProto } from '../../src/onnx/messages';
import {
  floatAttribute,
  floatsAttribute,
  intAttribute,
  intsAttribute,
  makeTensor,
  stringAttribute,
  tensorAttribute,
} from '../../src/onnx/makeMessages';
import { readModel } from '../../src/onnx/readModel';
import { prepareModel } from '../../src/quantization/prepare';
import { randomFeeds } from '../../src/runtime/randomInputs';
import { openSessionFromBytes } from '../../src/runtime/onnxRuntimeNode';
import { encodeModel } from '../../src/onnx/writeModel';
import { describeShared } from '../support/shared';
import {
  floatInput,
  floatTensor,
  graphAttribute,
  graphOf,
  histogram,
  intTensor,
  node,
  protoOf,
  run,
  smallModel,
  spread,
} from './rewritingModels';
import type { SmallModelParts } from './rewritingModels';

const perTensor = { ...defaultRecipe, perChannel: false };
const dynamic = { ...defaultRecipe, approach: 'dynamic' as const };

function opsetOf(proto: ModelProto): number | undefined {
  return proto.opsetImport.find((entry) => entry.domain === '')?.version;
}

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'nothing thrown';
}

describe('plain initializers', () => {
  it('takes weights out of the inputs and says so', () => {
    const model = smallModel({
      nodes: [node('MatMul', ['x', 'w'], 'y')],
      inputs: { x: [1, 4] },
      outputs: ['y'],
      initializers: [floatTensor('w', [4, 2])],
      overridable: true,
      irVersion: 3,
    });
    const { proto, notes } = prepareModel(model, defaultRecipe);
    expect(proto.graph?.input.map((input) => input.name)).toEqual(['x']);
    expect(proto.irVersion).toBe(7);
    expect(notes).toEqual(['1 weight that could be overridden as graph inputs can no longer be.']);
  });

  it('makes every numeric form of Constant, ConstantOfShape, Identity and Reshape of constants initializers', async () => {
    const model = smallModel({
      nodes: [
        node('Constant', [], 'tensor', [tensorAttribute('value', floatTensor('', [2, 2]))]),
        node('Constant', [], 'float', [floatAttribute('value_float', 3)]),
        node('Constant', [], 'floats', [floatsAttribute('value_floats', [1, 2])]),
        node('Constant', [], 'shape', [intsAttribute('value_ints', [0, -1])]),
        node('ConstantOfShape', ['dims'], 'filled', [
          tensorAttribute('value', floatTensor('', [1], Float32Array.of(2))),
        ]),
        node('Identity', ['filled'], 'copy'),
        node('Reshape', ['copy', 'shape'], 'matrix'),
        node('MatMul', ['x', 'tensor'], 'a'),
        node('Add', ['a', 'float'], 'b'),
        node('Add', ['b', 'floats'], 'c'),
        node('MatMul', ['c', 'matrix'], 'y'),
      ],
      inputs: { x: [3, 2] },
      outputs: ['y'],
      initializers: [intTensor('dims', [2, 5, 1])],
    });
    const { proto } = prepareModel(model, defaultRecipe);
    expect(histogram(proto)).toEqual({ MatMul: 2, Add: 2 });
    expect(proto.graph?.initializer.map((tensor) => tensor.name).sort()).toEqual([
      'float',
      'floats',
      'matrix',
      'tensor',
    ]);
    const feeds = { x: floatInput([3, 2]) };
    expect(await run(proto, feeds)).toEqual(await run(model.proto, feeds));
  });

  it('leaves a fill too large for memory a node', () => {
    const model = smallModel({
      nodes: [node('ConstantOfShape', ['dims'], 'w'), node('MatMul', ['x', 'w'], 'y')],
      inputs: { x: [1, 65536] },
      outputs: ['y'],
      initializers: [intTensor('dims', [65536, 1 << 20])],
    });
    expect(histogram(prepareModel(model, defaultRecipe).proto)).toEqual({ ConstantOfShape: 1, MatMul: 1 });
  });

  it('names nodes that have no name of their own, in subgraphs too', async () => {
    const twice = (): ReturnType<typeof node>[] => [
      { ...node('Relu', ['x'], 'a'), name: 'same' },
      { ...node('Neg', ['a'], 'y'), name: 'same' },
    ];
    const branch = { ...graphOf({ nodes: twice(), outputs: ['y'] }) };
    const branches = ['then_branch', 'else_branch'].map((name) => graphAttribute(name, branch));
    const model = smallModel({
      nodes: [
        { ...node('ReduceMax', ['x'], 'm', [intAttribute('keepdims', 0)]), name: '' },
        { ...node('Greater', ['m', 'm'], 'c'), name: '' },
        { ...node('If', ['c'], 'z', branches), name: 'same' },
        { ...node('Relu', ['z'], 'r'), name: 'same' },
      ],
      inputs: { x: [2] },
      outputs: ['r'],
    });
    const { proto } = prepareModel(model, defaultRecipe);
    const names = proto.graph?.node.map((one) => one.name) ?? [];
    expect(new Set(names).size).toBe(4);
    expect(names).not.toContain('');
    expect((await run(proto, { x: floatInput([2]) }))['r']?.dims).toEqual([2]);
  });

  it('orders nodes so that producers come first', () => {
    const model = smallModel({
      nodes: [node('Neg', ['a'], 'y'), node('Relu', ['x'], 'a')],
      inputs: { x: [2] },
      outputs: ['y'],
    });
    expect(prepareModel(model, defaultRecipe).proto.graph?.node.map((one) => one.opType)).toEqual(['Relu', 'Neg']);
  });
});

describe('refusals', () => {
  const relu: SmallModelParts = { nodes: [node('Relu', ['x'], 'y')], inputs: { x: [2] }, outputs: ['y'] };

  it('refuses a model without an operator set and one of a format before 3', () => {
    const proto = protoOf(relu);
    const model = smallModel(relu);
    expect(codeOf(() => prepareModel({ ...model, proto: { ...proto, opsetImport: [] } }, defaultRecipe))).toBe(
      'quantize-no-opset',
    );
    expect(codeOf(() => prepareModel({ ...model, proto: { ...proto, irVersion: 2 } }, defaultRecipe))).toBe(
      'quantize-old-format',
    );
  });

  it('refuses an operator type nobody knows and names the one that was meant, but not one the model merely lacks', () => {
    const prepared = (opTypes: string[], approach: 'static' | 'dynamic') => (): unknown =>
      prepareModel(smallModel(relu), { ...defaultRecipe, approach, opTypes });
    const unknown = expect.objectContaining({ code: 'quantize-unknown-op', nextStep: 'Did you mean "Conv"?' }) as Error;
    expect(prepared(['Relu', 'conv'], 'static')).toThrow(unknown);
    expect(prepared(['Conb'], 'dynamic')).toThrow(unknown);
    expect(prepared(['Relu', 'MatMul', 'LSTM'], 'static')).not.toThrow();
  });

  it('refuses a model in float16, also where its weights are Constant nodes, but not one with float32 weights as well', () => {
    const half = makeTensor('w', DataType.float16, [4, 2], new Uint16Array(8));
    const product = { nodes: [node('MatMul', ['x', 'w'], 'y')], inputs: { x: [3, 4] }, outputs: ['y'] };
    const types = { inputTypes: { x: DataType.float16 }, outputTypes: { y: DataType.float16 } };
    const initialized = { ...product, ...types, initializers: [half] };
    const constant = {
      ...product,
      ...types,
      nodes: [node('Constant', [], 'w', [tensorAttribute('value', half)]), ...product.nodes],
    };
    const mixed = {
      ...initialized,
      nodes: [...product.nodes, node('MatMul', ['z', 'v'], 'u')],
      inputs: { x: [3, 4], z: [3, 4] },
      outputs: ['y', 'u'],
      initializers: [half, floatTensor('v', [4, 2])],
    };
    for (const approach of ['static', 'dynamic'] as const) {
      const recipe = { ...defaultRecipe, approach };
      expect(codeOf(() => prepareModel(smallModel(initialized), recipe))).toBe('quantize-half-precision');
      expect(codeOf(() => prepareModel(smallModel(constant), recipe))).toBe('quantize-half-precision');
      expect(() => prepareModel(smallModel(mixed), recipe)).not.toThrow();
    }
  });

  it('names what a node makes when a quantized model leaves its nodes without names', () => {
    const unnamed = { ...node('DynamicQuantizeLinear', ['x'], 'q'), name: '', output: ['q', 's', 'z'] };
    const model = smallModel({ nodes: [unnamed], inputs: { x: [2] }, outputs: ['s'] });
    expect(() => prepareModel(model, defaultRecipe)).toThrow(expect.objectContaining({ place: 'node "q"' }) as Error);
  });

  it('refuses a quantized model, even when only a branch is quantized', () => {
    const quantized = graphOf({ nodes: [node('DequantizeLinear', ['q', 's', 'z'], 'b')], outputs: ['b'] });
    const model = smallModel({
      nodes: [
        node(
          'If',
          ['c'],
          'y',
          ['then_branch', 'else_branch'].map((name) => graphAttribute(name, quantized)),
        ),
      ],
      inputs: { c: [], q: [2], s: [], z: [] },
      inputTypes: { c: DataType.bool, q: DataType.uint8, z: DataType.uint8 },
      outputs: ['y'],
    });
    expect(codeOf(() => prepareModel(model, defaultRecipe))).toBe('quantize-already-quantized');
  });
});

/** Every op of the table in its old form. */
function oldOperators(opset: number): SmallModelParts {
  const norm = opset < 9 ? [intAttribute('spatial', 1)] : [];
  const nodes = [
    node('Conv', ['x', 'w'], 'conv', [intsAttribute('pads', [1, 1, 1, 1])]),
    node('Neg', ['conv'], 'neg'),
    node('BatchNormalization', ['neg', 'gamma', 'beta', 'mean', 'variance'], 'norm', norm),
    node('Dropout', ['norm'], opset < 10 ? ['drop', 'mask'] : ['drop'], [floatAttribute('ratio', 0.3)]),
    node('Clip', ['drop'], 'clip', [floatAttribute('min', -0.5), floatAttribute('max', 1.5)]),
    node('Clip', ['clip'], 'clipMax', [floatAttribute('max', 1.2)]),
    node('Pad', ['clipMax'], 'pad', [intsAttribute('pads', [0, 0, 1, 1, 0, 0, 1, 1]), floatAttribute('value', 0.25)]),
    node('Pad', ['pad'], 'edge', [intsAttribute('pads', [0, 0, 1, 0, 0, 0, 0, 1]), stringAttribute('mode', 'edge')]),
    opset < 10
      ? node('Slice', ['edge'], 'slice', [
          intsAttribute('starts', [0, 1]),
          intsAttribute('ends', [2 ** 31, -1]),
          intsAttribute('axes', [1, 2]),
        ])
      : node('Slice', ['edge', 'starts', 'ends', 'axes'], 'slice'),
    node('Softmax', ['slice'], 'softmax', [intAttribute('axis', 2)]),
    node('LogSoftmax', ['softmax'], 'logSoftmax'),
    node('Hardmax', ['slice'], 'hardmax', [intAttribute('axis', -1)]),
    node('ReduceSum', ['logSoftmax'], 'sum', [intsAttribute('axes', [3])]),
    node('ReduceSum', ['hardmax'], 'sumAll', [intAttribute('keepdims', 0)]),
    node('Squeeze', ['sum'], 'squeeze', [intsAttribute('axes', [3])]),
    node('Unsqueeze', ['squeeze'], 'unsqueeze', [intsAttribute('axes', [0, 4])]),
    node('Split', ['squeeze'], ['first', 'rest'], [intAttribute('axis', 1), intsAttribute('split', [1, 3])]),
    opset < 10
      ? node('TopK', ['squeeze'], ['top', 'indexes'], [intAttribute('k', 2), intAttribute('axis', 1)])
      : node('TopK', ['squeeze', 'k'], ['top', 'indexes'], [intAttribute('axis', 1)]),
    ...resizes(opset),
  ];
  const channels = ['gamma', 'beta', 'mean'].map((name, index) => floatTensor(name, [4], index + 2));
  const scales = [Float32Array.of(1, 1, 2, 2), Float32Array.of(1, 1, 2, 3)];
  return {
    nodes,
    inputs: { x: [2, 3, 7, 7] },
    outputs: ['unsqueeze', 'sumAll', 'rest', 'top', 'enlarged', 'smooth', 'shrunk'],
    initializers: [
      floatTensor('w', [4, 3, 3, 3]),
      ...channels,
      floatTensor('variance', [4], Float32Array.of(0.5, 1, 2, 0.1)),
      intTensor('starts', [0, 1]),
      intTensor('ends', [2 ** 31, -1]),
      intTensor('axes', [1, 2]),
      intTensor('k', [2]),
      ...scales.map((values, index) => floatTensor(`scales${index}`, [4], values)),
      floatTensor('half', [4], Float32Array.of(1, 1, 0.5, 0.5)),
    ],
    opset,
  };
}

function resizes(opset: number): ReturnType<typeof node>[] {
  if (opset < 9) {
    return [
      node('Upsample', ['conv'], 'enlarged', [floatsAttribute('scales', [1, 1, 2, 2])]),
      node('Upsample', ['conv'], 'smooth', [
        floatsAttribute('scales', [1, 1, 2, 3]),
        stringAttribute('mode', 'linear'),
      ]),
      node('Neg', ['conv'], 'shrunk'),
    ];
  }
  const opType = opset < 10 ? 'Upsample' : 'Resize';
  return [
    node(opType, ['conv', 'scales0'], 'enlarged'),
    node(opType, ['conv', 'scales1'], 'smooth', [stringAttribute('mode', 'linear')]),
    opset < 10 ? node('Neg', ['conv'], 'shrunk') : node(opType, ['conv', 'half'], 'shrunk'),
  ];
}

describe('raising the operator set', () => {
  it.each([7, 8, 9, 10])('writes every op of set %i in the form of 13 with the same results', async (opset) => {
    const model = smallModel(oldOperators(opset));
    const { proto } = prepareModel(model, defaultRecipe);
    expect(opsetOf(proto)).toBe(13);
    const feeds = { x: floatInput([2, 3, 7, 7]) };
    expect(await run(proto, feeds)).toEqual(await run(model.proto, feeds));
  });

  it('raises the branches of an If', async () => {
    const branch = (axis: number): ReturnType<typeof graphOf> =>
      graphOf({
        nodes: [
          node('Unsqueeze', ['x'], `deep${axis}`, [intsAttribute('axes', [0])]),
          node('Squeeze', [`deep${axis}`], `flat${axis}`, [intsAttribute('axes', [0])]),
          node('Clip', [`flat${axis}`], `clipped${axis}`, [floatAttribute('min', 0)]),
          node('Softmax', [`clipped${axis}`], `result${axis}`, [intAttribute('axis', axis)]),
        ],
        outputs: [`result${axis}`],
      });
    const model = smallModel({
      nodes: [
        node('ReduceSum', ['x'], 'sum', [intAttribute('keepdims', 0)]),
        node('Greater', ['sum', 'zero'], 'positive'),
        node('If', ['positive'], 'y', [
          graphAttribute('then_branch', branch(1)),
          graphAttribute('else_branch', branch(2)),
        ]),
      ],
      inputs: { x: [2, 3, 4] },
      outputs: ['y'],
      initializers: [floatTensor('zero', [], Float32Array.of(0))],
      opset: 9,
    });
    const { proto } = prepareModel(model, defaultRecipe);
    expect(opsetOf(proto)).toBe(13);
    for (const sign of [1, -1]) {
      const feeds = { x: { ...floatInput([2, 3, 4]), data: spread(24).map((value) => sign * Math.abs(value)) } };
      expect(await run(proto, feeds)).toEqual(await run(model.proto, feeds));
    }
  });

  const parts: Record<string, SmallModelParts> = {
    'a mean for each pixel': {
      nodes: [node('BatchNormalization', ['x', 'p', 'p', 'p', 'p'], 'y', [intAttribute('spatial', 0)])],
      inputs: { x: [1, 2] },
      outputs: ['y'],
      initializers: [floatTensor('p', [2])],
      opset: 8,
    },
    'a Dropout whose mask is read': {
      nodes: [node('Dropout', ['x'], ['y', 'mask'])],
      inputs: { x: [1, 2] },
      outputs: ['y', 'mask'],
      opset: 9,
    },
    'broadcasting as it was before 7': {
      nodes: [node('Add', ['x', 'x'], 'y')],
      inputs: { x: [2] },
      outputs: ['y'],
      opset: 6,
    },
  };
  it.each(Object.keys(parts))('refuses %s, naming the node and the reason', (name) => {
    const model = smallModel(parts[name]!);
    expect(() => prepareModel(model, perTensor)).toThrow(
      expect.objectContaining({ code: 'quantize-opset', place: 'node "make y"' }),
    );
  });

  it('leaves a model in its set when a node cannot be raised and the recipe does not need it', () => {
    const model = smallModel({
      nodes: [node('Resize', ['x', 's'], 'y')],
      inputs: { x: [1, 1, 4, 4], s: [4] },
      outputs: ['y'],
      opset: 10,
    });
    const { proto, notes } = prepareModel(model, perTensor);
    expect(opsetOf(proto)).toBe(10);
    expect(proto.graph?.node[0]).toEqual(model.graph.node[0]);
    expect(notes[0]).toContain('stays at 10');
    expect(codeOf(() => prepareModel(model, defaultRecipe))).toBe('quantize-opset');
  });

  it('raises for dynamic quantization only where that needs it', () => {
    const at = (opset: number): SmallModelParts => ({
      nodes: [node('Relu', ['x'], 'y')],
      inputs: { x: [2] },
      outputs: ['y'],
      opset,
    });
    expect(opsetOf(prepareModel(smallModel(at(11)), dynamic).proto)).toBe(11);
    expect(opsetOf(prepareModel(smallModel(at(10)), dynamic).proto)).toBe(13);
    expect(opsetOf(prepareModel(smallModel(at(17)), defaultRecipe).proto)).toBe(17);
  });
});

describe('folding BatchNormalization', () => {
  const norm = (input: string, output: string): ReturnType<typeof node> =>
    node('BatchNormalization', [input, ...['g', 'b', 'm', 'v'].map((one) => `${output}.${one}`)], output);
  const parametersOf = (output: string, channels: number): ReturnType<typeof floatTensor>[] => [
    ...['g', 'b', 'm'].map((one, index) => floatTensor(`${output}.${one}`, [channels], index + 3)),
    floatTensor(
      `${output}.v`,
      [channels],
      spread(channels, 9).map((value) => Math.abs(value) + 0.1),
    ),
  ];

  it('gives the same results for grouped Conv, grouped ConvTranspose and Gemm', async () => {
    const model = smallModel({
      nodes: [
        node('Conv', ['x', 'w1'], 'conv', [intAttribute('group', 2)]),
        norm('conv', 'n1'),
        node('ConvTranspose', ['n1', 'w2', 'b2'], 'transposed', [
          intAttribute('group', 2),
          intsAttribute('strides', [2, 2]),
        ]),
        norm('transposed', 'n2'),
        node('GlobalAveragePool', ['n2'], 'pool'),
        node('Flatten', ['pool'], 'flat'),
        node('Gemm', ['flat', 'w3', 'b3'], 'gemm', [
          intAttribute('transB', 1),
          floatAttribute('alpha', 2),
          floatAttribute('beta', 0.5),
        ]),
        norm('gemm', 'n3'),
        node('Gemm', ['n3', 'w4'], 'plain'),
        norm('plain', 'y'),
      ],
      inputs: { x: [2, 4, 6, 6] },
      outputs: ['y'],
      initializers: [
        floatTensor('w1', [6, 2, 3, 3]),
        floatTensor('w2', [6, 4, 2, 2], 2),
        floatTensor('b2', [8], 3),
        floatTensor('w3', [5, 8], 4),
        floatTensor('b3', [5], 5),
        floatTensor('w4', [5, 3], 6),
        ...parametersOf('n1', 6),
        ...parametersOf('n2', 8),
        ...parametersOf('n3', 5),
        ...parametersOf('y', 3),
      ],
    });
    const { proto, notes } = prepareModel(model, defaultRecipe);
    expect(histogram(proto)).toEqual({ Conv: 1, ConvTranspose: 1, GlobalAveragePool: 1, Flatten: 1, Gemm: 2 });
    expect(notes).toEqual(['4 BatchNormalizations folded into the weights before them.']);
    expect(proto.graph?.initializer).toHaveLength(8);
    const feeds = { x: floatInput([2, 4, 6, 6]) };
    const [before, after] = [await run(model.proto, feeds), await run(proto, feeds)];
    (before['y']?.data as Float32Array).forEach((value, index) => {
      expect((after['y']?.data as Float32Array)[index]).toBeCloseTo(value, 4);
    });
  });

  it('leaves a normalization whose input something else reads, or that trains', () => {
    const initializers = [floatTensor('w', [4, 3, 1, 1]), ...parametersOf('y', 4)];
    const conv = node('Conv', ['x', 'w'], 'conv');
    const two = { nodes: [conv, norm('conv', 'y'), node('Neg', ['conv'], 'z')], outputs: ['y', 'z'] };
    const output = { nodes: [conv, norm('conv', 'y')], outputs: ['y', 'conv'] };
    for (const parts of [two, output]) {
      const model = smallModel({ ...parts, inputs: { x: [1, 3, 2, 2] }, initializers });
      const { proto, notes } = prepareModel(model, defaultRecipe);
      expect(histogram(proto)['BatchNormalization']).toBe(1);
      expect(notes).toEqual(['1 BatchNormalization could not be folded.']);
    }
  });

  it('leaves a normalization that the recipe excludes, which so keeps its name', () => {
    const model = smallModel({
      nodes: [node('Conv', ['x', 'w'], 'conv'), norm('conv', 'y')],
      inputs: { x: [1, 3, 2, 2] },
      outputs: ['y'],
      initializers: [floatTensor('w', [4, 3, 1, 1]), ...parametersOf('y', 4)],
    });
    const { proto, notes } = prepareModel(model, { ...defaultRecipe, excludedNodes: ['make y'] });
    expect(proto.graph?.node.map((one) => one.name)).toEqual(['make conv', 'make y']);
    expect(notes).toEqual([]);
  });

  it('is exact but for one rounding a weight', () => {
    const size = fc.integer({ min: 1, max: 5 });
    fc.assert(
      fc.property(size, size, fc.integer({ min: 1, max: 1000 }), (inputs, channels, seed) => {
        const variance = spread(channels, seed + 1).map((value) => value ** 2);
        const parameters = ['g', 'b', 'm'].map((one, index) => floatTensor(`y.${one}`, [channels], seed + index));
        const model = smallModel({
          nodes: [node('Gemm', ['x', 'w', 'bias'], 'gemm'), norm('gemm', 'y')],
          inputs: { x: [1, inputs] },
          outputs: ['y'],
          initializers: [
            floatTensor('w', [inputs, channels], seed),
            floatTensor('bias', [channels], seed + 5),
            ...parameters,
            floatTensor('y.v', [channels], variance),
          ],
        });
        const { proto } = prepareModel(model, defaultRecipe);
        const value = (name: string): Float32Array =>
          model.tensors.floats(model.graph.initializer.find((one) => one.name === name)!);
        const folded = proto.graph!.node[0]!.input.map((name) =>
          proto.graph!.initializer.find((one) => one.name === name),
        );
        const weights = model.tensors.floats(folded[1]!);
        const bias = model.tensors.floats(folded[2]!);
        for (let channel = 0; channel < channels; channel++) {
          const scale = value('y.g')[channel]! / Math.sqrt(variance[channel]! + 1e-5);
          const shift = value('y.b')[channel]! - scale * value('y.m')[channel]!;
          expect(bias[channel]).toBe(Math.fround(shift + scale * value('bias')[channel]!));
          for (let row = 0; row < inputs; row++) {
            const index = row * channels + channel;
            expect(weights[index]).toBe(Math.fround(value('w')[index]! * scale));
          }
        }
      }),
      { numRuns: 50 },
    );
  });
});

describeShared('real models of old operator sets', (folder) => {
  it.each(['mnist_cntk', 'light_squeezenet', 'ultraface_rfb_320', 'yolox_nano_416'])(
    '%s computes the same when raised',
    async (name) => {
      const model = readModel(`${folder}/data/models/${name}.onnx`);
      try {
        const { proto } = prepareModel(model, defaultRecipe);
        expect(opsetOf(proto)).toBe(13);
        const session = await openSessionFromBytes(encodeModel(proto));
        const feeds = randomFeeds(session.inputs, {}, 1, 1);
        await session.close();
        expect(await run(proto, feeds, 'all')).toEqual(await run(model.proto, feeds, 'all'));
      } finally {
        model.close();
      }
    },
  );
});
