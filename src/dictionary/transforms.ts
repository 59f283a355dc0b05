// The transforms a DATASET.yaml can name, with their parameters (SYSTEMS §5.2); data only.
import type { DictionaryEntry } from './entry';

/** Kinds of models a transform is offered for. */
export type TransformDomain = 'Image Recognition' | 'Object Detection';

/** A transform. The original lists its own for some domains only; the others may be used all the same. */
export interface TransformEntry extends DictionaryEntry {
  readonly domains: readonly TransformDomain[];
}

const everyDomain = ['Image Recognition', 'Object Detection'] as const;

const interpolationNames = ['nearest', 'box', 'area', 'bilinear', 'hamming', 'bicubic', 'lanczos'] as const;

const interpolation = {
  name: 'interpolation',
  type: { kind: 'string', choices: interpolationNames },
  default: 'bilinear',
  help: 'How pixels are interpolated, as Pillow does it; area is another name for box.',
} as const;

/** OpenCV's names and numbers of the same, as configs of the original hold them. */
const openCvInterpolation = {
  kind: 'either',
  of: [
    { kind: 'string', choices: [...interpolationNames, 'NEAREST', 'LINEAR', 'CUBIC', 'AREA', 'LANCZOS4'] },
    { kind: 'integer', minimum: 0, maximum: 4 },
  ],
} as const;

const pixelCount = { kind: 'integer', minimum: 1, maximum: 65536 } as const;
const offset = { kind: 'integer', minimum: 0 } as const;

const size = {
  name: 'size',
  type: { kind: 'list', of: pixelCount, minItems: 1, maxItems: 2 },
  required: true,
  help: 'Height and width of the result in pixels; one number makes a square.',
} as const;
const height = { name: 'height', type: pixelCount, required: true, help: 'Height of the result in pixels.' } as const;
const width = { name: 'width', type: pixelCount, required: true, help: 'Width of the result in pixels.' } as const;

const seed = {
  name: 'seed',
  type: { kind: 'integer' },
  default: 9527,
  help: 'With the same seed every sample is treated alike in every run.',
} as const;

const numbers = { kind: 'list', of: { kind: 'number' }, minItems: 1 } as const;
const divisors = { kind: 'list', of: { kind: 'number', minimum: 1e-6 }, minItems: 1 } as const;
const range = { kind: 'list', of: { kind: 'number', minimum: 1e-6 }, minItems: 2, maxItems: 2 } as const;

const side = { type: offset, help: 'Pixels to add at this side; without it as many as padding says.' } as const;

