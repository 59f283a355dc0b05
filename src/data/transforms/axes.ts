// Transforms of axes and channels: Transpose, ExpandDims, ChannelSwap, AlignImageChannel.
import { gather, newArray, rowMajorStrides } from './arrays';
import { pictureSize, shapeText } from './picture';
import { Refusal } from './refusal';
import type { NumberTensor } from './sample';

/** Axis i of the result is axis `permutation[i]` of the sample. */
export function transpose(image: NumberTensor, permutation: readonly number[]): NumberTensor {
  const { dims } = image;
  if (permutation.length !== dims.length) {
    throw new Refusal(
      `perm has ${permutation.length} axes, and the sample (${shapeText(dims)}) has ${dims.length}`,
      dims.length === 2
        ? 'Put AlignImageChannel or ExpandDims before it, or give perm two axes.'
        : `Give perm the axes 0 to ${dims.length - 1}, each once.`,
    );
  }
  const strides = rowMajorStrides(dims);
  const pick = (values: readonly number[]): number[] => permutation.map((axis) => values[axis] ?? 0);
  return gather(image, pick(dims), pick(strides));
}

/** Refuses what is not each of 0 … n − 1 once. */
export function requirePermutation(permutation: readonly number[]): void {
  const sorted = permutation.toSorted((a, b) => a - b);
  if (sorted.every((axis, index) => axis === index)) return;
  throw new Refusal(
    `perm is [${permutation.join(', ')}], in which each axis from 0 to ${permutation.length - 1} has to stand once`,
    'Write [2, 0, 1] to put the channels of a picture first.',
  );
}

/** With an axis of length 1 at `axis`; negative counts from the end of the result. */
export function expandDims(image: NumberTensor, axis: number): NumberTensor {
  const rank = image.dims.length + 1;
  if (axis < -rank || axis >= rank) {
    throw new Refusal(`axis is ${axis}, and the result has ${rank} axes`, `Give an axis from ${-rank} to ${rank - 1}.`);
  }
  const dims = image.dims.toSpliced(axis < 0 ? axis + rank : axis, 0, 1);
  return { ...image, dims };
}

/** Red and blue swapped; a fourth channel stays where it is. */
export function swapChannels(image: NumberTensor): NumberTensor {
  const { height, width, channels } = pictureSize(image);
  if (channels !== 3 && channels !== 4) {
    throw new Refusal(
      `it needs a picture with 3 or 4 channels as its last axis, and got ${shapeText(image.dims)}`,
      'Put it before Transpose, or put AlignImageChannel before it.',
    );
  }
  const pixelStrides = [width * channels, channels];
  if (channels === 3) return gather(image, image.dims, [...pixelStrides, -1], 2);
  const planes = [2, 1, 0, 3].map((channel) => gather(image, [height, width], pixelStrides, channel));
  return stackChannels(planes, height, width);
}

function stackChannels(planes: readonly NumberTensor[], height: number, width: number): NumberTensor {
  const [first] = planes;
  if (first === undefined) throw new Refusal('the picture has no channels', 'Take the picture out of the data set.');
  const joined = newArray(first.type, planes.length * height * width);
  const bytes = new Uint8Array(joined.buffer);
  for (const [index, { data }] of planes.entries()) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), index * data.byteLength);
  }
  const stacked: NumberTensor = { type: first.type, dims: [planes.length, height, width], data: joined };
  return transpose(stacked, [1, 2, 0]);
}

/** With `wanted` channels: grey repeated, the fourth dropped, colour made grey. Refuses what has no such meaning. */
export function alignChannels(image: NumberTensor, wanted: number): NumberTensor {
  const { height, width, channels } = pictureSize(image);
  const dims = [height, width, wanted];
  const pixelStrides = [width * channels, channels];
  if (channels === wanted) return { ...image, dims };
  if (channels === 1) return gather(image, dims, [...pixelStrides, 0]);
  if (channels === 4 && wanted === 3) return gather(image, dims, [...pixelStrides, 1]);
  if (channels === 3 && wanted === 1) return greyOf(image, height, width);
  throw new Refusal(
    `it cannot make ${wanted} of ${channels} channels`,
    'It repeats grey, drops the fourth channel, or makes grey of three: choose dim accordingly.',
  );
}

/** ITU-R 601 luma: for bytes in 16-bit fixed point as Pillow's convert('L'), for floats in double precision. */
function greyOf(image: NumberTensor, height: number, width: number): NumberTensor {
  const { type, data: from } = image;
  if (!(type === 'uint8' && from instanceof Uint8Array) && !(from instanceof Float32Array)) {
    throw new Refusal(
      `it makes grey of uint8 and float32 pictures, and got ${type}`,
      'Put it before Cast in the list.',
    );
  }
  const data = from instanceof Float32Array ? new Float32Array(height * width) : new Uint8Array(height * width);
  for (let pixel = 0; pixel < data.length; pixel++) {
    const [red = 0, green = 0, blue = 0] = [from[pixel * 3], from[pixel * 3 + 1], from[pixel * 3 + 2]];
    data[pixel] =
      from instanceof Float32Array
        ? 0.299 * red + 0.587 * green + 0.114 * blue
        : (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
  }
  return { type, dims: [height, width, 1], data };
}
