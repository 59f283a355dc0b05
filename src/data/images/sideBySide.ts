// Several inputs of one sample as one picture.
import { elementCount } from '../../onnx/tensor';
import type { NumberArray, Tensor } from '../../onnx/tensor';

/**
 * Arrays of height × width × channels next to each other, in their order; undefined where they have not the same type,
 * height and channels, or are no arrays of numbers.
 */
export function sideBySide(tensors: readonly Tensor[]): Tensor | undefined {
  const [first] = tensors;
  if (first === undefined || tensors.length === 1) return first;
  const [height = 0, , channels = 0] = first.dims;
  const { type, data } = first;
  const fit = tensors.every((each) => each.type === type && each.dims[0] === height && each.dims[2] === channels);
  if (!fit || tensors.some(({ dims }) => dims.length !== 3) || !ArrayBuffer.isView(data)) return undefined;
  const width = tensors.reduce((sum, { dims }) => sum + (dims[1] ?? 0), 0);
  const dims = [height, width, channels];
  const whole = new (data.constructor as new (length: number) => NumberArray)(elementCount(dims));
  let at = 0;
  for (let row = 0; row < height; row++) {
    for (const { data: part, dims: own } of tensors) {
      const size = (own[1] ?? 0) * channels;
      // All are arrays of one class, since their type is one.
      (whole as Uint8Array).set((part as Uint8Array).subarray(row * size, (row + 1) * size), at);
      at += size;
    }
  }
  return { type, dims, data: whole };
}
