// Inferred types and shapes against ONNX's own inference and real runs, on models and on single operators.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataType } from '../../src/onnx/dataTypes';
import {
  intAttribute,
  intsAttribute,
  makeNode,
  makeTensor,
  makeValueInfo,
  stringAttribute,
} from '../../src/onnx/makeMessages';
import { AttributeType } from '../../src/onnx/messages';
import type { AttributeProto, FunctionProto, GraphProto, NodeProto } from '../../src/onnx/messages';
import { emptyGraph } from '../../src/onnx/modelWalk';
import { readModel } from '../../src/onnx/readModel';
import type { OnnxModel } from '../../src/onnx/readModel';
import { inferShapes } from '../../src/onnx/shapeInference';
import type { TensorTypeInfo } from '../../src/onnx/shapeInference';
import { broadcast, quotient } from '../../src/onnx/shapes/dims';
import { describeShared } from '../support/shared';
import { caseModel, int64, modelOf, operatorCases } from './operatorCases';
import type { OperatorCase } from './operatorCases';

type Golden = Record<string, Record<string, [type: number, dims: (number | string | null)[] | null]>>;

/** Operators whose output sizes depend on the data itself, so that they are not known before a run. */
const dataDependent = new Set(['Compress', 'NonMaxSuppression', 'NonZero', 'Unique']);

/** Cases whose deciding input is of a type that is not followed. */
const unfollowed = new Set([
  'test_onehot_without_axis',
  'test_onehot_with_axis',
  'test_onehot_with_negative_axis', // depth given as float
  'test_onehot_negative_indices',
  'test_onehot_out_of_range_indices',
  'test_range_float16_type_positive_delta',
  'test_range_bfloat16_type_positive_delta',
]);

/** Says what is wrong or missing about an output that a real run gave type and shape for. */
function faultOf(
  one: OperatorCase,
  got: TensorTypeInfo | undefined,
  expected: readonly [number, number[], ...unknown[]],
): string | undefined {
  const text = `${one.case}: ${JSON.stringify(got)} instead of ${JSON.stringify(expected)}`;
  if (got?.dims === undefined || got.dataType !== expected[0] || got.dims.length !== expected[1].length) return text;
  const known = dataDependent.has(one.op) || unfollowed.has(one.case) ? got.dims : got.dims.map((size) => size ?? -1);
  return known.every((size, axis) => size === null || size === expected[1][axis]) ? undefined : text;
}

