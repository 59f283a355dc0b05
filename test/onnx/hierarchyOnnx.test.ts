// ONNX models as graphs: boundary nodes, bodies of loops and branches, every kind of attribute, hostile names.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DataType } from '../../src/onnx/dataTypes';
import { ModelHierarchy } from '../../src/onnx/hierarchy/modelHierarchy';
import { onnxAttributes } from '../../src/onnx/hierarchy/onnxAttributes';
import { onnxGraph } from '../../src/onnx/hierarchy/onnxGraph';
import {
  floatAttribute,
  floatsAttribute,
  intAttribute,
  intsAttribute,
  makeNode,
  makeTensor,
  makeValueInfo,
  stringAttribute,
  tensorAttribute,
} from '../../src/onnx/makeMessages';
import { AttributeType } from '../../src/onnx/messages';
import type { AttributeProto, GraphProto, NodeProto } from '../../src/onnx/messages';
import { emptyGraph } from '../../src/onnx/modelWalk';
import { readModel, readModelBytes } from '../../src/onnx/readModel';
import { TensorReader } from '../../src/onnx/tensorReader';
import { encodeModel } from '../../src/onnx/writeModel';
import { describeShared } from '../support/shared';
import { edgesOf, idsOf } from './hierarchyGraphs';
import { floatInput, floatOutput, graphAttribute, modelOf, node, variedModel } from './smallModels';

function hierarchyOf(graph: Partial<GraphProto>, limit?: number): ModelHierarchy {
  return new ModelHierarchy(onnxGraph(readModelBytes(encodeModel(modelOf(graph)))), limit);
}

describe('an ONNX model', () => {
  it('shows its inputs and outputs, the branches of If as groups, and hides constants', () => {
    const hierarchy = new ModelHierarchy(onnxGraph(readModelBytes(encodeModel(variedModel()))));
    const view = hierarchy.view();
    expect(view.nodes[0]).toEqual({
      ...{ id: 'x', label: 'Input node', highlight: false, properties: { name: 'x', type: 'Input node' } },
      ...{ attributes: [{ name: 'type', attribute_type: 'type', value: 'float32[N, 3]' }], node_type: 'node' },
    });
    // A group of one node is that node.
    expect(idsOf(view)).toEqual(['x', 'MatMul_product', 'Add_sum', 'If_y', 'Mul_then_out', 'Mul_else_out', 'y']);
    expect([...hierarchy.groups.keys()]).toEqual(['If_y.then_branch', 'If_y.else_branch']);
    expect(edgesOf(view)).toEqual([
      'x > MatMul_product',
      'MatMul_product > Add_sum',
      'Mul_then_out > If_y',
      'Mul_else_out > If_y',
      'Add_sum > Mul_then_out',
      'Add_sum > Mul_else_out',
      'If_y > y',
    ]);
  });

  it('passes what a loop is given to its body, in the body of a body, too', () => {
    const bool = (name: string): ReturnType<typeof makeValueInfo> => makeValueInfo(name, DataType.bool, []);
    const float = (name: string): ReturnType<typeof makeValueInfo> => makeValueInfo(name, DataType.float32, undefined);
    const count = (name: string): ReturnType<typeof makeValueInfo> => makeValueInfo(name, DataType.int64, []);
    const inner: GraphProto = {
      ...emptyGraph,
      input: [count('j'), bool('c2'), float('w')],
      node: [node('Mul', ['w', 'v'], ['w2']), node('Identity', ['c2'], ['c2o'])],
      output: [bool('c2o'), float('w2')],
    };
    const body: GraphProto = {
      ...emptyGraph,
      input: [count('i'), bool('c1'), float('v')],
      node: [
        node('Tanh', ['v'], ['t']),
        node('Loop', ['', 'c1', 't'], ['u'], [graphAttribute('body', inner)]),
        node('Identity', ['c1'], ['c1o']),
      ],
      output: [bool('c1o'), float('u')],
    };
    const hierarchy = hierarchyOf({
      input: floatInput,
      output: floatOutput,
      initializer: [makeTensor('n', DataType.int64, [], BigInt64Array.of(3n))],
      node: [node('Relu', ['x'], ['r']), node('Loop', ['n', '', 'r'], ['y'], [graphAttribute('body', body)])],
    });
    expect(idsOf(hierarchy.view())).toEqual(['x', 'Relu_r', 'Loop_y', 'node_group_Loop_y.body', 'y']);
    const open = hierarchy.view({ expanded: [...hierarchy.groups.keys()] });
    expect(edgesOf(open).sort()).toEqual([
      'Loop_u > Loop_y',
      'Loop_y > y',
      'Mul_w2 > Loop_u',
      'Relu_r > Loop_y',
      'Relu_r > Mul_w2',
      'Relu_r > Tanh_t',
      'Tanh_t > Loop_u',
      'Tanh_t > Mul_w2',
      'x > Relu_r',
    ]);
  });

  it('calls nodes without a name after what they make, and lets operators have the ids', () => {
    const unnamed = (opType: string, inputs: string[], outputs: string[], name = ''): NodeProto =>
      makeNode({ opType, inputs, outputs, name });
    const view = hierarchyOf({
      input: floatInput,
      output: floatOutput,
      node: [unnamed('Relu', ['x'], ['a/b']), unnamed('Relu', ['a/b'], ['a/c']), unnamed('Relu', ['a/c'], ['y'], 'x')],
    }).view();
    expect(idsOf(view)).toEqual(['x#2', 'a/b', 'a/c', 'x', 'y']);
    expect(edgesOf(view)).toEqual(['x#2 > a/b', 'a/b > a/c', 'a/c > x', 'x > y']);
  });
});

