// Places in a graph that recipes speak of: first and last op, what lies before and behind, transformer blocks (SYSTEMS §4.1).
import { GraphView } from '../../onnx/graphView';
import type { GraphProto, NodeProto } from '../../onnx/messages';

/** The ops that "first" and "last" are counted among. */
const landmarkTypes: ReadonlySet<string> = new Set(['Conv', 'FusedConv', 'MatMul', 'Gemm', 'Attention']);

/** Ops that blocks of a transformer are made of. */
const blockTypes: ReadonlySet<string> = new Set(['MatMul', 'Gemm', 'Attention', 'FusedMatMul']);

/** Names of the first and the last Conv, MatMul, Gemm or Attention among `names`, in graph order. */
export function firstAndLast(
  graph: GraphProto,
  names: ReadonlySet<string>,
): readonly [string | undefined, string | undefined] {
  const landmarks = graph.node.filter(({ name, opType }) => landmarkTypes.has(opType) && names.has(name));
  return [landmarks[0]?.name, landmarks.at(-1)?.name];
}

/**
 * Nodes among `names` that lie on no path from the first landmark to any other: pre- and post-processing. None where
 * there is a single landmark.
 */
export function prePostOps(graph: GraphProto, names: ReadonlySet<string>): string[] {
  const landmarks = graph.node.filter(({ name, opType }) => landmarkTypes.has(opType) && names.has(name));
  const [first, ...others] = landmarks;
  if (first === undefined || others.length === 0) return [];
  const view = new GraphView(graph);
  const after = reachable([first], ({ output }) =>
    output.flatMap((tensor) => view.consumers(tensor).map(({ node }) => node)),
  );
  const before = reachable(others, ({ input }) => input.flatMap((tensor) => view.producer(tensor) ?? []));
  return graph.node
    .filter((node) => names.has(node.name) && !(after.has(node) && before.has(node)))
    .map(({ name }) => name);
}

/**
 * The nodes of each transformer block among `names`, the last block first. A block begins with the products that feed
 * the scores of an attention and ends before the next one's; the last is as long as the one before it.
 */
export function transformerBlocks(graph: GraphProto, names: ReadonlySet<string>): string[][] {
  const view = new GraphView(graph);
  const products = graph.node.filter(({ opType }) => blockTypes.has(opType));
  const starts: number[] = [];
  products.forEach((node, index) => {
    if (node.opType === 'Attention') starts.push(index);
    else if (isScores(node, view)) starts.push(index - projectionsBefore(node, index, products, view));
  });
  const [first, second] = starts;
  if (first === undefined) return [];
  const length = second === undefined ? products.length - first : second - first;
  const blocks = starts.map((start, block) => products.slice(start, starts[block + 1] ?? start + length));
  return blocks
    .map((block) => block.map(({ name }) => name).filter((name) => names.has(name)))
    .filter((block) => block.length > 0)
    .toReversed();
}

/** A product of two computed tensors whose result a Softmax reads, with scaling and masking between. */
function isScores(node: NodeProto, view: GraphView): boolean {
  if (node.input.some((tensor) => view.initializer(tensor) !== undefined)) return false;
  let current: NodeProto | undefined = node;
  for (let step = 0; step < 4 && current !== undefined; step++) {
    const next: NodeProto | undefined = view.consumers(current.output[0] ?? '')[0]?.node;
    if (next?.opType === 'Softmax') return true;
    current = next;
  }
  return false;
}

/** How many products right before the scores feed the attention: one joint projection, or two or three separate ones. */
function projectionsBefore(scores: NodeProto, index: number, products: readonly NodeProto[], view: GraphView): number {
  const isProduct: ReadonlySet<NodeProto> = new Set(products);
  const after = ({ output }: NodeProto): NodeProto[] =>
    output.flatMap((tensor) => view.consumers(tensor).map(({ node }) => node));
  // Sizes are read from tensors of the block before.
  const before = ({ input, opType }: NodeProto): NodeProto[] =>
    opType === 'Shape' ? [] : input.flatMap((tensor) => view.producer(tensor) ?? []);
  // The projection of the values stands among them, though it feeds the product after the scores.
  const readers = [scores, ...nearest(scores, isProduct, after)];
  const feeding = new Set(readers.flatMap((reader) => [...nearest(reader, isProduct, before)]));
  let count = 0;
  while (count < index && feeding.has(products[index - count - 1] ?? scores)) count++;
  return count;
}

/** The first of `wanted` on every way from a node. */
function nearest(
  from: NodeProto,
  wanted: ReadonlySet<NodeProto>,
  next: (node: NodeProto) => readonly NodeProto[],
): Set<NodeProto> {
  const found = new Set<NodeProto>();
  const passed = new Set<NodeProto>([from]);
  for (const node of passed) for (const other of next(node)) (wanted.has(other) ? found : passed).add(other);
  return found;
}

function reachable(from: readonly NodeProto[], next: (node: NodeProto) => readonly NodeProto[]): Set<NodeProto> {
  const seen = new Set<NodeProto>(from);
  for (const node of seen) for (const other of next(node)) seen.add(other);
  return seen;
}
