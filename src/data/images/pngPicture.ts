// Arrays that can be looked at, as small PNG files.
import type { Sharp } from 'sharp';
import { elementCount } from '../../onnx/tensor';
import type { Tensor } from '../../onnx/tensor';
import { numbersOf } from '../numbersOf';
import { loadSharp } from './decodeImage';
import { drawBoxes } from './drawBoxes';
import type { DrawnBox } from './drawBoxes';
import { tintMask } from './tintMask';

/** An array as a picture: 8 bits, height × width × channels. */
interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
  readonly data: Uint8Array;
}

export interface PngPicture {
  readonly width: number;
  readonly height: number;
  readonly png: Uint8Array;
}

/** An array of fewer rows or columns is no picture to a person. */
const leastSide = 4;

/**
 * An array as a PNG file, shrunk to `longestSide` pixels; undefined where it is no picture: it has neither
 * height × width × channels nor channels × height × width. Values that are not 8 bits without a sign are spread over
 * black to white, by the smallest and the greatest. With boxes it is RGB without transparency, and they are drawn after
 * it was shrunk: lines and names stay legible.
 *
 * @param mask the class of each pixel, shown in colours where it is as large as the picture
 */
export async function pngPicture(
  tensor: Tensor,
  longestSide: number,
  boxes: readonly DrawnBox[] = [],
  mask?: Tensor,
): Promise<PngPicture | undefined> {
  const pixels = pixelsOf(tensor);
  if (pixels === undefined) return undefined;
  const { width, height, channels, data } = mask === undefined ? pixels : tinted(pixels, mask);
  const sharp = await loadSharp();
  const shrunk = sharp(data, { raw: { width, height, channels } }).resize(longestSide, longestSide, {
    fit: 'inside',
    withoutEnlargement: true,
  });
  const drawn = boxes.length === 0 ? shrunk : await withBoxes(shrunk, boxes);
  const { data: png, info } = await drawn.png().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, png };
}

/** The picture as it is where the mask is none for it. */
function tinted(picture: Pixels, { dims, data: classes }: Tensor): Pixels {
  const { width, height, channels, data } = picture;
  const fits = dims.length === 2 && dims[0] === height && dims[1] === width;
  if (!fits || channels !== 3 || !(classes instanceof Uint8Array)) return picture;
  const canvas = { width, height, data: data.slice() };
  tintMask(canvas, classes);
  return { ...picture, data: canvas.data };
}

async function withBoxes(picture: Sharp, boxes: readonly DrawnBox[]): Promise<Sharp> {
  const sharp = await loadSharp();
  const rgb = picture.removeAlpha().toColourspace('srgb').raw();
  const { data, info } = await rgb.toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  drawBoxes({ width, height, data }, boxes);
  return sharp(data, { raw: { width, height, channels: 3 } });
}

function pixelsOf(tensor: Tensor): Pixels | undefined {
  const dims = tensor.dims[0] === 1 && tensor.dims.length === 4 ? tensor.dims.slice(1) : tensor.dims;
  const [first = 0, second = 0, third = 0] = dims;
  if (dims.length !== 3 || tensor.type === 'string') return undefined;
  if (isChannels(third)) return big(first, second) ? picture(tensor, first, second, third, 'last') : undefined;
  return isChannels(first) && big(second, third) ? picture(tensor, second, third, first, 'first') : undefined;
}

function isChannels(size: number): size is Pixels['channels'] {
  return size === 1 || size === 3 || size === 4;
}

function big(height: number, width: number): boolean {
  return height >= leastSide && width >= leastSide;
}

function picture(
  tensor: Tensor,
  height: number,
  width: number,
  channels: Pixels['channels'],
  place: 'first' | 'last',
): Pixels {
  const levels = levelsOf(tensor);
  if (place === 'last') return { width, height, channels, data: levels };
  const area = width * height;
  const data = new Uint8Array(elementCount(tensor.dims));
  for (let channel = 0; channel < channels; channel++) {
    for (let at = 0; at < area; at++) data[at * channels + channel] = levels[channel * area + at] ?? 0;
  }
  return { width, height, channels, data };
}

function levelsOf(tensor: Tensor): Uint8Array {
  if (tensor.type === 'uint8' && tensor.data instanceof Uint8Array) return tensor.data;
  const values = numbersOf(tensor) ?? new Float32Array(0);
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const scale = high > low ? 255 / (high - low) : 0;
  return Uint8Array.from(values, (value) => (Number.isFinite(value) ? Math.round((value - low) * scale) : 0));
}
