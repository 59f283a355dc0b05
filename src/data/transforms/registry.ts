// Which code does the work of which transform of the dictionary, and how a list of them becomes one function.
import { nearestName } from '../../config/nearestName';
import type { BuildersOf, ChosenEntry } from '../../dictionary/entry';
import type { transformEntries, TransformName } from '../../dictionary/transforms';
import { dataErrors } from '../dataErrors';
import { isDetectionLabel } from '../detectionLabel';
import { alignChannels, expandDims, requirePermutation, swapChannels, transpose } from './axes';
import { filterOf } from './interpolation';
import { shiftedLabel } from './labels';
import { padSample } from './padding';
import { centerCrop, crop, pictureSize, resizePicture, shortSideSize, squareOrBoth } from './picture';
import { randomFor } from './random';
import { randomCrop, randomHorizontalFlip, randomRectangle, randomVerticalFlip, requireRanges } from './randomCrops';
import { Refusal } from './refusal';
import { resizeCropImagenet } from './resizeCropImagenet';
import { letterbox, requireRatio, resizeWithAspectRatio, resizeWithRatio } from './resizes';
import type { NumberSample, NumberTensor, Sample, Transform } from './sample';
import { cast, normalize, rescale } from './values';

/** A transform of the image alone. */
function ofImage(change: (image: NumberTensor, sample: NumberSample) => NumberTensor): Transform {
  return (sample) => ({ ...sample, image: change(sample.image, sample) });
}

/** A transform that cuts the image: boxes of a label would not fit it any more. */
function ofCut(change: (image: NumberTensor, sample: NumberSample) => NumberTensor): Transform {
  return (sample) => {
    if (isDetectionLabel(sample.label)) {
      const problem = 'it cuts the picture, and the boxes of its label would not fit any more';
      throw new Refusal(problem, 'Use Resize or Letterbox for pictures with boxes.');
    }
    return { ...sample, image: change(sample.image, sample) };
  };
}

/** `position` is the place in the list: two random transforms with one seed draw different numbers. */
const builders: BuildersOf<typeof transformEntries, [position: number], Transform> = {
  Resize: ({ size, interpolation }) => {
    const { height, width } = squareOrBoth(size);
    return ofImage((image) => resizePicture(image, height, width, filterOf(interpolation)));
  },
  ResizeShortSide: ({ size, interpolation }) =>
    ofImage((image) => {
      const { height, width } = shortSideSize(pictureSize(image), size);
      return resizePicture(image, height, width, filterOf(interpolation));
    }),
  ResizeWithAspectRatio: ({ height, width, scale, inter_pol: name }) =>
    ofImage((image) => resizeWithAspectRatio(image, { height, width }, scale, filterOf(name))),
  ResizeWithRatio: (parameters) => {
    requireRatio(parameters);
    return (sample) => resizeWithRatio(sample, parameters);
  },
  Letterbox:
    ({ height, width, value, position, interpolation }) =>
    (sample) =>
      letterbox(sample, { height, width }, { value, position, filter: filterOf(interpolation) }),
  CenterCrop: ({ size }) => {
    const { height, width } = squareOrBoth(size);
    return ofCut((image) => centerCrop(image, height, width));
  },
  CropToBoundingBox: ({ offset_height: top, offset_width: left, target_height: height, target_width: width }) =>
    ofCut((image) => crop(image, { top, left, height, width })),
  CropResize: ({ x: left, y: top, width, height, size, interpolation }) => {
    const target = squareOrBoth(size);
    return ofCut((image) => {
      const part = crop(image, { top, left, height, width });
      return resizePicture(part, target.height, target.width, filterOf(interpolation));
    });
  },
  ResizeCropImagenet: (parameters, position) =>
    ofCut((image, { id }) => resizeCropImagenet(image, parameters, randomFor(parameters.seed, position, id))),
  Rescale: () => ofImage(rescale),
  Normalize: ({ mean, std }) => ofImage((image) => normalize(image, mean, std)),
  Cast: ({ dtype }) => ofImage((image) => cast(image, dtype)),
  Transpose: ({ perm }) => {
    requirePermutation(perm);
    return ofImage((image) => transpose(image, perm));
  },
  ExpandDims: ({ axis }) => ofImage((image) => expandDims(image, axis)),
  ChannelSwap: () => ofImage(swapChannels),
  AlignImageChannel: ({ dim }) => ofImage((image) => alignChannels(image, dim)),
  Pad: ({ padding, top, bottom, left, right, value }) => {
    const border = { top: top ?? padding, bottom: bottom ?? padding, left: left ?? padding, right: right ?? padding };
    return (sample) => padSample(sample, border, value);
  },
  RandomCrop: ({ size, seed }, position) => {
    const { height, width } = squareOrBoth(size);
    return ofCut((image, { id }) => randomCrop(image, height, width, randomFor(seed, position, id)));
  },
  RandomResizedCrop: ({ size, scale, ratio, interpolation, seed }, position) => {
    requireRanges({ scale, ratio });
    const { height, width } = squareOrBoth(size);
    return ofCut((image, { id }) => {
      const rectangle = randomRectangle(pictureSize(image), scale, ratio, randomFor(seed, position, id));
      return resizePicture(crop(image, rectangle), height, width, filterOf(interpolation));
    });
  },
  RandomHorizontalFlip:
    ({ seed }, position) =>
    (sample) =>
      randomHorizontalFlip(sample, randomFor(seed, position, sample.id)),
  RandomVerticalFlip:
    ({ seed }, position) =>
    (sample) =>
      randomVerticalFlip(sample, randomFor(seed, position, sample.id)),
  ToArray: () => (sample) => sample,
  LabelShift:
    ({ label_shift: shift }) =>
    (sample) => ({ ...sample, label: shiftedLabel(sample.label, shift) }),
};

