// Writes a plan into the graph in the QDQ format: QuantizeLinear and DequantizeLinear around every quantized tensor,
// which the engine fuses with the float nodes between them into integer kernels (SYSTEMS §4.3).
import type { QuantizationRecipe, QuantizedType } from '../config/recipe';
import { DataType } from '../onnx/dataTypes';
import type { GraphEdit } from '../onnx/graphEdit';
import { GraphView } from '../onnx/graphView';
import { floatAttribute, intAttribute, makeNode, makeTensor } from '../onnx/makeMessages';
import type { NodeProto } from '../onnx/messages';
import type { OnnxModel } from '../onnx/readModel';
import type { RangeRecord } from '../protocol/jobs';
import type { ActivationParameters } from './activationParameters';
import { quantizedConstant } from './constantParameters';
import type { ConstantParameters, QuantizedBias } from './constantParameters';
import type { QuantizedArray } from './numberScheme';
import type { QuantizationPlan } from './plan';

/** Everything that was decided and computed for one model. */
export interface QuantizationParts {
  readonly model: OnnxModel;
  readonly recipe: QuantizationRecipe;
  readonly plan: QuantizationPlan;
  readonly activations: ActivationParameters;
  readonly constants: ReadonlyMap<string, ConstantParameters>;
  /** The parameters of constants with one scale, by name: what activations may share. */
  readonly shared: ReadonlyMap<string, RangeRecord>;
  readonly biases: readonly QuantizedBias[];
}

/** Names of the initializers that hold a scale and a zero point. */
interface ParameterNames {
  readonly scale: string;
  readonly zeroPoint: string;
}

/**
 * Rewrites the graph of `edit`, which holds the model of `parts` and an operator set of 10 or newer (13 for axes).
 * Answers the nodes that stay float after all: none, since any node can stand between DequantizeLinear and
 * QuantizeLinear.
 */
export function rewriteQdq(edit: GraphEdit, parts: QuantizationParts): ReadonlyMap<NodeProto, string> {
  new QdqWriter(edit, parts).rewrite();
  return new Map();
}

class QdqWriter {
  private readonly view: GraphView;
  /** What quantized nodes read instead of a constant. */
  private readonly dequantized = new Map<string, string>();
  private readonly dequantizedBiases = new Map<NodeProto, { readonly inputIndex: number; readonly name: string }>();
  /** What a producer writes instead of its tensor, folded nodes skipped. */
  private readonly renamed = new Map<string, string>();
  private readonly parameterNames = new Map<RangeRecord, ParameterNames>();

  constructor(
    private readonly edit: GraphEdit,
    private readonly parts: QuantizationParts,
  ) {
    this.view = new GraphView(parts.model.graph);
  }

  rewrite(): void {
    const { plan, constants, biases, activations } = this.parts;
    for (const [name, parameters] of constants) this.writeConstant(name, parameters);
    for (const bias of biases) this.writeBias(bias);
    for (const [node, input] of plan.foldedNodes) {
      this.renamed.set(input, node.output[0] ?? '');
      this.edit.removeValueInfo(input);
    }
    const pairs = [...activations].map(([tensor, record]) => this.makePair(tensor, record));
    this.edit.rewriteNodes((node) => (plan.foldedNodes.has(node) ? undefined : this.rewired(node)));
    for (const node of pairs.flat()) this.edit.addNode(node);
    this.edit.removeUnusedInitializers();
  }

  /** An 8-bit constant and the DequantizeLinear behind it. */
  private writeConstant(name: string, parameters: ConstantParameters): void {
    const { model, shared } = this.parts;
    const { constant, type, axis, scales, zeroPoints } = parameters;
    const dims = axis === undefined ? [] : [scales.length];
    const names = this.writeParameters(name, type, dims, scales, zeroPoints);
    const record = shared.get(name);
    if (record !== undefined) this.parameterNames.set(record, names);
    const quantized = this.edit.uniqueName(`${name}_quantized`);
    this.edit.setInitializer(
      makeTensor(quantized, DataType[type], constant.dims, quantizedConstant(parameters, model)),
    );
    this.dequantized.set(name, this.addDequantize(name, quantized, names, axis));
  }

  private writeBias({ plan, dims, data, scales }: QuantizedBias): void {
    const { name } = plan.constant;
    const quantized = this.edit.uniqueName(`${name}_quantized`);
    const scaleDims = scales.length > 1 ? [scales.length] : [];
    this.edit.setInitializer(makeTensor(quantized, DataType.int32, dims, data));
    const names = this.writeParameters(quantized, 'int32', scaleDims, scales, new Int32Array(scales.length));
    const output = this.addDequantize(name, quantized, names, scales.length > 1 ? 0 : undefined);
    this.dequantizedBiases.set(plan.node, { inputIndex: plan.inputIndex, name: output });
  }

