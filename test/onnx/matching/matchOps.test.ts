// Which operator of the float model became what: in both formats, in dynamic models, and whatever the names are.
import { describe, expect, it } from 'vitest';
import { matchOps } from '../../../src/onnx/matching/matchOps';
import type { MatchedOps } from '../../../src/onnx/matching/matchOps';
import { DataType } from '../../../src/onnx/dataTypes';
import { makeTensor } from '../../../src/onnx/makeMessages';
import { readModel } from '../../../src/onnx/readModel';
import { floatTensor, node, smallModel } from '../../quantization/rewritingModels';
import { describeShared } from '../../support/shared';
import { convModel, quantized, quantizedDynamically } from '../../diagnosis/comparedModels';

/** Each operator with the nodes merged into it and the op types that compute it. */
function summary({ ops }: MatchedOps): [string, string[], string[]][] {
  return ops.map(({ node: name, floatNodes, int8Nodes }) => [
    name,
    floatNodes.map(({ opType }) => opType),
    int8Nodes.map(({ opType }) => opType).filter((type) => !/(Quantize|Dequantize)Linear$/.test(type)),
  ]);
}

const float = convModel();

describe('operators of a float model', () => {
  it('are found in the QDQ format, a Relu left out there with its Conv', () => {
    expect(summary(matchOps(float.graph, quantized(float).graph))).toEqual([
      ['make c1', ['Conv', 'Relu'], ['Conv']],
      ['make y', ['Conv'], ['Conv']],
    ]);
  });

  it('are found in the QOperator format, whose tensors are 8-bit only', () => {
    const matched = matchOps(float.graph, quantized(float, { format: 'qoperator' }).graph);
    expect(summary(matched)).toEqual([
      ['make c1', ['Conv', 'Relu'], ['QLinearConv']],
      ['make y', ['Conv'], ['QLinearConv']],
    ]);
    expect(matched.tensors.counterpartOf('r1')).toMatchObject({
      kind: 'stored',
      stored: { quantized: 'r1_quantized' },
    });
    expect(matched.tensors.counterpartOf('y')).toEqual({ kind: 'float', tensor: 'y' });
  });

  it('are found in a dynamic model, with everything that stands for them', () => {
    const product = smallModel({
      nodes: [node('MatMul', ['x', 'w'], 'm'), node('Relu', ['m'], 'y')],
      inputs: { x: [1, 8] },
      outputs: ['y'],
      initializers: [floatTensor('w', [8, 4])],
    });
    const [first, second] = summary(matchOps(product.graph, quantizedDynamically(product).graph));
    expect(first?.[2]).toContain('MatMulInteger');
    expect(second).toEqual(['make y', ['Relu'], ['Relu']]);
  });

  it('are found through QuantizeLinear and DequantizeLinear when names say nothing', () => {
    const model = smallModel({ nodes: [node('Relu', ['x'], 'r'), node('Sigmoid', ['r'], 'y')], ...ports });
    const int8 = smallModel({
      nodes: [
        node('QuantizeLinear', ['x', 's', 'z'], 'a'),
        node('DequantizeLinear', ['a', 's', 'z'], 'b'),
        node('Relu', ['b'], 'r'),
        node('QuantizeLinear', ['r', 's', 'z'], 'd'),
        node('DequantizeLinear', ['d', 's', 'z'], 'e'),
        node('Sigmoid', ['e'], 'y'),
      ],
      ...ports,
      initializers: [
        floatTensor('s', [], Float32Array.of(0.1)),
        makeTensor('z', DataType.uint8, [], Uint8Array.of(128)),
      ],
    });
    const matched = matchOps(model.graph, int8.graph);
    expect(summary(matched).map(([name]) => name)).toEqual(['make r', 'make y']);
    expect(matched.tensors.counterpartOf('r')).toEqual({ kind: 'float', tensor: 'e' });
    expect(matched.tensors.floatNameOf('d')).toBe('r');
  });

  it('are none when the models have nothing in common', () => {
    const other = smallModel({ nodes: [node('Relu', ['p'], 'q')], inputs: { p: [1, 4] }, outputs: ['q'] });
    expect(matchOps(float.graph, other.graph).ops).toEqual([]);
  });
});

const ports = { inputs: { x: [1, 4] }, outputs: ['y'] };

describeShared("a model of ONNX Runtime's own quantizer", (shared) => {
  it('is matched operator by operator', () => {
    const [original, int8] = ['op13', 'qdq_int8'].map((form) =>
      readModel(`${shared}/data/models/cifar10_resnet14.${form}.onnx`),
    );
    if (original === undefined || int8 === undefined) throw new Error('two models were named');
    try {
      const { ops, ofInt8Node } = matchOps(original.graph, int8.graph);
      expect(ops.flatMap(({ floatNodes }) => floatNodes)).toHaveLength(original.graph.node.length);
      expect(int8.graph.node.filter((one) => !ofInt8Node.has(one))).toEqual([]);
    } finally {
      original.close();
      int8.close();
    }
  });
});
