// A plan in the making: which tensors have been marked so far, and where their ranges come from.
import type { QuantizationRecipe } from '../config/recipe';
import { DataType, dataTypeName } from '../onnx/dataTypes';
import { attributeOf, GraphView } from '../onnx/graphView';
import type { NodeProto, TensorProto } from '../onnx/messages';
import type { OnnxModel } from '../onnx/readModel';
import type { TensorTypes } from '../onnx/shapeInference';
import { clipBoundsHoldZero } from './clipBounds';
import { reasonOutsideRecipe } from './nodeSelection';
import { symmetricActivations } from './nodeSettings';
import type { BiasPlan, QuantizationPlan, RangeSource, WeightPlan } from './plan';

type Mark = RangeSource | { readonly kind: 'weight'; readonly plan: WeightPlan };

/** What the rules of op types read and write. Marks keep the order in which tensors were first marked. */
export class PlanDraft {
  readonly view: GraphView;
  readonly opset: number;
  private readonly isSymmetric: (tensor: string) => boolean;
  private readonly marks = new Map<string, Mark>();
  private readonly biases: BiasPlan[] = [];
  private readonly biasNames = new Set<string>();
  private readonly folded = new Map<NodeProto, string>();
  private readonly ownSources = new Map<string, RangeSource>();

  constructor(
    private readonly model: OnnxModel,
    readonly recipe: QuantizationRecipe,
    private readonly types: TensorTypes,
    private readonly rangeIsKnown: (tensor: string) => boolean,
  ) {
    this.view = new GraphView(model.graph);
    this.isSymmetric = symmetricActivations(model.graph.node, recipe);
    const standard = model.proto.opsetImport.find((entry) => entry.domain === '' || entry.domain === 'ai.onnx');
    this.opset = standard?.version ?? 1;
    for (const node of model.graph.node) this.adjustRanges(node);
  }

  /** The constant behind a name. */
  constant(tensor: string): TensorProto | undefined {
    return this.view.initializer(tensor);
  }

  /** The few values of a small constant, such as a Pad value or a Clip bound; undefined when it is not a constant. */
  constantFloats(tensor: string): Float32Array | undefined {
    const constant = this.constant(tensor);
    return constant?.dataType === DataType.float32 ? this.model.tensors.floats(constant) : undefined;
  }

  /** True for float32 constants and for float32 tensors whose range is known or will be. */
  canQuantize(tensor: string): boolean {
    return this.reasonAgainst(tensor) === undefined;
  }

  /** Why a tensor cannot hold 8-bit values, in words for a person. */
  reasonAgainstType(tensor: string): string | undefined {
    const dataType = this.dataTypeOf(tensor);
    if (dataType === undefined) return `the type of "${tensor}" could not be inferred`;
    return dataType === DataType.float32 ? undefined : `"${tensor}" holds ${dataTypeName(dataType)}, not float32`;
  }

  /** Why a tensor cannot have a scale, in words for a person. */
  reasonAgainst(tensor: string): string | undefined {
    if (this.marks.has(tensor)) return undefined;
    const reason = this.reasonAgainstType(tensor);
    if (reason !== undefined || this.constant(tensor) !== undefined) return reason;
    const source = this.sourceOf(tensor);
    if (source.kind !== 'measured' || this.rangeIsKnown(source.tensor)) return undefined;
    return `calibration saw no finite value of "${source.tensor}"`;
  }

  /** True when the node computes floating-point numbers: what a person means by a float node. */
  computesFloats(node: NodeProto): boolean {
    const floats: readonly number[] = [DataType.float32, DataType.float16, DataType.bfloat16, DataType.float64];
    if (node.opType === 'Constant' || node.opType === 'Cast') return false;
    return node.output.some((tensor) => floats.includes(this.dataTypeOf(tensor) ?? DataType.undefined));
  }

  isMarked(tensor: string): boolean {
    return this.marks.has(tensor) || this.biasNames.has(tensor);
  }

  /** Gives a tensor a scale: an activation its measured range, a constant that of its values. Nothing if it cannot. */
  markActivation(tensor: string): void {
    if (tensor === '' || this.marks.has(tensor) || !this.canQuantize(tensor)) return;
    const constant = this.constant(tensor);
    this.marks.set(
      tensor,
      constant === undefined ? this.sourceOf(tensor) : { kind: 'weight', plan: { constant, role: 'operand' } },
    );
  }

  /** Gives `output` the scale of `input`. */
  markSameAs(output: string, input: string): void {
    if (output !== '' && this.reasonAgainstType(output) === undefined)
      this.marks.set(output, { kind: 'sameAs', tensor: input });
  }

