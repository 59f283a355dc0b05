// Finds the tensors of a float model in a quantized form of it, by what is connected through QuantizeLinear and
// DequantizeLinear rather than by the suffixes one tool or another gives to names.
import { GraphView } from '../graphView';
import type { GraphProto, NodeProto } from '../messages';

/** How a tensor is stored in 8 bits: names of the tensors with its scale and its zero point (absent: 0). */
export interface StoredTensor {
  readonly quantized: string;
  readonly scale: string;
  readonly zeroPoint: string | undefined;
  /** Attribute `axis` of per-channel scales; undefined for one scale. */
  readonly axis: bigint | undefined;
}

/** Where the values of a float tensor can be read in the quantized model. */
export type Counterpart =
  { readonly kind: 'float'; readonly tensor: string } | { readonly kind: 'stored'; readonly stored: StoredTensor };

const suffixes = /_(quantized|QuantizeLinear_Output|QuantizeLinear_Input|DequantizeLinear_Output)(_\d+)?$/;

/** Inputs with the scale and zero point of what a QOperator node makes. */
const outputParameters: Readonly<Record<string, number>> = {
  QLinearConv: 6,
  QLinearMatMul: 6,
  QGemm: 7,
  QLinearAdd: 6,
  QLinearMul: 6,
  QLinearLeakyRelu: 3,
  QLinearSigmoid: 3,
  QLinearSoftmax: 3,
  QLinearAveragePool: 3,
  QLinearGlobalAveragePool: 3,
  QLinearConcat: 0,
  QLinearWhere: 7,
};

/** Operators that hand 8-bit values on with the scale they came with. */
const handsOn: ReadonlySet<string> = new Set([
  ...[
    'MaxPool',
    'Reshape',
    'Transpose',
    'Squeeze',
    'Unsqueeze',
    'Flatten',
    'Slice',
    'Split',
    'Pad',
    'Resize',
    'Gather',
  ],
  ...['Identity', 'Expand', 'Tile', 'Relu', 'Clip', 'GatherElements', 'DepthToSpace', 'SpaceToDepth'],
]);

/** Which tensors of two models are the same value. */
export class MatchedTensors {
  readonly float: GraphView;
  readonly int8: GraphView;
  /** Representative of the tensors of the quantized model that hold the same value in one form or another. */
  private readonly parents = new Map<string, string>();
  private readonly floatNames = new Map<string, string>();
  private readonly members = new Map<string, string[]>();
  private readonly roots = new Map<string, string>();

  constructor(float: GraphProto, int8: GraphProto) {
    this.float = new GraphView(float);
    this.int8 = new GraphView(int8);
    for (const { opType, input, output } of int8.node) {
      if (opType === 'QuantizeLinear' || opType === 'DequantizeLinear') this.join(input[0] ?? '', output[0] ?? '');
    }
    for (const tensor of this.tensorsOfInt8()) {
      const root = this.rootOf(tensor);
      const list = this.members.get(root);
      if (list === undefined) this.members.set(root, [tensor]);
      else list.push(tensor);
    }
    for (const [root, list] of this.members)
      this.name(
        root,
        list.find((tensor) => this.isInFloat(tensor)),
      );
    for (const [root, list] of this.members) {
      if (!this.floatNames.has(root)) this.name(root, this.namedAfter(list));
    }
  }

  /** The float model's tensor that this tensor of the quantized model holds. */
  floatNameOf(tensor: string): string | undefined {
    return this.floatNames.get(this.rootOf(tensor));
  }

  /** Tensors the nodes of the float model make, in graph order, that the quantized model computes in some form. */
  matched(): string[] {
    return this.float.nodes.flatMap((node) => node.output.filter((tensor) => this.isComputed(tensor)));
  }

  /** What the quantized model has as a constant was worked out before it was quantized. */
  private isComputed(floatName: string): boolean {
    const tensors = this.members.get(this.roots.get(floatName) ?? '') ?? [];
    return tensors.length > 0 && tensors.every((tensor) => this.int8.initializer(tensor) === undefined);
  }

  /** Where the values of a matched tensor are: dequantized where the model does so itself, stored in 8 bits, or float. */
  counterpartOf(floatName: string): Counterpart | undefined {
    const tensors = this.members.get(this.roots.get(floatName) ?? '') ?? [];
    const dequantized = tensors.find((tensor) => this.int8.producer(tensor)?.opType === 'DequantizeLinear');
    if (dequantized !== undefined) return { kind: 'float', tensor: dequantized };
    for (const tensor of tensors) {
      const stored = this.storedAs(tensor);
      if (stored !== undefined) return { kind: 'stored', stored };
    }
    const [float] = tensors;
    return float === undefined ? undefined : { kind: 'float', tensor: float };
  }

  /** Scale and zero point of an 8-bit tensor; undefined for one that is not, or whose producer does not tell. */
  storedAs(tensor: string): StoredTensor | undefined {
    const passed = new Set<string>();
    for (let current = tensor; !passed.has(current);) {
      passed.add(current);
      const producer = this.int8.producer(current);
      if (producer === undefined) return undefined;
      const parameters = producer.opType === 'QuantizeLinear' ? 1 : outputParameters[producer.opType];
      if (parameters !== undefined) return storedBy(producer, tensor, parameters);
      if (!handsOn.has(producer.opType)) return undefined;
      current = producer.input[0] ?? '';
    }
    return undefined;
  }

  /** A name belongs to the first that has it: what bears it itself comes before what is only named after it. */
  private name(root: string, floatName: string | undefined): void {
    if (floatName === undefined || this.roots.has(floatName)) return;
    this.roots.set(floatName, root);
    this.floatNames.set(root, floatName);
  }

  private tensorsOfInt8(): Set<string> {
    const { graph } = this.int8;
    const names = [...graph.input, ...graph.initializer].map(({ name }) => name);
    return new Set([...names, ...graph.node.flatMap((node) => node.output)].filter((name) => name !== ''));
  }

  private isInFloat(name: string): boolean {
    return (
      this.float.producer(name) !== undefined ||
      this.float.initializer(name) !== undefined ||
      this.float.isGraphInput(name)
    );
  }

  /** QOperator models keep no float form of what is between two integer operators: only the name is left. */
  private namedAfter(tensors: readonly string[]): string | undefined {
    return tensors.map((tensor) => tensor.replace(suffixes, '')).find((name) => this.isInFloat(name));
  }

  private rootOf(tensor: string): string {
    let root = tensor;
    for (let next = this.parents.get(root); next !== undefined; next = this.parents.get(root)) root = next;
    return root;
  }

  private join(one: string, other: string): void {
    const [from, to] = [this.rootOf(one), this.rootOf(other)];
    if (from !== to) this.parents.set(from, to);
  }
}

function storedBy(producer: NodeProto, quantized: string, parameters: number): StoredTensor | undefined {
  const scale = producer.input[parameters] ?? '';
  const zeroPoint = producer.input[parameters + 1] ?? '';
  if (scale === '') return undefined;
  const axis = producer.attribute.find(({ name }) => name === 'axis')?.i;
  return { quantized, scale, zeroPoint: zeroPoint === '' ? undefined : zeroPoint, axis };
}
