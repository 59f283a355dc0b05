// Weights and activations of operators in quantized models: type, granularity, values, in every form.
import { describe, expect, it } from 'vitest';
import { matchOps } from '../../src/diagnosis/matchOps';
import { activationTypeOf, dequantizedWeight, floatWeight, weightFacts, weightOf } from '../../src/diagnosis/opWeights';
import { inferShapes } from '../../src/onnx/shapeInference';
import type { OnnxModel } from '../../src/onnx/readModel';
import { floatTensor, node, smallModel } from '../quantization/rewritingModels';
import { convModel, quantized, quantizedDynamically } from './comparedModels';

/** The first operator's weight, and its largest distance from the float one. */
function firstWeight(float: OnnxModel, int8: OnnxModel): { facts: unknown; activation: string; distance: number } {
  const { ops, tensors } = matchOps(float.graph, int8.graph);
  const [op] = ops;
  const weight = op === undefined ? undefined : weightOf(op, tensors);
  if (op === undefined || weight === undefined) throw new Error('the first operator has no weight');
  const original = floatWeight(weight, op, tensors, float) ?? new Float32Array(0);
  const values = dequantizedWeight(weight, int8) ?? new Float32Array(0);
  expect(values.length).toBe(original.length);
  const distance = original.reduce((most, value, index) => Math.max(most, Math.abs(value - (values[index] ?? NaN))), 0);
  return { facts: weightFacts(weight), activation: activationTypeOf(op, tensors, inferShapes(int8)), distance };
}

/** Half a step of weights between −1 and 1 on −127…127. */
const halfStep = 0.5 / 127 + 1e-6;

const product = smallModel({
  nodes: [node('MatMul', ['x', 'w'], 'm'), node('Relu', ['m'], 'y')],
  inputs: { x: [2, 8] },
  outputs: ['y'],
  initializers: [floatTensor('w', [8, 4])],
});

describe('the weight of an operator', () => {
  it.each(['qdq', 'qoperator'] as const)(
    'is found in the format %s, with a scale for each channel or one',
    (format) => {
      const float = convModel();
      for (const perChannel of [true, false]) {
        const { facts, activation, distance } = firstWeight(float, quantized(float, { format, perChannel }));
        expect(facts).toEqual({ type: 'int8', granularity: perChannel ? 'per_channel' : 'per_tensor' });
        expect(activation).toBe('uint8');
        expect(distance).toBeLessThan(halfStep);
        expect(distance).toBeGreaterThan(0);
      }
    },
  );

  it('of a product has its channels in the last axis', () => {
    expect(firstWeight(product, quantized(product)).distance).toBeLessThan(halfStep);
  });

  it('is found in a dynamic model, whose scale is multiplied in behind the product', () => {
    const { activation, distance } = firstWeight(product, quantizedDynamically(product));
    expect(activation).toBe('uint8');
    expect(distance).toBeLessThan(2 * halfStep);
  });

  it('is of the type it is stored in', () => {
    const float = convModel();
    const { facts, activation } = firstWeight(float, quantized(float, { activationType: 'int8', weightType: 'int8' }));
    expect([facts, activation]).toEqual([{ type: 'int8', granularity: 'per_channel' }, 'int8']);
  });
});
