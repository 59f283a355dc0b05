// What writing a node with an integer operator needs: which tensors exist in 8 bits, which as floats, and both on demand.
import { DataType } from '../../onnx/dataTypes';
import type { GraphEdit } from '../../onnx/graphEdit';
import { makeNode, makeTensor } from '../../onnx/makeMessages';
import type { AttributeProto, NodeProto } from '../../onnx/messages';
import type { TensorData } from '../../onnx/tensor';
import type { RangeRecord } from '../../protocol/jobs';
import { quantizedConstant } from '../constantParameters';
import type { ConstantParameters } from '../constantParameters';
import { quantizedArray } from '../numberScheme';
import type { QuantizationParts } from '../qdq';
import type { QuantizedNames, StaysFloat } from '../rewritten';

type ParameterNames = Pick<QuantizedNames, 'scale' | 'zeroPoint'>;

/** One graph being written in the QOperator format. Nodes are appended in execution order. */
export class QOperatorWriter {
  readonly nodes: NodeProto[] = [];
  /** Name of the 8-bit form of each float tensor that has one so far. */
  private readonly eightBit = new Map<string, string>();
  private readonly floats: Set<string>;
  /** Reads of a tensor whose Relu or Clip was left out go to what that node would have made. */
  private readonly afterFolding = new Map<string, string>();
  private readonly parameterNames = new Map<RangeRecord | ConstantParameters, ParameterNames>();
  private readonly biasNames = new Map<NodeProto, string>();

  constructor(
    readonly edit: GraphEdit,
    readonly parts: QuantizationParts,
  ) {
    const { graph } = parts.model;
    this.floats = new Set([...graph.input, ...graph.initializer].map((value) => value.name));
    for (const [node, input] of parts.plan.foldedNodes) this.afterFolding.set(input, node.output[0] ?? '');
  }

  /** Why a tensor cannot be an 8-bit operand with one scale of the activation type; undefined when it can. */
  operandProblem(...tensors: readonly string[]): StaysFloat | undefined {
    for (const tensor of tensors) {
      const constant = this.parts.constants.get(tensor);
      if (constant === undefined && this.record(tensor) === undefined) return { reason: `"${tensor}" has no scale` };
      if (constant?.axis !== undefined) return { reason: `"${tensor}" has a scale for each channel` };
      if (constant !== undefined && constant.type !== this.parts.recipe.activationType) {
        return { reason: `"${tensor}" is ${constant.type} and activations are ${this.parts.recipe.activationType}` };
      }
    }
    return undefined;
  }

  /** Why `weight` cannot be multiplied with an activation; undefined when it can. */
  weightProblem(weight: string): StaysFloat | undefined {
    const constant = this.parts.constants.get(weight);
    if (constant === undefined) return this.operandProblem(weight);
    if (constant.type === 'uint8' && this.parts.recipe.activationType === 'int8') {
      return { reason: 'the engine has no kernel for int8 activations with uint8 weights' };
    }
    return undefined;
  }

  /** Whether values of the tensor are at hand in 8 bits without quantizing them first. */
  isEightBit(tensor: string): boolean {
    return (
      this.eightBit.has(tensor) ||
      (this.parts.constants.get(tensor)?.axis === undefined && this.parts.constants.has(tensor))
    );
  }

  /** Whether two tensors have the same scale and zero point, so that values can be moved from one to the other. */
  sharesScale(input: string, output: string): boolean {
    const left = this.singleScale(input);
    const right = this.singleScale(output);
    return left !== undefined && left.scale === right?.scale && left.zeroPoint === right.zeroPoint;
  }

  /** Scale and zero point of a tensor that has one of each. */
  singleScale(tensor: string): { readonly scale: number; readonly zeroPoint: number } | undefined {
    const constant = this.parts.constants.get(tensor);
    if (constant === undefined) return this.record(tensor);
    if (constant.axis !== undefined) return undefined;
    return { scale: constant.scales[0] ?? 1, zeroPoint: constant.zeroPoints[0] ?? 0 };
  }

  /** The 8-bit form of a tensor that passed `operandProblem` or `weightProblem`; quantizes it when that is needed. */
  quantized(tensor: string): QuantizedNames {
    const names = this.parametersOf(tensor);
    const known = this.eightBit.get(tensor);
    if (known !== undefined) return { tensor: known, ...names };
    const constant = this.parts.constants.get(tensor);
    const result = this.edit.uniqueName(`${tensor}_quantized`);
    if (constant !== undefined) {
      const data = quantizedConstant(constant, this.parts.model);
      this.edit.setInitializer(makeTensor(result, DataType[constant.type], constant.constant.dims, data));
    } else {
      this.append('QuantizeLinear', [tensor, names.scale, names.zeroPoint], [result], `${tensor}_QuantizeLinear`);
    }
    this.eightBit.set(tensor, result);
    return { tensor: result, ...names };
  }

