// Where nodes go whose names tell of no group: to their neighbours, so that quantized models look like the ones they were.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FlatGraph } from '../../src/onnx/hierarchy/flatGraph';
import { ModelHierarchy } from '../../src/onnx/hierarchy/modelHierarchy';
import { withNeighbourGroups } from '../../src/onnx/hierarchy/neighbourGroups';
import { onnxGraph } from '../../src/onnx/hierarchy/onnxGraph';
import { readModelBytes } from '../../src/onnx/readModel';
import { encodeModel } from '../../src/onnx/writeModel';
import { anyGraph, edgesOf, flatGraph, idsOf } from './hierarchyGraphs';
import { variedModel } from './smallModels';

/** Two blocks of a network with QDQ nodes whose names tell nothing, as quantizers write them. */
const quantized = flatGraph([
  ['x', 'Input node'],
  ['x_q', 'QuantizeLinear', ['x']],
  ['x_d', 'DequantizeLinear', ['x_q']],
  ['w1_d', 'DequantizeLinear'],
  ['net/one/conv', 'Conv', ['x_d', 'w1_d']],
  ['net/one/relu', 'Relu', ['net/one/conv']],
  ['a_q', 'QuantizeLinear', ['net/one/relu']],
  ['a_d', 'DequantizeLinear', ['a_q']],
  ['w2_d', 'DequantizeLinear'],
  ['net/two/conv', 'Conv', ['a_d', 'w2_d']],
  ['b_q', 'QuantizeLinear', ['net/two/conv']],
  ['b_d', 'DequantizeLinear', ['b_q']],
  ['net/two/relu', 'Relu', ['b_d']],
  ['head/alone', 'Softmax', ['net/two/relu']],
  ['y', 'Output node', ['head/alone']],
]);

const groupsOf = ({ nodes }: FlatGraph): Record<string, string> =>
  Object.fromEntries(nodes.map(({ id, groups }) => [id, groups.join('/')]));

describe('nodes without a group of their own name', () => {
  it('leave a quantized model as orderly as the one it was made from', () => {
    const hierarchy = new ModelHierarchy(withNeighbourGroups(quantized));
    expect(idsOf(hierarchy.view())).toEqual(['x', 'node_group_net', 'head/alone', 'y']);
    const open = hierarchy.view({ expanded: ['net'] });
    expect(edgesOf(open)).toEqual([
      'x > node_group_net/one',
      'node_group_net/one > a_q',
      'a_q > a_d',
      'a_d > node_group_net/two',
      'node_group_net/two > head/alone',
      'head/alone > y',
    ]);
  });

  it('go with the reader when they convert a weight, and between both ends otherwise', () => {
    expect(groupsOf(withNeighbourGroups(quantized))).toMatchObject({
      ...{ x_q: 'net/one', x_d: 'net/one', w1_d: 'net/one', w2_d: 'net/two' },
      ...{ a_q: 'net', a_d: 'net', b_q: 'net/two', b_d: 'net/two' },
      // A group of one node is that node.
      'head/alone': 'head',
    });
  });

  it('stay where they are at the ends of the model and between groups that share none', () => {
    const graph = flatGraph([
      ['x', 'Input node'],
      ['first', 'Relu', ['x']],
      ['a/one', 'Conv', ['first']],
      ['a/two', 'Conv', ['a/one']],
      ['middle', 'Add', ['a/two']],
      ['b/one', 'Conv', ['middle']],
      ['between', 'Mul', ['b/one']],
      ['b/two', 'Conv', ['between']],
      ['last', 'Softmax', ['b/two']],
    ]);
    expect(groupsOf(withNeighbourGroups(graph))).toMatchObject({ first: '', middle: '', between: 'b', last: '' });
  });

  it('stay in their branch', () => {
    const graph = onnxGraph(readModelBytes(encodeModel(variedModel())));
    expect(groupsOf(withNeighbourGroups(graph))).toEqual(groupsOf(graph));
  });

  it('make every random graph one that still shows each node once', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        const moved = withNeighbourGroups(graph);
        const all = new ModelHierarchy(moved);
        const shown = all.view({ expanded: [...all.groups.keys()] });
        const usual = new ModelHierarchy(graph);
        const expected = usual.view({ expanded: [...usual.groups.keys()] });
        expect(new Set(idsOf(shown))).toEqual(new Set(idsOf(expected)));
        expect(new Set(edgesOf(shown))).toEqual(new Set(edgesOf(expected)));
        for (const [index, { groups }] of graph.nodes.entries()) {
          if (groups.length > 0) expect(moved.nodes[index]).toBe(graph.nodes[index]);
        }
      }),
    );
  });
});
