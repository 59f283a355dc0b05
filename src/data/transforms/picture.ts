// Pictures as transforms see them: checks, crops, flips and resizing, on height × width × channels.
import { pixelLimit } from '../images/decodeImage';
import type { ResizeFilter } from '../images/resampleWeights';
import { resize } from '../images/resize';
import { gather } from './arrays';
import { Refusal } from './refusal';
import type { NumberTensor } from './sample';

/** Height, width and channels of a picture. */
export interface PictureSize {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** A rectangle in pixels. */
export interface Rectangle {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** The size of a picture, height × width or height × width × channels; refuses anything else. */
export function pictureSize(image: NumberTensor): PictureSize {
  const [height = 0, width = 0, channels = 1] = image.dims;
  const rank = image.dims.length;
  if (rank !== 2 && rank !== 3) {
    throw new Refusal(
      `it needs a picture of height × width × channels, and got a sample of ${shapeText(image.dims)}`,
      'Take the transform out, or let the loader give pictures.',
    );
  }
  if (rank === 3 && channels > 4 && height <= 4) {
    throw new Refusal(
      `it needs a picture of height × width × channels, and got ${shapeText(image.dims)}, which has its channels first`,
      'Put it before Transpose in the list.',
    );
  }
  if (height === 0 || width === 0 || channels === 0) {
    throw new Refusal(`the picture is empty (${shapeText(image.dims)})`, 'Take the picture out of the data set.');
  }
  return { height, width, channels };
}

/** Dimensions for a sentence: `224 × 224 × 3`. */
export function shapeText(dims: readonly number[]): string {
  return dims.length === 0 ? 'a single number' : dims.join(' × ');
}

/** `size` as people write it: [height, width], or one number for a square. */
export function squareOrBoth(size: readonly number[]): { height: number; width: number } {
  const [height = 1, width = height] = size;
  return { height, width };
}

/** The rectangle of the picture; refuses one that reaches over its edge. */
export function crop(image: NumberTensor, { top, left, height, width }: Rectangle): NumberTensor {
  const size = pictureSize(image);
  if (top < 0 || left < 0 || top + height > size.height || left + width > size.width) {
    throw new Refusal(
      `the rectangle of ${height} × ${width} at row ${top}, column ${left} reaches over the edge of the picture of ` +
        `${size.height} × ${size.width} (height × width)`,
      'Choose a rectangle inside the picture, or put Resize or ResizeShortSide before it.',
    );
  }
  const { channels } = size;
  const rowStride = size.width * channels;
  const dims = [height, width, ...image.dims.slice(2)];
  return gather(image, dims, [rowStride, channels, 1], top * rowStride + left * channels);
}

/** Refuses a crop that is larger than the picture. */
export function requireRoom(image: NumberTensor, height: number, width: number): PictureSize {
  const size = pictureSize(image);
  if (height > size.height || width > size.width) {
    throw new Refusal(
      `the crop of ${height} × ${width} is larger than the picture of ${size.height} × ${size.width} (height × width)`,
      'Choose a smaller crop, or put Resize, ResizeShortSide or Pad before it.',
    );
  }
  return size;
}

/** The middle of the picture; an odd pixel stays at the bottom and right. */
export function centerCrop(image: NumberTensor, height: number, width: number): NumberTensor {
  const size = requireRoom(image, height, width);
  const top = Math.floor((size.height - height) / 2);
  const left = Math.floor((size.width - width) / 2);
  return crop(image, { top, left, height, width });
}

/** Mirrored left to right. */
export function flipLeftRight(image: NumberTensor): NumberTensor {
  const { width, channels } = pictureSize(image);
  return gather(image, image.dims, [width * channels, -channels, 1], (width - 1) * channels);
}

/** Turned upside down. */
export function flipUpDown(image: NumberTensor): NumberTensor {
  const { height, width, channels } = pictureSize(image);
  const rowStride = width * channels;
  return gather(image, image.dims, [-rowStride, channels, 1], (height - 1) * rowStride);
}

/** Resized as Pillow does it; always with a channel axis. Refuses element types Pillow has no such arithmetic for. */
export function resizePicture(image: NumberTensor, height: number, width: number, filter: ResizeFilter): NumberTensor {
  const size = pictureSize(image);
  if (height < 1 || width < 1) {
    throw new Refusal(
      `the result would have ${height} × ${width} pixels (height × width)`,
      'Choose a size that leaves at least one pixel on each side.',
    );
  }
  if (height * width > pixelLimit) {
    throw new Refusal(
      `the result would have ${height} × ${width} pixels, more than the limit of ${pixelLimit}`,
      'Choose a smaller size.',
    );
  }
  const dims = [height, width, size.channels];
  const { type, data } = image;
  if (type === 'uint8' && data instanceof Uint8Array) {
    return { type, dims, data: resize({ data, ...size }, height, width, filter).data };
  }
  if (type === 'float32' && data instanceof Float32Array) {
    return { type, dims, data: resize({ data, ...size }, height, width, filter).data };
  }
  throw new Refusal(`it resizes uint8 and float32 pictures, and got ${type}`, 'Put it before Cast in the list.');
}

/** Lengths of the sides when the shorter becomes `side`; the longer is rounded down, as torchvision does. */
export function shortSideSize({ height, width }: PictureSize, side: number): { height: number; width: number } {
  if (height <= width) return { height: side, width: Math.floor((side * width) / height) };
  return { height: Math.floor((side * height) / width), width: side };
}