  /** Names for an output that an integer operator writes from now on. */
  output(tensor: string): QuantizedNames {
    const final = this.final(tensor);
    const result = this.edit.uniqueName(`${final}_quantized`);
    this.eightBit.set(final, result);
    return { tensor: result, ...this.parametersOf(final) };
  }

  /** The float form of a tensor; dequantizes it when that is needed. */
  float(tensor: string): string {
    const eightBit = this.eightBit.get(tensor);
    if (eightBit === undefined || this.floats.has(tensor)) return tensor;
    const { scale, zeroPoint } = this.parametersOf(tensor);
    this.append('DequantizeLinear', [eightBit, scale, zeroPoint], [tensor], `${tensor}_DequantizeLinear`);
    this.floats.add(tensor);
    return tensor;
  }

  /** Whether a Relu or Clip that the plan leaves out is already part of what its producer wrote. */
  isFoldedAway(node: NodeProto): boolean {
    return this.parts.plan.foldedNodes.has(node) && this.eightBit.has(this.final(node.output[0] ?? ''));
  }

  /** The node as it is, on floats. `alsoRead` are names that its subgraphs read. */
  keep(node: NodeProto, alsoRead: Iterable<string>): void {
    for (const name of alsoRead) this.float(name);
    // A shape is the same in 8 bits.
    const asksShape = node.opType === 'Shape' || node.opType === 'Size';
    const input = node.input.map((name) => (asksShape ? this.anyForm(name) : this.float(name)));
    this.nodes.push({ ...node, input });
    for (const name of node.output) this.floats.add(name);
  }

  /** A node of ONNX Runtime's own domain in the place of `node`. */
  contribution(
    node: NodeProto,
    opType: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: readonly AttributeProto[],
  ): NodeProto {
    const name = this.edit.uniqueName(`${node.name}_quant`);
    return makeNode({ opType, inputs, outputs, name, domain: 'com.microsoft', attributes });
  }

  /** The int32 bias of a node, or '' when it has none. `undefined`: it has one that is not a quantized constant. */
  bias(node: NodeProto, inputIndex: number): string | undefined {
    const name = node.input[inputIndex] ?? '';
    if (name === '') return '';
    const bias = this.parts.biases.find((each) => each.plan.node === node);
    if (bias === undefined) return undefined;
    const known = this.biasNames.get(node) ?? this.constant(`${name}_quantized`, DataType.int32, bias.dims, bias.data);
    this.biasNames.set(node, known);
    return known;
  }

  /** The value of a constant float scalar. */
  constantFloat(name: string): number | undefined {
    const constant = this.edit.initializer(name);
    return constant?.dataType === DataType.float32 ? this.parts.model.tensors.floats(constant)[0] : undefined;
  }

  /** A constant under a free name. */
  constant(wantedName: string, dataType: number, dims: readonly number[], data: TensorData): string {
    const name = this.edit.uniqueName(wantedName);
    this.edit.setInitializer(makeTensor(name, dataType, dims, data));
    return name;
  }

  private anyForm(tensor: string): string {
    return this.floats.has(tensor) ? tensor : (this.eightBit.get(tensor) ?? tensor);
  }

  /** Follows the Relu and Clip nodes that the plan leaves out. */
  private final(tensor: string): string {
    let name = tensor;
    for (let next = this.afterFolding.get(name); next !== undefined; next = this.afterFolding.get(name)) name = next;
    return name;
  }

  private record(tensor: string): RangeRecord | undefined {
    return this.parts.activations.get(this.final(tensor));
  }

  private parametersOf(tensor: string): ParameterNames {
    const constant = this.parts.constants.get(tensor);
    const key = constant ?? this.record(tensor);
    if (key === undefined) throw new RangeError(`tensor "${tensor}" was to be quantized without a scale`);
    const known = this.parameterNames.get(key);
    if (known !== undefined) return known;
    const type = constant?.type ?? this.parts.recipe.activationType;
    const record = this.record(tensor);
    const scales = constant?.scales ?? Float32Array.of(record?.scale ?? 1);
    const zeroPoints = constant?.zeroPoints ?? quantizedArray(type, 1).fill(record?.zeroPoint ?? 0);
    const dims = constant?.axis === undefined ? [] : [scales.length];
    const names: ParameterNames = {
      scale: this.constant(`${tensor}_scale`, DataType.float32, dims, scales),
      zeroPoint: this.constant(`${tensor}_zero_point`, DataType[type], dims, zeroPoints),
    };
    this.parameterNames.set(key, names);
    return names;
  }

  private append(opType: string, inputs: readonly string[], outputs: readonly string[], wantedName: string): void {
    this.nodes.push(makeNode({ opType, inputs, outputs, name: this.edit.uniqueName(wantedName) }));
  }
}
