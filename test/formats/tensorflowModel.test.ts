// Frozen graphs of TensorFlow: facts, graph, attributes of every kind, and damaged bytes.
import { describe, expect, it } from 'vitest';
import { MemorySource } from '../../src/onnx/byteSource';
import { ModelError } from '../../src/onnx/modelErrors';
import { ModelHierarchy } from '../../src/onnx/hierarchy/modelHierarchy';
import { defaultLimits } from '../../src/onnx/limits';
import type { ForeignModel } from '../../src/formats/foreignModel';
import { readTensorflowModel } from '../../src/formats/tensorflowModel';
import { edgesOf, idsOf } from '../onnx/hierarchyGraphs';
import { field } from '../onnx/smallModels';
import { attr, frozenGraph, nodeDef, tensorOfOne } from './foreignFiles';

function read(bytes: Iterable<number>): ForeignModel {
  return readTensorflowModel(new MemorySource(Uint8Array.from(bytes)));
}

function attributesOf(model: ForeignModel, id: string): Record<string, unknown> {
  const node = model.graph.nodes.find((one) => one.id === id);
  return Object.fromEntries(
    (node?.attributes() ?? []).map(({ name, attribute_type: type, value }) => [name, [type, value]]),
  );
}

describe('a frozen graph', () => {
  it('tells its facts', () => {
    expect(read(frozenGraph()).facts).toEqual({
      ...{
        format: 'TensorFlow frozen graph',
        formatVersion: '1087',
        canRun: false,
        nodes: 8,
        constants: 1,
        warnings: [],
      },
      sizeBytes: frozenGraph().length,
      inputs: [{ name: 'input_tensor', type: 'float32', shape: [null, 8, 8, 2] }],
      outputs: [{ name: 'softmax_tensor', type: 'float32', shape: null }],
      ops: { Placeholder: 1, Const: 1, Identity: 1, Conv2D: 1, Assert: 1, Split: 1, AddV2: 1, Softmax: 1 },
    });
  });

  it('is a graph: outputs by number and control inputs are edges, weights are hidden', () => {
    const hierarchy = new ModelHierarchy(read(frozenGraph()).graph);
    expect(idsOf(hierarchy.view())).toEqual(['input_tensor', 'node_group_net', 'softmax_tensor']);
    const open = hierarchy.view({ expanded: ['net'] });
    expect(idsOf(open)).toEqual([
      'input_tensor',
      'net/conv/Conv2D',
      'net/guard',
      'net/split',
      'net/add',
      'softmax_tensor',
    ]);
    expect(edgesOf(open)).toEqual([
      'input_tensor > net/conv/Conv2D',
      'net/conv/Conv2D > net/guard',
      'net/conv/Conv2D > net/split',
      'net/guard > net/split',
      'net/split > net/add',
      'net/add > softmax_tensor',
    ]);
  });

  it('shows attributes of all kinds', () => {
    const model = read(frozenGraph());
    expect(attributesOf(model, 'input_tensor')).toEqual({
      dtype: ['type', 'float32'],
      shape: ['shape', '[?, 8, 8, 2]'],
    });
    expect(attributesOf(model, 'net/conv/Conv2D')).toEqual({
      ...{ T: ['type', 'float32'], strides: ['ints', [1, 2, 2, 1]], padding: ['string', 'SAME'] },
      ...{ use_cudnn_on_gpu: ['bool', true], alpha: ['float', 0.1], big: ['int', '1152921504606846976'] },
    });
    expect(attributesOf(model, 'net/conv/kernel')['value']).toEqual([
      'tensor',
      'float32[1, 1, 2, 4]: 0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5',
    ]);
    expect(attributesOf(model, 'net/add')).toEqual({ names: ['strings', ['a', '__proto__']] });
    expect(attributesOf(model, 'softmax_tensor')['f']).toEqual(['function', 'body']);
  });

  it('shows one value for all elements, long lists by their start, and what is damaged as that', () => {
    const model = read([
      ...nodeDef('ones', 'Const', [], { value: attr.tensor(tensorOfOne([1000], 1)) }),
      ...nodeDef('long', 'Op', [], { axes: attr.ints(Array.from({ length: 5000 }, (_, at) => at)) }),
      ...nodeDef('broken', 'Op', [], { bad: [0x0a, 0x7f] }),
    ]);
    expect(attributesOf(model, 'ones')).toEqual({ value: ['tensor', 'float32[1000]: 1, …'] });
    const [, axes] = attributesOf(model, 'long')['axes'] as [string, unknown[]];
    expect(axes.slice(-2)).toEqual([63, '… 5000 in all']);
    expect(attributesOf(model, 'broken')).toEqual({ bad: ['unknown', 'damaged'] });
  });

  it('may hold loops, names twice, and inputs that nothing makes', () => {
    const model = read([
      ...nodeDef('merge', 'Merge', ['next']),
      ...nodeDef('next', 'NextIteration', ['merge', 'gone:3']),
      ...nodeDef('next', 'VarHandleOp'),
      ...field(2, [...field(1, []), ...field(1, [])]),
    ]);
    expect(edgesOf(new ModelHierarchy(model.graph).view())).toEqual(['next > merge', 'merge > next']);
    expect(model.facts.warnings).toEqual([
      'The graph is not frozen: 1 of its nodes are variables, kept elsewhere.',
      'Inputs that no node makes: 1.',
      'Nodes that share a name with another: 1.',
      'Functions, whose insides are not shown: 2.',
    ]);
  });

  it('cut off or changed anywhere is read or refused with a sentence', () => {
    const bytes = frozenGraph();
    let refused = 0;
    const attempt = (changed: Uint8Array): void => {
      try {
        const model = read(changed);
        for (const node of model.graph.nodes) node.attributes();
      } catch (thrown) {
        refused += 1;
        expect(thrown).toBeInstanceOf(ModelError);
        expect((thrown as ModelError).message).not.toContain('ONNX');
      }
    };
    for (let length = 0; length < bytes.length; length++) attempt(bytes.subarray(0, length));
    expect(refused).toBeGreaterThan(bytes.length / 2);
    bytes.forEach((byte, at) => {
      for (const bit of [1, 8, 128]) attempt(bytes.map((one, index) => (index === at ? byte ^ bit : one)));
    });
  });

  it('has limits', () => {
    const bytes = Uint8Array.from([...nodeDef('a', 'A'), ...nodeDef('b', 'B', ['a', 'a'])]);
    const withLimits = (limits: Partial<typeof defaultLimits>): ForeignModel =>
      readTensorflowModel(new MemorySource(bytes), { ...defaultLimits, ...limits });
    expect(withLimits({ nodes: 2, messages: 2 }).facts.nodes).toBe(2);
    expect(() => withLimits({ nodes: 1 })).toThrow('more than 1 nodes');
    expect(() => withLimits({ messages: 1 })).toThrow('more than 1 parts');
    expect(() => read(nodeDef('n'.repeat(2 ** 20 + 1), 'A'))).toThrow(/damaged/);
  });
});
