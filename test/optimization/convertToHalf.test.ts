// Conversion to half precision, rule by rule, on models of a few nodes that the engine then runs.
import { describe, expect, it } from 'vitest';
import { DataType } from '../../src/onnx/dataTypes';
import { attributeOf } from '../../src/onnx/graphView';
import {
  floatAttribute,
  floatsAttribute,
  intAttribute,
  intsAttribute,
  makeTensor,
  stringAttribute,
  tensorAttribute,
} from '../../src/onnx/makeMessages';
import type { ModelProto } from '../../src/onnx/messages';
import { readModelBytes } from '../../src/onnx/readModel';
import { encodeModel } from '../../src/onnx/writeModel';
import { convertToHalf } from '../../src/optimization/convertToHalf';
import { floatInput, floatTensor, intTensor, node, protoOf, smallModel } from '../quantization/rewritingModels';
import { functionOf } from '../onnx/smallModels';
import type { SmallModelParts } from '../quantization/rewritingModels';
import { constantTypes, convertAndRun, convertModelAndRun, halfNumbers, nodeNamed, opsOf, typesOf } from './halfModels';

const { float32, float16, int64 } = DataType;
const to = (type: number) => [intAttribute('to', type)];

const dense: SmallModelParts = {
  nodes: [node('MatMul', ['x', 'w'], 'm'), node('Add', ['m', 'b'], 'a'), node('Relu', ['a'], 'y')],
  inputs: { x: ['batch', 4] },
  outputs: ['y'],
  initializers: [floatTensor('w', [4, 3]), floatTensor('b', [3])],
};
const x = { x: floatInput([2, 4]) };

describe('a plain model', () => {
  it('is in half precision throughout, with nothing put in', async () => {
    const { graph, decibels, converted, casts, constants } = await convertAndRun(dense, x);
    expect(opsOf(graph)).toBe('MatMul, Add, Relu');
    expect(typesOf([...graph.input, ...graph.output])).toEqual({ x: float16, y: float16 });
    expect(constantTypes(graph)).toEqual({ w: float16, b: float16 });
    expect({ converted, casts, constants }).toEqual({
      converted: { MatMul: 1, Add: 1, Relu: 1 },
      casts: 0,
      constants: 2,
    });
    expect(decibels).toBeGreaterThan(50);
  });

  it('keeps the types of its inputs and outputs when asked to', async () => {
    const { graph, decibels, casts } = await convertAndRun(dense, x, { keepIoTypes: true });
    expect(opsOf(graph)).toBe('Cast, MatMul, Add, Relu, Cast');
    expect(typesOf([...graph.input, ...graph.output])).toEqual({ x: float32, y: float32 });
    expect(casts).toBe(2);
    expect(decibels).toBeGreaterThan(50);
  });

  it('keeps those that are named', async () => {
    const { graph } = await convertAndRun(dense, x, { keepIoTypes: ['x'] });
    expect(typesOf([...graph.input, ...graph.output])).toEqual({ x: float32, y: float16 });
    expect(() => convertToHalf(smallModel(dense), { keepIoTypes: ['z'] })).toThrow(/neither an input nor an output/);
  });

  it('tells the types inside anew', async () => {
    const proto = protoOf(dense);
    const declared = ['m', 'a'].map((name) => ({ ...protoOf({ ...dense, outputs: [name] }).graph!.output[0]! }));
    const model = readModelBytes(encodeModel({ ...proto, graph: { ...proto.graph!, valueInfo: declared } }));
    const { graph } = await convertModelAndRun(model, x, { blocked: ['Relu'] });
    expect(typesOf(graph.valueInfo)).toEqual({ m: float16, a: float16 });
  });

  it('keeps an output that is also read, and one that is an input', async () => {
    const parts: SmallModelParts = {
      nodes: [node('Relu', ['x'], 'y'), node('Neg', ['y'], 'z')],
      inputs: { x: [2, 4] },
      outputs: ['y', 'z', 'x'],
    };
    for (const keepIoTypes of [true, false]) {
      const { graph, decibels } = await convertAndRun(parts, x, { keepIoTypes });
      expect(graph.output.map(({ name }) => name)).toEqual(['y', 'z', 'x']);
      expect(decibels).toBeGreaterThan(50);
    }
  });
});