describe('attributes', () => {
  const blank = floatsAttribute('', []);
  const shown = (attribute: AttributeProto): unknown[] => {
    const made = makeNode({ opType: 'Op', inputs: [], outputs: ['y'], name: '', attributes: [attribute] });
    return onnxAttributes(made, new TensorReader(undefined)).map(({ name, attribute_type: type, value }) => [
      ...[name, type, value],
    ]);
  };
  const text = (value: string): Uint8Array => new TextEncoder().encode(value);
  const floats = makeTensor(
    't',
    DataType.float32,
    [2, 5],
    Float32Array.from({ length: 10 }, (_, at) => at / 10),
  );
  const sparse = {
    values: makeTensor('v', DataType.float32, [1], new Float32Array([2])),
    indices: makeTensor('i', DataType.int64, [1], BigInt64Array.of(3n)),
    dims: [9],
  };
  const graph = {
    ...emptyGraph,
    node: [node('Relu', ['a'], ['b']), node('Relu', ['b'], ['c']), node('Add', ['c'], ['d'])],
  };
  const type = makeValueInfo('x', DataType.float32, [1]).type!;

  it.each<[string, AttributeProto, string, unknown]>([
    ['float', floatAttribute('a', Math.fround(0.1)), 'float', 0.1],
    ['not a number', floatAttribute('a', NaN), 'float', 'NaN'],
    ['int', intAttribute('a', -7), 'int', -7],
    ['large int', intAttribute('a', 2n ** 63n - 1n), 'int', '9223372036854775807'],
    ['string', stringAttribute('a', 'SAME_UPPER'), 'string', 'SAME_UPPER'],
    ['long string', stringAttribute('a', 'é'.repeat(3000)), 'string', `${'é'.repeat(1000)}… (6000 bytes)`],
    ['floats', floatsAttribute('a', [Math.fround(0.2), -Infinity]), 'floats', [0.2, '-Infinity']],
    ['ints', intsAttribute('a', [1, 2, 3]), 'ints', [1, 2, 3]],
    [
      'strings',
      { ...blank, name: 'a', type: AttributeType.strings, strings: [text('x'), text('y')] },
      'strings',
      ['x', 'y'],
    ],
    ['tensor', tensorAttribute('a', floats), 'tensor', 'float32[2, 5]: 0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, …'],
    [
      'scalar int64',
      tensorAttribute('a', makeTensor('', DataType.int64, [], BigInt64Array.of(-1n))),
      'tensor',
      'int64[]: -1',
    ],
    ['text tensor', tensorAttribute('a', makeTensor('', DataType.string, [1], ['q"'])), 'tensor', 'string[1]: "q\\""'],
    [
      'half tensor',
      tensorAttribute('a', makeTensor('', DataType.float16, [1], Uint16Array.of(0x3c00))),
      'tensor',
      'float16[1]: 1',
    ],
    [
      'int4 tensor',
      tensorAttribute('a', makeTensor('', DataType.int4, [3], Int8Array.of(-8, 7, 1))),
      'tensor',
      'int4[3]: -8, 7, 1',
    ],
    [
      'unpacked tensor',
      tensorAttribute('a', {
        ...makeTensor('', DataType.int32, [0], new Int32Array(0)),
        rawData: undefined,
        dims: [2],
        int32Data: Uint8Array.of(5, 6),
      } as never),
      'tensor',
      'int32[2]: 5, 6',
    ],
    ['tensor without its data', tensorAttribute('a', { ...floats, dims: [3] }), 'tensor', 'float32[3]'],
    ['graph', graphAttribute('a', graph), 'graph', '3 nodes: 2 Relu, 1 Add'],
    ['graphs', { ...blank, name: 'a', type: AttributeType.graphs, graphs: [emptyGraph] }, 'graphs', ['no nodes']],
    [
      'tensors',
      { ...blank, name: 'a', type: AttributeType.tensors, tensors: [floats] },
      'tensors',
      [expect.stringContaining('[2, 5]')],
    ],
    [
      'sparse tensor',
      { ...blank, name: 'a', type: AttributeType.sparseTensor, sparseTensor: sparse },
      'sparse_tensor',
      'sparse [9] of float32[1]: 2',
    ],
    [
      'sparse tensors',
      { ...blank, name: 'a', type: AttributeType.sparseTensors, sparseTensors: [sparse] },
      'sparse_tensors',
      [expect.any(String)],
    ],
    ['type', { ...blank, name: 'a', type: AttributeType.typeProto, tp: type }, 'type', 'float32'],
    ['types', { ...blank, name: 'a', type: AttributeType.typeProtos, typeProtos: [type] }, 'types', ['float32']],
    ['reference', { ...blank, name: 'a', type: AttributeType.float, refAttrName: 'alpha' }, 'reference', 'alpha'],
    ['no stated type', { ...blank, name: 'a', type: AttributeType.undefined, ints: [4n] }, 'ints', [4]],
    ['unknown type', { ...blank, name: 'a', type: 99 }, 'unknown', 'type 99'],
  ])('of the kind %s are shown', (_, attribute, kind, value) => {
    expect(shown(attribute)).toEqual([['a', kind, value]]);
  });

  it('of long lists are shown by their start', () => {
    const [[, , value]] = shown(
      intsAttribute(
        'a',
        Array.from({ length: 1000 }, (_, at) => at),
      ),
    ) as [unknown[]];
    expect((value as unknown[]).slice(-2)).toEqual([63, '… 1000 in all']);
  });

  it('name the domain of operators that are not of ai.onnx', () => {
    const made = makeNode({ opType: 'Gelu', inputs: [], outputs: ['y'], name: '', domain: 'com.microsoft' });
    expect(onnxAttributes(made, new TensorReader(undefined))).toEqual([
      { name: 'domain', attribute_type: 'string', value: 'com.microsoft' },
    ]);
  });
});

