// Shape rules of operators that work element by element: unary, binary with broadcast, comparison, logic, casts.
import { DataType } from '../dataTypes';
import { broadcast } from './dims';
import type { Dim, Dims } from './dims';
import { allNumbers, maxFollowedValues, one, sameAsFirst } from './rule';
import type { Inferred, Rule, RuleInputs, RuleTable } from './rule';

/** Operators whose output has type and shape of the first input. */
const unaryTypes = [
  'Abs Acos Acosh Affine Asin Asinh Atan Atanh Celu Clip Cos Cosh CumSum CumProd Elu Erf Exp Gelu',
  'HardSigmoid HardSwish Hardmax LeakyRelu Log LogSoftmax LpNormalization LRN MeanVarianceNormalization Mish Relu',
  'Round ScaledTanh Selu Shrink Sigmoid Sign Sin Sinh Softmax Softplus Softsign Sqrt Swish Tan Tanh ThresholdedRelu',
  'Trilu InstanceNormalization GroupNormalization RMSNormalization RotaryEmbedding TensorScatter',
  'ScatterElements ScatterND Scatter ReverseSequence com.microsoft:Gelu com.microsoft:FastGelu',
  'com.microsoft:BiasGelu com.microsoft:QuickGelu com.microsoft:BiasSoftmax com.microsoft:Trilu',
  'com.microsoft:GroupNorm com.microsoft:RotaryEmbedding',
];

/** Unary operators on numbers whose values are followed, because exporters compute shapes with them. */
const followedUnary: Record<string, (value: number) => number> = {
  Neg: (value) => -value,
  Floor: Math.floor,
  Ceil: Math.ceil,
  Reciprocal: (value) => 1 / value,
  Not: (value) => (value === 0 ? 1 : 0),
};

function unary(operation: (value: number) => number): Rule {
  return (inputs) =>
    one(
      inputs.type(0),
      inputs.dims(0),
      inputs.values(0)?.map((value) => mapped(value, operation)),
    );
}

function mapped(value: Dim, operation: (value: number) => number): Dim {
  return typeof value === 'number' ? operation(value) : null;
}

type Arithmetic = (left: Dim, right: Dim, isInteger: boolean) => Dim;

/** Lifts an operation on numbers; `identity` on the right (or on both sides) leaves a symbol as it is. */
function arithmetic(
  operation: (a: number, b: number, isInteger: boolean) => number,
  identity?: number,
  both = false,
): Arithmetic {
  return (left, right, isInteger) => {
    if (typeof left === 'number' && typeof right === 'number') {
      const result = operation(left, right, isInteger);
      return Number.isNaN(result) ? null : result;
    }
    if (identity !== undefined && right === identity) return left;
    return both && left === identity ? right : null;
  };
}

const followedBinary: Record<string, Arithmetic> = {
  Add: arithmetic((a, b) => a + b, 0, true),
  Sub: arithmetic((a, b) => a - b, 0),
  Mul: arithmetic((a, b) => a * b, 1, true),
  Div: arithmetic((a, b, isInteger) => (isInteger ? Math.trunc(a / b) : a / b), 1),
  Mod: arithmetic((a, b) => a - b * Math.floor(a / b)),
  Pow: arithmetic((a, b) => a ** b),
};

/** A symbol is a size, so it is never below zero, but it may be zero; only sure comparisons are answered. */
const comparisons: Record<string, Arithmetic> = {
  Equal: (left, right) => {
    if (left !== null && left === right) return 1;
    if (typeof left === 'number' && typeof right === 'number') return 0;
    const [symbol, number] = typeof left === 'string' ? [left, right] : [right, left];
    return typeof symbol === 'string' && typeof number === 'number' && number < 0 ? 0 : null;
  },
  Greater: arithmetic((a, b) => Number(a > b)),
  GreaterOrEqual: arithmetic((a, b) => Number(a >= b)),
  Less: arithmetic((a, b) => Number(a < b)),
  LessOrEqual: arithmetic((a, b) => Number(a <= b)),
  And: arithmetic((a, b) => Number(a !== 0 && b !== 0)),
  Or: arithmetic((a, b) => Number(a !== 0 || b !== 0)),
  Xor: arithmetic((a, b) => Number((a !== 0) !== (b !== 0))),
};

/** Before opset 7 the second input was stretched to the first one's shape (attribute `broadcast`). */
function binaryDims(inputs: RuleInputs): Dims | undefined {
  return inputs.opset < 7 ? inputs.dims(0) : broadcast([inputs.dims(0), inputs.dims(1)]);
}

/** Values follow for scalars and vectors: all that shape arithmetic needs. */
function binaryValues(inputs: RuleInputs, dims: Dims | undefined, operation: Arithmetic): Dims | undefined {
  const count = dims === undefined || dims.length > 1 ? undefined : dims.length === 0 ? 1 : dims[0];
  const left = inputs.values(0);
  const right = inputs.values(1);
  if (typeof count !== 'number' || count > maxFollowedValues || left === undefined || right === undefined)
    return undefined;
  const isInteger = !floatTypes.has(inputs.type(0));
  const at = (values: Dims, index: number): Dim => (values.length === 1 ? values[0] : values[index]) ?? null;
  return Array.from({ length: count }, (_, index) => operation(at(left, index), at(right, index), isInteger));
}

const floatTypes: ReadonlySet<number> = new Set([
  DataType.float32,
  DataType.float16,
  DataType.float64,
  DataType.bfloat16,
]);

function binary(operation: Arithmetic | undefined, resultType?: number): Rule {
  return (inputs) => {
    const dims = binaryDims(inputs);
    const values = operation === undefined ? undefined : binaryValues(inputs, dims, operation);
    return one(resultType ?? inputs.type(0), dims, values);
  };
}