describe('constants', () => {
  it('beyond the range are clamped, counted and told of', () => {
    const parts: SmallModelParts = {
      nodes: [node('Add', ['x', 'w'], 'y')],
      inputs: { x: [2, 4] },
      outputs: ['y'],
      initializers: [floatTensor('w', [4], Float32Array.of(1e-9, -1e6, 3e38, 1))],
    };
    const { proto, clamps, notes } = convertToHalf(smallModel(parts));
    expect(clamps).toEqual({ raised: 1, lowered: 2 });
    expect(halfNumbers(proto.graph?.initializer[0])).toEqual([2 ** -24, -65504, 65504, 1]);
    expect(notes).toEqual([
      '2 constant numbers beyond what float16 holds became ±65504.',
      '1 constant number nearer to 0 than float16 gets became ±5.96e-8.',
    ]);
  });

  it('shared with a node that stays float are there in both forms, else in one', async () => {
    const parts: SmallModelParts = {
      nodes: [node('Max', ['x', 'w'], 'm'), node('Add', ['m', 'w'], 'y'), node('Min', ['x', 'v'], 'z')],
      inputs: { x: [2, 4] },
      outputs: ['y', 'z'],
      initializers: [floatTensor('w', [4]), floatTensor('v', [4], 3)],
    };
    const { graph, decibels } = await convertAndRun(parts, x, { keepIoTypes: true });
    expect(constantTypes(graph)).toEqual({ w: float32, w_fp16: float16, v: float32 });
    expect(decibels).toBeGreaterThan(50);
  });

  it('in nodes, fills and outputs follow their readers', async () => {
    const parts: SmallModelParts = {
      nodes: [
        node('Constant', [], 'c', [tensorAttribute('value', floatTensor('', [4]))]),
        node('Constant', [], 'one', [floatAttribute('value_float', 0.5)]),
        node('Constant', [], 'some', [floatsAttribute('value_floats', [1, 2, 3, 4])]),
        node('Shape', ['x'], 's'),
        node('ConstantOfShape', ['s'], 'zeros'),
        node('ConstantOfShape', ['s'], 'twos', [
          tensorAttribute('value', makeTensor('', float32, [1], Float32Array.of(2))),
        ]),
        node('Sum', ['x', 'c', 'one', 'zeros', 'twos'], 'y'),
        node('Max', ['x', 'c', 'some'], 'z'),
      ],
      inputs: { x: [2, 4] },
      outputs: ['y', 'z', 'w', 'some'],
      initializers: [floatTensor('w', [2])],
    };
    for (const keepIoTypes of [false, true]) {
      const { graph, decibels } = await convertAndRun(parts, x, { keepIoTypes });
      expect(decibels).toBeGreaterThan(50);
      expect(attributeOf(nodeNamed(graph, 'make zeros'), 'value')?.t?.dataType).toBe(float16);
      expect(graph.node.filter(({ opType }) => opType === 'Constant')).toHaveLength(keepIoTypes ? 4 : 5);
      expect(constantTypes(graph)).toEqual({ w: keepIoTypes ? float32 : float16 });
    }
  });

  it('that files before IR version 4 also list as inputs are plain weights', async () => {
    const parts: SmallModelParts = { ...dense, irVersion: 3, opset: 8, overridable: true };
    const { graph, proto, notes, casts } = await convertAndRun(parts, x, { keepIoTypes: true });
    expect(graph.input.map(({ name }) => name)).toEqual(['x']);
    expect(proto.irVersion).toBe(4);
    expect(casts).toBe(2);
    expect(notes[0]).toMatch(/^2 weights that could be overridden/);
  });
});

