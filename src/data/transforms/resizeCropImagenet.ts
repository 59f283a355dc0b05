// ResizeCropImagenet: the usual preprocessing of ImageNet models in one step.
import type { transformEntries } from '../../dictionary/transforms';
import type { ParametersOf } from '../../dictionary/entry';
import { alignChannels, swapChannels, transpose } from './axes';
import { filterOf } from './interpolation';
import { centerCrop, flipLeftRight, pictureSize, resizePicture, shortSideSize } from './picture';
import type { RandomSource } from './random';
import { randomCrop } from './randomCrops';
import type { NumberTensor } from './sample';
import { normalize, rescale, scaled } from './values';

type Parameters = ParametersOf<typeof transformEntries, 'ResizeCropImagenet'>;

/** Shorter side resized, cropped, (x / 255 − mean) / std: 3 × height × width, float32. Grey is repeated to 3 channels. */
export function resizeCropImagenet(image: NumberTensor, parameters: Parameters, random: RandomSource): NumberTensor {
  const { height, width, data_format: layout, resize_side: side, random_crop: isRandom } = parameters;
  const picture = alignChannels(layout === 'channels_first' ? transpose(image, [1, 2, 0]) : image, 3);
  const size = shortSideSize(pictureSize(picture), side);
  const resized = resizePicture(picture, size.height, size.width, filterOf(parameters.resize_method));
  const cropped = isRandom ? randomCrop(resized, height, width, random) : centerCrop(resized, height, width);
  const flipped = parameters.random_flip_left_right && random() >= 0.5 ? flipLeftRight(cropped) : cropped;
  const ordered = parameters.subpixels === 'BGR' ? swapChannels(flipped) : flipped;
  const normalized = normalize(rescale(ordered), parameters.mean_value, parameters.std_value);
  return transpose(parameters.scale === 1 ? normalized : scaled(normalized, parameters.scale), [2, 0, 1]);
}
