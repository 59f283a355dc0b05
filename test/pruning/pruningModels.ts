// Small models for the tests of pruning.
import { DataType } from '../../src/onnx/dataTypes';
import { intAttribute, intsAttribute, makeNode, makeTensor, tensorAttribute } from '../../src/onnx/makeMessages';
import type { ModelProto, NodeProto, TensorProto } from '../../src/onnx/messages';
import { readModelBytes } from '../../src/onnx/readModel';
import type { OnnxModel } from '../../src/onnx/readModel';
import { encodeModel } from '../../src/onnx/writeModel';
import { protoOf } from '../quantization/rewritingModels';

export function weight(name: string, dims: readonly number[], values?: readonly number[]): TensorProto {
  const count = dims.reduce((product, dim) => product * dim, 1);
  const data = values ?? Array.from({ length: count }, (_, index) => Math.sin(index + 1));
  return makeTensor(name, DataType.float32, dims, Float32Array.from(data));
}

export function node(
  opType: string,
  inputs: readonly string[],
  output: string,
  attributes: NodeProto['attribute'] = [],
): NodeProto {
  return makeNode({ opType, inputs, outputs: [output], name: `${opType}_${output}`, attributes });
}

/** The first layer of the seed: 7×7, 3 → 64 channels, stride 2, on 224×224 pixels. */
export function seedConvolution(): ModelProto {
  return protoOf({
    inputs: { input: [1, 3, 224, 224] },
    outputs: ['123'],
    nodes: [
      node('Conv', ['input', 'input.conv.weight'], '123', [
        intsAttribute('dilations', [1, 1]),
        intAttribute('group', 1),
        intsAttribute('kernel_shape', [7, 7]),
        intsAttribute('pads', [3, 3, 3, 3]),
        intsAttribute('strides', [2, 2]),
      ]),
    ],
    initializers: [weight('input.conv.weight', [64, 3, 7, 7])],
  });
}

/**
 * x → Gemm → Relu → MatMul by a Constant node → Add(x·W4) → y; a grouped Conv beside it whose result reaches no output of
 * its own but `z`.
 */
export function branchedModel(): ModelProto {
  const constant = node('Constant', [], 'w2', [tensorAttribute('value', weight('', [4, 3]))]);
  return protoOf({
    inputs: { x: ['N', 4], picture: ['N', 2, 3, 3] },
    outputs: ['y', 'z'],
    nodes: [
      constant,
      node('Gemm', ['x', 'w1', 'b1'], 'a'),
      node('Relu', ['a'], 'h'),
      node('MatMul', ['h', 'w2'], 'c'),
      node('MatMul', ['x', 'w4'], 'd'),
      node('Add', ['c', 'd'], 'y'),
      node('Conv', ['picture', 'w3'], 'z', [intAttribute('group', 2)]),
    ],
    initializers: [weight('w1', [4, 4]), weight('b1', [4]), weight('w3', [4, 1, 2, 2]), weight('w4', [4, 3])],
  });
}

export function opened(proto: ModelProto): OnnxModel {
  return readModelBytes(encodeModel(proto));
}
