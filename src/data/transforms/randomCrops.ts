// Rectangles cut out at random, and random mirroring.
import { roundHalfToEven } from '../../onnx/roundHalfEven';
import { withBoxes } from '../detectionLabel';
import { crop, flipLeftRight, flipUpDown, pictureSize, requireRoom } from './picture';
import type { PictureSize, Rectangle } from './picture';
import { randomInteger } from './random';
import type { RandomSource } from './random';
import { Refusal } from './refusal';
import type { NumberSample, NumberTensor } from './sample';

/** A rectangle of that size at a random place. */
export function randomCrop(image: NumberTensor, height: number, width: number, random: RandomSource): NumberTensor {
  const size = requireRoom(image, height, width);
  const top = randomInteger(random, size.height - height + 1);
  const left = randomInteger(random, size.width - width + 1);
  return crop(image, { top, left, height, width });
}

/** Refuses ranges whose first number is the greater. */
export function requireRanges(ranges: Readonly<Record<string, readonly number[]>>): void {
  for (const [name, [least = 0, greatest = 0]] of Object.entries(ranges)) {
    if (least <= greatest) continue;
    throw new Refusal(
      `${name} is [${least}, ${greatest}], and the least has to come first`,
      `Swap the two numbers of ${name}.`,
    );
  }
}

const tries = 10;

/**
 * A random rectangle: its share of the area uniform in `scale`, the logarithm of width / height uniform in `ratio`. When
 * ten tries do not fit, the greatest in the middle with the nearest ratio allowed (as torchvision's RandomResizedCrop).
 */
export function randomRectangle(
  size: PictureSize,
  scale: readonly number[],
  ratio: readonly number[],
  random: RandomSource,
): Rectangle {
  const [leastShare = 1, greatestShare = leastShare] = scale;
  const [narrowest = 1, widest = narrowest] = ratio;
  for (let attempt = 0; attempt < tries; attempt++) {
    const area = size.height * size.width * between(leastShare, greatestShare, random());
    const shape = Math.exp(between(Math.log(narrowest), Math.log(widest), random()));
    const width = roundHalfToEven(Math.sqrt(area * shape));
    const height = roundHalfToEven(Math.sqrt(area / shape));
    if (width < 1 || height < 1 || width > size.width || height > size.height) continue;
    const top = randomInteger(random, size.height - height + 1);
    const left = randomInteger(random, size.width - width + 1);
    return { top, left, height, width };
  }
  return middleRectangle(size, narrowest, widest);
}

function between(least: number, greatest: number, share: number): number {
  return least + (greatest - least) * share;
}

function middleRectangle(size: PictureSize, narrowest: number, widest: number): Rectangle {
  const given = size.width / size.height;
  const height = given < narrowest ? Math.max(1, roundHalfToEven(size.width / narrowest)) : size.height;
  const width = given > widest ? Math.max(1, roundHalfToEven(size.height * widest)) : size.width;
  return { top: Math.floor((size.height - height) / 2), left: Math.floor((size.width - width) / 2), height, width };
}

/** Mirrored left to right, boxes too, or as it is: half of the samples each. */
export function randomHorizontalFlip(sample: NumberSample, random: RandomSource): NumberSample {
  pictureSize(sample.image);
  if (random() < 0.5) return sample;
  const label = withBoxes(sample.label, ([top, left, bottom, right]) => [top, 1 - right, bottom, 1 - left]);
  return { ...sample, image: flipLeftRight(sample.image), label };
}

/** Turned upside down, boxes too, or as it is: half of the samples each. */
export function randomVerticalFlip(sample: NumberSample, random: RandomSource): NumberSample {
  pictureSize(sample.image);
  if (random() < 0.5) return sample;
  const label = withBoxes(sample.label, ([top, left, bottom, right]) => [1 - bottom, left, 1 - top, right]);
  return { ...sample, image: flipUpDown(sample.image), label };
}
