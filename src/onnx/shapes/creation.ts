// Shape rules of operators that make tensors: constants, ranges, random numbers, shapes of other tensors.
import { DataType } from '../dataTypes';
import type { TensorProto } from '../messages';
import { onNumbers, product, unknownDims } from './dims';
import type { Dim, Dims } from './dims';
import { maxFollowedValues, one } from './rule';
import type { Inferred, Rule, RuleInputs, RuleTable } from './rule';

const constant: Rule = (inputs) => {
  const tensor = inputs.attribute('value')?.t;
  if (tensor !== undefined) return one(tensor.dataType, tensor.dims, inputs.known.tensorValues(tensor));
  return [constantFromList(inputs)];
};

/** The short forms: `value_int`, `value_floats`, … and a sparse tensor. */
function constantFromList(inputs: RuleInputs): Inferred | undefined {
  const sparse = inputs.attribute('sparse_value')?.sparseTensor;
  if (sparse !== undefined) return { dataType: sparse.values?.dataType ?? 0, dims: sparse.dims };
  const scalar = inputs.attribute('value_int') ?? inputs.attribute('value_float');
  if (scalar?.i !== undefined) return { dataType: DataType.int64, dims: [], values: [Number(scalar.i)] };
  if (scalar?.f !== undefined) return { dataType: DataType.float32, dims: [], values: [scalar.f] };
  const ints = inputs.ints('value_ints');
  if (ints !== undefined) return { dataType: DataType.int64, dims: [ints.length], values: followed(ints) };
  const floats = inputs.floats('value_floats');
  if (floats !== undefined) return { dataType: DataType.float32, dims: [floats.length], values: followed(floats) };
  const strings = inputs.attribute('value_strings')?.strings;
  if (strings !== undefined) return { dataType: DataType.string, dims: [strings.length] };
  return inputs.attribute('value_string') === undefined ? undefined : { dataType: DataType.string, dims: [] };
}

function followed(values: readonly number[]): Dims | undefined {
  return values.length <= maxFollowedValues ? values : undefined;
}

/** A tensor of one value in the shape that the input names. */
const constantOfShape: Rule = (inputs) => {
  const value: TensorProto | undefined = inputs.attribute('value')?.t;
  const length = inputs.dim(0, 0);
  const rank = typeof length === 'number' && length <= maxFollowedValues ? unknownDims(length) : undefined;
  const dims = inputs.values(0) ?? rank;
  const fill = value === undefined ? 0 : inputs.known.tensorValues(value)?.[0];
  return one(value?.dataType ?? DataType.float32, dims, filled(dims, fill ?? null));
};

function filled(dims: Dims | undefined, value: Dim): Dims | undefined {
  const count = dims === undefined || dims.length > 1 ? null : product(dims);
  const isSmall = typeof count === 'number' && count >= 0 && count <= maxFollowedValues;
  return isSmall ? new Array<Dim>(count).fill(value) : undefined;
}

/** `start` and `end` choose axes from opset 15. */
const shape: Rule = (inputs) => {
  const dims = inputs.dims(0);
  if (dims === undefined) return one(DataType.int64, [null]);
  const sizes = dims.slice(inputs.int('start', 0), inputs.int('end', dims.length));
  return one(DataType.int64, [sizes.length], sizes);
};

const size: Rule = (inputs) => {
  const dims = inputs.dims(0);
  return one(DataType.int64, [], dims && [product(dims)]);
};

const range: Rule = (inputs) => {
  const [start, limit, delta] = [0, 1, 2].map((index) => inputs.values(index)?.[0]);
  const isPlain = start === 0 && delta === 1;
  const count = isPlain
    ? (limit ?? null)
    : onNumbers((from, to, step) => Math.max(0, Math.ceil((to - from) / step)), start, limit, delta);
  const isSmall = typeof count === 'number' && count <= maxFollowedValues;
  const values = isSmall && typeof start === 'number' && typeof delta === 'number';
  return one(
    inputs.type(0),
    [count],
    values ? Array.from({ length: count }, (_, index) => start + index * delta) : undefined,
  );
};

/** Type and shape from attributes. */
const random: Rule = (inputs) => one(inputs.int('dtype', DataType.float32), inputs.ints('shape'));

/** Type from the attribute, else from the input; shape of the input. */
const like: Rule = (inputs) => one(inputs.int('dtype', inputs.type(0)), inputs.dims(0));

const multinomial: Rule = (inputs) =>
  one(inputs.int('dtype', DataType.int32), [inputs.dim(0, 0), inputs.int('sample_size', 1)]);

/** Windows for signal processing: as long as the input says. */
const signalWindow: Rule = (inputs) =>
  one(inputs.int('output_datatype', DataType.float32), [inputs.values(0)?.[0] ?? null]);

export const creationRules: RuleTable = {
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Shape: shape,
  Size: size,
  Range: range,
  RandomNormal: random,
  RandomUniform: random,
  RandomNormalLike: like,
  RandomUniformLike: like,
  Bernoulli: like,
  EyeLike: like,
  Multinomial: multinomial,
  HannWindow: signalWindow,
  HammingWindow: signalWindow,
  BlackmanWindow: signalWindow,
};
