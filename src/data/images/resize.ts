// Resizing equal to Pillow's `Image.resize` to the last bit: uint8 (modes L, RGB) and float32 (mode F, per channel).
import { axisWeights, type AxisWeights, type ConvolutionFilter, type ResizeFilter } from './resampleWeights';

/** Pixels, height × width × channels, row-major. Channels are treated alike; none is taken for transparency. */
export interface Pixels<Data extends Uint8Array | Float32Array> {
  readonly data: Data;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Fraction bits of the weights of 8-bit pictures: 32 less 8 for the pixel and 2 for overshoot and sign. */
const fractionBits = 22;

/**
 * A new picture of height × width (both ≥ 1) pixels. A horizontal pass, then a vertical one, each rounded (uint8: in
 * fixed point, half up, clipped; float32: summed in double precision); an axis whose size stays is not touched.
 */
export function resize<Data extends Uint8Array | Float32Array>(
  pixels: Pixels<Data>,
  height: number,
  width: number,
  filter: ResizeFilter,
): Pixels<Data> {
  if (filter === 'nearest') return nearest(pixels, height, width);
  const wide = width === pixels.width ? pixels : resizeRows(pixels, width, filter);
  const done = height === pixels.height ? wide : resizeColumns(wide, height, filter);
  return done === pixels ? { ...pixels, data: pixels.data.slice() as Data } : done;
}

function blank<Data extends Uint8Array | Float32Array>(
  like: Pixels<Data>,
  height: number,
  width: number,
): Pixels<Data> {
  const length = height * width * like.channels;
  const data = like.data instanceof Float32Array ? new Float32Array(length) : new Uint8Array(length);
  return { data: data as Data, height, width, channels: like.channels };
}

function resizeRows<Data extends Uint8Array | Float32Array>(
  pixels: Pixels<Data>,
  width: number,
  filter: ConvolutionFilter,
): Pixels<Data> {
  const result = blank(pixels, pixels.height, width);
  const axis = axisWeights(pixels.width, width, filter);
  const { data: from } = pixels;
  const { data: to } = result;
  if (from instanceof Float32Array && to instanceof Float32Array) floatRows(pixels, from, to, axis);
  else (pixels.channels === 3 ? rgbRows : byteRows)(pixels, from as Uint8Array, to as Uint8Array, axis);
  return result;
}

function resizeColumns<Data extends Uint8Array | Float32Array>(
  pixels: Pixels<Data>,
  height: number,
  filter: ConvolutionFilter,
): Pixels<Data> {
  const result = blank(pixels, height, pixels.width);
  const axis = axisWeights(pixels.height, height, filter);
  const rowLength = pixels.width * pixels.channels;
  const { data: from } = pixels;
  const { data: to } = result;
  if (from instanceof Float32Array && to instanceof Float32Array) floatColumns(rowLength, from, to, axis);
  else byteColumns(rowLength, from as Uint8Array, to as Uint8Array, axis);
  return result;
}

/** Weights in fixed point, rounded half away from zero. */
function fixedPoint(weights: Float64Array): Int32Array {
  const fixed = new Int32Array(weights.length);
  for (let index = 0; index < weights.length; index++) {
    const scaled = (weights[index] ?? 0) * 2 ** fractionBits;
    fixed[index] = Math.trunc(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
  }
  return fixed;
}

const half = 1 << (fractionBits - 1);

/** A clamped view does the clipping of overshoot to 0 … 255. */
function clipping(data: Uint8Array): Uint8ClampedArray {
  return new Uint8ClampedArray(data.buffer, data.byteOffset, data.length);
}

function byteRows(
  pixels: Pixels<Uint8Array | Float32Array>,
  from: Uint8Array,
  to: Uint8Array,
  axis: AxisWeights,
): void {
  const { height, width, channels } = pixels;
  const weights = fixedPoint(axis.weights);
  const clipped = clipping(to);
  const { starts, counts, stride } = axis;
  let target = 0;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < starts.length; column++) {
      const first = (row * width + (starts[column] ?? 0)) * channels;
      const count = counts[column] ?? 0;
      for (let channel = 0; channel < channels; channel++) {
        let sum = half;
        let source = first + channel;
        for (let tap = column * stride; tap < column * stride + count; tap++, source += channels) {
          sum = (sum + Math.imul(from[source] ?? 0, weights[tap] ?? 0)) | 0;
        }
        clipped[target++] = sum >> fractionBits;
      }
    }
  }
}

