// Opens any model that can be looked at: ONNX, frozen graphs of TensorFlow, OpenVINO IR.
import { ModelHierarchy } from '../onnx/hierarchy/modelHierarchy';
import type { GraphQuery, ModelGraph } from '../onnx/hierarchy/modelHierarchy';
import { withNeighbourGroups } from '../onnx/hierarchy/neighbourGroups';
import { onnxGraph } from '../onnx/hierarchy/onnxGraph';
import { ModelError, inFile } from '../onnx/modelErrors';
import { openModelFile, readModel } from '../onnx/readModel';
import type { OnnxModel } from '../onnx/readModel';
import type { ForeignModel } from './foreignModel';
import { readOpenvinoModel } from './openvinoModel';
import { readTensorflowModel } from './tensorflowModel';

/** A model to be looked at. Whoever opened it closes it, and asks for no attributes after that. */
export type OpenedModel =
  { readonly kind: 'onnx'; readonly model: OnnxModel } | { readonly kind: 'foreign'; readonly model: ForeignModel };

/**
 * Opens a model of any known format by its content, whatever its file is called. Throws a ModelError naming the file.
 * Only `readModel` decides what is ONNX; the code of its refusal tells the formats that can be shown all the same.
 */
export function openModel(path: string): OpenedModel {
  try {
    return { kind: 'onnx', model: readModel(path) };
  } catch (thrown) {
    const open = thrown instanceof ModelError ? foreignReaders.get(thrown.code) : undefined;
    if (open === undefined) throw thrown;
    return { kind: 'foreign', model: openForeign(path, open) };
  }
}

type ForeignReader = (source: ReturnType<typeof openModelFile>) => ForeignModel;

const foreignReaders: ReadonlyMap<string, ForeignReader> = new Map<string, ForeignReader>([
  ['model-tensorflow-graph', (source) => readTensorflowModel(source)],
  ['model-openvino-ir', (source) => readOpenvinoModel(source)],
]);

function openForeign(path: string, open: ForeignReader): ForeignModel {
  try {
    return open(openModelFile(path));
  } catch (thrown) {
    throw thrown instanceof ModelError ? inFile(path, thrown) : thrown;
  }
}

/** How the nodes of a model come into groups. */
export interface Grouping {
  /** Nodes shown at once (`ModelHierarchy`). */
  readonly limit?: number | undefined;
  /** Nodes whose names tell of no group go where their neighbours are. Otherwise names decide alone, as the API has it. */
  readonly byNeighbours?: boolean;
}

/** The groups of a model, for any number of views. */
export function hierarchyOf(opened: OpenedModel, { limit, byNeighbours = false }: Grouping = {}): ModelHierarchy {
  const graph = opened.kind === 'onnx' ? onnxGraph(opened.model) : opened.model.graph;
  return new ModelHierarchy(byNeighbours ? withNeighbourGroups(graph) : graph, limit);
}

/** One view of a model's graph: the answer of model/graph. */
export function graphOf(opened: OpenedModel, query: GraphQuery & { readonly limit?: number } = {}): ModelGraph {
  return hierarchyOf(opened, { limit: query.limit }).view(query);
}