describe('nodes that stay float', () => {
  const mixed: SmallModelParts = {
    nodes: [
      node('Relu', ['x'], 'r'),
      node('CumSum', ['r', 'axis'], 'c'),
      node('Max', ['c', 'r'], 'm'),
      node('Exp', ['m'], 'y'),
    ],
    inputs: { x: [2, 4] },
    outputs: ['y'],
    initializers: [intTensor('axis', [1], [])],
  };

  it('have casts around them, none between them, and one for all readers', async () => {
    const { graph, keptFloat, decibels } = await convertAndRun(mixed, x);
    expect(opsOf(graph)).toBe('Relu, Cast, CumSum, Max, Cast, Exp');
    expect(keptFloat.map(({ node: name, opType }) => [name, opType])).toEqual([
      ['make c', 'CumSum'],
      ['make m', 'Max'],
    ]);
    expect(decibels).toBeGreaterThan(50);
  });

  it('may be named by node or op type, and a wrong name is refused with the nearest', async () => {
    const { graph, keptFloat } = await convertAndRun(dense, x, { blocked: ['MatMul', 'make a'] });
    expect(opsOf(graph)).toBe('Cast, MatMul, Add, Cast, Relu');
    expect(constantTypes(graph)).toEqual({ w: float32, b: float32 });
    expect(keptFloat.map(({ reason }) => reason)).toEqual(['MatMul is on the block list', 'it is on the block list']);
    expect(() => convertToHalf(smallModel(dense), { blocked: ['Matmul'] })).toThrow(
      expect.objectContaining({ code: 'optimize-unknown-block', nextStep: 'Did you mean "MatMul"?' }),
    );
  });

  it('at an output give the output its type', async () => {
    const parts: SmallModelParts = {
      nodes: [node('Neg', ['x'], 'n'), node('TopK', ['n', 'k'], ['y', 'i'])],
      inputs: { x: [2, 4] },
      outputs: ['y', 'i'],
      outputTypes: { i: int64 },
      initializers: [intTensor('k', [2])],
    };
    const half = await convertAndRun(parts, x);
    expect(opsOf(half.graph)).toBe('Neg, Cast, TopK, Cast');
    expect(typesOf(half.graph.output)).toEqual({ y: float16, i: int64 });
    expect(opsOf((await convertAndRun(parts, x, { keepIoTypes: true })).graph)).toBe('Cast, Neg, Cast, TopK');
  });

  it('are those of foreign domains', () => {
    const foreign = smallModel({
      ...dense,
      nodes: [node('Magic', ['x'], 'm', [], 'com.example'), node('Relu', ['x'], 'y')],
    });
    expect(convertToHalf(foreign).keptFloat).toMatchObject([
      { opType: 'Magic', reason: 'nothing is known of 16 bit in the domain com.example' },
    ]);
  });
});

describe('inputs and outputs that are float by definition', () => {
  it('are the scales of Resize, also where they came second', async () => {
    const scales = floatTensor('scales', [4], Float32Array.of(1, 1, 2, 2));
    const parts = (opset: number): SmallModelParts => ({
      nodes: [
        node('Resize', opset < 11 ? ['x', 'scales'] : ['x', '', 'scales'], 'r', [stringAttribute('mode', 'nearest')]),
        node('Relu', ['r'], 'y'),
      ],
      inputs: { x: [1, 1, 2, 2] },
      outputs: ['y'],
      initializers: [scales],
      opset,
    });
    for (const opset of [10, 13]) {
      const { graph, decibels, keptFloat } = await convertAndRun(parts(opset), { x: floatInput([1, 1, 2, 2]) });
      expect(constantTypes(graph)).toEqual({ scales: float32 });
      expect(keptFloat).toEqual([]);
      expect(decibels).toBeGreaterThan(50);
    }
  });

  it('are the mean and deviation of LayerNormalization', async () => {
    const parts: SmallModelParts = {
      nodes: [node('LayerNormalization', ['x', 'g'], ['n', 'mean', 'deviation']), node('Mul', ['n', 'deviation'], 'y')],
      inputs: { x: [2, 4] },
      outputs: ['y', 'mean'],
      initializers: [floatTensor('g', [4])],
      opset: 17,
    };
    for (const keepIoTypes of [false, true]) {
      const { decibels } = await convertAndRun(parts, x, { keepIoTypes });
      expect(decibels).toBeGreaterThan(45);
    }
  });
});