  /** QuantizeLinear and DequantizeLinear for an activation, and the names its producer and its readers use from now on. */
  private makePair(tensor: string, record: RangeRecord): NodeProto[] {
    const names = this.namesFor(tensor, record);
    const isMadeForOutput = this.view.isGraphOutput(tensor) && !this.view.isGraphInput(tensor);
    const quantized = this.edit.uniqueName(`${tensor}_QuantizeLinear_Output`);
    let quantizeInput = tensor;
    let dequantizeOutput = tensor;
    if (isMadeForOutput) {
      // The graph output keeps its name: it is the dequantized value.
      quantizeInput = this.edit.uniqueName(`${tensor}_QuantizeLinear_Input`);
      this.renamed.set(tensor, quantizeInput);
    } else {
      dequantizeOutput = this.edit.uniqueName(`${tensor}_DequantizeLinear_Output`);
      this.dequantized.set(tensor, dequantizeOutput);
    }
    return [
      this.linearNode('QuantizeLinear', tensor, [quantizeInput, names.scale, names.zeroPoint], quantized),
      this.linearNode('DequantizeLinear', tensor, [quantized, names.scale, names.zeroPoint], dequantizeOutput),
    ];
  }

  private addDequantize(tensor: string, quantized: string, names: ParameterNames, axis: number | undefined): string {
    const output = this.edit.uniqueName(`${tensor}_DequantizeLinear_Output`);
    const inputs = [quantized, names.scale, names.zeroPoint];
    this.edit.addNode(this.linearNode('DequantizeLinear', tensor, inputs, output, axis));
    return output;
  }

  private linearNode(
    opType: 'QuantizeLinear' | 'DequantizeLinear',
    tensor: string,
    inputs: readonly string[],
    output: string,
    axis?: number,
  ): NodeProto {
    const attributes = axis === undefined ? [] : [intAttribute('axis', axis)];
    return makeNode({
      opType,
      inputs,
      outputs: [output],
      name: this.edit.uniqueName(`${tensor}_${opType}`),
      attributes,
    });
  }

  /** The scale and zero point of an activation; tensors with the same record share them. */
  private namesFor(tensor: string, record: RangeRecord): ParameterNames {
    const known = this.parameterNames.get(record);
    if (known !== undefined) return known;
    const type = this.parts.recipe.activationType;
    const zeroPoint = type === 'uint8' ? Uint8Array.of(record.zeroPoint) : Int8Array.of(record.zeroPoint);
    const names = this.writeParameters(tensor, type, [], Float32Array.of(record.scale), zeroPoint);
    this.parameterNames.set(record, names);
    return names;
  }

  private writeParameters(
    tensor: string,
    type: QuantizedType | 'int32',
    dims: readonly number[],
    scales: Float32Array,
    zeroPoints: QuantizedArray | Int32Array,
  ): ParameterNames {
    const scale = this.edit.uniqueName(`${tensor}_scale`);
    const zeroPoint = this.edit.uniqueName(`${tensor}_zero_point`);
    this.edit.setInitializer(makeTensor(scale, DataType.float32, dims, scales));
    this.edit.setInitializer(makeTensor(zeroPoint, DataType[type], dims, zeroPoints));
    return { scale, zeroPoint };
  }

  /** A node that reads dequantized values; constants only if it is quantized, so that excluded nodes stay exact. */
  private rewired(node: NodeProto): NodeProto {
    const { plan } = this.parts;
    const bias = this.dequantizedBiases.get(node);
    const input = node.input.map((name, index) => {
      if (index === bias?.inputIndex) return bias.name;
      if (plan.weights.has(name) && !plan.quantizedNodes.has(node)) return name;
      return this.dequantized.get(name) ?? name;
    });
    const output = node.output.map((name) => this.finalName(name));
    const hasBeta = bias !== undefined && node.opType === 'Gemm';
    // The factor is in the int32 bias already.
    const attribute = hasBeta
      ? node.attribute.map((each) => (each.name === 'beta' ? floatAttribute('beta', 1) : each))
      : node.attribute;
    return { ...node, input, output, attribute };
  }

  private finalName(tensor: string): string {
    let name = tensor;
    for (let next = this.renamed.get(name); next !== undefined; next = this.renamed.get(name)) name = next;
    return name;
  }
}
