// What type the outputs of an operator have, from the types of its inputs and its attributes (ONNX operator set).
import { DataType } from '../onnx/dataTypes';
import { attributeOf, isStandardDomain } from '../onnx/graphView';
import type { NodeProto } from '../onnx/messages';
import { typeAttributes } from './halfRules';

/** The type of a tensor, of the tensors in a sequence, or of something else. */
export interface ValueType {
  readonly kind: 'tensor' | 'sequence' | 'other';
  /** A code of `dataTypes.ts`; 0 for what is neither a tensor nor a sequence of them. */
  readonly dataType: number;
}

type Types = readonly (ValueType | undefined)[];
type TypeRule = (node: NodeProto, inputs: Types) => Types;

/** Outputs of a node that carries no graph; undefined where nothing is known. */
export function outputTypesOf(node: NodeProto, inputs: Types): Types {
  if (isStandardDomain(node.domain)) return (rules[node.opType] ?? sameAsFirst)(node, inputs);
  if (node.domain === 'com.microsoft') return (contributedRules[node.opType] ?? contributed)(node, inputs);
  return node.domain === 'ai.onnx.ml' ? (learningRules[node.opType] ?? floats)(node, inputs) : [];
}

const maxOutputs = 1024;

function tensor(dataType: number): ValueType {
  return { kind: 'tensor', dataType };
}

/** Every output of one type: enough for operators with any number of them, such as Split. */
function every(node: NodeProto, type: ValueType | undefined): Types {
  return node.output.slice(0, maxOutputs).map(() => type);
}

const always =
  (...dataTypes: readonly number[]): TypeRule =>
  () =>
    dataTypes.map(tensor);

const like =
  (inputIndex: number): TypeRule =>
  (node, inputs) =>
    every(node, inputs[inputIndex]);

/** The first output like the first input, the others as given. */
const likeFirstAnd =
  (...dataTypes: readonly number[]): TypeRule =>
  (_, inputs) => [inputs[0], ...dataTypes.map(tensor)];

const sameAsFirst: TypeRule = like(0);
const floats: TypeRule = (node) => every(node, tensor(DataType.float32));
const booleans = always(DataType.bool);
const indices = always(DataType.int64);

/** The type an attribute names; without it float32, or that of the first input. */
const named: TypeRule = (node, inputs) => {
  const attribute = typeAttributes[node.opType];
  const code = attribute === undefined ? undefined : attributeOf(node, attribute.name)?.i;
  if (code !== undefined) return [tensor(Number(code))];
  return [attribute?.isFloatByDefault === true ? tensor(DataType.float32) : inputs[0]];
};

const constant: TypeRule = ({ attribute }) => {
  const [value] = attribute;
  if (value === undefined) return [];
  if (value.t !== undefined) return [tensor(value.t.dataType)];
  if (value.sparseTensor?.values !== undefined) return [tensor(value.sparseTensor.values.dataType)];
  if (value.name.startsWith('value_float')) return [tensor(DataType.float32)];
  if (value.name.startsWith('value_int')) return [tensor(DataType.int64)];
  return value.name.startsWith('value_string') ? [tensor(DataType.string)] : [];
};

const quantized: TypeRule = (node, inputs) => {
  const code = attributeOf(node, 'output_dtype')?.i;
  if (code !== undefined && code !== 0n) return [tensor(Number(code))];
  return [inputs[2] ?? tensor(DataType.uint8)];
};

const sequenceOf: TypeRule = (_, inputs) => [{ kind: 'sequence', dataType: inputs[0]?.dataType ?? 0 }];
const elementOf: TypeRule = (_, inputs) => [inputs[0] && tensor(inputs[0].dataType)];