describe('casts of the model itself', () => {
  it('to float32 become casts to float16, or stay where float32 is wanted', async () => {
    const parts: SmallModelParts = {
      nodes: [
        node('Cast', ['ids'], 'f', to(float32)),
        node('Cast', ['ids'], 'g', to(float32)),
        node('Mul', ['x', 'f'], 'y'),
        node('Max', ['g', 'x'], 'z'),
      ],
      inputs: { ids: [2, 4], x: [2, 4] },
      inputTypes: { ids: int64 },
      outputs: ['y', 'z'],
    };
    const ids = { type: 'int64', dims: [2, 4], data: BigInt64Array.from([0, 1, 2, 3, 4, 5, 6, 7], BigInt) } as const;
    const { graph, decibels } = await convertAndRun(parts, { ...x, ids });
    expect(attributeOf(nodeNamed(graph, 'make f'), 'to')?.i).toBe(BigInt(float16));
    expect(attributeOf(nodeNamed(graph, 'make g'), 'to')?.i).toBe(BigInt(float32));
    expect(decibels).toBeGreaterThan(50);
  });

  it('between float32 and float16 go where they have become needless', async () => {
    const parts: SmallModelParts = {
      nodes: [
        node('Relu', ['x'], 'r'),
        node('Cast', ['r'], 'h', to(float16)),
        node('Neg', ['h'], 'n'),
        node('Cast', ['n'], 'f', to(float32)),
        node('Exp', ['f'], 'e'),
        node('Cast', ['e'], 'same', to(float32)),
        node('Max', ['f', 'same'], 'y'),
      ],
      inputs: { x: [2, 4] },
      outputs: ['y'],
    };
    const { graph, decibels } = await convertAndRun(parts, x);
    expect(opsOf(graph)).toBe('Relu, Neg, Cast, Exp, Cast, Max, Cast');
    expect(decibels).toBeGreaterThan(50);
  });

  it('to other types read what loses least', async () => {
    const parts: SmallModelParts = {
      nodes: [
        node('Range', ['from', 'end', 'step'], 'r'),
        node('Cast', ['r'], 'i', to(int64)),
        node('Gather', ['table', 'i'], 'g'),
        node('Add', ['g', 'x'], 'y'),
      ],
      inputs: { x: [1] },
      outputs: ['y', 'i'],
      outputTypes: { i: int64 },
      initializers: [
        floatTensor('from', [], Float32Array.of(2047)),
        floatTensor('end', [], Float32Array.of(2054)),
        floatTensor('step', [], Float32Array.of(1)),
        floatTensor('table', [2100]),
      ],
    };
    // Above 2048, float16 has even numbers only.
    const { graph } = await convertAndRun(parts, { x: floatInput([1]) });
    expect(opsOf(graph)).toBe('Range, Cast, Gather, Add');
  });
});

describe('types named by attributes', () => {
  it('follow what the node makes', async () => {
    const parts: SmallModelParts = {
      nodes: [
        node('HannWindow', ['length'], 'h'),
        node('HammingWindow', ['length'], 'g', [intAttribute('output_datatype', float32)]),
        node('Sum', ['x', 'h', 'g'], 'y'),
      ],
      inputs: { x: [2, 4] },
      outputs: ['y'],
      initializers: [intTensor('length', [4], [])],
      opset: 17,
    };
    const { graph, decibels } = await convertAndRun(parts, x);
    for (const name of ['make h', 'make g']) {
      expect(attributeOf(nodeNamed(graph, name), 'output_datatype')?.i).toBe(BigInt(float16));
    }
    expect(decibels).toBeGreaterThan(50);
  });

  it('of random numbers stay, as the engine makes them in float32 only', async () => {
    const shape = intsAttribute('shape', [2, 4]);
    const parts: SmallModelParts = {
      nodes: [
        node('RandomUniform', [], 'r', [shape, floatAttribute('high', 1e-4)]),
        node('RandomNormal', [], 'q', [shape, intAttribute('dtype', float32), floatAttribute('scale', 1e-4)]),
        node('EyeLike', ['x'], 'e', [intAttribute('dtype', float32)]),
        node('Sum', ['x', 'r', 'q', 'e'], 'y'),
      ],
      inputs: { x: [2, 4] },
      outputs: ['y'],
    };
    const { graph, decibels, keptFloat } = await convertAndRun(parts, x);
    expect(keptFloat.map(({ opType }) => opType)).toEqual(['RandomUniform', 'RandomNormal', 'EyeLike']);
    expect(opsOf(graph)).toBe('Cast, RandomUniform, Cast, RandomNormal, Cast, EyeLike, Cast, Sum');
    expect(decibels).toBeGreaterThan(40);
  });
});