/** Every transform, in the order help shows them. */
export const transformEntries = [
  {
    name: 'Resize',
    help: 'Resizes the picture to the given height and width, whatever its proportions.',
    domains: everyDomain,
    parameters: [size, interpolation],
  },
  {
    name: 'ResizeShortSide',
    help: 'Resizes the picture so that its shorter side gets the given length; proportions stay.',
    domains: everyDomain,
    parameters: [
      { name: 'size', type: pixelCount, required: true, help: 'Length of the shorter side in pixels.' },
      interpolation,
    ],
  },
  {
    name: 'ResizeWithAspectRatio',
    help: 'Resizes so that a centre crop of height × width covers the given percentage of each side (MLPerf).',
    domains: [],
    parameters: [
      { ...height, help: 'Height of the crop that follows, in pixels.' },
      { ...width, help: 'Width of the crop that follows, in pixels.' },
      {
        name: 'scale',
        type: { kind: 'number', minimum: 1 },
        default: 87.5,
        help: 'Percentage of the resized sides that the crop covers.',
      },
      { name: 'inter_pol', type: openCvInterpolation, default: 'AREA', help: 'How pixels are interpolated.' },
    ],
  },
  {
    name: 'ResizeWithRatio',
    help: 'Enlarges the picture until its shorter side has min_dim pixels, but the longer no more than max_dim.',
    domains: [],
    parameters: [
      { name: 'min_dim', type: offset, default: 800, help: 'Least length of the shorter side; 0 sets none.' },
      { name: 'max_dim', type: offset, default: 1365, help: 'Greatest length of the longer side; 0 sets none.' },
      {
        name: 'padding',
        type: { kind: 'boolean' },
        default: false,
        help: 'Put the picture into the middle of a square of max_dim; boxes of the label move with it.',
      },
      {
        name: 'constant_value',
        type: numbers,
        default: [0],
        help: 'Value of the padding, one or one for each channel.',
      },
    ],
  },
  {
    name: 'Letterbox',
    help: 'Resizes the picture to fit into height × width with its proportions kept, and fills the rest.',
    domains: everyDomain,
    parameters: [
      height,
      width,
      { name: 'value', type: numbers, default: [114], help: 'Value of the fill, one or one for each channel.' },
      {
        name: 'position',
        type: { kind: 'string', choices: ['topLeft', 'center'] },
        default: 'topLeft',
        help: 'Where the picture lies in the frame.',
      },
      interpolation,
    ],
  },
  {
    name: 'CenterCrop',
    help: 'Cuts the middle out of the picture.',
    domains: everyDomain,
    parameters: [size],
  },
  {
    name: 'CropToBoundingBox',
    help: 'Cuts a given rectangle out of the picture.',
    domains: [],
    parameters: [
      { name: 'offset_height', type: offset, default: 0, help: 'Top edge of the rectangle in pixels.' },
      { name: 'offset_width', type: offset, default: 0, help: 'Left edge of the rectangle in pixels.' },
      { name: 'target_height', type: pixelCount, required: true, help: 'Height of the rectangle in pixels.' },
      { name: 'target_width', type: pixelCount, required: true, help: 'Width of the rectangle in pixels.' },
    ],
  },
  {
    name: 'CropResize',
    help: 'Cuts a rectangle out of the picture and resizes it.',
    domains: everyDomain,
    parameters: [
      { name: 'x', type: offset, required: true, help: 'Left edge of the rectangle in pixels.' },
      { name: 'y', type: offset, required: true, help: 'Top edge of the rectangle in pixels.' },
      { name: 'width', type: pixelCount, required: true, help: 'Width of the rectangle in pixels.' },
      { name: 'height', type: pixelCount, required: true, help: 'Height of the rectangle in pixels.' },
      size,
      interpolation,
    ],
  },
  {
    name: 'ResizeCropImagenet',
    help: 'ImageNet preprocessing in one step: short side resized, cropped, (x / 255 − mean) / std, as CHW float32.',
    domains: ['Image Recognition'],
    parameters: [
      height,
      width,
      { name: 'random_crop', type: { kind: 'boolean' }, default: false, help: 'Crop at random instead of the middle.' },
      { name: 'resize_side', type: pixelCount, default: 256, help: 'Length of the shorter side before the crop.' },
      { name: 'mean_value', type: numbers, default: [0, 0, 0], help: 'Mean of each channel of pixels from 0 to 1.' },
      {
        name: 'std_value',
        type: divisors,
        default: [0.229, 0.224, 0.225],
        help: 'Standard deviation of each channel of pixels from 0 to 1.',
      },
      { ...interpolation, name: 'resize_method' },
      {
        name: 'data_format',
        type: { kind: 'string', choices: ['channels_last', 'channels_first'] },
        default: 'channels_last',
        help: 'Layout of the picture that comes in; what goes out is always channels first.',
      },
      {
        name: 'subpixels',
        type: { kind: 'string', choices: ['RGB', 'BGR'] },
        default: 'RGB',
        help: 'BGR swaps red and blue before mean and standard deviation are applied.',
      },
      { name: 'scale', type: { kind: 'number' }, default: 1, help: 'Factor the result is multiplied with.' },
      {
        name: 'random_flip_left_right',
        type: { kind: 'boolean' },
        default: false,
        help: 'Mirror every second picture, at random.',
      },
      seed,
    ],
  },
  {
    name: 'Rescale',
    help: 'Divides by 255 and gives float32: pixels from 0 to 1.',
    domains: everyDomain,
    parameters: [],
  },
  {
    name: 'Normalize',
    help: '(x − mean) / std over the last axis, as float32.',
    domains: everyDomain,
    parameters: [
      { name: 'mean', type: numbers, default: [0], help: 'Mean of each channel, or one for all.' },
      { name: 'std', type: divisors, default: [1], help: 'Standard deviation of each channel, or one for all.' },
    ],
  },
  {
    name: 'Cast',
    help: 'Converts the element type as numpy does: fractions are cut off, integers wrap around.',
    domains: [],
    parameters: [
      {
        name: 'dtype',
        type: {
          kind: 'string',
          // prettier-ignore
          choices: [
            'float32', 'float64', 'float16', 'uint8', 'int8', 'uint16', 'int16', 'uint32', 'int32', 'uint64', 'int64',
            'bool',
          ],
        },
        default: 'float32',
        help: 'The element type of the result.',
      },
    ],
  },
  {
    name: 'Transpose',
    help: 'Permutes the axes; [2, 0, 1] makes channels × height × width of a picture.',
    domains: [],
    parameters: [
      {
        name: 'perm',
        type: { kind: 'list', of: offset, minItems: 1 },
        required: true,
        help: 'For each axis of the result, which axis of the sample it is.',
      },
    ],
  },
  {
    name: 'ExpandDims',
    help: 'Adds an axis of length 1.',
    domains: everyDomain,
    parameters: [
      {
        name: 'axis',
        type: { kind: 'integer' },
        default: 0,
        help: 'Where the new axis stands in the result; negative counts from the end.',
      },
    ],
  },
  {
    name: 'ChannelSwap',
    help: 'Swaps red and blue: RGB becomes BGR and BGR becomes RGB.',
    domains: everyDomain,
    parameters: [],
  },
  {
    name: 'AlignImageChannel',
    help: 'Gives the picture the wanted number of channels: grey is repeated, transparency dropped, colour made grey.',
    domains: everyDomain,
    parameters: [
      {
        name: 'dim',
        type: { kind: 'integer', minimum: 1, maximum: 4 },
        default: 3,
        help: 'Channels of the result.',
      },
    ],
  },
  {
    name: 'Pad',
    help: 'Adds a border; boxes of the label move with the picture.',
    domains: everyDomain,
    parameters: [
      { name: 'padding', type: offset, default: 0, help: 'Pixels to add at each side that has no number of its own.' },
      { name: 'top', ...side },
      { name: 'bottom', ...side },
      { name: 'left', ...side },
      { name: 'right', ...side },
      { name: 'value', type: numbers, default: [0], help: 'Value of the border, one or one for each channel.' },
    ],
  },
  {
    name: 'RandomCrop',
    help: 'Cuts a rectangle out of the picture at a random place.',
    domains: everyDomain,
    parameters: [size, seed],
  },
  {
    name: 'RandomResizedCrop',
    help: 'Cuts a rectangle of random place, area and proportions out of the picture and resizes it.',
    domains: everyDomain,
    parameters: [
      size,
      {
        name: 'scale',
        type: { ...range, of: { kind: 'number', minimum: 1e-6, maximum: 1 } },
        default: [0.08, 1],
        help: 'Least and greatest share of the area that is cut out.',
      },
      { name: 'ratio', type: range, default: [3 / 4, 4 / 3], help: 'Least and greatest width divided by height.' },
      interpolation,
      seed,
    ],
  },
  {
    name: 'RandomHorizontalFlip',
    help: 'Mirrors every second picture left to right, at random; boxes of the label with it.',
    domains: everyDomain,
    parameters: [seed],
  },
  {
    name: 'RandomVerticalFlip',
    help: 'Turns every second picture upside down, at random; boxes of the label with it.',
    domains: everyDomain,
    parameters: [seed],
  },
  {
    name: 'ToArray',
    help: 'Does nothing: samples are arrays already. Known from the original, which had pictures here.',
    domains: everyDomain,
    parameters: [],
  },
  {
    name: 'LabelShift',
    help: 'Subtracts a number from the label, for models with another first class index.',
    domains: [],
    parameters: [
      { name: 'label_shift', type: { kind: 'integer' }, default: 0, help: 'What is subtracted from each label.' },
    ],
  },
] as const satisfies readonly TransformEntry[];

export type TransformName = (typeof transformEntries)[number]['name'];