describe('inferShapes on single operators', () => {
  it('gives what their reference implementations gave', () => {
    const faults: string[] = [];
    for (const one of operatorCases()) {
      const types = inferShapes(caseModel(one).model);
      one.outputs.forEach((expected, index) => {
        const fault = expected === null ? undefined : faultOf(one, types.get(`y${index}`), expected);
        if (fault !== undefined) faults.push(fault);
      });
    }
    expect(faults).toEqual([]);
  });

  it('never throws, whatever the attributes and inputs are', () => {
    const size = fc.oneof(fc.integer({ min: -3, max: 9 }), fc.constantFrom('n', null, 2 ** 40, 1e9));
    const shape = fc.option(fc.array(size, { maxLength: 5 }));
    const names = [
      'axis',
      'axes',
      'perm',
      'pads',
      'strides',
      'kernel_shape',
      'split',
      'blocksize',
      'group',
      'starts',
      'ends',
    ];
    const attribute = fc.oneof(
      fc.tuple(fc.constantFrom(...names), fc.integer()).map(([name, value]) => intAttribute(name, value)),
      fc
        .tuple(fc.constantFrom(...names), fc.array(fc.integer({ min: -9, max: 9 }), { maxLength: 9 }))
        .map(([name, value]) => intsAttribute(name, value)),
      fc.string().map((text) => stringAttribute('equation', text)),
    );
    const values = fc.array(fc.integer({ min: -9, max: 2 ** 31 }), { maxLength: 6 });
    const operators = [...new Set(operatorCases().map((one) => `${one.domain ?? ''}:${one.op}`))];
    fc.assert(
      fc.property(
        fc.constantFrom(...operators),
        fc.array(shape, { maxLength: 4 }),
        values,
        fc.array(attribute, { maxLength: 4 }),
        (operator, shapes, list, attributes) => {
          const [domain = '', opType = ''] = operator.split(':');
          const input = shapes.map((dims, index) => makeValueInfo(`x${index}`, DataType.float32, dims ?? undefined));
          const inputs = [...input.map(({ name }) => name), 'list', 'list'];
          const node = makeNode({ opType, domain, inputs, outputs: ['y', 'z'], name: 'n', attributes });
          const model = modelOf({ node: [node], input, initializer: [int64('list', list)] });
          for (const size of inferShapes(model).get('y')?.dims ?? []) {
            expect(typeof size === 'number' ? Number.isSafeInteger(size) && size >= 0 : true).toBe(true);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});

/** A model of float inputs and nodes written as `[opType, inputs, outputs, attributes]`. */
function chain(
  inputs: Record<string, (number | string | null)[] | undefined>,
  nodes: [opType: string, inputs: string[], outputs: string[], attributes?: AttributeProto[]][],
  rest: Partial<GraphProto> = {},
  opset = 17,
): OnnxModel {
  const input = Object.entries(inputs).map(([name, dims]) => makeValueInfo(name, DataType.float32, dims));
  const node = nodes.map(([opType, from, to, attributes = []]) =>
    makeNode({ opType, inputs: from, outputs: to, name: to[0] ?? '', attributes }),
  );
  return modelOf({ input, node, ...rest }, opset);
}

function graphAttribute(name: string, g: GraphProto): AttributeProto {
  return { ...intAttribute(name, 0), type: AttributeType.graph, g };
}

describe('inferShapes', () => {
  it('follows sizes through Shape, Gather, arithmetic and Concat into Reshape', () => {
    const model = chain(
      { x: ['batch', 'seq', 64] },
      [
        ['Shape', ['x'], ['shape']],
        ['Gather', ['shape', 'zero'], ['batch']],
        ['Gather', ['shape', 'one'], ['seq']],
        ['Div', ['width', 'heads'], ['perHead']],
        ['Unsqueeze', ['batch', 'axis'], ['b']],
        ['Unsqueeze', ['seq', 'axis'], ['s']],
        ['Unsqueeze', ['heads', 'axis'], ['h']],
        ['Unsqueeze', ['perHead', 'axis'], ['w']],
        ['Concat', ['b', 's', 'h', 'w'], ['wanted'], [intAttribute('axis', 0)]],
        ['Reshape', ['x', 'wanted'], ['y']],
      ],
      {
        initializer: [
          int64('zero', [0], []),
          int64('one', [1], []),
          int64('axis', [0]),
          int64('width', [64], []),
          int64('heads', [4], []),
        ],
      },
    );
    expect(inferShapes(model).get('y')).toEqual({ dataType: DataType.float32, dims: ['batch', 'seq', 4, 16] });
    expect(inferShapes(model, { batch: 2, seq: 7 }).get('y')?.dims).toEqual([2, 7, 4, 16]);
  });

  it('solves the -1 of a Reshape while symbols cancel', () => {
    const model = chain(
      { x: ['batch', 128, 4, 4] },
      [
        ['Reshape', ['x', 'open'], ['y']],
        ['Reshape', ['x', 'whole'], ['z']],
      ],
      {
        initializer: [int64('open', [0, -1]), int64('whole', [-1, 2048])],
      },
    );
    expect(inferShapes(model).get('y')?.dims).toEqual(['batch', 2048]);
    expect(inferShapes(model).get('z')?.dims).toEqual(['batch', 2048]);
  });

  it('believes declared numbers and fills in what the declaration leaves open', () => {
    const valueInfo = [makeValueInfo('y', DataType.float32, [null, 8, 'n'])];
    const types = inferShapes(
      chain(
        { x: [2, 3, 4] },
        [
          ['Relu', ['x'], ['y']],
          ['Relu', ['y'], ['z']],
        ],
        { valueInfo },
      ),
    );
    expect(types.get('y')?.dims).toEqual([2, 8, 4]);
    expect(types.get('z')?.dims).toEqual([2, 8, 4]);
  });

  it('leaves the outputs of unknown operators unknown and goes on behind them', () => {
    const types = inferShapes(
      chain({ x: [1, 3] }, [
        ['FancyOp', ['x'], ['y']],
        ['Add', ['x', 'y'], ['s']],
        ['Flatten', ['y'], ['z']],
      ]),
    );
    expect(types.get('y')).toBeUndefined();
    expect(types.get('s')).toEqual({ dataType: DataType.float32 });
    expect(types.get('z')).toEqual({ dataType: 0, dims: [null, null] });
  });

  it('reads the attribute forms of old operator sets', () => {
    const list = (name: string, values: number[]): AttributeProto => intsAttribute(name, values);
    const types = inferShapes(
      chain(
        { x: [2, 3, 8, 8], b: [3] },
        [
          ['Reshape', ['x'], ['reshaped'], [list('shape', [2, -1])]],
          ['Squeeze', ['x'], ['squeezed'], [list('axes', [])]],
          ['Unsqueeze', ['b'], ['unsqueezed'], [list('axes', [0, 2])]],
          ['Slice', ['x'], ['sliced'], [list('starts', [1, -4]), list('ends', [3, 2 ** 31]), list('axes', [1, 2])]],
          ['Split', ['x'], ['left', 'right'], [intAttribute('axis', 1), list('split', [1, 2])]],
          ['Pad', ['x'], ['padded'], [list('pads', [0, 0, 1, 1, 0, 0, 1, 1])]],
          ['Add', ['x', 'b'], ['sum'], [intAttribute('broadcast', 1), intAttribute('axis', 1)]],
          ['ReduceSum', ['x'], ['reduced'], [list('axes', [2, 3]), intAttribute('keepdims', 0)]],
          ['TopK', ['x'], ['top', 'index'], [intAttribute('k', 5)]],
          ['Cast', ['x'], ['cast'], [stringAttribute('to', 'INT64')]],
        ],
        {},
        5,
      ),
    );
    const dims = (name: string): unknown => types.get(name)?.dims;
    expect(dims('reshaped')).toEqual([2, 192]);
    expect(dims('unsqueezed')).toEqual([1, 3, 1]);
    expect(dims('sliced')).toEqual([2, 2, 4, 8]);
    expect([dims('left'), dims('right')]).toEqual([
      [2, 1, 8, 8],
      [2, 2, 8, 8],
    ]);
    expect(dims('padded')).toEqual([2, 3, 10, 10]);
    expect(dims('sum')).toEqual([2, 3, 8, 8]);
    expect(dims('reduced')).toEqual([2, 3]);
    expect(dims('top')).toEqual([2, 3, 8, 5]);
    expect(types.get('cast')?.dataType).toBe(DataType.int64);
  });

  it('takes of two branches what they agree on, and of a known condition its branch', () => {
    const branch = (opType: string, axis: number): GraphProto => ({
      ...emptyGraph,
      node: [
        makeNode({ opType, inputs: ['x', 'x'], outputs: ['out'], name: '', attributes: [intAttribute('axis', axis)] }),
      ],
      output: [makeValueInfo('out', 0, undefined)],
    });
    const attributes = [
      graphAttribute('then_branch', branch('Concat', 0)),
      graphAttribute('else_branch', branch('Add', 0)),
    ];
    const input = [makeValueInfo('c', DataType.bool, [])];
    const model = chain({ x: [2, 3] }, [['If', ['c'], ['y'], attributes]]);
    const open = modelOf({ ...model.graph, input: [...model.graph.input, ...input] });
    expect(inferShapes(open).get('y')).toEqual({ dataType: DataType.float32, dims: [null, 3] });
    const known = modelOf({ ...model.graph, initializer: [makeTensor('c', DataType.bool, [], Uint8Array.of(1))] });
    expect(inferShapes(known).get('y')?.dims).toEqual([4, 3]);
  });

  it('goes into functions of the model with the attributes of the call', () => {
    const inner = makeNode({
      opType: 'Flatten',
      inputs: ['a'],
      outputs: ['b'],
      name: '',
      attributes: [{ ...intAttribute('axis', 0), refAttrName: 'cut' }],
    });
    const body: FunctionProto = {
      name: 'Cut',
      domain: 'local',
      overload: '',
      input: ['a'],
      output: ['b'],
      attribute: ['cut'],
      attributeProto: [],
      node: [inner],
      docString: '',
      opsetImport: [{ domain: '', version: 17 }],
      valueInfo: [],
      metadataProps: [],
    };
    const call: NodeProto = makeNode({
      opType: 'Cut',
      domain: 'local',
      inputs: ['x'],
      outputs: ['y'],
      name: '',
      attributes: [intAttribute('cut', 2)],
    });
    const input = [makeValueInfo('x', DataType.float32, [2, 3, 4, 5])];
    expect(inferShapes(modelOf({ node: [call], input }, 17, { functions: [body] })).get('y')?.dims).toEqual([6, 20]);
  });

  it('walks 20,000 nodes', () => {
    const nodes = Array.from({ length: 20_000 }, (_, index) =>
      makeNode({ opType: 'Relu', inputs: [`t${index}`], outputs: [`t${index + 1}`], name: '' }),
    );
    const model = modelOf({ node: nodes.reverse(), input: [makeValueInfo('t0', DataType.float32, [1, 'n'])] });
    expect(inferShapes(model).get('t20000')?.dims).toEqual([1, 'n']);
  });

  it('stays quick when functions call each other over and over', () => {
    const functions = Array.from({ length: 60 }, (_, level): FunctionProto => ({
      name: `f${level}`,
      domain: 'local',
      overload: '',
      input: ['a'],
      output: ['c'],
      attribute: [],
      attributeProto: [],
      node: ['b', 'c'].map((to, step) =>
        makeNode({
          opType: level === 59 ? 'Relu' : `f${level + 1}`,
          domain: level === 59 ? '' : 'local',
          inputs: [step === 0 ? 'a' : 'b'],
          outputs: [to],
          name: '',
        }),
      ),
      docString: '',
      opsetImport: [],
      valueInfo: [],
      metadataProps: [],
    }));
    const call = makeNode({ opType: 'f0', domain: 'local', inputs: ['x'], outputs: ['y'], name: '' });
    const model = modelOf({ node: [call], input: [makeValueInfo('x', DataType.float32, [1])] }, 17, { functions });
    expect(inferShapes(model).get('y')).toBeUndefined();
  });
});

describe('arithmetic on shapes', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 4 });

  it('broadcasts in either order, and anything with itself to itself', () => {
    fc.assert(
      fc.property(sizes, sizes, (one, other) => {
        const ones = one.map((size, axis) => (axis % 2 === 0 ? 1 : size));
        expect(broadcast([one, ones])).toEqual(one);
        expect(broadcast([ones, one])).toEqual(one);
        expect(broadcast([[], other])).toEqual(other);
      }),
    );
  });

  it('takes the parts of a product out again', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 9 }), (parts, left) => {
        expect(quotient([...parts, left, 'n'], ['n', ...parts])).toBe(left);
        expect(quotient([...parts, 'n'], parts)).toBe('n');
        expect(quotient([...parts, null], parts)).toBeNull();
      }),
    );
  });
});