describe('lists of tensors', () => {
  it('stay float32, with casts before and behind', async () => {
    const parts: SmallModelParts = {
      nodes: [
        node('Relu', ['x'], 'r'),
        node('SequenceConstruct', ['r', 'x'], 'list'),
        node('SequenceAt', ['list', 'first'], 's'),
        node('ConcatFromSequence', ['list'], 'c', [intAttribute('axis', 0)]),
        node('Add', ['s', 'x'], 'y'),
        node('Neg', ['c'], 'z'),
      ],
      inputs: { x: [2, 4] },
      outputs: ['y', 'z'],
      initializers: [intTensor('first', [0], [])],
    };
    const { decibels, keptFloat } = await convertAndRun(parts, x);
    expect(keptFloat.map(({ opType }) => opType)).toEqual(['SequenceConstruct', 'SequenceAt', 'ConcatFromSequence']);
    expect(decibels).toBeGreaterThan(50);
  });
});

describe('functions of the model', () => {
  it('are called in float32', async () => {
    const proto: ModelProto = {
      ...protoOf({
        ...dense,
        nodes: [node('Relu', ['x'], 'r'), node('Twice', ['r'], 't', [], 'local'), node('Neg', ['t'], 'y')],
        initializers: [],
        irVersion: 8,
      }),
      functions: [functionOf('Twice', [node('Add', ['a', 'a'], 'b')])],
    };
    const withDomain = {
      ...proto,
      opsetImport: [
        { domain: '', version: 17 },
        { domain: 'local', version: 1 },
      ],
    };
    const { graph, decibels } = await convertModelAndRun(readModelBytes(encodeModel(withDomain)), x);
    expect(opsOf(graph)).toBe('Relu, Cast, Twice, Cast, Neg');
    expect(decibels).toBeGreaterThan(50);
  });
});

describe('what is left alone or refused', () => {
  it('is a model that already is in half precision, with float32 at its ends or without', async () => {
    const once = convertToHalf(smallModel(dense), { keepIoTypes: true });
    for (const keepIoTypes of [true, false]) {
      const again = await convertModelAndRun(readModelBytes(encodeModel(once.proto)), x, { keepIoTypes });
      expect(again.converted).toEqual({});
      expect(again.notes).toEqual(['It already computes in float16, so it is left as it is.']);
      expect(encodeModel(again.proto)).toEqual(encodeModel(once.proto));
    }
  });

  it('is a model of integers, and one whose nodes all have to stay', () => {
    const integers: SmallModelParts = {
      nodes: [node('Neg', ['x'], 'y')],
      inputs: { x: [2] },
      inputTypes: { x: int64 },
      outputs: ['y'],
      outputTypes: { y: int64 },
    };
    expect(convertToHalf(smallModel(integers)).notes).toEqual([
      'Nothing in it computes in float32, so it is left as it is.',
    ]);
    expect(convertToHalf(smallModel(dense), { blocked: ['MatMul', 'Add', 'Relu'] }).notes).toEqual([
      'Every node that computes in float32 has to stay there, so it is left as it is.',
    ]);
  });

  it('is a quantized model, an operator set without numbered casts, a tensor of unknown type', () => {
    const quantized = { ...dense, nodes: [node('QuantizeLinear', ['x', 's', 'z'], 'y')] };
    const scale = [floatTensor('s', []), makeTensor('z', DataType.uint8, [], new Uint8Array(1))];
    expect(() => convertToHalf(smallModel({ ...quantized, initializers: scale }))).toThrow(/already quantized/);
    expect(() => convertToHalf(smallModel({ ...dense, opset: 5 }))).toThrow(/uses operator set 5; float16 needs 6/);
    const foreign = [node('Magic', ['x'], 'm', [], 'com.example'), node('Relu', ['m'], 'y')];
    expect(() => convertToHalf(smallModel({ ...dense, nodes: foreign }))).toThrow(
      expect.objectContaining({ code: 'optimize-unknown-type', place: 'node "make y"' }),
    );
  });
});
