// An array in figures, for people who want to see whether a transform did what they meant.
import type { Tensor } from '../../onnx/tensor';
import type { PreviewTensor } from '../../protocol/preview';
import { numbersOf } from '../numbersOf';
import { elementText } from './labelText';

const shownValues = 8;
const longestText = 80;

export function tensorFigures(name: string, tensor: Tensor): PreviewTensor {
  const { type, dims } = tensor;
  const numbers = numbersOf(tensor);
  const texts = numbers === undefined ? (tensor.data as readonly string[]) : [];
  const firstValues =
    numbers === undefined
      ? texts.slice(0, shownValues).map((text) => text.slice(0, longestText))
      : Array.from(numbers.subarray(0, shownValues), elementText);
  return { name, type, dims, ...rangeOf(numbers ?? []), firstValues };
}

type Range = Pick<PreviewTensor, 'minimum' | 'maximum' | 'mean' | 'notFinite'>;

function rangeOf(numbers: Float32Array | Float64Array | readonly number[]): Range {
  let minimum = Infinity;
  let maximum = -Infinity;
  let sum = 0;
  let count = 0;
  for (const value of numbers) {
    if (!Number.isFinite(value)) continue;
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
    sum += value;
    count++;
  }
  const notFinite = numbers.length - count;
  return count === 0
    ? { minimum: null, maximum: null, mean: null, notFinite }
    : { minimum, maximum, mean: sum / count, notFinite };
}
