// How far the mean output of each quantized layer is from that of the float layer, channel by channel (SYSTEMS §4.8, §7.6).
//
// Both are computed side by side in one pass over the samples: beside every layer of the float model stands the same
// layer with its input and its weight taken through 8 bits. Each is measured on the float model's own activations, as
// FastBiasCorrection does; but on real ones instead of their means, so that padding, saturation and every kind of layer
// come out exactly. What remains is what errors of earlier layers do to later ones, which only a run for each layer
// could see.
import type { QuantizedType } from '../../config/recipe';
import { DataType } from '../../onnx/dataTypes';
import { GraphEdit } from '../../onnx/graphEdit';
import { makeNode, makeTensor } from '../../onnx/makeMessages';
import type { NodeProto } from '../../onnx/messages';
import type { WorkContext } from '../../protocol/progress';
import type { RangeRecord } from '../../protocol/jobs';
import type { ConstantParameters } from '../constantParameters';
import type { QuantizationParts } from '../qdq';
import { biasPlace } from './biasPlace';
import { ChannelReductions } from './channelReductions';
import type { ChannelTensor, SampleSource } from './channelReductions';
import { ConstantEdits } from './constantEdits';
import { dequantizedConstant } from './dequantizedConstant';
import { correctedMeans } from './correctWeights';

/** By node name: what to add to each output channel. */
export type BiasShifts = ReadonlyMap<string, Float32Array>;

export interface BiasShiftRequest extends Omit<SampleSource, 'model'> {
  /** Of the float model that is going to be quantized, as `computeParts` gives them. */
  readonly parts: Pick<QuantizationParts, 'model' | 'recipe' | 'plan' | 'activations' | 'constants'>;
}

/** A quantized layer whose bias can take a shift. */
export interface Layer {
  readonly node: NodeProto;
  readonly weight: ConstantParameters;
  readonly input: RangeRecord;
  readonly output: ChannelTensor;
}

/**
 * Measures the shifts of all quantized Conv, ConvTranspose, Gemm and MatMul nodes with a constant weight and a bias that
 * is constant or can be added; for MatMul, that of the Add behind it. Costs about two inferences a sample.
 * Throws `quantize-no-samples` for an empty data set, and whatever data and engine throw.
 */
export function measureBiasShifts(request: BiasShiftRequest, context: WorkContext): Promise<BiasShifts> {
  const graph = new ShiftGraph(request.parts);
  for (const layer of layersOf(request.parts)) graph.addOutputShift(layer);
  return graph.measure(request, 'measuring biases', context);
}

/**
 * The shifts that make up for the mean of corrected weights (see `correctWeights.ts`): weight correction moves all
 * weights of a channel by the same amount, which 8 bits cannot hold, but what it does to the mean output can go into the
 * bias. Needless together with `measureBiasShifts`, which sees the corrected weights as they are.
 */
export function measureWeightMeanShifts(request: BiasShiftRequest, context: WorkContext): Promise<BiasShifts> {
  const graph = new ShiftGraph(request.parts);
  for (const layer of layersOf(request.parts)) {
    if (layer.node.opType === 'Conv' && layer.weight.axis === 0) graph.addWeightMeanShift(layer);
  }
  return graph.measure(request, 'measuring biases', context);
}

/** The layers whose biases are corrected, in graph order. */
export function layersOf({ model, plan, activations, constants }: BiasShiftRequest['parts']): Layer[] {
  const edits = new ConstantEdits(model);
  const layers: Layer[] = [];
  for (const node of plan.quantizedNodes) {
    const [inputName = '', weightName = ''] = node.input;
    const weight = constants.get(weightName);
    const input = activations.get(inputName);
    const place = biasPlace(edits, node);
    if (weight === undefined || input === undefined || place === undefined) continue;
    const isConvolution = node.opType === 'Conv' || node.opType === 'ConvTranspose';
    const spatialAxes = isConvolution ? weight.constant.dims.length - 2 : 0;
    layers.push({
      node,
      weight,
      input,
      output: { tensor: node.output[0] ?? '', channels: place.channels, spatialAxes },
    });
  }
  return layers;
}

