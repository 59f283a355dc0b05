// Which layers can be pruned: found by the place of their weight, told apart by an id, refused with a reason.
import { describe, expect, it } from 'vitest';
import { DataType } from '../../src/onnx/dataTypes';
import { makeTensor } from '../../src/onnx/makeMessages';
import { prunableLayers } from '../../src/onnx/prunableLayers';
import { branchedModel, node, opened, seedConvolution, weight } from '../pruning/pruningModels';
import { protoOf } from '../quantization/rewritingModels';

describe('prunable layers', () => {
  it('are described as in the seed', () => {
    const { layers } = prunableLayers(opened(seedConvolution()).graph);
    expect(layers.map(({ id, name, groups, weightCount }) => ({ id, name, groups, weightCount }))).toEqual([
      {
        id: 'Conv:(inp=[input,input.conv.weight],out=[123],dilations=[1,1],group=1,kernel_shape=[7,7],pads=[3,3,3,3],strides=[2,2])',
        name: 'input.conv.weight',
        groups: 1,
        weightCount: 9408,
      },
    ]);
  });

  it('are found whatever the weight is called, in initializers and in Constant nodes, on either side of a product', () => {
    const { layers, unprunable } = prunableLayers(opened(branchedModel()).graph);
    expect(layers.map(({ name, weightInput, groups }) => [name, weightInput, groups])).toEqual([
      ['w1', 1, 1],
      ['w2', 1, 1],
      ['w4', 1, 1],
      ['w3', 1, 2],
    ]);
    expect(unprunable).toEqual([]);
    const left = protoOf({
      inputs: { x: [4, 2] },
      outputs: ['y'],
      nodes: [node('MatMul', ['w', 'x'], 'y')],
      initializers: [weight('w', [3, 4])],
    });
    expect(prunableLayers(opened(left).graph).layers).toMatchObject([{ name: 'w', weightInput: 0 }]);
  });

  it('are called by their node, or by the weight where its name tells more', () => {
    const label = (nodeName: string, name: string): string | undefined => {
      const nodes = [{ ...node('MatMul', ['x', name], 'y'), name: nodeName }];
      const model = protoOf({ inputs: { x: ['N', 4] }, outputs: ['y'], nodes, initializers: [weight(name, [4, 4])] });
      return prunableLayers(opened(model).graph).layers[0]?.label;
    };
    expect(label('/f/f.1/a/MatMul', 'onnx::MatMul_149')).toBe('/f/f.1/a/MatMul');
    expect(label('/f/f.1/a/MatMul', 'fc.weight')).toBe('/f/f.1/a/MatMul');
    expect(label('MatMul_12', 'fc.weight')).toBe('fc.weight');
    expect(label('', 'onnx::MatMul_149')).toBe('onnx::MatMul_149');
    expect(label('246', '1178')).toBe('246');
  });

  it('are one where nodes share a weight', () => {
    const shared = protoOf({
      inputs: { x: ['N', 4] },
      outputs: ['y'],
      nodes: [node('MatMul', ['x', 'w'], 'a'), node('MatMul', ['a', 'w'], 'y')],
      initializers: [weight('w', [4, 4])],
    });
    const { layers } = prunableLayers(opened(shared).graph);
    expect(layers.map(({ nodes }) => nodes.length)).toEqual([2]);
  });

  it('are not weights that other nodes make from constants, which is said', () => {
    const computed = protoOf({
      inputs: { x: ['N', 4] },
      outputs: ['y'],
      nodes: [node('Neg', ['v'], 'w'), node('MatMul', ['x', 'w'], 'y')],
      initializers: [weight('v', [4, 3])],
    });
    const { layers, unprunable } = prunableLayers(opened(computed).graph);
    expect(layers).toEqual([]);
    expect(unprunable).toMatchObject([
      { nodeName: 'MatMul_y', reason: expect.stringContaining('computed from constants by Neg_w') as string },
    ]);
  });

  it('are found behind nodes that move the elements of a weight, unless something else reads those', () => {
    const parts = {
      inputs: { x: ['N', 4] },
      outputs: ['y'],
      nodes: [
        node('Transpose', ['v'], 't'),
        node('Identity', ['t'], 'w'),
        node('MatMul', ['x', 'w'], 'a'),
        node('MatMul', ['a', 'w'], 'y'),
      ],
      initializers: [weight('v', [4, 4])],
    };
    const found = prunableLayers(opened(protoOf(parts)).graph);
    expect(found.layers).toMatchObject([{ name: 'v', readName: 'w', weightCount: 16, nodes: [{}, {}] }]);
    const shared = { ...parts, outputs: ['y', 'z'], nodes: [...parts.nodes, node('Relu', ['t'], 'z')] };
    expect(prunableLayers(opened(protoOf(shared)).graph)).toMatchObject({
      layers: [],
      unprunable: [{ reason: 'Its weight v is read by Relu_z (Relu), too.' }, {}],
    });
    const given = prunableLayers(opened(protoOf({ ...parts, outputs: ['y', 't'] })).graph);
    expect(given.unprunable[0]?.reason).toBe('Its weight v is an output of the model, too.');
  });

  it('are not weights that something else reads, nor integers', () => {
    const tied = protoOf({
      inputs: { x: ['N', 4] },
      outputs: ['y', 'z'],
      nodes: [node('MatMul', ['x', 'w'], 'y'), node('Relu', ['w'], 'z'), node('MatMul', ['x', 'i'], 'j')],
      initializers: [weight('w', [4, 4]), makeTensor('i', DataType.int32, [4, 1], new Int32Array(4))],
    });
    const { layers, unprunable } = prunableLayers(opened(tied).graph);
    expect(layers).toEqual([]);
    expect(unprunable.map(({ reason }) => reason)).toEqual([
      'Its weight w is read by Relu_z (Relu), too.',
      'Its weight i holds int32, but only float32, float16 and float64 are pruned.',
    ]);
  });
});
