// A float model whose quantized weights are rounded to 8 bits, with a place for a shift behind each layer, and parts of it.
import { DataType } from '../../onnx/dataTypes';
import { GraphEdit } from '../../onnx/graphEdit';
import { readsOf } from '../../onnx/graphView';
import type { GraphView } from '../../onnx/graphView';
import { makeNode, makeTensor, makeValueInfo } from '../../onnx/makeMessages';
import type { ModelProto, NodeProto, ValueInfoProto } from '../../onnx/messages';
import type { Tensor } from '../../onnx/tensor';
import type { BiasShiftRequest, Layer } from './biasShifts';
import type { ChannelTensor } from './channelReductions';
import { dequantizedConstant } from './dequantizedConstant';

/** What is run to measure a layer. */
export interface GraphPart {
  readonly proto: ModelProto;
  /** The layer's output, before its shift. */
  readonly result: string;
  /** All outputs: the result, and the layer's input where it is computed here. */
  readonly outputs: readonly string[];
}

/** Tensors that are known already, a value for each batch. */
type Known = ReadonlyMap<string, readonly Tensor[]>;

export class RoundedGraph {
  private readonly edit: GraphEdit;
  private readonly view: GraphView;
  private readonly results: ReadonlyMap<Layer, string>;
  private readonly shifts = new Map<Layer, string>();

  constructor({ model, plan, constants }: BiasShiftRequest['parts'], layers: readonly Layer[]) {
    this.edit = new GraphEdit(model.proto);
    const rounded = new Map<string, string>();
    for (const { input } of plan.quantizedNodes) {
      const [, name = ''] = input;
      const weight = constants.get(name);
      if (weight === undefined || rounded.has(name)) continue;
      const own = this.edit.uniqueName(`${name}_rounded`);
      const values = dequantizedConstant(weight, model);
      this.edit.setInitializer(makeTensor(own, DataType.float32, weight.constant.dims, values));
      rounded.set(name, own);
    }
    this.results = new Map(layers.map((layer) => [layer, this.edit.uniqueName(`${layer.output.tensor}_unshifted`)]));
    const layerOf = new Map(layers.map((layer) => [layer.node, layer]));
    this.edit.rewriteNodes((node) => {
      const own = rounded.get(node.input[1] ?? '');
      const isRounded = own !== undefined && plan.quantizedNodes.has(node);
      const input = isRounded ? node.input.map((name, index) => (index === 1 ? own : name)) : node.input;
      const layer = layerOf.get(node);
      return layer === undefined ? { ...node, input } : this.withShift({ ...node, input }, layer);
    });
    this.view = this.edit.view();
  }

  /** Name of a layer's output before its shift. */
  resultOf(layer: Layer): string {
    return this.results.get(layer) ?? '';
  }

  setShift(layer: Layer, shift: Float32Array): void {
    const name = this.shifts.get(layer) ?? '';
    this.edit.setInitializer(makeTensor(name, DataType.float32, shiftDims(layer.output), shift));
  }

  /** From what is known to the output of a layer. */
  partFor(layer: Layer, known: Known): GraphPart {
    const result = this.resultOf(layer);
    const [input = ''] = layer.node.input;
    const isComputed = !known.has(input) && this.view.producer(input) !== undefined;
    const outputs = isComputed ? [result, input] : [result];
    const { nodes, starts } = this.above(outputs, known);
    const part = new GraphEdit(this.edit.toModel());
    part.setNodes(nodes);
    for (const name of starts) part.removeValueInfo(name);
    const fed = [...starts].map((name) => declaration(name, known.get(name) ?? []));
    const reads = new Set(nodes.flatMap(readsOf));
    part.setInputs([...fed, ...part.inputs.filter(({ name }) => reads.has(name))]);
    part.setOutputs(outputs.map((name) => makeValueInfo(name, DataType.float32, undefined)));
    part.removeUnusedInitializers();
    return { proto: part.toModel(), result, outputs };
  }

  /** Which of the known tensors the layers are computed from. */
  startsOf(layers: readonly Layer[], known: Known): ReadonlySet<string> {
    return this.above(
      layers.map((layer) => this.resultOf(layer)),
      known,
    ).starts;
  }

  /** What makes these tensors, back to what is known. */
  private above(
    tensors: readonly string[],
    known: Known,
  ): { nodes: readonly NodeProto[]; starts: ReadonlySet<string> } {
    const nodes = new Set<NodeProto>();
    const starts = new Set<string>();
    const open = [...tensors];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      const maker = this.view.producer(name);
      if (known.has(name)) starts.add(name);
      else if (maker !== undefined && !nodes.has(maker)) {
        nodes.add(maker);
        open.push(...readsOf(maker));
      }
    }
    return { nodes: [...nodes], starts };
  }

  private withShift(node: NodeProto, layer: Layer): readonly NodeProto[] {
    const { output } = layer;
    const shift = this.edit.uniqueName(`${output.tensor}_bias_shift`);
    this.shifts.set(layer, shift);
    this.edit.setInitializer(makeTensor(shift, DataType.float32, shiftDims(output), new Float32Array(output.channels)));
    const result = this.resultOf(layer);
    return [
      { ...node, output: [result, ...node.output.slice(1)] },
      makeNode({ opType: 'Add', inputs: [result, shift], outputs: [output.tensor], name: shift }),
    ];
  }
}

/** One number a channel, in the shape that is added to the tensor. */
function shiftDims({ channels, spatialAxes }: ChannelTensor): readonly number[] {
  return [channels, ...Array.from({ length: spatialAxes }, () => 1)];
}

/** An input for a tensor that is fed, with the sizes that are the same in all batches. */
function declaration(name: string, values: readonly Tensor[]): ValueInfoProto {
  const [first] = values;
  const dims = first?.dims.map((size, axis) => (values.every((one) => one.dims[axis] === size) ? size : null));
  return makeValueInfo(name, DataType.float32, dims);
}
