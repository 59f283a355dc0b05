// Reads the names of a model in a thread of its own, which a hostile file may take with it.
import { Worker, parentPort, workerData } from 'node:worker_threads';
import { describeNode } from '../onnx/describeNode';
import { requiredInputs, subgraphsOf } from '../onnx/graphView';
import type { GraphProto, ValueInfoProto } from '../onnx/messages';
import { prunableLayers } from '../onnx/prunableLayers';
import { readModel } from '../onnx/readModel';
import type { ModelNames, NamedInput, NamedLayer, NamedNode } from './modelNames';

/** The longest that reading a model may take. */
const limitMs = 10_000;
/** Memory of the thread: the graph of the largest models without their weights. */
const memoryLimitMb = 512;
/** More nodes than a list could show. */
const mostNodes = 20_000;
/** Longer names are not offered. */
const longestName = 256;

/** Reads a model in a thread that runs `entry`; undefined when that fails or takes too long. */
export function readNamesInThread(entry: string, path: string): Promise<ModelNames | undefined> {
  return new Promise((resolve) => {
    const worker = new Worker(entry, {
      workerData: { namesOf: path },
      resourceLimits: { maxOldGenerationSizeMb: memoryLimitMb },
      stdout: true,
      stderr: true,
    });
    const end = (names: ModelNames | undefined): void => {
      clearTimeout(timer);
      resolve(names);
      void worker.terminate();
    };
    const timer = setTimeout(() => end(undefined), limitMs);
    worker.once('message', (names: ModelNames | undefined) => end(names));
    worker.once('error', () => end(undefined));
    worker.once('exit', () => end(undefined));
  });
}

/** In the thread: answers with the names. */
export function answerWithNames(): void {
  const path = (workerData as { readonly namesOf: string }).namesOf;
  let names: ModelNames | undefined;
  try {
    names = namesInModel(path);
  } catch {
    // What is wrong with the file is said when it is run; here there are only no names.
    names = undefined;
  }
  parentPort?.postMessage(names);
}

/** The names in a model. Throws a ModelError for a file that is none. */
function namesInModel(path: string): ModelNames {
  const model = readModel(path);
  try {
    const counts = new Map<string, number>();
    const nodes = new Map<string, NamedNode>();
    for (const graph of graphsOf(model.graph)) {
      for (const { name, opType } of graph.node) {
        counts.set(opType, (counts.get(opType) ?? 0) + 1);
        const isShown = name !== '' && name.length <= longestName && nodes.size < mostNodes;
        if (isShown) nodes.set(name, { name, opType });
      }
    }
    return {
      opTypes: [...counts].filter(([name]) => name.length <= longestName).map(([name, count]) => ({ name, count })),
      nodes: [...nodes.values()],
      inputs: requiredInputs(model.graph).map(inputOf),
      outputs: model.graph.output.map(({ name }) => name),
      layers: layersOf(model.graph),
    };
  } finally {
    model.close();
  }
}

function layersOf(graph: GraphProto): NamedLayer[] {
  return prunableLayers(graph)
    .layers.filter(({ name }) => name.length <= longestName)
    .slice(0, mostNodes)
    .map(({ name, nodes, node, weightCount }) => {
      return { name, nodes: nodes.map(describeNode), opType: node.opType, weights: weightCount };
    });
}

/** The graph and those inside its nodes. */
function graphsOf(graph: GraphProto): GraphProto[] {
  const found = [graph];
  // Grows while it is walked.
  for (const { node: nodes } of found) {
    for (const node of nodes) found.push(...subgraphsOf(node).map((inner) => inner.graph));
  }
  return found;
}

function inputOf({ name, type }: ValueInfoProto): NamedInput {
  const dimensions = type?.tensorType?.shape?.dim;
  if (dimensions === undefined) return { name };
  return { name, shape: dimensions.map(({ dimValue }) => dimValue) };
}