/** The float model with a second form of its layers beside them. */
class ShiftGraph {
  private readonly edit: GraphEdit;
  private readonly reductions: ChannelReductions;
  private readonly dequantized = new Map<string, string>();
  private readonly layers: string[] = [];

  constructor(private readonly parts: BiasShiftRequest['parts']) {
    this.edit = new GraphEdit(parts.model.proto);
    this.reductions = new ChannelReductions(this.edit);
  }

  /** Float output − output of the layer with 8-bit input and weight. */
  addOutputShift({ node, weight, input, output }: Layer): void {
    const values = dequantizedConstant(weight, this.parts.model);
    const quantized = this.addTwin(
      node,
      this.dequantizedInput(node.input[0] ?? '', input),
      values,
      node.input.slice(2),
    );
    const difference = this.edit.uniqueName(`${output.tensor}_shift`);
    const inputs = [output.tensor, quantized];
    this.reductions.addNode(makeNode({ opType: 'Sub', inputs, outputs: [difference], name: difference }));
    this.addLayer(node, { ...output, tensor: difference });
  }

  /** The output of the layer with nothing but what its weights lack in their means. */
  addWeightMeanShift({ node, weight, output }: Layer): void {
    const twin = this.addTwin(node, node.input[0] ?? '', correctedMeans(weight, this.parts.model), []);
    this.addLayer(node, { ...output, tensor: twin });
  }

  async measure(
    source: Omit<SampleSource, 'model'>,
    phase: string,
    context: WorkContext,
  ): Promise<Map<string, Float32Array>> {
    if (this.layers.length === 0) return new Map();
    const { means } = await this.reductions.means({ ...source, model: this.parts.model }, phase, context);
    return new Map(this.layers.map((name, index) => [name, means[index] ?? new Float32Array()]));
  }

  private addLayer({ name }: NodeProto, tensor: ChannelTensor): void {
    this.reductions.add(tensor, 'mean');
    this.layers.push(name);
  }

  private addTwin(node: NodeProto, input: string, weight: Float32Array, others: readonly string[]): string {
    const dims = this.edit.initializer(node.input[1] ?? '')?.dims ?? [];
    const weightName = this.edit.uniqueName(`${node.input[1] ?? ''}_twin`);
    this.edit.setInitializer(makeTensor(weightName, DataType.float32, dims, weight));
    const output = this.edit.uniqueName(`${node.output[0] ?? ''}_twin`);
    this.reductions.addNode({ ...node, name: output, input: [input, weightName, ...others], output: [output] });
    return output;
  }

  private dequantizedInput(tensor: string, { scale, zeroPoint }: RangeRecord): string {
    const known = this.dequantized.get(tensor);
    if (known !== undefined) return known;
    const names = [this.scalar(`${tensor}_twin_scale`, 'float32', scale)];
    names.push(this.scalar(`${tensor}_twin_zero`, this.parts.recipe.activationType, zeroPoint));
    let value = tensor;
    for (const opType of ['QuantizeLinear', 'DequantizeLinear']) {
      const output = this.edit.uniqueName(`${tensor}_twin_${opType}`);
      this.reductions.addNode(makeNode({ opType, inputs: [value, ...names], outputs: [output], name: output }));
      value = output;
    }
    this.dequantized.set(tensor, value);
    return value;
  }

  private scalar(wanted: string, type: QuantizedType | 'float32', value: number): string {
    const name = this.edit.uniqueName(wanted);
    const data =
      type === 'float32' ? Float32Array.of(value) : type === 'uint8' ? Uint8Array.of(value) : Int8Array.of(value);
    this.edit.setInitializer(makeTensor(name, DataType[type], [], data));
    return name;
  }
}
