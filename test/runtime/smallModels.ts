// Models of a few nodes, made in memory for tests of the engine.
import { makeNode, makeTensor, makeValueInfo } from '../../src/onnx/makeMessages';
import type { ModelProto, NodeProto, TensorProto, ValueInfoProto } from '../../src/onnx/messages';
import { modelOf as modelAround } from '../onnx/smallModels';

/** A model of the standard operator set around a graph. */
export function modelOf(parts: {
  readonly nodes: readonly NodeProto[];
  readonly inputs: readonly ValueInfoProto[];
  readonly outputs: readonly ValueInfoProto[];
  readonly initializers?: readonly TensorProto[];
}): ModelProto {
  const { nodes: node, inputs: input, outputs: output, initializers: initializer = [] } = parts;
  return modelAround({ node, input, output, initializer });
}

/** `y = x`, of any element type. */
export function identityModel(dataType: number, dims: readonly (number | string | null)[]): ModelProto {
  return modelOf({
    nodes: [makeNode({ opType: 'Identity', inputs: ['x'], outputs: ['y'], name: 'copy' })],
    inputs: [makeValueInfo('x', dataType, dims)],
    outputs: [makeValueInfo('y', dataType, dims)],
  });
}

/** `y = reshape(x, [shape])` of float32: fails at run time when the counts differ. */
export function reshapeModel(shape: readonly number[]): ModelProto {
  return modelOf({
    nodes: [makeNode({ opType: 'Reshape', inputs: ['x', 'shape'], outputs: ['y'], name: 'the reshape' })],
    inputs: [makeValueInfo('x', 1, ['N'])],
    outputs: [makeValueInfo('y', 1, undefined)],
    initializers: [makeTensor('shape', 7, [shape.length], BigInt64Array.from(shape, BigInt))],
  });
}

/** Fills and adds tensors of 3.2 GB each out of a file of a few hundred bytes. */
export function bombModel(): ModelProto {
  return modelOf({
    nodes: [
      makeNode({ opType: 'ConstantOfShape', inputs: ['shape'], outputs: ['big'], name: 'fill' }),
      makeNode({ opType: 'Add', inputs: ['big', 'x'], outputs: ['y'], name: 'add' }),
    ],
    inputs: [makeValueInfo('x', 1, [1])],
    outputs: [makeValueInfo('y', 1, undefined)],
    initializers: [makeTensor('shape', 7, [3], BigInt64Array.of(4_000n, 4_000n, 50n))],
  });
}
