// Which operators stay in float32 when a model is converted to 16 bit, and which of their inputs and outputs do.
import { isStandardDomain } from '../onnx/graphView';
import type { NodeProto } from '../onnx/messages';

function namesIn(...lines: readonly string[]): ReadonlySet<string> {
  return new Set(lines.flatMap((line) => line.split(' ')));
}

/** Left in float32 by ONNX Runtime's own converter (SYSTEMS §4.7). */
const blockedByDefault = namesIn(
  'ArrayFeatureExtractor Binarizer CastMap CategoryMapper DictVectorizer FeatureVectorizer Imputer LabelEncoder',
  'LinearClassifier LinearRegressor Normalizer OneHotEncoder RandomUniformLike SVMClassifier SVMRegressor Scaler',
  'TreeEnsemble TreeEnsembleClassifier TreeEnsembleRegressor ZipMap NonMaxSuppression TopK RoiAlign Range CumSum Min',
  'Max Upsample',
);

/** Defined for float32 alone among the types that matter here, though that converter turns them too. */
const floatOnly = namesIn(
  'Celu TfIdfVectorizer CDist AttnLSTM WordConvEmbedding MaxpoolWithMask DynamicTimeWarping SparseToDenseMatMul',
  'NGramRepeatBlock BeamSearch GreedySearch Sampling WhisperBeamSearch',
);

/** Make numbers out of nothing that is in 16 bit: the engine casts only behind nodes that read 16 bit. */
const generators = namesIn('EyeLike RandomNormal RandomNormalLike RandomUniform');

/** Work on lists of tensors, and no Cast goes into a list. */
const sequenceOps = namesIn(
  'SequenceAt SequenceConstruct SequenceEmpty SequenceErase SequenceInsert SequenceLength SequenceMap SplitToSequence',
  'ConcatFromSequence Optional OptionalGetElement OptionalHasElement',
);

const microsoft = 'com.microsoft';

/** Why a node stays in float32 whoever asks, in words for a person; undefined when it can be converted. */
export function reasonForFloat({ opType, domain }: NodeProto, opset: number): string | undefined {
  if (blockedByDefault.has(opType)) return `${opType} loses too much in 16 bit, or is not defined there`;
  if (floatOnly.has(opType)) return `${opType} is not defined in 16 bit`;
  if (generators.has(opType)) return `the engine has no 16-bit form of ${opType}`;
  if (sequenceOps.has(opType)) return `${opType} works on lists of tensors, which stay as they are`;
  if (!isStandardDomain(domain) && domain !== microsoft) return `nothing is known of 16 bit in the domain ${domain}`;
  if (opType === 'IsInf' && opset < 20) return `IsInf is not defined in 16 bit before operator set 20`;
  return undefined;
}

/** Whether the operator's definition wants this input in float32 even where the others are in 16 bit. */
export function isAlwaysFloatInput({ opType }: NodeProto, inputIndex: number, opset: number): boolean {
  // The scales of Resize came second before they had a region beside them.
  if (opType === 'Resize') return inputIndex === (opset < 11 ? 1 : 2);
  return (opType === 'GroupNorm' || opType === 'SkipGroupNorm') && (inputIndex === 1 || inputIndex === 2);
}

const withStatistics = namesIn(
  'LayerNormalization SimplifiedLayerNormalization SkipLayerNormalization SkipSimplifiedLayerNormalization',
);

/** Mean and deviation of normalizations, which are computed and given in float32 whatever comes in. */
export function isAlwaysFloatOutput({ opType }: NodeProto, outputIndex: number): boolean {
  return withStatistics.has(opType) && (outputIndex === 1 || outputIndex === 2);
}

/** The attribute that names the element type of what the operator makes, and whether float32 is meant without it. */
export const typeAttributes: Readonly<Record<string, { readonly name: string; readonly isFloatByDefault: boolean }>> = {
  Cast: { name: 'to', isFloatByDefault: false },
  RandomNormal: { name: 'dtype', isFloatByDefault: true },
  RandomUniform: { name: 'dtype', isFloatByDefault: true },
  RandomNormalLike: { name: 'dtype', isFloatByDefault: false },
  RandomUniformLike: { name: 'dtype', isFloatByDefault: false },
  EyeLike: { name: 'dtype', isFloatByDefault: false },
  Bernoulli: { name: 'dtype', isFloatByDefault: false },
  SequenceEmpty: { name: 'dtype', isFloatByDefault: true },
  BlackmanWindow: { name: 'output_datatype', isFloatByDefault: true },
  HammingWindow: { name: 'output_datatype', isFloatByDefault: true },
  HannWindow: { name: 'output_datatype', isFloatByDefault: true },
  MelWeightMatrix: { name: 'output_datatype', isFloatByDefault: true },
};
