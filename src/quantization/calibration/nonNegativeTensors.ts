// Which tensors cannot hold a negative number, whatever the data: their minimum need not be measured.
import { DataType } from '../../onnx/dataTypes';
import { attributeOf, GraphView } from '../../onnx/graphView';
import type { GraphProto, NodeProto } from '../../onnx/messages';

const alwaysNonNegative: ReadonlySet<string> = new Set(['Relu', 'Softmax', 'Sigmoid', 'Abs', 'Exp', 'Sqrt']);

/** Their output is made of, or lies between, values of the first input, and zeros. */
const keepsSign: ReadonlySet<string> = new Set([
  'MaxPool', 'AveragePool', 'GlobalAveragePool', 'GlobalMaxPool', 'Reshape', 'Flatten', 'Transpose', 'Squeeze',
  'Unsqueeze', 'Slice', 'Split', 'Gather', 'GatherElements', 'Dropout', 'Identity',
]); // prettier-ignore

/** Names of tensors of the main graph that are provably ≥ 0. Nodes must be in topological order. */
export function nonNegativeTensors(graph: GraphProto): ReadonlySet<string> {
  const view = new GraphView(graph);
  const found = new Set<string>();
  for (const node of graph.node) {
    const isNonNegative =
      alwaysNonNegative.has(node.opType) ||
      (keepsSign.has(node.opType) && found.has(node.input[0] ?? '')) ||
      (node.opType === 'Concat' && node.input.every((input) => found.has(input))) ||
      (node.opType === 'Clip' && clipsAtZero(node, view));
    if (isNonNegative) for (const output of node.output) found.add(output);
  }
  return found;
}

/** Names of what Relu, and Clip at 0, give: tensors that are ≥ 0 and all but surely hold a 0. */
export function rectifiedTensors(graph: GraphProto): ReadonlySet<string> {
  const view = new GraphView(graph);
  const rectifying = graph.node.filter(
    (node) => node.opType === 'Relu' || (node.opType === 'Clip' && clipsAtZero(node, view)),
  );
  return new Set(rectifying.flatMap((node) => node.output));
}

/** Only bounds given as attributes or as zeros: −0 and 0 have all bits but the sign unset. */
function clipsAtZero(node: NodeProto, view: GraphView): boolean {
  const [, bound = ''] = node.input;
  if (bound === '') return (attributeOf(node, 'min')?.f ?? -Infinity) >= 0;
  const constant = view.initializer(bound);
  const raw = constant?.rawData;
  return constant?.dataType === DataType.float32 && raw instanceof Uint8Array && raw.every((byte) => byte === 0);
}