/** Any number of inputs, broadcast together. */
const variadic: Rule = (inputs) => {
  const all = inputs.node.input.map((_, index) => inputs.dims(index));
  return one(inputs.type(0), broadcast(all));
};

const where: Rule = (inputs) => {
  const dims = broadcast([inputs.dims(0), inputs.dims(1), inputs.dims(2)]);
  const conditions = allNumbers(inputs.values(0));
  const [yes, no] = [inputs.values(1), inputs.values(2)];
  const isVector = dims?.length === 1 && conditions?.length === dims[0];
  if (!isVector || conditions === undefined || yes === undefined || no === undefined) return one(inputs.type(1), dims);
  const pick = (values: Dims, index: number): Dim => (values.length === 1 ? values[0] : values[index]) ?? null;
  return one(
    inputs.type(1),
    dims,
    conditions.map((condition, index) => pick(condition !== 0 ? yes : no, index)),
  );
};

/** `to` is a type code; before opset 6 it was the type's name in capitals. */
const cast: Rule = (inputs) => {
  const attribute = inputs.attribute('to');
  const dataType = attribute?.i === undefined ? (oldTypeNames[inputs.text('to')] ?? 0) : Number(attribute.i);
  const values = inputs.values(0)?.map((value) => castValue(value, dataType));
  return one(dataType, inputs.dims(0), values);
};

function castValue(value: Dim, dataType: number): Dim {
  if (typeof value !== 'number' || floatTypes.has(dataType)) return value;
  return dataType === DataType.bool ? Number(value !== 0) : Math.trunc(value);
}

const oldTypeNames: Record<string, number> = {
  FLOAT: DataType.float32,
  DOUBLE: DataType.float64,
  FLOAT16: DataType.float16,
  INT8: DataType.int8,
  UINT8: DataType.uint8,
  INT16: DataType.int16,
  UINT16: DataType.uint16,
  INT32: DataType.int32,
  INT64: DataType.int64,
  UINT32: DataType.uint32,
  UINT64: DataType.uint64,
  BOOL: DataType.bool,
  STRING: DataType.string,
};

const castLike: Rule = (inputs) => one(inputs.type(1), inputs.dims(0));

const identity: Rule = (inputs) => one(inputs.type(0), inputs.dims(0), inputs.values(0));

/** The mask was of the input's type before opset 10. */
const dropout: Rule = (inputs) => {
  const mask = inputs.opset < 10 ? inputs.type(0) : DataType.bool;
  return [
    { dataType: inputs.type(0), dims: inputs.dims(0) },
    { dataType: mask, dims: inputs.dims(0) },
  ];
};

const isTest: Rule = (inputs) => one(DataType.bool, inputs.dims(0));

/** Mean and inverse standard deviation keep the axes in front of the normalized ones; the rest become 1. */
const layerNormalization: Rule = (inputs) => {
  const dims = inputs.dims(0);
  const axis = inputs.int('axis', -1);
  const from = axis < 0 && dims !== undefined ? axis + dims.length : axis;
  const statistics: Inferred = {
    dataType: inputs.int('stash_type', DataType.float32),
    dims: dims?.map((size, position) => (position < from ? size : 1)),
  };
  return [{ dataType: inputs.type(0), dims }, statistics, statistics];
};

/** Outputs: normalized, mean, inverse deviation, and the sum of inputs (com.microsoft). */
const skipLayerNormalization: Rule = (inputs) => {
  const same: Inferred = { dataType: inputs.type(0), dims: inputs.dims(0) };
  const dims = inputs.dims(0)?.map((size, axis, all) => (axis === all.length - 1 ? 1 : size));
  const statistics: Inferred = { dataType: DataType.float32, dims };
  return [same, statistics, statistics, same];
};

/** Running statistics (training mode, or the old test-mode outputs) are vectors like the given ones. */
const batchNormalization: Rule = (inputs) => {
  const statistic = (index: number): Inferred => ({ dataType: inputs.type(index), dims: inputs.dims(index) });
  return [{ dataType: inputs.type(0), dims: inputs.dims(0) }, statistic(3), statistic(4), statistic(3), statistic(4)];
};

/** One rule under several names, given as text with spaces between. */
const fromNames = (names: readonly string[], rule: Rule): RuleTable =>
  Object.fromEntries(names.flatMap((line) => line.split(' ')).map((name) => [name, rule]));

export const elementwiseRules: RuleTable = {
  ...fromNames(unaryTypes, sameAsFirst),
  ...Object.fromEntries(Object.entries(followedUnary).map(([name, operation]) => [name, unary(operation)])),
  ...Object.fromEntries(Object.entries(followedBinary).map(([name, operation]) => [name, binary(operation)])),
  ...Object.fromEntries(
    Object.entries(comparisons).map(([name, operation]) => [name, binary(operation, DataType.bool)]),
  ),
  ...fromNames(['BitwiseAnd BitwiseOr BitwiseXor BitShift'], binary(undefined)),
  ...fromNames(['BitwiseNot', 'PRelu'], sameAsFirst),
  ...fromNames(['Sum Mean Max Min'], variadic),
  ...fromNames(['IsNaN IsInf'], isTest),
  ...fromNames(['Identity'], identity),
  ...fromNames(['Dropout'], dropout),
  ...fromNames(['Cast'], cast),
  ...fromNames(['CastLike'], castLike),
  ...fromNames(['Where'], where),
  ...fromNames(['BatchNormalization'], batchNormalization),
  ...fromNames(['LayerNormalization SimplifiedLayerNormalization'], layerNormalization),
  ...fromNames(
    ['com.microsoft:SkipLayerNormalization com.microsoft:SkipSimplifiedLayerNormalization'],
    skipLayerNormalization,
  ),
};
