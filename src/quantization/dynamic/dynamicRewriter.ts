// What rewriting a node for dynamic quantization needs: quantized activations and weights made once, and names for them.
import type { KeptFloat, QuantizationRecipe } from '../../config/recipe';
import { DataType } from '../../onnx/dataTypes';
import type { GraphEdit } from '../../onnx/graphEdit';
import { makeNode, makeTensor } from '../../onnx/makeMessages';
import type { AttributeProto, NodeProto, TensorProto } from '../../onnx/messages';
import type { OnnxModel } from '../../onnx/readModel';
import type { TensorData } from '../../onnx/tensor';
import type { QuantizedArray } from '../numberScheme';
import type { QuantizedNames, StaysFloat } from '../rewritten';
import { quantizeWeight, weightSchemeOf } from './quantizeWeight';
import type { QuantizedWeight, WeightScheme } from './quantizeWeight';

/** How a weight is quantized and stored for one kind of consumer. */
export interface WeightForm {
  /** Sets the forms of one weight apart: a weight is quantized once for each. */
  readonly key: string;
  readonly scheme: WeightScheme;
  /** The shape it is quantized in; absent: its own. */
  readonly dims?: readonly number[];
  /** The axis of that shape with a scale for each index; absent: one scale. */
  readonly axis?: number;
  /** Multiplied into the scales. */
  readonly factor?: number;
  /** Shapes of the scales and zero points when there are several; absent: a vector. */
  readonly scaleDims?: readonly number[];
  readonly zeroPointDims?: readonly number[];
  /** How the kernel wants the quantized values; absent: as they are. */
  readonly stored?: { readonly dims: readonly number[]; readonly arrange: (data: QuantizedArray) => QuantizedArray };
}

/** One graph being quantized dynamically. Weights are read, quantized and let go one at a time. */
export class DynamicRewriter {
  readonly keptFloat: KeptFloat[] = [];
  readonly scheme: WeightScheme;
  private readonly activations = new Map<string, QuantizedNames>();
  private readonly weights = new Map<string, QuantizedNames>();

  constructor(
    readonly edit: GraphEdit,
    readonly model: OnnxModel,
    readonly recipe: QuantizationRecipe,
  ) {
    this.scheme = weightSchemeOf(recipe);
  }

  /** The float32 initializer of that name; otherwise the reason why it cannot be a quantized weight. */
  weight(name: string | undefined): TensorProto | StaysFloat {
    const tensor = this.edit.initializer(name ?? '');
    if (tensor === undefined) return { reason: 'its weight is not constant' };
    if (tensor.dataType === DataType.float32) return tensor;
    return { reason: tensor.dataType === DataType.float16 ? 'its weight is float16' : 'its weight is not float32' };
  }

  /** Quantizes a weight in a form, the first time it is asked for. */
  quantizedWeight(tensor: TensorProto, form: WeightForm): QuantizedNames {
    const key = `${tensor.name}\n${form.key}`;
    const known = this.weights.get(key);
    if (known !== undefined) return known;
    const values = this.model.tensors.floats(tensor);
    const names = this.store(tensor, quantizeWeight(values, form.dims ?? tensor.dims, form.axis, form.scheme), form);
    this.weights.set(key, names);
    return names;
  }

  /**
   * Names of an activation quantized to uint8 while the model runs, and the node that does it the first time it is
   * asked for: every reader of a tensor shares one DynamicQuantizeLinear.
   */
  quantizedActivation(tensor: string): { names: QuantizedNames; nodes: readonly NodeProto[] } {
    const known = this.activations.get(tensor);
    if (known !== undefined) return { names: known, nodes: [] };
    const names: QuantizedNames = {
      tensor: this.edit.uniqueName(`${tensor}_quantized`),
      scale: this.edit.uniqueName(`${tensor}_scale`),
      zeroPoint: this.edit.uniqueName(`${tensor}_zero_point`),
    };
    this.activations.set(tensor, names);
    const outputs = [names.tensor, names.scale, names.zeroPoint];
    return { names, nodes: [this.node('DynamicQuantizeLinear', [tensor], outputs, `${tensor}_QuantizeLinear`)] };
  }

  /** A node of the standard domain under a free name. */
  node(
    opType: string,
    inputs: readonly string[],
    outputs: readonly string[],
    wantedName: string,
    attributes: readonly AttributeProto[] = [],
  ): NodeProto {
    return makeNode({ opType, inputs, outputs, name: this.edit.uniqueName(wantedName), attributes });
  }

  /** A constant under a free name. */
  constant(wantedName: string, dataType: number, dims: readonly number[], values: TensorData): string {
    const name = this.edit.uniqueName(wantedName);
    this.edit.setInitializer(makeTensor(name, dataType, dims, values));
    return name;
  }

  private store(tensor: TensorProto, weight: QuantizedWeight, form: WeightForm): QuantizedNames {
    const { factor = 1, stored, scheme } = form;
    const vector = form.axis === undefined ? [] : [weight.scales.length];
    const scales = factor === 1 ? weight.scales : weight.scales.map((scale) => scale * factor);
    const zeroPointDims = form.zeroPointDims ?? vector;
    const zeroPoints = zeroPointDims.length === 0 ? weight.zeroPoints.subarray(0, 1) : weight.zeroPoints;
    const data = stored === undefined ? weight.data : stored.arrange(weight.data);
    const type = DataType[scheme.type];
    return {
      tensor: this.constant(`${tensor.name}_quantized`, type, stored?.dims ?? tensor.dims, data),
      scale: this.constant(`${tensor.name}_scale`, DataType.float32, form.scaleDims ?? vector, scales),
      zeroPoint: this.constant(`${tensor.name}_zero_point`, type, zeroPointDims, zeroPoints),
    };
  }
}