  /** Makes a constant an 8-bit weight; a weight the graph computes is an activation like others. */
  markWeight(tensor: string, axis: number | undefined): void {
    const constant = this.constant(tensor);
    if (constant === undefined) {
      this.markActivation(tensor);
      return;
    }
    if (!this.canQuantize(tensor) || (axis === undefined && this.marks.has(tensor))) return;
    // A weight whose channels lie on different axes for different nodes has one scale for all of them.
    const earlier = this.marks.get(tensor);
    const isTied = earlier?.kind === 'weight' && earlier.plan.role === 'weight' && earlier.plan.axis !== axis;
    const plan: WeightPlan = { constant, role: 'weight', ...(axis === undefined || isTied ? {} : { axis }) };
    this.marks.set(tensor, { kind: 'weight', plan });
  }

  /** Makes the bias at `inputIndex` of a node int32, where it is a float constant. */
  markBias(node: NodeProto, inputIndex: number): void {
    const bias = node.input[inputIndex] ?? '';
    const [input = '', weight = ''] = node.input;
    const constant = this.constant(bias);
    if (constant === undefined || !this.canQuantize(bias)) return;
    if (!this.marks.has(input) || !this.marks.has(weight)) return;
    const alpha = attributeOf(node, 'alpha')?.f ?? 1;
    const beta = attributeOf(node, 'beta')?.f ?? 1;
    this.biases.push({ node, inputIndex, constant, input, weight, alpha, beta });
    this.biasNames.add(bias);
  }

  /**
   * Drops a Relu or Clip whose input nobody else reads: quantizing its output saturates just the same, as long as
   * zero lies inside its bounds (every quantized range is widened to hold zero). False when the node is needed.
   */
  fold(node: NodeProto): boolean {
    const [input = ''] = node.input;
    const [output = ''] = node.output;
    const onlyReader = this.isReadOnlyHere(input) && this.view.producer(input) !== undefined;
    if (this.isSymmetric(output) || !onlyReader || !this.canQuantize(output)) return false;
    if (!clipBoundsHoldZero(node, (name) => this.constantFloats(name))) return false;
    this.marks.delete(input);
    this.folded.set(node, input);
    return true;
  }

  /** The parts of the plan that came out of the marks. */
  finish(): Omit<QuantizationPlan, 'quantizedNodes' | 'keptFloat'> {
    const activations = new Map<string, RangeSource>();
    const weights = new Map<string, WeightPlan>();
    const measured = new Set<string>();
    for (const [tensor, mark] of this.marks) {
      if (mark.kind === 'weight') {
        weights.set(tensor, mark.plan);
        continue;
      }
      const source = mark.kind === 'sameAs' && !this.givesOneScale(mark.tensor) ? this.sourceOf(tensor) : mark;
      activations.set(tensor, source);
      if (source.kind === 'measured') measured.add(source.tensor);
    }
    return { foldedNodes: this.folded, activations, weights, biases: this.biases, measuredTensors: [...measured] };
  }

  /** False for a constant with a scale per channel, which an activation cannot share, and for unmarked tensors. */
  private givesOneScale(tensor: string): boolean {
    const mark = this.marks.get(tensor);
    return mark !== undefined && !(mark.kind === 'weight' && mark.plan.axis !== undefined);
  }

  private dataTypeOf(tensor: string): number | undefined {
    const dataType = this.constant(tensor)?.dataType ?? this.types.get(tensor)?.dataType;
    return dataType === DataType.undefined ? undefined : dataType;
  }

  private sourceOf(tensor: string): RangeSource {
    return this.ownSources.get(tensor) ?? { kind: 'measured', tensor };
  }

  /** One node reads the tensor, and nothing outside the nodes of this graph does. */
  private isReadOnlyHere(tensor: string): boolean {
    const elsewhere = this.view.isGraphOutput(tensor) || this.view.readBySubgraphs.has(tensor);
    return this.view.consumers(tensor).length === 1 && !elsewhere;
  }

  /** What a Relu or Clip cuts off needs no room in the range of its input; Softmax gives 0..1 (SYSTEMS §4.2). */
  private adjustRanges(node: NodeProto): void {
    if (reasonOutsideRecipe(node, this.recipe) !== undefined) return;
    const [input = ''] = node.input;
    const [output = ''] = node.output;
    if ((node.opType === 'Relu' || node.opType === 'Clip') && this.isReadOnlyHere(input)) {
      this.ownSources.set(input, this.sourceOf(output));
    } else if (node.opType === 'Softmax') {
      // The integer Softmax of the QOperator format computes with a scale of 1/256.
      const max = this.recipe.format === 'qoperator' ? 255 / 256 : 1;
      this.ownSources.set(output, { kind: 'fixed', range: { min: 0, max } });
    }
  }
}
