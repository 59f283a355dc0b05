// Quantizes a float weight: one scale for the whole tensor, or one for each index of an axis.
import type { QuantizationRecipe, QuantizedType } from '../../config/recipe';
import {
  parametersOfRange,
  quantizedArray,
  quantizedLimits,
  quantizePerChannel,
  quantizeValues,
  rangeOf,
  rangesPerChannel,
} from '../numberScheme';
import type { QuantizedArray } from '../numberScheme';

/** How a weight's values are spread over its type. */
export interface WeightScheme {
  readonly type: QuantizedType;
  readonly symmetric: boolean;
  /** 7 bits only. */
  readonly reduced: boolean;
}

/** `scales` and `zeroPoints` have one entry, or one for each index of the channel axis. */
export interface QuantizedWeight {
  readonly data: QuantizedArray;
  readonly scales: Float32Array;
  readonly zeroPoints: QuantizedArray;
}

/** What a recipe says about weights; only int8 can be symmetric without giving up a bit. */
export function weightSchemeOf(recipe: QuantizationRecipe): WeightScheme {
  const type = recipe.weightType;
  return { type, symmetric: recipe.weightSymmetric && type === 'int8', reduced: recipe.reduceRange };
}

/** Quantizes a dense weight over its own range; `axis` undefined: one scale for all of it. */
export function quantizeWeight(
  values: Float32Array,
  dims: readonly number[],
  axis: number | undefined,
  { type, symmetric, reduced }: WeightScheme,
): QuantizedWeight {
  const limits = quantizedLimits(type, symmetric, reduced);
  if (axis === undefined) {
    const { min, max } = rangeOf(values);
    const parameters = parametersOfRange(min, max, limits, symmetric);
    const zeroPoints = quantizedArray(type, 1).fill(parameters.zeroPoint);
    return { data: quantizeValues(values, type, parameters), scales: Float32Array.of(parameters.scale), zeroPoints };
  }
  const { min, max } = rangesPerChannel(values, dims, axis);
  const scales = new Float32Array(min.length);
  const zeroPoints = quantizedArray(type, min.length);
  min.forEach((low, channel) => {
    const parameters = parametersOfRange(low, max[channel] ?? 0, limits, symmetric);
    scales[channel] = parameters.scale;
    zeroPoints[channel] = parameters.zeroPoint;
  });
  return { data: quantizePerChannel(values, dims, axis, type, scales, zeroPoints), scales, zeroPoints };
}

/** Exchanges rows and columns of every matrix in a stack of them. */
export function transposeMatrices(data: QuantizedArray, rows: number, columns: number): QuantizedArray {
  const result = data.slice();
  const size = rows * columns;
  for (let start = 0; start < data.length; start += size) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        result[start + column * rows + row] = data[start + row * columns + column] ?? 0;
      }
    }
  }
  return result;
}
