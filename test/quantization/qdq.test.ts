// The QDQ format: pairs around tensors, names that stay, constants as integers.
import { describe, expect, it } from 'vitest';
import { defaultRecipe } from '../../src/config/recipe';
import type { QuantizationRecipe } from '../../src/config/recipe';
import { DataType } from '../../src/onnx/dataTypes';
import { attributeOf } from '../../src/onnx/graphView';
import { floatAttribute } from '../../src/onnx/makeMessages';
import type { ModelProto, NodeProto } from '../../src/onnx/messages';
import { standsInOrder } from '../../src/onnx/nodeOrder';
import { readModelBytes } from '../../src/onnx/readModel';
import { encodeModel } from '../../src/onnx/writeModel';
import { planQuantization } from '../../src/quantization/plan';
import { quantizeModel } from '../../src/quantization/quantizeModel';
import type { QuantizedModel } from '../../src/quantization/quantizedModel';
import { floatTensor, node, protoOf, smallModel } from './rewritingModels';
import type { SmallModelParts } from './rewritingModels';

const range = { min: -1, max: 1 };

function quantize(parts: SmallModelParts, changes: Partial<QuantizationRecipe> = {}): QuantizedModel {
  const model = smallModel(parts);
  const recipe = { ...defaultRecipe, ...changes };
  const { measuredTensors } = planQuantization(model, recipe);
  return quantizeModel(model, recipe, new Map(measuredTensors.map((tensor) => [tensor, range])));
}

function nodesOf(proto: ModelProto, opType: string): NodeProto[] {
  return (proto.graph?.node ?? []).filter((one) => one.opType === opType);
}

/** The node that makes a tensor. */
function makerOf(proto: ModelProto, tensor: string | undefined): NodeProto | undefined {
  return proto.graph?.node.find((one) => tensor !== undefined && one.output.includes(tensor));
}

/** The numbers of an initializer. */
function numbersOf(proto: ModelProto, name: string | undefined): number[] {
  const model = readModelBytes(encodeModel(proto));
  const tensor = model.graph.initializer.find((one) => one.name === name);
  if (tensor === undefined) throw new Error(`no initializer ${name ?? ''}`);
  return tensor.dataType === DataType.float32 ? [...model.tensors.floats(tensor)] : model.tensors.integers(tensor);
}

const weight = floatTensor('w', [4, 3, 1, 1]);
const bias = floatTensor('b', [4]);
const parts: SmallModelParts = {
  nodes: [node('Conv', ['x', 'w', 'b'], 'c'), node('Relu', ['c'], 'y')],
  inputs: { x: ['batch', 3, 4, 4] },
  outputs: ['y'],
  initializers: [weight, bias],
};

describe('a rewritten Conv', () => {
  const { proto, quantizedOps, ranges } = quantize(parts);
  const [conv] = nodesOf(proto, 'Conv');

  it('stands between pairs, with an 8-bit weight and an int32 bias', () => {
    expect(nodesOf(proto, 'QuantizeLinear').map((one) => one.input[0])).toEqual(['x', 'y_QuantizeLinear_Input']);
    expect(nodesOf(proto, 'DequantizeLinear')).toHaveLength(4);
    expect(nodesOf(proto, 'Relu')).toHaveLength(0);
    expect(conv?.output).toEqual(['y_QuantizeLinear_Input']);
    const made = conv?.input.map((name) => makerOf(proto, name)?.opType);
    expect(made).toEqual(['DequantizeLinear', 'DequantizeLinear', 'DequantizeLinear']);
    expect(quantizedOps).toEqual({ Conv: 1, Relu: 1 });
    expect(Object.keys(ranges)).toEqual(['x', 'y']);
  });

  it('keeps the graph inputs and outputs, and the float constants go', () => {
    expect(proto.graph?.input.map(({ name }) => name)).toEqual(['x']);
    expect(proto.graph?.output.map(({ name }) => name)).toEqual(['y']);
    expect(proto.graph?.initializer.map(({ name }) => name)).not.toContain('w');
    expect(proto.graph === undefined ? false : standsInOrder(proto.graph)).toBe(true);
  });

  it('has a bias scale of input times weight for each channel, on axis 0', () => {
    const weightNode = makerOf(proto, conv?.input[1]);
    const biasNode = makerOf(proto, conv?.input[2]);
    expect([weightNode, biasNode].map((one) => one && attributeOf(one, 'axis')?.i)).toEqual([0n, 0n]);
    const inputScale = ranges['x']?.scale ?? NaN;
    const weightScales = numbersOf(proto, weightNode?.input[1]);
    expect(weightScales).toHaveLength(4);
    expect(numbersOf(proto, biasNode?.input[1])).toEqual(weightScales.map((scale) => Math.fround(scale * inputScale)));
    expect(numbersOf(proto, biasNode?.input[2])).toEqual([0, 0, 0, 0]);
  });

  it('keeps metadata and what it does not know', () => {
    const metadataProps = [{ key: 'author', value: 'somebody' }];
    const model = readModelBytes(encodeModel({ ...protoOf(parts), metadataProps, docString: 'about it' }));
    const ranged = quantizeModel(
      model,
      defaultRecipe,
      new Map([
        ['x', range],
        ['y', range],
      ]),
    );
    expect(ranged.proto).toMatchObject({ metadataProps, docString: 'about it' });
  });
});