/** `byteRows` for three channels: one walk over the weights for all of them takes half the time. */
function rgbRows(pixels: Pixels<Uint8Array | Float32Array>, from: Uint8Array, to: Uint8Array, axis: AxisWeights): void {
  const weights = fixedPoint(axis.weights);
  const clipped = clipping(to);
  const { starts, counts, stride } = axis;
  let target = 0;
  for (let row = 0; row < pixels.height; row++) {
    for (let column = 0; column < starts.length; column++) {
      let source = (row * pixels.width + (starts[column] ?? 0)) * 3;
      const end = column * stride + (counts[column] ?? 0);
      let red = half;
      let green = half;
      let blue = half;
      for (let tap = column * stride; tap < end; tap++, source += 3) {
        const weight = weights[tap] ?? 0;
        red = (red + Math.imul(from[source] ?? 0, weight)) | 0;
        green = (green + Math.imul(from[source + 1] ?? 0, weight)) | 0;
        blue = (blue + Math.imul(from[source + 2] ?? 0, weight)) | 0;
      }
      clipped[target] = red >> fractionBits;
      clipped[target + 1] = green >> fractionBits;
      clipped[target + 2] = blue >> fractionBits;
      target += 3;
    }
  }
}

function byteColumns(rowLength: number, from: Uint8Array, to: Uint8Array, axis: AxisWeights): void {
  const weights = fixedPoint(axis.weights);
  const clipped = clipping(to);
  const sums = new Int32Array(rowLength);
  for (let row = 0; row < axis.starts.length; row++) {
    sums.fill(half);
    const start = axis.starts[row] ?? 0;
    for (let tap = 0; tap < (axis.counts[row] ?? 0); tap++) {
      const weight = weights[row * axis.stride + tap] ?? 0;
      const source = (start + tap) * rowLength;
      // Row after row reads memory in order, which is faster than one column after another.
      for (let index = 0; index < rowLength; index++) {
        sums[index] = ((sums[index] ?? 0) + Math.imul(from[source + index] ?? 0, weight)) | 0;
      }
    }
    const target = row * rowLength;
    for (let index = 0; index < rowLength; index++) clipped[target + index] = (sums[index] ?? 0) >> fractionBits;
  }
}

function floatRows(
  pixels: Pixels<Uint8Array | Float32Array>,
  from: Float32Array,
  to: Float32Array,
  axis: AxisWeights,
): void {
  const { height, width, channels } = pixels;
  const { starts, counts, weights, stride } = axis;
  let target = 0;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < starts.length; column++) {
      const first = (row * width + (starts[column] ?? 0)) * channels;
      const count = counts[column] ?? 0;
      for (let channel = 0; channel < channels; channel++) {
        let sum = 0;
        let source = first + channel;
        for (let tap = column * stride; tap < column * stride + count; tap++, source += channels) {
          sum += (from[source] ?? 0) * (weights[tap] ?? 0);
        }
        to[target++] = sum;
      }
    }
  }
}

function floatColumns(rowLength: number, from: Float32Array, to: Float32Array, axis: AxisWeights): void {
  const sums = new Float64Array(rowLength);
  for (let row = 0; row < axis.starts.length; row++) {
    sums.fill(0);
    const start = axis.starts[row] ?? 0;
    for (let tap = 0; tap < (axis.counts[row] ?? 0); tap++) {
      const weight = axis.weights[row * axis.stride + tap] ?? 0;
      const source = (start + tap) * rowLength;
      for (let index = 0; index < rowLength; index++) {
        sums[index] = (sums[index] ?? 0) + (from[source + index] ?? 0) * weight;
      }
    }
    to.set(sums, row * rowLength);
  }
}

/** The source pixel under the middle of each output pixel. Positions are summed up step by step, as Pillow does. */
function nearestPositions(inputSize: number, outputSize: number): Int32Array {
  const step = inputSize / outputSize;
  const positions = new Int32Array(outputSize);
  let position = step * 0.5;
  for (let output = 0; output < outputSize; output++, position += step) positions[output] = Math.trunc(position);
  return positions;
}

function nearest<Data extends Uint8Array | Float32Array>(
  pixels: Pixels<Data>,
  height: number,
  width: number,
): Pixels<Data> {
  const result = blank(pixels, height, width);
  const { channels, data: from } = pixels;
  const to = result.data;
  const rows = nearestPositions(pixels.height, height);
  const columns = nearestPositions(pixels.width, width);
  let target = 0;
  for (const row of rows) {
    for (const column of columns) {
      const source = (row * pixels.width + column) * channels;
      for (let channel = 0; channel < channels; channel++) to[target++] = from[source + channel] ?? 0;
    }
  }
  return result;
}
