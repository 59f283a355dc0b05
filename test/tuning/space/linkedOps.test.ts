// Ops that share their inputs, and so are reverted to float together.
import { describe, expect, it } from 'vitest';
import type { GraphProto, NodeProto } from '../../../src/onnx/messages';
import { linkedOps } from '../../../src/tuning/space/linkedOps';
import { floatTensor, graphOf, node } from '../../quantization/rewritingModels';

/** Every node is called after the tensor it makes; weights are all the tensors whose names begin with w. */
function graph(nodes: readonly NodeProto[], outputs: readonly string[]): GraphProto {
  const named = nodes.map((one) => ({ ...one, name: one.output[0] ?? '' }));
  const weights = new Set(named.flatMap(({ input }) => input.filter((name) => name.startsWith('w'))));
  const initializers = [...weights].map((name) => floatTensor(name, [4, 4]));
  return graphOf({ nodes: named, inputs: { x: [1, 4, 4] }, outputs, initializers });
}

describe('linkedOps', () => {
  it('links readers of one tensor, and what a third op reads beside it', () => {
    const residual = graph(
      [
        node('Conv', ['x', 'w1'], 'conv1'),
        node('Relu', ['conv1'], 'relu'),
        node('Conv', ['relu', 'w2'], 'conv2'),
        node('Add', ['conv2', 'relu'], 'sum'),
        node('Conv', ['sum', 'w3'], 'conv3'),
      ],
      ['conv3'],
    );
    const names = new Set(['conv1', 'conv2', 'sum', 'conv3']);
    expect(linkedOps(residual, names)).toEqual([['conv1'], ['conv2', 'sum'], ['conv3']]);
    // Without the Add in 8 bits, nothing ties the second Conv to it.
    expect(linkedOps(residual, new Set(['conv1', 'conv2', 'conv3']))).toEqual([['conv1'], ['conv2'], ['conv3']]);
  });

  it('goes through ops that pass values on, not through those that clip them', () => {
    const passing = graph(
      [
        node('MaxPool', ['x'], 'pool'),
        node('Conv', ['pool', 'w1'], 'conv1'),
        node('Conv', ['x', 'w2'], 'conv2'),
        node('Clip', ['x'], 'clip'),
        node('Conv', ['clip', 'w3'], 'conv3'),
      ],
      ['conv1', 'conv2', 'conv3'],
    );
    expect(linkedOps(passing, new Set(['conv1', 'conv2', 'conv3']))).toEqual([['conv1', 'conv2'], ['conv3']]);
  });

  it('gives all inputs of a Concat, and its readers, one scale', () => {
    const joined = graph(
      [
        node('Conv', ['x', 'w1'], 'conv1'),
        node('Concat', ['conv1', 'x'], 'both'),
        node('Conv', ['both', 'w2'], 'conv2'),
      ],
      ['conv2'],
    );
    expect(linkedOps(joined, new Set(['conv1', 'both', 'conv2']))).toEqual([['conv1', 'both', 'conv2']]);
  });

  it('links nothing by a shared weight, and has each op once', () => {
    const shared = graph([node('MatMul', ['x', 'w1'], 'one'), node('MatMul', ['one', 'w1'], 'two')], ['two']);
    expect(linkedOps(shared, new Set(['one', 'two']))).toEqual([['one'], ['two']]);
    expect(linkedOps(shared, new Set())).toEqual([]);
  });
});
