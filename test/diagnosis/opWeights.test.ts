// Weights and activations of operators in quantized models: type, granularity, values, in every form.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { matchOps } from '../../src/onnx/matching/matchOps';
import { activationTypeOf, dequantizedWeight, floatWeight, weightFacts, weightOf } from '../../src/diagnosis/opWeights';
import type { QuantizedWeight } from '../../src/diagnosis/opWeights';
import { inferShapes } from '../../src/onnx/shapeInference';
import { readModel } from '../../src/onnx/readModel';
import type { OnnxModel } from '../../src/onnx/readModel';
import { floatTensor, node, smallModel } from '../quantization/rewritingModels';
import { describeShared } from '../support/shared';
import { convModel, quantized, quantizedDynamically, reread } from './comparedModels';

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

function valuesOf({ graph, tensors }: OnnxModel, name: string): Float32Array | undefined {
  const tensor = graph.initializer.find((one) => one.name === name);
  return tensor === undefined ? undefined : tensors.floats(tensor);
}

/** The same model with constants called c0, c1, …, as a tool may do that does not keep names. */
function renamedConstants({ proto, graph }: OnnxModel): OnnxModel {
  const names = new Map(graph.initializer.map(({ name }, index) => [name, `c${index}`]));
  const renamed = (name: string): string => names.get(name) ?? name;
  const initializer = graph.initializer.map((one) => ({ ...one, name: renamed(one.name) }));
  const nodes = graph.node.map((one) => ({ ...one, input: one.input.map(renamed) }));
  return reread({ ...proto, graph: { ...graph, initializer, node: nodes } });
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

  it.each(['qdq', 'qoperator'] as const)('in %s is found whatever another tool calls it', (format) => {
    const float = convModel();
    const { facts, distance } = firstWeight(float, renamedConstants(quantized(float, { format })));
    expect(facts).toEqual({ type: 'int8', granularity: 'per_channel' });
    expect(distance).toBeLessThan(halfStep);
    expect(distance).toBeGreaterThan(0);
  });

  it('has no float values where two constants of an operator could be meant', () => {
    // Nothing of the quantized model is called after the product between, so that both products are one operator.
    const float = smallModel({
      nodes: [node('MatMul', ['x', 'w'], 'm'), node('MatMul', ['m', 'v'], 'y')],
      inputs: { x: [2, 8] },
      outputs: ['y'],
      initializers: [floatTensor('w', [8, 8], 1), floatTensor('v', [8, 8], 2)],
    });
    const { ops, tensors } = matchOps(float.graph, float.graph);
    const [first, second] = ops;
    if (first === undefined || second === undefined) throw new Error('two operators were expected');
    const both = { ...second, floatNodes: [...first.floatNodes, ...second.floatNodes] };
    const weightCalled = (name: string): QuantizedWeight => ({
      tensor: { ...floatTensor('w', [8, 8]), name },
      scale: undefined,
      zeroPoint: undefined,
      axis: 1,
    });
    expect(floatWeight(weightCalled('foreign'), both, tensors, float)).toBeUndefined();
    expect(floatWeight(weightCalled('v'), both, tensors, float)).toEqual(valuesOf(float, 'v'));
    expect(floatWeight(weightCalled('foreign'), first, tensors, float)).toEqual(valuesOf(float, 'w'));
  });

  it('is of the type it is stored in', () => {
    const float = convModel();
    const { facts, activation } = firstWeight(float, quantized(float, { activationType: 'int8', weightType: 'int8' }));
    expect([facts, activation]).toEqual([{ type: 'int8', granularity: 'per_channel' }, 'int8']);
  });
});

describeShared('the weights of a QDQ model of another tool', (folder) => {
  it('have float values beside them for each Conv and Gemm', () => {
    const float = readModel(join(folder, 'data/models/cifar10_resnet14.op13.onnx'));
    const int8 = readModel(join(folder, 'data/models/cifar10_resnet14.qdq_int8.onnx'));
    const { ops, tensors } = matchOps(float.graph, int8.graph);
    const weighted = ops.flatMap((op) => {
      const weight = weightOf(op, tensors);
      return weight === undefined ? [] : [{ op, weight }];
    });
    expect(weighted).toHaveLength(16);
    for (const { op, weight } of weighted) {
      const original = floatWeight(weight, op, tensors, float);
      const values = dequantizedWeight(weight, int8);
      expect(original?.length, op.node).toBe(values?.length);
      const scales = weight.scale === undefined ? [] : int8.tensors.floats(weight.scale);
      const distances = original?.map((value, index) => Math.abs(value - (values?.[index] ?? NaN))) ?? [];
      expect(Math.max(...distances), op.node).toBeLessThan(0.51 * Math.max(...scales));
    }
  });
});