describe('constants', () => {
  it('that only zeros are in get scale 1', () => {
    const zeros = floatTensor('w', [4, 3, 1, 1], new Float32Array(12));
    const { proto } = quantize({ ...parts, initializers: [zeros, bias] });
    expect(numbersOf(proto, makerOf(proto, nodesOf(proto, 'Conv')[0]?.input[1])?.input[1])).toEqual([1, 1, 1, 1]);
  });

  it('that a float node reads as well stay exact for it', () => {
    const twice: SmallModelParts = {
      ...parts,
      nodes: [node('Conv', ['x', 'w'], 'y'), node('Conv', ['x', 'w'], 'z')],
      outputs: ['y', 'z'],
    };
    const { proto } = quantize(twice, { excludedNodes: ['make z'] });
    const [quantized, excluded] = nodesOf(proto, 'Conv');
    expect(makerOf(proto, quantized?.input[1])?.opType).toBe('DequantizeLinear');
    expect(excluded?.input[1]).toBe('w');
  });

  it('that are the bias of two nodes become two, each at its own scale', () => {
    const nodes = [node('Conv', ['x', 'w', 'b'], 'c'), node('Conv', ['c', 'v', 'b'], 'y')];
    const { proto } = quantize({ ...parts, nodes, initializers: [weight, floatTensor('v', [4, 4, 1, 1], 2), bias] });
    const [first, second] = nodesOf(proto, 'Conv').map((one) => makerOf(proto, one.input[2])?.input[1]);
    expect(first).not.toBe(second);
    expect(numbersOf(proto, first)).not.toEqual(numbersOf(proto, second));
  });

  it('with a bias too large for int32 get a wider scale instead of a cut-off bias', () => {
    const tiny = floatTensor('w', [4, 3, 1, 1], weightOf(1e-9));
    const { proto } = quantize({
      ...parts,
      initializers: [tiny, floatTensor('b', [4], Float32Array.of(100, -100, 0, 1))],
    });
    const maker = makerOf(proto, nodesOf(proto, 'Conv')[0]?.input[2]);
    const scales = numbersOf(proto, maker?.input[1]);
    const restored = numbersOf(proto, maker?.input[0]).map((value, index) => value * (scales[index] ?? NaN));
    [100, -100, 0, 1].forEach((value, index) => expect(restored[index]).toBeCloseTo(value, 4));
  });

  it('of a Gemm carry its factors', () => {
    const nodes = [node('Gemm', ['x', 'w', 'b'], 'y', [floatAttribute('alpha', 0.5), floatAttribute('beta', 3)])];
    const gemm: SmallModelParts = {
      nodes,
      inputs: { x: [2, 3] },
      outputs: ['y'],
      initializers: [floatTensor('w', [3, 4]), floatTensor('b', [4], Float32Array.of(1, 2, -1, 0))],
    };
    const { proto } = quantize(gemm, { perChannel: false });
    const [rewritten] = nodesOf(proto, 'Gemm');
    const maker = makerOf(proto, rewritten?.input[2]);
    const [scale = NaN] = numbersOf(proto, maker?.input[1]);
    expect(rewritten && attributeOf(rewritten, 'beta')?.f).toBe(1);
    expect(rewritten && attributeOf(rewritten, 'alpha')?.f).toBe(0.5);
    numbersOf(proto, maker?.input[0]).forEach((value, index) =>
      expect(value * scale).toBeCloseTo([3, 6, -3, 0][index] ?? NaN, 3),
    );
  });

  it('added to activations take the activation type', () => {
    const nodes = [node('Add', ['x', 'b'], 'y')];
    const { proto } = quantize({ nodes, inputs: { x: [2, 4] }, outputs: ['y'], initializers: [bias] });
    const stored = makerOf(proto, nodesOf(proto, 'Add')[0]?.input[1])?.input[0];
    expect(proto.graph?.initializer.find(({ name }) => name === stored)?.dataType).toBe(DataType.uint8);
  });
});

describe('scales', () => {
  it('are one initializer for tensors that share them', () => {
    const nodes = [node('MaxPool', ['x'], 'p'), node('Flatten', ['p'], 'f'), node('MatMul', ['f', 'w'], 'y')];
    const model: SmallModelParts = {
      nodes: [node('Sigmoid', ['x'], 's'), ...nodes],
      inputs: { x: [1, 2, 2, 2] },
      outputs: ['y', 's'],
      initializers: [floatTensor('w', [8, 4])],
    };
    const { proto } = quantize(model);
    const scales = nodesOf(proto, 'QuantizeLinear').map((one) => one.input[1]);
    expect(scales.filter((name) => name === 'x_scale')).toHaveLength(3);
  });

  it('of int8 weights with 7 bits stay within ±64', () => {
    const { proto } = quantize(parts, { reduceRange: true });
    const stored = makerOf(proto, nodesOf(proto, 'Conv')[0]?.input[1])?.input[0];
    const values = numbersOf(proto, stored);
    expect(Math.max(...values.map(Math.abs))).toBe(64);
  });
});

describe('a model that is quantized already', () => {
  it('is refused with the node that gives it away', () => {
    const { proto } = quantize(parts);
    const again = (): unknown => quantizeModel(readModelBytes(encodeModel(proto)), defaultRecipe, new Map());
    expect(again).toThrow(expect.objectContaining({ code: 'quantize-already-quantized' }));
  });
});

function weightOf(size: number): Float32Array {
  return Float32Array.from({ length: 12 }, (_, index) => (index - 6) * size);
}
