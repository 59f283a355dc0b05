// The part of a model that a layer's weight has an influence on, as a model of its own that is fed the weight: what comes
// before the layer is computed once, and no new session is needed for another sparsity.
import { DataType, dataTypeNames } from '../onnx/dataTypes';
import { GraphEdit } from '../onnx/graphEdit';
import { GraphView, readsOf, requiredInputs } from '../onnx/graphView';
import { makeValueInfo } from '../onnx/makeMessages';
import type { GraphProto, ModelProto, NodeProto, ValueInfoProto } from '../onnx/messages';
import type { PrunableLayer } from '../onnx/prunableLayers';
import type { TensorTypes } from '../onnx/shapeInference';
import type { Tensor } from '../onnx/tensor';

/** Where a model is cut for one layer. */
export interface LayerCut {
  readonly layer: PrunableLayer;
  /** What the part is fed besides the weight: tensors made before it, and graph inputs. */
  readonly frontier: readonly string[];
  /** Float outputs of the model that depend on the weight; the others cannot change. */
  readonly outputs: readonly ValueInfoProto[];
  readonly nodes: readonly NodeProto[];
}

/** Finds cuts of one graph. */
export class GraphCutter {
  private readonly ordered: readonly NodeProto[];
  private readonly reads: ReadonlyMap<NodeProto, readonly string[]>;
  private readonly inputs: ReadonlySet<string>;
  /** Tensors that depend on what the model is fed. */
  private readonly fed: ReadonlySet<string>;

  /** @param types of the same graph: a tensor of unknown type is not handed over */
  constructor(
    private readonly graph: GraphProto,
    private readonly types: TensorTypes,
  ) {
    this.ordered = new GraphView(graph).topologicalOrder();
    this.reads = new Map(this.ordered.map((node) => [node, readsOf(node)]));
    this.inputs = new Set(requiredInputs(graph).map(({ name }) => name));
    this.fed = this.reached(this.inputs);
  }

  /** The smallest part that can be run alone. */
  cut(layer: PrunableLayer): LayerCut {
    const influenced = this.reached(new Set([layer.name]));
    const isInfluenced = (node: NodeProto): boolean => node.output.some((name) => influenced.has(name));
    const frontier = new Set<string>();
    for (const node of this.ordered.filter(isInfluenced)) {
      for (const name of this.reads.get(node) ?? []) {
        if (this.fed.has(name) && !influenced.has(name)) frontier.add(name);
      }
    }
    if ([...frontier].some((name) => !this.inputs.has(name) && !this.isHandedOver(name))) return this.whole(layer);
    // What depends on no input is computed from constants: it stays in the part.
    const nodes = this.ordered.filter((node) => isInfluenced(node) || !node.output.some((name) => this.fed.has(name)));
    return { layer, frontier: [...frontier], outputs: this.outputsIn(influenced), nodes };
  }

  /** The model itself, fed its weight. */
  whole(layer: PrunableLayer): LayerCut {
    const influenced = this.reached(new Set([layer.name]));
    return { layer, frontier: [...this.inputs], outputs: this.outputsIn(influenced), nodes: this.ordered };
  }

  /** Whether a frontier holds what has to be computed first. */
  isComputed(name: string): boolean {
    return !this.inputs.has(name);
  }

  private reached(from: ReadonlySet<string>): ReadonlySet<string> {
    const reached = new Set(from);
    for (const node of this.ordered) {
      if ((this.reads.get(node) ?? []).some((name) => reached.has(name))) {
        for (const output of node.output) if (output !== '') reached.add(output);
      }
    }
    return reached;
  }

  private outputsIn(influenced: ReadonlySet<string>): ValueInfoProto[] {
    return this.graph.output.filter(
      ({ name, type }) => influenced.has(name) && floatTypes.has(type?.tensorType?.elemType ?? DataType.undefined),
    );
  }

  private isHandedOver(name: string): boolean {
    return Object.hasOwn(exchangedTypes, this.types.get(name)?.dataType ?? DataType.undefined);
  }
}

const floatTypes: ReadonlySet<number> = new Set([DataType.float32, DataType.float16, DataType.float64]);

/** Element types the engine takes and gives, by their codes. */
const exchangedTypes: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(dataTypeNames).filter(
    ([, name]) => /^(u?int(8|16|32|64)|float(16|32|64)|bool|string)$/.exec(name) !== null,
  ),
);

/** A model that gives the tensors instead of its outputs. */
export function givingModel(proto: ModelProto, tensors: readonly string[], types: TensorTypes): ModelProto {
  const edit = new GraphEdit(proto);
  const view = edit.view();
  edit.setOutputs(
    tensors.map(
      (name) => view.declared(name) ?? makeValueInfo(name, types.get(name)?.dataType ?? DataType.undefined, undefined),
    ),
  );
  return edit.toModel();
}

/**
 * The part as a model. Its inputs are the frontier and the weight, under their own names.
 *
 * @param samples the frontier in each run; sizes that are the same in all of them are declared
 */
export function cutModel(
  proto: ModelProto,
  cut: LayerCut,
  samples: readonly Readonly<Record<string, Tensor>>[],
): ModelProto {
  const { layer, frontier, outputs, nodes } = cut;
  const edit = new GraphEdit(proto);
  const { name, weight } = layer;
  edit.setNodes(nodes.filter(({ output }) => !output.includes(name)));
  edit.removeInitializer(name);
  const fed = frontier.map((tensor) => declaration(tensor, samples));
  for (const tensor of [name, ...frontier]) edit.removeValueInfo(tensor);
  edit.setOutputs(outputs);
  edit.removeUnusedInitializers();
  const overridable = edit.inputs.filter((input) => edit.initializer(input.name) !== undefined);
  edit.setInputs([...fed, makeValueInfo(name, weight.dataType, weight.dims), ...overridable]);
  return edit.toModel();
}

function declaration(name: string, samples: readonly Readonly<Record<string, Tensor>>[]): ValueInfoProto {
  const given = samples.flatMap((feeds) => feeds[name] ?? []);
  const [first] = given;
  if (first === undefined) throw new RangeError(`nothing was handed over for "${name}"`);
  const dims = first.dims.map((size, axis) => (given.every((one) => one.dims[axis] === size) ? size : null));
  return makeValueInfo(name, DataType[first.type], dims);
}
