// Which tensors of a model go into a data file beside it, and where in that file each one lies.
import { DataType, bitsOf } from './dataTypes';
import { externalLocation } from './externalData';
import type { ModelProto, StringEntry, TensorProto } from './messages';
import { mapTensors } from './modelWalk';
import type { TensorReader } from './tensorReader';

/** A data file to be written: tensors in the order of their offsets, zeros between them. */
export interface ExternalLayout {
  /** Beside the model. */
  readonly fileName: string;
  readonly tensors: readonly { readonly tensor: TensorProto; readonly offset: number }[];
}

/** Smaller tensors stay in the model, where shape inference can see them (as in onnx's own tools). */
const smallestExternalBytes = 1024;
/** Large tensors start at a page so that they can be mapped into memory (onnx, ExternalData.md). */
const pageBytes = 4096;
const largeBytes = 1024 * 1024;
const smallAlignment = 64;

/** Moves the initializers of 1 KB and more out of the model; nothing is read or written yet. */
export function layOut(
  model: ModelProto,
  fileName: string,
  reader: TensorReader,
): { proto: ModelProto; layout: ExternalLayout } {
  const tensors: { tensor: TensorProto; offset: number }[] = [];
  let end = 0;
  const proto = mapTensors(model, (tensor, isInitializer) => {
    const movable = isInitializer && tensor.dataType !== DataType.string && bitsOf(tensor.dataType) !== undefined;
    if (!movable) return tensor;
    const length = reader.elementBytes(tensor);
    if (length < smallestExternalBytes) return tensor;
    const alignment = length >= largeBytes ? pageBytes : smallAlignment;
    const offset = Math.ceil(end / alignment) * alignment;
    end = offset + length;
    tensors.push({ tensor, offset });
    return movedOut(tensor, fileName, offset, length);
  });
  return { proto, layout: { fileName, tensors } };
}

function movedOut(tensor: TensorProto, fileName: string, offset: number, length: number): TensorProto {
  const { dims, dataType, name, docString, metadataProps, unknown } = tensor;
  const externalData = [entry('location', fileName), entry('offset', String(offset)), entry('length', String(length))];
  return {
    dims,
    dataType,
    name,
    docString,
    metadataProps,
    stringData: [],
    externalData,
    dataLocation: externalLocation,
    ...(unknown === undefined ? {} : { unknown }),
  };
}

function entry(key: string, value: string): StringEntry {
  return { key, value };
}
