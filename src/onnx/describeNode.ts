// How a node is called in reports: by its name, or by what it makes when it has none.
import type { NodeProto } from '../onnx/messages';

/** The node's name, or its first output for the many exporters that leave names out. */
export function describeNode(node: NodeProto): string {
  return node.name === '' ? (node.output.find((output) => output !== '') ?? '') : node.name;
}
