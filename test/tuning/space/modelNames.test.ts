// What the user's model calls nodes that the engine has merged.
import { describe, expect, it } from 'vitest';
import { modelNames } from '../../../src/tuning/space/modelNames';
import { node, protoOf } from '../../quantization/rewritingModels';
import type { GraphProto, NodeProto } from '../../../src/onnx/messages';

function graphOf(...nodes: NodeProto[]): GraphProto {
  const { graph } = protoOf({ nodes, inputs: { x: [1, 4] }, outputs: ['z'], initializers: [] });
  if (graph === undefined) throw new RangeError('a model without a graph');
  return graph;
}

const named = (name: string, made: NodeProto): NodeProto => ({ ...made, name });

describe('modelNames', () => {
  const model = graphOf(
    named('cast', node('Relu', ['x'], 'r')),
    named('head', node('MatMul', ['r', 'w'], 'y')),
    named('shift', node('Add', ['y', 'b'], 'z')),
  );

  it('calls a merged node by the one with the weight', () => {
    const optimized = graphOf(
      named('cast', node('Relu', ['x'], 'r')),
      named('head/MatMulAddFusion', node('Gemm', ['r', 'w', 'b'], 'z')),
    );
    expect([...modelNames(model, optimized)]).toEqual([['head/MatMulAddFusion', 'head']]);
  });

  it('has nothing to say where every name is known', () => {
    expect(modelNames(model, model).size).toBe(0);
  });

  it('calls a node without a name by what it makes', () => {
    const nameless = graphOf(named('', node('MatMul', ['x', 'w'], 'y')), named('shift', node('Add', ['y', 'b'], 'z')));
    const optimized = graphOf(named('made', node('Gemm', ['x', 'w', 'b'], 'z')));
    expect(modelNames(nameless, optimized).get('made')).toBe('y');
  });
});