describeShared('inferShapes on real models', (folder) => {
  const golden = JSON.parse(
    readFileSync(resolve(import.meta.dirname, '../fixtures/shapes/models.json'), 'utf8'),
  ) as Golden;
  /** Operators without a rule: their outputs are only what the file declares. */
  const withoutRule = new Set(['FancyOp', 'LinearClassifier', 'StringNormalizer']);
  const folders: Record<string, string> = {};
  for (const { file } of manifestFiles(folder)) folders[file.replace(/^.*\//, '').replace(/\.onnx$/, '')] = file;

  it.each(Object.entries(golden))('infers all that ONNX infers of %s, from the nodes alone', (name, expected) => {
    const model = readModel(resolve(folder, 'data', folders[name] ?? name));
    try {
      const types = inferShapes(undeclared(model));
      let compared = 0;
      for (const [tensor, [dataType, dims]] of Object.entries(expected)) {
        if (withoutRule.has(model.graph.node.find((node) => node.output.includes(tensor))?.opType ?? '')) continue;
        const got = types.get(tensor);
        expect(got?.dataType, tensor).toBe(dataType);
        const asKnown = got?.dims?.map((size, axis) => (typeof dims?.[axis] === 'number' ? size : dims?.[axis]));
        if (dims !== null) expect(asKnown, tensor).toEqual(dims);
        compared++;
      }
      console.info(`${name}: ${compared} of ${Object.keys(expected).length} tensors as ONNX infers them`);
    } finally {
      model.close();
    }
  });

  it.each(['cifar10_cct.op13', 'cifar10_cct.op17', 'sst2_transformer.op13', 'mobilenet_v2_1.0_224_imagenet'])(
    'knows every size of %s once its symbols have numbers',
    (name) => {
      const model = readModel(resolve(folder, 'data', folders[name] ?? name));
      try {
        const types = inferShapes(model, { batch: 1, seq: 16 });
        const isClosed = (tensor: string): boolean =>
          types.get(tensor)?.dims?.every((size) => typeof size === 'number') === true;
        const outputs = model.graph.node.flatMap((node) => node.output);
        expect(outputs.filter((tensor) => !isClosed(tensor))).toEqual([]);
      } finally {
        model.close();
      }
    },
  );
});

function manifestFiles(folder: string): { file: string }[] {
  const manifest = JSON.parse(readFileSync(resolve(folder, 'data/MANIFEST.json'), 'utf8')) as Record<
    'models' | 'hostile',
    { file: string }[]
  >;
  return [...manifest.models, ...manifest.hostile];
}

/** The same model without what it declares of its inner tensors and outputs. */
function undeclared(model: OnnxModel): OnnxModel {
  const output = model.graph.output.map(({ name, docString, metadataProps }) => ({ name, docString, metadataProps }));
  const graph: GraphProto = { ...model.graph, valueInfo: [], output };
  return { ...model, graph, proto: { ...model.proto, graph } };
}