/** Standard operators whose outputs are not all like their first input. */
const rules: Readonly<Record<string, TypeRule>> = {
  ...Object.fromEntries(
    [
      ...['And', 'Equal', 'Greater', 'GreaterOrEqual', 'IsInf', 'IsNaN', 'Less', 'LessOrEqual', 'Not', 'Or', 'Xor'],
      ...['RegexFullMatch', 'OptionalHasElement'],
    ].map((opType) => [opType, booleans]),
  ),
  ...Object.fromEntries(
    ['ArgMax', 'ArgMin', 'NonMaxSuppression', 'NonZero', 'SequenceLength', 'Shape', 'Size'].map((opType) => [
      opType,
      indices,
    ]),
  ),
  ...Object.fromEntries(Object.keys(typeAttributes).map((opType) => [opType, named])),
  Attention: sameAsFirst,
  CastLike: like(1),
  ConcatFromSequence: elementOf,
  Constant: constant,
  ConstantOfShape: (node) => [tensor(attributeOf(node, 'value')?.t?.dataType ?? DataType.float32)],
  ConvInteger: always(DataType.int32),
  DequantizeLinear: like(1),
  Dropout: likeFirstAnd(DataType.bool),
  DynamicQuantizeLinear: always(DataType.uint8, DataType.float32, DataType.uint8),
  ImageDecoder: always(DataType.uint8),
  LayerNormalization: likeFirstAnd(DataType.float32, DataType.float32),
  MatMulInteger: always(DataType.int32),
  MaxPool: likeFirstAnd(DataType.int64),
  Multinomial: (node) => [tensor(Number(attributeOf(node, 'dtype')?.i ?? DataType.int32))],
  OneHot: like(2),
  Optional: () => [{ kind: 'other', dataType: 0 }],
  // What an optional value holds is known only where the file declares it.
  OptionalGetElement: (_, inputs) => [inputs[0]?.kind === 'other' ? undefined : inputs[0]],
  QLinearConv: like(7),
  QLinearMatMul: like(7),
  QuantizeLinear: quantized,
  SequenceAt: elementOf,
  SequenceConstruct: sequenceOf,
  SequenceEmpty: (node) => [{ kind: 'sequence', dataType: Number(attributeOf(node, 'dtype')?.i ?? DataType.float32) }],
  SequenceMap: (node) => every(node, undefined),
  SimplifiedLayerNormalization: likeFirstAnd(DataType.float32),
  SplitToSequence: sequenceOf,
  StringSplit: always(DataType.string, DataType.int64),
  TfIdfVectorizer: always(DataType.float32),
  TopK: likeFirstAnd(DataType.int64),
  Unique: likeFirstAnd(DataType.int64, DataType.int64, DataType.int64),
  Where: like(1),
};

/** Mean, deviation, and the sum that the next layer adds to. */
const skipNormalization: TypeRule = (_, inputs) => [
  inputs[0],
  tensor(DataType.float32),
  tensor(DataType.float32),
  inputs[0],
];

const contributedRules: Readonly<Record<string, TypeRule>> = {
  DequantizeLinear: like(1),
  EmbedLayerNormalization: (_, inputs) => [inputs[2], tensor(DataType.int32), inputs[2]],
  MurmurHash3: always(DataType.int32),
  QuantizeLinear: quantized,
  SimplifiedLayerNormalization: likeFirstAnd(DataType.float32),
  SkipLayerNormalization: skipNormalization,
  SkipSimplifiedLayerNormalization: skipNormalization,
  Tokenizer: always(DataType.string),
  Unique: likeFirstAnd(DataType.int64, DataType.int64),
  WordConvEmbedding: like(1),
};

/** Searches take token ids and give token ids; scores come after them. */
const contributed: TypeRule = (node, inputs) =>
  /Search$|^Sampling$/.test(node.opType) ? [inputs[0]] : sameAsFirst(node, inputs);

/** Labels are integers or strings; they only have to be told from scores. */
const labelAndScores: TypeRule = always(DataType.int64, DataType.float32);

const learningRules: Readonly<Record<string, TypeRule>> = {
  ArrayFeatureExtractor: sameAsFirst,
  Binarizer: sameAsFirst,
  CastMap: () => [],
  CategoryMapper: (_, inputs) => [tensor(inputs[0]?.dataType === DataType.string ? DataType.int64 : DataType.string)],
  DictVectorizer: () => [],
  Imputer: sameAsFirst,
  LabelEncoder: (node) => [labelType(node)],
  LinearClassifier: labelAndScores,
  SVMClassifier: labelAndScores,
  TreeEnsemble: sameAsFirst,
  TreeEnsembleClassifier: labelAndScores,
  ZipMap: () => [{ kind: 'other', dataType: 0 }],
};

function labelType(node: NodeProto): ValueType {
  const values = attributeOf(node, 'values_tensor')?.t;
  if (values !== undefined) return tensor(values.dataType);
  if (attributeOf(node, 'values_floats') !== undefined) return tensor(DataType.float32);
  return tensor(attributeOf(node, 'values_int64s') === undefined ? DataType.string : DataType.int64);
}
