// A frozen graph of TensorFlow as facts and a flat graph.
import type { ByteSource } from '../onnx/byteSource';
import { FlatGraphBuilder, GroupsOfNames } from '../onnx/hierarchy/flatGraph';
import { defaultLimits } from '../onnx/limits';
import type { ModelLimits } from '../onnx/limits';
import { ModelError } from '../onnx/modelErrors';
import type { PortFacts } from '../onnx/modelFacts';
import { possibleDims } from '../onnx/shapes/dims';
import { formatErrors } from './formatErrors';
import { countTypes } from './foreignModel';
import type { ForeignModel } from './foreignModel';
import { readGraphDef } from './graphDef';
import type { GraphDef, GraphDefNode } from './graphDef';
import { GraphDefAttributes } from './graphDefAttributes';

/** Reads a GraphDef; the file stays open for attributes. Throws a ModelError when it is damaged. Takes over `source`. */
export function readTensorflowModel(source: ByteSource, limits: ModelLimits = defaultLimits): ForeignModel {
  try {
    return modelOf(source, readGraphDef(source, limits));
  } catch (thrown) {
    source.close();
    const isDamage = thrown instanceof ModelError && ['model-malformed', 'model-truncated'].includes(thrown.code);
    throw isDamage ? formatErrors.damagedGraphDef(thrown) : thrown;
  }
}

function modelOf(source: ByteSource, graphDef: GraphDef): ForeignModel {
  const { nodes, producer, functions } = graphDef;
  const attributes = new GraphDefAttributes(source);
  const builder = new FlatGraphBuilder();
  const ofNames = new GroupsOfNames([]);
  const indices = new Map<string, number>();
  for (const node of nodes) {
    const { name, op } = node;
    const index = builder.add({
      ...{ name, type: op, groups: ofNames.of(name) },
      attributes: () => attributes.shown(node),
    });
    if (!indices.has(name)) indices.set(name, index);
  }
  const read = new Set<string>();
  let missing = 0;
  nodes.forEach(({ inputs }, reader) => {
    for (const input of inputs) {
      const name = makerName(input);
      const maker = indices.get(name);
      if (maker === undefined) missing += 1;
      else builder.connect(maker, reader);
      read.add(name);
    }
  });
  const inputs = nodes.filter(({ op }) => inputOps.has(op)).map((node) => portFacts(node, attributes));
  const outputs = nodes.filter((node) => isOutput(node, read)).map((node) => portFacts(node, attributes));
  return {
    graph: builder.finish(inputs, outputs),
    facts: {
      ...{ format: 'TensorFlow frozen graph', formatVersion: String(producer ?? ''), canRun: false },
      ...{ inputs, outputs, nodes: nodes.length, sizeBytes: source.sizeBytes },
      constants: nodes.filter(({ op }) => op === 'Const').length,
      ops: countTypes(nodes.map(({ op }) => op)),
      warnings: warningsOf(graphDef, nodes.length - indices.size, missing, functions),
    },
    close: () => source.close(),
  };
}

const inputOps: ReadonlySet<string> = new Set(['Placeholder', 'PlaceholderV2', 'PlaceholderWithDefault']);
/** Nobody reads them, and yet they are no results. */
const sideOps: ReadonlySet<string> = new Set(['Const', 'NoOp', 'Assert', 'Placeholder', 'PlaceholderV2']);

/** The name without the number of the output and without the mark of a control input. */
function makerName(input: string): string {
  const name = input.startsWith('^') ? input.slice(1) : input;
  const colon = name.lastIndexOf(':');
  return colon > 0 && /^\d{1,9}$/.test(name.slice(colon + 1)) ? name.slice(0, colon) : name;
}

function isOutput({ name, op }: GraphDefNode, read: ReadonlySet<string>): boolean {
  return !read.has(name) && !sideOps.has(op);
}

/** Types and shapes as far as attributes tell: a graph of TensorFlow declares shapes of its inputs only. */
function portFacts(node: GraphDefNode, attributes: GraphDefAttributes): PortFacts {
  const type = attributes.type(node, 'dtype') ?? attributes.type(node, 'T') ?? 'unknown';
  return { name: node.name, type, shape: possibleDims(attributes.shape(node, 'shape')) ?? null };
}

function warningsOf({ nodes }: GraphDef, doubled: number, missing: number, functions: number): string[] {
  const warnings: string[] = [];
  const variables = nodes.filter(({ op }) => op === 'VarHandleOp' || op.startsWith('Variable')).length;
  if (variables > 0) warnings.push(`The graph is not frozen: ${variables} of its nodes are variables, kept elsewhere.`);
  if (missing > 0) warnings.push(`Inputs that no node makes: ${missing}.`);
  if (doubled > 0) warnings.push(`Nodes that share a name with another: ${doubled}.`);
  if (functions > 0) warnings.push(`Functions, whose insides are not shown: ${functions}.`);
  return warnings;
}
