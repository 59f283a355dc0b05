// Transforms that compute a size from the picture's own: ResizeWithAspectRatio, ResizeWithRatio, Letterbox.
import { roundHalfToEven } from '../../onnx/roundHalfEven';
import type { ResizeFilter } from '../images/resampleWeights';
import { padSample } from './padding';
import { pictureSize, resizePicture } from './picture';
import { Refusal } from './refusal';
import type { NumberSample, NumberTensor } from './sample';

interface Target {
  readonly height: number;
  readonly width: number;
}

/** Resized so that a crop of the target covers `scale` percent of each side (MLPerf's ImageNet preprocessing). */
export function resizeWithAspectRatio(
  image: NumberTensor,
  target: Target,
  scale: number,
  filter: ResizeFilter,
): NumberTensor {
  const { height, width } = pictureSize(image);
  const newHeight = Math.trunc((100 * target.height) / scale);
  const newWidth = Math.trunc((100 * target.width) / scale);
  return height > width
    ? resizePicture(image, Math.trunc((newHeight * height) / width), newWidth, filter)
    : resizePicture(image, newHeight, Math.trunc((newWidth * width) / height), filter);
}

/** What ResizeWithRatio is given. */
export interface RatioParameters {
  readonly min_dim: number;
  readonly max_dim: number;
  readonly padding: boolean;
  readonly constant_value: readonly number[];
}

/** Refuses padding to no size, and a least side above the greatest. */
export function requireRatio({ max_dim: greatest, padding }: RatioParameters): void {
  if (!padding || greatest > 0) return;
  throw new Refusal(
    'padding is true and max_dim is 0, so the square has no size',
    'Give max_dim, or leave padding out.',
  );
}

/**
 * Enlarged until the shorter side has `min_dim` pixels, never made smaller but to keep the longer within `max_dim`; with
 * `padding` in the middle of a square of `max_dim`, boxes moved.
 */
export function resizeWithRatio(sample: NumberSample, parameters: RatioParameters): NumberSample {
  const { min_dim: least, max_dim: greatest, padding, constant_value: value } = parameters;
  const { height, width } = pictureSize(sample.image);
  let scale = Math.max(1, least / Math.min(height, width));
  const longer = Math.max(height, width);
  if (greatest > 0 && roundHalfToEven(longer * scale) > greatest) scale = greatest / longer;
  const newHeight = Math.max(1, roundHalfToEven(height * scale));
  const newWidth = Math.max(1, roundHalfToEven(width * scale));
  const resized = { ...sample, image: resizePicture(sample.image, newHeight, newWidth, 'bilinear') };
  return padding ? centred(resized, { height: greatest, width: greatest }, value) : resized;
}

/** Resized to fit into the target with proportions kept, the rest filled; boxes moved. */
export function letterbox(
  sample: NumberSample,
  target: Target,
  { value, position, filter }: { value: readonly number[]; position: 'topLeft' | 'center'; filter: ResizeFilter },
): NumberSample {
  const { height, width } = pictureSize(sample.image);
  // Products, not a ratio: 416 / 427 · 427 would end just below 416.
  const isTall = target.height * width <= target.width * height;
  const newHeight = isTall ? target.height : Math.max(1, Math.floor((height * target.width) / width));
  const newWidth = isTall ? Math.max(1, Math.floor((width * target.height) / height)) : target.width;
  const resized = { ...sample, image: resizePicture(sample.image, newHeight, newWidth, filter) };
  if (position === 'center') return centred(resized, target, value);
  const border = { top: 0, left: 0, bottom: target.height - newHeight, right: target.width - newWidth };
  return padSample(resized, border, value);
}

/** In the middle of the target; an odd pixel of the border goes to the bottom and right. */
function centred(sample: NumberSample, target: Target, value: readonly number[]): NumberSample {
  const { height, width } = pictureSize(sample.image);
  const top = Math.floor((target.height - height) / 2);
  const left = Math.floor((target.width - width) / 2);
  const border = { top, left, bottom: target.height - height - top, right: target.width - width - left };
  return padSample(sample, border, value);
}
