// Makes constants of every kind plain initializers, which is where quantization looks for weights.
import { DataType } from '../../onnx/dataTypes';
import { attributeOf } from '../../onnx/graphView';
import { makeTensor } from '../../onnx/makeMessages';
import type { NodeProto, TensorProto } from '../../onnx/messages';
import { elementCount } from '../../onnx/tensor';
import { counted } from './preparation';
import type { Preparation } from './preparation';

/** A weight made by ConstantOfShape is written out up to this size; a larger one stays a node (and float). */
const largestFilledElements = 2 ** 28;

/**
 * Takes initializers out of the graph inputs. Before IR version 4 every initializer had to be an input too, which let
 * callers override weights; a quantized weight cannot be overridden by a float one.
 */
export function takeInitializersOutOfInputs({ edit, notes }: Preparation): void {
  const required = edit.inputs.filter((input) => edit.initializer(input.name) === undefined);
  const taken = edit.inputs.length - required.length;
  if (taken === 0) return;
  edit.setInputs(required);
  notes.push(`${counted(taken, 'weight')} that could be overridden as graph inputs can no longer be.`);
}

/** Constant, ConstantOfShape and pure reshapes of constants become initializers. */
export function constantsToInitializers(preparation: Preparation): void {
  const { edit, notes } = preparation;
  const outputs = new Set(edit.outputs.map((output) => output.name));
  let made = 0;
  edit.rewriteNodes((node) => {
    const [output = ''] = node.output;
    if (outputs.has(output) || node.domain !== '') return node;
    const tensor = constantOf(node, preparation);
    if (tensor === undefined) return node;
    edit.setInitializer({ ...tensor, name: output });
    made++;
    return undefined;
  });
  if (made > 0)
    notes.push(`${counted(made, 'constant node')} became ${made === 1 ? 'an initializer' : 'initializers'}.`);
}

/** The tensor a node makes from constants alone; undefined when it does anything else. Nodes come in execution order. */
function constantOf(node: NodeProto, preparation: Preparation): TensorProto | undefined {
  if (node.opType === 'Constant') return valueOfConstant(node);
  if (node.opType === 'ConstantOfShape') return filled(node, preparation);
  const source = preparation.edit.initializer(node.input[0] ?? '');
  if (source === undefined) return undefined;
  if (node.opType === 'Identity') return source;
  return node.opType === 'Reshape' ? reshaped(node, source, preparation) : undefined;
}

/** Every numeric form of Constant: `value`, `value_float(s)`, `value_int(s)`. */
function valueOfConstant(node: NodeProto): TensorProto | undefined {
  const [attribute] = node.attribute;
  if (attribute === undefined || node.attribute.length > 1) return undefined;
  switch (attribute.name) {
    case 'value':
      return attribute.t;
    case 'value_float':
      return makeTensor('', DataType.float32, [], Float32Array.of(attribute.f ?? 0));
    case 'value_floats':
      return makeTensor('', DataType.float32, [attribute.floats.length], Float32Array.from(attribute.floats));
    case 'value_int':
      return makeTensor('', DataType.int64, [], BigInt64Array.of(attribute.i ?? 0n));
    case 'value_ints':
      return makeTensor('', DataType.int64, [attribute.ints.length], BigInt64Array.from(attribute.ints));
    default:
      return undefined;
  }
}

/** A float tensor of one repeated value, when its shape is constant. */
function filled(node: NodeProto, { edit, model }: Preparation): TensorProto | undefined {
  const shape = edit.initializer(node.input[0] ?? '');
  if (shape === undefined) return undefined;
  const value = attributeOf(node, 'value')?.t;
  if (value !== undefined && value.dataType !== DataType.float32) return undefined;
  const dims = model.tensors.integers(shape);
  const count = elementCount(dims);
  if (count > largestFilledElements || dims.some((dim) => dim < 0)) return undefined;
  const fill = value === undefined ? 0 : (model.tensors.floats(value)[0] ?? 0);
  return makeTensor('', DataType.float32, dims, new Float32Array(count).fill(fill));
}

/** The same elements under another shape: nothing is read or copied. */
function reshaped(node: NodeProto, source: TensorProto, { edit, model }: Preparation): TensorProto | undefined {
  const shape = edit.initializer(node.input[1] ?? '');
  if (shape === undefined || attributeOf(node, 'allowzero')?.i === 1n) return undefined;
  const wanted = model.tensors.integers(shape).map((dim, axis) => (dim === 0 ? (source.dims[axis] ?? 0) : dim));
  const total = elementCount(source.dims);
  const known = elementCount(wanted.filter((dim) => dim !== -1));
  const dims = wanted.map((dim) => (dim === -1 ? total / known : dim));
  return elementCount(dims) === total && dims.every(Number.isSafeInteger) ? { ...source, dims } : undefined;
}
