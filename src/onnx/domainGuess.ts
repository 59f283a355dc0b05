// Guesses what a model is for from the names it uses (the rules of the original Bench, SYSTEMS §1.5).
import { requiredInputs } from './graphView';
import type { GraphProto } from './messages';

/** The Bench's domains; `''` is "none of these". Recommendation exists there, but is never guessed. */
export type DomainGuess = '' | 'Image Recognition' | 'Object Detection' | 'Neural Language Processing';

const languageInputs = ['input_ids', 'input_mask', 'segment_ids'];
const detectionNames = ['NonMaxSuppression', 'box', 'score', 'class', 'detection'];

/** Operators of ONNX, TensorFlow and OpenVINO that look at neighbours in a picture. */
const convolutions: ReadonlySet<string> = new Set([
  ...['Conv', 'Conv2D', 'DepthwiseConv2dNative', 'FusedConv2D', '_FusedConv2D', 'Convolution', 'GroupConvolution'],
]);

/** What a guess is made from, of a model of any format. */
export interface NamesInModel {
  /** What a caller feeds. */
  readonly inputs: readonly Named[];
  readonly outputs: readonly Named[];
  readonly nodes: readonly (Named & { readonly type: string })[];
}

interface Named {
  readonly name: string;
}

/** The guess for an ONNX graph. */
export function guessDomain(graph: GraphProto): DomainGuess {
  return guessDomainOf({
    inputs: requiredInputs(graph),
    outputs: graph.output,
    nodes: graph.node.map(({ name, opType }) => ({ name, type: opType })),
  });
}

/** The first rule that fits: names of inputs, then names of nodes and boundary tensors, then operators. */
export function guessDomainOf({ inputs, outputs, nodes }: NamesInModel): DomainGuess {
  if (inputs.some(({ name }) => startsWithAny(name, languageInputs))) return 'Neural Language Processing';
  // TensorFlow numbers its versions of the operator; OpenVINO has one of its own for the whole end of a detector.
  const suppresses = nodes.some(({ type }) => /^(?:NonMaxSuppression(?:V\d)?|DetectionOutput)$/.test(type));
  const names = [...inputs, ...outputs, ...nodes];
  if (suppresses || names.some(({ name }) => startsWithAny(name, detectionNames))) return 'Object Detection';
  const looksAtPictures = nodes.some(({ type, name }) => convolutions.has(type) || name === 'Relu/Clip');
  return looksAtPictures ? 'Image Recognition' : '';
}

/** A guess with what is known of the family: a model that is called after a family of detectors is one. */
export function domainWithFlavour(domain: DomainGuess, flavour: FlavourGuess): DomainGuess {
  return domain === 'Image Recognition' && flavour !== '' ? 'Object Detection' : domain;
}

/** Families of detectors, told from each other by how their results are decoded; `''` is "none of these". */
export type FlavourGuess = '' | 'SSD' | 'Yolo';

/** The family that any name (of the graph, a node, an input, an output, the file) tells. */
export function guessFlavour(names: Iterable<string>): FlavourGuess {
  for (const name of names) {
    if (/yolo/i.test(name)) return 'Yolo';
    if (/(?:^|[^a-z])ssd(?:[^a-z]|$)/i.test(name)) return 'SSD';
  }
  return '';
}

function startsWithAny(name: string, starts: readonly string[]): boolean {
  return starts.some((start) => name.startsWith(start));
}
