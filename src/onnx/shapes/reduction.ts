// Shape rules of operators that fold axes together: Reduce*, ArgMax and ArgMin.
import { DataType } from '../dataTypes';
import { normalAxis, product, unknownDims } from './dims';
import type { Dims } from './dims';
import { allNumbers, one } from './rule';
import type { Rule, RuleInputs, RuleTable } from './rule';

/** Folded axes become 1, or go when `keepDims` is false. */
function foldedDims(dims: Dims, axes: readonly number[], keepDims: boolean): Dims {
  if (keepDims) return dims.map((size, axis) => (axes.includes(axis) ? 1 : size));
  return dims.filter((_, axis) => !axes.includes(axis));
}

/** Axes as an attribute, or as an input (ReduceSum from opset 13, the others from 18); none given folds all or nothing. */
function reducedDims(inputs: RuleInputs): Dims | undefined {
  const dims = inputs.dims(0);
  if (dims === undefined) return undefined;
  const keepDims = inputs.int('keepdims', 1) === 1;
  const given = inputs.has(1) || inputs.attribute('axes') !== undefined;
  const named = given ? inputs.axes('axes', 1, dims.length) : [];
  if (named === undefined) return keepDims ? unknownDims(dims.length) : undefined;
  if (named.length > 0) return foldedDims(dims, named, keepDims);
  const isNoop = inputs.int('noop_with_empty_axes', 0) === 1;
  return isNoop ? dims : foldedDims(dims, [...dims.keys()], keepDims);
}

const reduce: Rule = (inputs) => one(inputs.type(0), reducedDims(inputs));

/** The product and the sum of a vector of sizes are followed: element counts are computed with them. */
const reduceProduct: Rule = (inputs) => {
  const dims = reducedDims(inputs);
  const values = inputs.values(0);
  const isTotal = values !== undefined && inputs.dims(0)?.length === 1 && dims?.every((size) => size === 1) === true;
  return one(inputs.type(0), dims, isTotal ? [product(values)] : undefined);
};

const reduceMaximum: Rule = (inputs) => {
  const dims = reducedDims(inputs);
  const values = allNumbers(inputs.values(0));
  const isTotal = values !== undefined && inputs.dims(0)?.length === 1 && dims?.every((size) => size === 1) === true;
  return one(inputs.type(0), dims, isTotal ? [Math.max(...values)] : undefined);
};

const argument: Rule = (inputs) => {
  const dims = inputs.dims(0);
  const axis = normalAxis(inputs.int('axis', 0), dims?.length ?? 0);
  const known = dims !== undefined && axis !== undefined;
  return one(DataType.int64, known ? foldedDims(dims, [axis], inputs.int('keepdims', 1) === 1) : undefined);
};

export const reductionRules: RuleTable = {
  ReduceL1: reduce,
  ReduceL2: reduce,
  ReduceLogSum: reduce,
  ReduceLogSumExp: reduce,
  ReduceMax: reduceMaximum,
  ReduceMean: reduce,
  ReduceMin: reduce,
  ReduceProd: reduceProduct,
  ReduceSum: reduce,
  ReduceSumSquare: reduce,
  ArgMax: argument,
  ArgMin: argument,
};
