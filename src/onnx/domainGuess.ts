// Guesses what a model is for from the names it uses (the rules of the original Bench, SYSTEMS §1.5).
import { GraphView } from './graphView';
import type { GraphProto } from './messages';

/** The Bench's domains; `''` is "none of these". Recommendation exists there, but is never guessed. */
export type DomainGuess = '' | 'Image Recognition' | 'Object Detection' | 'Neural Language Processing';

const languageInputs = ['input_ids', 'input_mask', 'segment_ids'];
const detectionNames = ['NonMaxSuppression', 'box', 'score', 'class', 'detection'];

/** The first rule that fits: names of inputs, then names of nodes and boundary tensors, then operators. */
export function guessDomain(graph: GraphProto): DomainGuess {
  const inputs = new GraphView(graph).requiredInputs().map(({ name }) => name);
  if (inputs.some((name) => startsWithAny(name, languageInputs))) return 'Neural Language Processing';
  const boundary = [...inputs, ...graph.output.map(({ name }) => name)];
  const names = [...boundary, ...graph.node.map(({ name }) => name)];
  const suppresses = graph.node.some(({ opType }) => opType === 'NonMaxSuppression');
  if (suppresses || names.some((name) => startsWithAny(name, detectionNames))) return 'Object Detection';
  const looksAtPictures = graph.node.some(({ opType, name }) => opType === 'Conv' || name === 'Relu/Clip');
  return looksAtPictures ? 'Image Recognition' : '';
}

/** Families of detectors, told from each other by how their results are decoded; `''` is "none of these". */
export type FlavourGuess = '' | 'SSD' | 'Yolo';

/** The family that any name in the model (of the graph, a node, an input or an output) tells. */
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