describe('hostile models', () => {
  it('keep their names to themselves', () => {
    const long = 'n/'.repeat(300_000);
    const names = ['__proto__/a', '__proto__/b', 'constructor', '\u0000/\u001b[31m', '\u202e/x', long, `${long}x`];
    const nodes = names.map((name, at) => makeNode({ opType: 'Relu', inputs: ['x'], outputs: [`o${at}`], name }));
    const hierarchy = hierarchyOf({ input: floatInput, output: [makeValueInfo('o0', 1, undefined)], node: nodes });
    const view = hierarchy.view();
    expect(idsOf(view)).toContain('node_group___proto__');
    expect(JSON.stringify(view).length).toBeLessThan(10_000);
    const open = hierarchy.view({ expanded: [...hierarchy.groups.keys()] });
    expect(open.nodes).toHaveLength(names.length + 2);
    expect(Math.max(...idsOf(open).map((id) => id.length))).toBeLessThan(1100);
  });

  it('cannot make more groups than fit', () => {
    const nodes = Array.from({ length: 5000 }, (_, at) =>
      makeNode({
        ...{ opType: 'Relu', inputs: ['x'], outputs: [`o${at}`] },
        name: Array.from({ length: 64 }, (__, part) => `${at}.${part}`).join('/'),
      }),
    );
    const hierarchy = hierarchyOf({ input: floatInput, output: [makeValueInfo('o0', 1, undefined)], node: nodes });
    expect(hierarchy.groups.size).toBeLessThan(201_000);
    expect(hierarchy.view().nodes.length).toBeLessThanOrEqual(500);
  });
});

describeShared('real models as graphs', (shared) => {
  it.each(['light_resnet50', 'silero_vad', 'yolox_nano_416', 'cifar10_cct.op17', 'mnist_cntk'])('%s', (name) => {
    const model = readModel(join(shared, `data/models/${name}.onnx`));
    try {
      const hierarchy = new ModelHierarchy(onnxGraph(model));
      expect(hierarchy.view().nodes.length).toBeLessThanOrEqual(200);
      const open = hierarchy.view({ expanded: [...hierarchy.groups.keys()] });
      expect(open.nodes).toHaveLength(hierarchy.graph.hidden.filter((hidden) => !hidden).length);
      const linked = new Set(open.edges.flatMap(({ source, target }) => [source, target]));
      const lonely = open.nodes.filter(({ id, label }) => !linked.has(id) && !label.startsWith('Constant'));
      expect(lonely).toEqual([]);
    } finally {
      model.close();
    }
  });
});