/** Names with code behind them; the same as the dictionary's. */
export const transformNames: readonly string[] = Object.keys(builders);

/** Told of a sample as the loader gave it (`step` is the loader's name), then as each transform leaves it. */
export type StepListener = (step: string, sample: Sample) => void;

/**
 * One function that applies the transforms in order. `checkEntries` has checked names and parameters against the
 * dictionary and filled in the defaults. With the same list, every call with the same sample gives the same result.
 *
 * @throws DataError when parameters contradict each other, and from the function when a sample does not fit; either
 *     names the transform, what was given and what is expected
 */
export function buildTransforms(ordered: readonly ChosenEntry[], onStep?: StepListener): (sample: Sample) => Sample {
  const steps = ordered.map(({ name, parameters }, position) => ({ name, apply: build(name, parameters, position) }));
  return (sample) => {
    let current = sample;
    for (const { name, apply } of steps) {
      try {
        current = apply(withNumbers(current));
      } catch (thrown) {
        if (!(thrown instanceof Refusal)) throw thrown;
        throw dataErrors.transformFailed(name, sample.id, thrown.message, thrown.nextStep, thrown);
      }
      onStep?.(name, current);
    }
    return current;
  };
}

function build(name: string, parameters: ChosenEntry['parameters'], position: number): Transform {
  if (!Object.hasOwn(builders, name)) throw dataErrors.transformUnknown(name, nearestName(name, transformNames));
  const builder = builders[name as TransformName] as (
    parameters: ChosenEntry['parameters'],
    position: number,
  ) => Transform;
  try {
    return builder(parameters, position);
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    throw dataErrors.transformParameters(name, thrown.message, thrown.nextStep, thrown);
  }
}

function withNumbers(sample: Sample): NumberSample {
  if (isNumberSample(sample)) return sample;
  throw new Refusal('transforms work on numbers, and the sample holds text', 'Take out the section "transform".');
}

function isNumberSample(sample: Sample): sample is NumberSample {
  return sample.image.type !== 'string';
}
