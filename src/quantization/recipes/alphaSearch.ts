// The alpha that suits an activation best: tried on rows of it, in simulated 8 bits (SYSTEMS §4.5, alpha "auto").
import { parametersOfRange, quantizedLimits, quantizeValues } from '../numberScheme';
import { largestWeights, smoothingFactors } from './smoothingFactors';
import type { SmoothableTensor, SmoothedProduct } from './smoothableTensors';
import type { ChannelRanges } from './smoothingStatistics';

/** The alphas that are tried. */
const candidates = Array.from({ length: 8 }, (_, step) => 0.3 + 0.05 * step);
/** Output channels of a product whose error is looked at: each has a scale of its own, so a part speaks for all. */
const mostOutputs = 128;
/** Multiplications for one product and alpha; rows are left out to stay below it. */
const mostWork = 2 ** 22;
const fewestRows = 16;

/**
 * The alpha of 0.3, 0.35 … 0.65 with the least squared error of the products' outputs when the activation is uint8 with
 * one scale and the weights are int8 with a scale for each output; undefined when none is better than no smoothing.
 */
export function bestAlpha(
  tensor: SmoothableTensor,
  ranges: ChannelRanges,
  rows: Float32Array,
  weightOf: (product: SmoothedProduct) => Float32Array,
): number | undefined {
  const weights = largestWeights(tensor, weightOf);
  const trials = tensor.products.map((product) => new ProductTrial(product, weightOf(product), rows));
  const errorWith = (factors: Float64Array): number => {
    const activation = new SmoothedActivation(factors, ranges);
    return trials.reduce((error, trial) => error + trial.squaredError(activation), 0);
  };
  let best: number | undefined;
  let least = errorWith(new Float64Array(tensor.channels).fill(1));
  for (const alpha of candidates) {
    const error = errorWith(smoothingFactors(ranges, weights, alpha));
    if (error >= least) continue;
    least = error;
    best = alpha;
  }
  return best;
}

/** An activation divided by factors and quantized with the range it then has over all of calibration. */
class SmoothedActivation {
  private readonly scale: number;
  private readonly zeroPoint: number;

  constructor(
    readonly factors: Float64Array,
    { min, max }: ChannelRanges,
  ) {
    let low = 0;
    let high = 0;
    factors.forEach((factor, channel) => {
      low = Math.min(low, (min[channel] ?? 0) / factor);
      high = Math.max(high, (max[channel] ?? 0) / factor);
    });
    const limits = quantizedLimits('uint8', false, false);
    ({ scale: this.scale, zeroPoint: this.zeroPoint } = parametersOfRange(low, high, limits, false));
  }

  /** Rows as the quantized product sees them. */
  dequantized(rows: Float32Array): Float32Array {
    const { factors, scale, zeroPoint } = this;
    const width = factors.length;
    const smoothed = rows.map((value, index) => value / (factors[index % width] ?? 1));
    return Float32Array.from(quantizeValues(smoothed, 'uint8', { scale, zeroPoint }), (q) => scale * (q - zeroPoint));
  }
}

/** Some rows and some output channels of one product, in float and as they come out of 8 bits. */
class ProductTrial {
  /** Weights of the output channels looked at, one after another. */
  private readonly columns: readonly Float32Array[];
  private readonly rows: Float32Array;
  private readonly exact: Float32Array;

  constructor({ layout }: SmoothedProduct, weight: Float32Array, rows: Float32Array) {
    const { inputs, outputs } = layout;
    const step = Math.ceil(outputs / mostOutputs);
    const columns = Array.from({ length: Math.ceil(outputs / step) }, () => new Float32Array(inputs));
    layout.forEachRun((input, output, start) => {
      const column = output % step === 0 ? columns[output / step] : undefined;
      if (column !== undefined) column[input] = weight[start] ?? 0;
    });
    const rowCount = Math.max(fewestRows, Math.floor(mostWork / (inputs * columns.length)));
    this.columns = columns;
    this.rows = rows.subarray(0, rowCount * inputs);
    this.exact = productOf(this.rows, columns);
  }

  squaredError(activation: SmoothedActivation): number {
    const columns = this.columns.map((column) => dequantizedColumn(column, activation.factors));
    const actual = productOf(activation.dequantized(this.rows), columns);
    let error = 0;
    for (let index = 0; index < actual.length; index++) error += ((actual[index] ?? 0) - (this.exact[index] ?? 0)) ** 2;
    return error;
  }
}

/** A column times the factors, through int8 with a scale of its own. */
function dequantizedColumn(column: Float32Array, factors: Float64Array): Float32Array {
  const scaled = column.map((value, channel) => value * (factors[channel] ?? 1));
  let largest = 0;
  for (const value of scaled) largest = Math.max(largest, Math.abs(value));
  const parameters = parametersOfRange(-largest, largest, quantizedLimits('int8', true, false), true);
  return Float32Array.from(quantizeValues(scaled, 'int8', parameters), (q) => parameters.scale * q);
}

/** Rows times columns, row by row. */
function productOf(rows: Float32Array, columns: readonly Float32Array[]): Float32Array {
  const width = columns[0]?.length ?? 1;
  const rowCount = Math.floor(rows.length / width);
  const result = new Float32Array(rowCount * columns.length);
  for (let row = 0; row < rowCount; row++) {
    columns.forEach((column, index) => {
      let sum = 0;
      for (let channel = 0, offset = row * width; channel < width; channel++, offset++) {
        sum += (rows[offset] ?? 0) * (column[channel] ?? 0);
      }
      result[row * columns.length + index] = sum;
    });
  }
  return result;
}
