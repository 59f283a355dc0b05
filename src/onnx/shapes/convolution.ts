// Shape rules of operators that slide a window over space: convolutions and pools.
import { DataType } from '../dataTypes';
import { onNumbers, unknownDims } from './dims';
import type { Dim, Dims } from './dims';
import { one } from './rule';
import type { Inferred, Rule, RuleInputs, RuleTable } from './rule';

/** How a window moves, one number a spatial axis. */
interface Window {
  readonly kernel: readonly (number | null)[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** All begins, then all ends. */
  readonly pads: readonly number[];
  readonly autoPad: string;
  readonly ceil: boolean;
}

function windowOf(inputs: RuleInputs, kernel: readonly (number | null)[]): Window {
  const ones = kernel.map(() => 1);
  return {
    kernel,
    strides: inputs.ints('strides') ?? ones,
    dilations: inputs.ints('dilations') ?? ones,
    pads: inputs.ints('pads') ?? [...kernel, ...kernel].map(() => 0),
    autoPad: inputs.text('auto_pad', 'NOTSET'),
    ceil: inputs.int('ceil_mode', 0) === 1,
  };
}

/** Size of one output axis (ONNX, "Conv" and "MaxPool"). */
function slidSize(size: Dim | undefined, window: Window, axis: number): Dim {
  const kernel = window.kernel[axis] ?? null;
  const stride = window.strides[axis] ?? 1;
  const extent = kernel === null ? null : (kernel - 1) * (window.dilations[axis] ?? 1) + 1;
  if (window.autoPad.startsWith('SAME')) return onNumbers((input) => Math.ceil(input / stride), size);
  const begin = window.autoPad === 'VALID' ? 0 : (window.pads[axis] ?? 0);
  const end = window.autoPad === 'VALID' ? 0 : (window.pads[axis + window.kernel.length] ?? 0);
  return onNumbers(
    (input, covered) => {
      const steps = (input + begin + end - covered) / stride;
      if (!window.ceil) return Math.floor(steps) + 1;
      // A last window that would start inside the padding at the end is left out.
      const count = Math.ceil(steps) + 1;
      return (count - 1) * stride >= input + begin ? count - 1 : count;
    },
    size,
    extent,
  );
}

/** Sizes of a kernel: the attribute, else the weight's axes after the first two. */
function kernelOf(inputs: RuleInputs, weight: Dims | undefined): (number | null)[] | undefined {
  const named = inputs.ints('kernel_shape');
  if (named !== undefined) return named;
  return weight?.slice(2).map((size) => (typeof size === 'number' ? size : null));
}

function slidDims(inputs: RuleInputs, channels: Dim, kernel: readonly (number | null)[] | undefined): Dims | undefined {
  const dims = inputs.dims(0);
  const rank = dims?.length ?? (kernel === undefined ? undefined : kernel.length + 2);
  if (rank === undefined) return undefined;
  if (dims === undefined || kernel?.length !== rank - 2) return [inputs.dim(0, 0), channels, ...unknownDims(rank - 2)];
  const window = windowOf(inputs, kernel);
  return [dims[0] ?? null, channels, ...dims.slice(2).map((size, axis) => slidSize(size, window, axis))];
}

/** Convolutions whose weight is at another place than input 1, or whose output is of another type. */
function convolution(weightIndex: number, outputType: (inputs: RuleInputs) => number): Rule {
  return (inputs) => {
    const kernel = kernelOf(inputs, inputs.dims(weightIndex));
    return one(outputType(inputs), slidDims(inputs, inputs.dim(weightIndex, 0), kernel));
  };
}

/** Size of one output axis (ONNX, "ConvTranspose"). */
function grownSize(inputs: RuleInputs, size: Dim | undefined, window: Window, axis: number): Dim {
  const named = inputs.ints('output_shape');
  // Some writers give the batch and channel sizes as well.
  if (named !== undefined) return named.slice(-window.kernel.length)[axis] ?? null;
  const stride = window.strides[axis] ?? 1;
  if (window.autoPad.startsWith('SAME')) return onNumbers((input) => input * stride, size);
  const extra = inputs.ints('output_padding')?.[axis] ?? 0;
  const padded = window.autoPad === 'VALID' ? [0, 0] : [window.pads[axis], window.pads[axis + window.kernel.length]];
  const cut = (padded[0] ?? 0) + (padded[1] ?? 0);
  const dilation = window.dilations[axis] ?? 1;
  return onNumbers(
    (input, kernel) => stride * (input - 1) + extra + (kernel - 1) * dilation + 1 - cut,
    size,
    window.kernel[axis],
  );
}

const convTranspose: Rule = (inputs) => {
  const dims = inputs.dims(0);
  const kernel = kernelOf(inputs, inputs.dims(1));
  const channels = onNumbers((size) => size * inputs.int('group', 1), inputs.dim(1, 1));
  if (dims === undefined || kernel?.length !== dims.length - 2) {
    return one(
      inputs.type(0),
      dims?.map((size, axis) => (axis === 0 ? size : axis === 1 ? channels : null)),
    );
  }
  const window = windowOf(inputs, kernel);
  const space = dims.slice(2).map((size, axis) => grownSize(inputs, size, window, axis));
  return one(inputs.type(0), [dims[0] ?? null, channels, ...space]);
};

function pooled(inputs: RuleInputs): Dims | undefined {
  return slidDims(inputs, inputs.dim(0, 1), kernelOf(inputs, undefined));
}

const pool: Rule = (inputs) => one(inputs.type(0), pooled(inputs));

const maxPool: Rule = (inputs) => {
  const dims = pooled(inputs);
  return [
    { dataType: inputs.type(0), dims },
    { dataType: DataType.int64, dims },
  ];
};

/** Every spatial axis becomes 1. */
const globalPool: Rule = (inputs) =>
  one(
    inputs.type(0),
    inputs.dims(0)?.map((size, axis) => (axis < 2 ? size : 1)),
  );

/** The same for channels-last data too (com.microsoft). */
const qlinearGlobalPool: Rule = (inputs) => {
  const channelsLast = inputs.int('channels_last', 0) === 1;
  const keeps = (axis: number, rank: number): boolean => axis === 0 || axis === (channelsLast ? rank - 1 : 1);
  const dims = inputs.dims(0)?.map((size, axis, all) => (keeps(axis, all.length) ? size : 1));
  return one(inputs.type(0), dims);
};

/** The wanted shape as an input, else what the pool that is undone would have started from. */
const maxUnpool: Rule = (inputs) => {
  const dims = inputs.dims(0);
  const kernel = inputs.ints('kernel_shape');
  if (inputs.has(2) || dims === undefined || kernel?.length !== dims.length - 2) {
    return one(inputs.type(0), inputs.values(2) ?? (dims && unknownDims(dims.length)));
  }
  const window = windowOf(inputs, kernel);
  return one(inputs.type(0), [
    ...dims.slice(0, 2),
    ...dims.slice(2).map((size, axis) => grownSize(inputs, size, window, axis)),
  ]);
};

/** Regions of interest are pooled to a fixed size. */
const roiPool =
  (heightWidth: (inputs: RuleInputs) => readonly number[]): Rule =>
  (inputs) => {
    const space = heightWidth(inputs);
    return one(inputs.type(0), [inputs.dim(1, 0), inputs.dim(0, 1), space[0] ?? null, space[1] ?? null]);
  };

/** The output takes its space from the grid of sampling points. */
const gridSample: Rule = (inputs) => {
  const grid = inputs.dims(1);
  return one(inputs.type(0), grid && [inputs.dim(0, 0), inputs.dim(0, 1), ...grid.slice(1, -1)]);
};

const firstType = (inputs: RuleInputs): number => inputs.type(0);
const conv = convolution(1, firstType);

/** com.microsoft:QLinearConv may be channels-last; then nothing but type and rank is said. */
const qlinearConv: Rule = (inputs) => {
  const answer = convolution(3, (given) => given.type(7))(inputs);
  const channelsLast = inputs.int('channels_last', 0) === 1;
  return channelsLast ? answer.map((output) => withUnknownSizes(output)) : answer;
};

function withUnknownSizes(output: Inferred | undefined): Inferred | undefined {
  return output && { dataType: output.dataType, dims: output.dims && unknownDims(output.dims.length) };
}

const qlinearPool: Rule = (inputs) =>
  inputs.int('channels_last', 0) === 1 ? pool(inputs).map((output) => withUnknownSizes(output)) : pool(inputs);

export const convolutionRules: RuleTable = {
  Conv: conv,
  DeformConv: conv,
  'com.microsoft:FusedConv': conv,
  ConvInteger: convolution(1, () => DataType.int32),
  QLinearConv: qlinearConv,
  'com.microsoft:QLinearConv': qlinearConv,
  ConvTranspose: convTranspose,
  AveragePool: pool,
  LpPool: pool,
  MaxPool: maxPool,
  'com.microsoft:QLinearAveragePool': qlinearPool,
  GlobalAveragePool: globalPool,
  GlobalMaxPool: globalPool,
  GlobalLpPool: globalPool,
  'com.microsoft:QLinearGlobalAveragePool': qlinearGlobalPool,
  GridSample: gridSample,
  MaxUnpool: maxUnpool,
  MaxRoiPool: roiPool((inputs) => inputs.ints('pooled_shape') ?? []),
  RoiAlign: roiPool((inputs) => [inputs.int('output_height', 1), inputs.int('output_width', 1)]),
};
