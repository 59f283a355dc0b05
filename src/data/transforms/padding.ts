// Borders around pictures, and boxes that move with the picture.
import type { NumberArray } from '../../onnx/tensor';
import { withBoxes } from '../detectionLabel';
import { newArray } from './arrays';
import { pictureSize } from './picture';
import { Refusal } from './refusal';
import type { NumberSample, NumberTensor, NumberType } from './sample';

/** Pixels to add at each side. */
export interface Border {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** The sample with a border of `value` (one, or one for each channel); boxes of the label keep their place in the picture. */
export function padSample(sample: NumberSample, border: Border, value: readonly number[]): NumberSample {
  const { height, width } = pictureSize(sample.image);
  const image = padPicture(sample.image, border, value);
  const { height: newHeight, width: newWidth } = pictureSize(image);
  const down = (edge: number): number => (edge * height + border.top) / newHeight;
  const across = (edge: number): number => (edge * width + border.left) / newWidth;
  const label = withBoxes(sample.label, ([top, left, bottom, right]) => [
    down(top),
    across(left),
    down(bottom),
    across(right),
  ]);
  return { ...sample, image, label };
}

function padPicture(image: NumberTensor, border: Border, value: readonly number[]): NumberTensor {
  const { height, width, channels } = pictureSize(image);
  const { type, data } = image;
  if (type === 'float16' || data instanceof BigInt64Array || data instanceof BigUint64Array) {
    throw new Refusal(`it cannot pad pictures of ${type}`, 'Put it before Cast in the list.');
  }
  const newHeight = height + border.top + border.bottom;
  const newWidth = width + border.left + border.right;
  const padded = newArray(type, newHeight * newWidth * channels) as typeof data;
  fill(padded, channelValues(value, channels), type);
  for (let row = 0; row < height; row++) {
    const target = ((row + border.top) * newWidth + border.left) * channels;
    padded.set(data.subarray(row * width * channels, (row + 1) * width * channels), target);
  }
  return { type, dims: [newHeight, newWidth, ...image.dims.slice(2)], data: padded };
}

function channelValues(value: readonly number[], channels: number): readonly number[] {
  if (value.length === channels) return value;
  const [only] = value;
  if (value.length !== 1 || only === undefined) {
    throw new Refusal(
      `it was given ${value.length} fill values for a picture of ${channels} channels`,
      `Give one value, or ${channels}.`,
    );
  }
  return Array.from({ length: channels }, () => only);
}

type PlainArray = Exclude<NumberArray, BigInt64Array | BigUint64Array>;

function fill(data: PlainArray, value: readonly number[], type: NumberType): void {
  data.set(value.slice(0, data.length));
  const isChanged = type !== 'float32' && type !== 'float64' && value.some((each, index) => each !== data[index]);
  if (isChanged) {
    throw new Refusal(
      `the fill value ${value.join(', ')} does not fit a picture of ${type}`,
      'Give whole numbers that fit, 0 to 255 for uint8, or put Cast before it.',
    );
  }
  const [first = 0] = value;
  if (value.every((each) => each === first)) data.fill(first);
  else for (let index = 0; index < data.length; index++) data[index] = value[index % value.length] ?? 0;
}
