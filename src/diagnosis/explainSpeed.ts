// Says why a quantized model is not faster than it is: read from its optimized graph and from what each node took.
import { DataType } from '../onnx/dataTypes';
import { GraphView } from '../onnx/graphView';
import type { NodeProto } from '../onnx/messages';
import { quantizedKindOf } from '../onnx/quantizationForm';
import type { SpeedFinding, SpeedFindingCode } from '../protocol/diagnosis';
import { describeNode } from '../onnx/describeNode';
import type { MatchedOp, MatchedOps } from '../onnx/matching/matchOps';
import { mainOpOf, opTimes, precisionOf } from './opTimes';
import type { Kernel, OpTimes, ProfiledGraph, TimeGroup } from './opTimes';
import { counted, percent, typesOf } from './findingWords';

/** What the reasons are looked for in. Both models were profiled on this machine (`profileTogether`). */
export interface SpeedEvidence {
  /** Of the graphs below. */
  readonly matched: MatchedOps;
  readonly float: ProfiledGraph;
  readonly int8: ProfiledGraph;
  /** Instruction sets as `machineFacts` gives them; empty: unknown. */
  readonly cpuFlags: readonly string[];
  /** `process.arch`. */
  readonly architecture: string;
}

/** The findings, those that cost most first, and the times behind them. */
export interface SpeedExplanation {
  readonly findings: readonly SpeedFinding[];
  readonly times: OpTimes;
}

/** Shares of the time below this are not worth a sentence. */
const smallestShare = 0.02;
/** An operator counts as slower in 8 bits when it takes this much longer; differences below are noise. */
const slowerRatio = 1.15;

/** How to do it in a config, which every door has; the command line adds its own way (cli/speedRemedies.ts). */
const keepingFloat = '(in config.yaml op_wise: {NODE: {activation: {dtype: [fp32]}}})';
const staticApproach = '(in config.yaml approach: static)';
const unsignedActivation = '(in config.yaml model_wise: {activation: {dtype: [uint8]}})';
const signedWeight = '(in config.yaml model_wise: {weight: {dtype: [int8]}})';

export function explainSpeed(evidence: SpeedEvidence): SpeedExplanation {
  const times = opTimes(evidence.matched, evidence.float, evidence.int8);
  const search = new Search(evidence, times);
  const findings = [
    search.floatOps(),
    search.unfusedPairs(),
    search.conversions(),
    search.layoutChanges(),
    search.dynamicOps(),
    search.signedActivations(),
    search.unsignedWeights(),
    search.missingInstructions(),
    search.slowerOps(),
    search.overhead(),
  ].filter((finding) => finding !== undefined);
  findings.sort((one, other) => (other.shareOfTime ?? 0) - (one.shareOfTime ?? 0));
  return { findings, times };
}

class Search {
  private readonly kernels: readonly Kernel[];
  private readonly view: GraphView;
  private readonly totalUs: number;

  constructor(
    private readonly evidence: SpeedEvidence,
    private readonly times: OpTimes,
  ) {
    this.kernels = times.int8Kernels;
    this.view = new GraphView(evidence.int8.profile.graph);
    this.totalUs = this.kernels.reduce((sum, { timeUs }) => sum + timeUs, 0);
  }

  floatOps(): SpeedFinding | undefined {
    const kernels = this.kernels.filter(
      (one) => one.kind === 'compute' && precisionOf(one) === 'float' && !movingTypes.has(one.node.opType),
    );
    const unmerged = kernels.filter(({ node }) => isProduct(node) && this.hasStoredWeight(node)).length;
    const meant =
      `${unmerged} of them ${unmerged === 1 ? 'has' : 'have'} 8-bit weights, but the engine found no integer kernel, ` +
      'mostly because their result is not quantized again: quantize the operators behind them, too.';
    return this.finding('float-ops', kernels, (count, types) => [
      `${counted(count, 'operator')} (${types}) ${count === 1 ? 'computes' : 'compute'} on floating-point numbers`,
      unmerged > 0
        ? meant
        : 'Quantize them where their type allows it, or keep their neighbours float as well, so that nothing is converted between them.',
    ]);
  }

  /** QuantizeLinear and DequantizeLinear inside the graph: merged ones are gone from the optimized graph. */
  unfusedPairs(): SpeedFinding | undefined {
    const inner = this.conversionKernels().filter(({ node }) => !this.isAtBorder(node));
    if (inner.length === 0) return undefined;
    const neighbours = inner.flatMap(({ node }) => this.neighboursOf(node));
    const share = this.shareOf(inner);
    if (share < smallestShare) return undefined;
    const message =
      `${counted(inner.length, 'QuantizeLinear or DequantizeLinear', 'QuantizeLinear and DequantizeLinear')} did not ` +
      `merge with the operators around them (${typesOf(neighbours)}) and take ${percent(share)} of the time. ` +
      `Unless their neighbours are in 8 bits, too, keep these operators float ${keepingFloat}.`;
    const ops = neighbours.map((node) => this.nameOf(node));
    return { code: 'unfused-pairs', message, ops: [...new Set(ops)], shareOfTime: share };
  }

  conversions(): SpeedFinding | undefined {
    const kernels = this.conversionKernels();
    const border = kernels.filter(({ node }) => this.isAtBorder(node));
    if (this.shareOf(border) < smallestShare) return undefined;
    return this.finding('conversions', kernels, (count) => [
      `${counted(count, 'conversion')} between floating-point numbers and 8-bit integers, those at inputs and outputs included`,
      'This is the fixed price of quantizing: it pays only when the operators between save more.',
    ]);
  }

  layoutChanges(): SpeedFinding | undefined {
    const kernels = this.kernels.filter(({ kind }) => kind === 'layout');
    return this.finding('layout', kernels, (count) => [
      `The engine put in ${counted(count, 'node')} that only change the memory layout for its 8-bit kernels`,
      'They come with every change between convolutions and other operators: quantize longer runs of operators, or fewer.',
    ]);
  }

  dynamicOps(): SpeedFinding | undefined {
    const isDynamic = (kernel: Kernel): boolean =>
      kernel.node.opType === 'DynamicQuantizeLinear' || precisionOf(kernel) === 'dynamic';
    const kernels = this.kernels.filter(isDynamic);
    const hasConv = kernels.some(({ node }) => node.opType === 'ConvInteger');
    return this.finding('dynamic-integer', kernels, (count, types) => [
      `${counted(count, 'node')} (${types}) ${count === 1 ? 'quantizes' : 'quantize'} activations anew in every inference`,
      hasConv
        ? `The kernel of ConvInteger is a slow one: quantize convolutions statically ${staticApproach}.`
        : `Static quantization ${staticApproach} measures the ranges beforehand.`,
    ]);
  }

  /** x86 multiplies uint8 with int8; for int8 activations the engine falls back to slower kernels, or to float. */
  signedActivations(): SpeedFinding | undefined {
    if (this.evidence.architecture !== 'x64') return undefined;
    const kernels = this.kernels.filter(
      (one) => isProduct(one.node) && (one.time?.inputTypes[0] === 'int8' || this.readsSigned(one)),
    );
    return this.finding('signed-activations', kernels, (count, types) => [
      `${counted(count, 'operator')} (${types}) ${count === 1 ? 'has' : 'have'} signed (int8) activations, for which this processor has no fast kernels`,
      `Quantize with unsigned activations ${unsignedActivation}.`,
    ]);
  }

  unsignedWeights(): SpeedFinding | undefined {
    if (this.evidence.architecture !== 'x64') return undefined;
    const kernels = this.kernels.filter(({ node }) => {
      const weight = weightInputs[node.opType];
      return weight !== undefined && this.view.initializer(node.input[weight] ?? '')?.dataType === DataType.uint8;
    });
    return this.finding('unsigned-weights', kernels, (count, types) => [
      `${counted(count, 'operator')} (${types}) ${count === 1 ? 'has' : 'have'} unsigned (uint8) weights, which are multiplied by slower kernels here`,
      `Quantize with signed weights ${signedWeight}.`,
    ]);
  }

  missingInstructions(): SpeedFinding | undefined {
    const { cpuFlags, architecture } = this.evidence;
    if (cpuFlags.length === 0) return undefined;
    const wanted = fastInstructions[architecture];
    if (wanted === undefined || wanted.flags.some((flag) => cpuFlags.includes(flag))) return undefined;
    return { code: 'cpu-instructions', message: wanted.message, ops: [], shareOfTime: null };
  }

  slowerOps(): SpeedFinding | undefined {
    const slower = this.times.groups
      .filter(({ ops }) => ops.some(isQuantized))
      .filter(({ floatUs, int8Us }) => int8Us > slowerRatio * floatUs && floatUs > 0)
      .filter(({ floatUs, int8Us }) => int8Us - floatUs > 0.005 * this.totalUs)
      .sort((one, other) => other.int8Us - other.floatUs - (one.int8Us - one.floatUs));
    if (slower.length === 0) return undefined;
    const lostUs = slower.reduce((sum, group) => sum + group.int8Us - group.floatUs, 0);
    const message =
      `${counted(slower.length, 'operator')} ${slower.length === 1 ? 'takes' : 'take'} longer in the quantized model, ` +
      `${lostUs.toFixed(0)} µs together: ${slower.slice(0, 3).map(groupText).join(', ')}${slower.length > 3 ? ', …' : ''}. ` +
      `Keep ${slower.length === 1 ? 'it' : 'them'} float ${keepingFloat}.`;
    const ops = slower.flatMap((group) => group.ops.map(({ node }) => node));
    return { code: 'slower-ops', message, ops, shareOfTime: lostUs / this.totalUs };
  }

  /** What an inference takes beyond its kernels; recording lengthens those, so that this is the least it can be. */
  overhead(): SpeedFinding | undefined {
    const { wallUs, kernelUs, nodes } = this.evidence.int8.profile;
    const share = (wallUs - kernelUs) / wallUs;
    if (!(share > 0.3)) return undefined;
    const message =
      `Of the ${wallUs.toFixed(0)} µs an inference takes, at most ${kernelUs.toFixed(0)} µs are work of its ` +
      `${counted(nodes.length, 'node')}; the rest is the cost of calling the engine, which 8 bits do not lessen. ` +
      'Run larger batches.';
    return { code: 'overhead', message, ops: [], shareOfTime: share };
  }

  private conversionKernels(): Kernel[] {
    return this.kernels.filter(({ kind, node }) => kind === 'conversion' && node.opType !== 'DynamicQuantizeLinear');
  }

  /** QuantizeLinear of a graph input, DequantizeLinear of a graph output. */
  private isAtBorder(node: NodeProto): boolean {
    if (node.opType === 'QuantizeLinear') return this.view.isGraphInput(node.input[0] ?? '');
    const output = node.output[0] ?? '';
    return this.view.isGraphOutput(output) && this.view.consumers(output).length === 0;
  }

  /** Who makes what is quantized, or reads what is dequantized. */
  private neighboursOf(node: NodeProto): NodeProto[] {
    if (node.opType === 'DequantizeLinear') return this.view.consumers(node.output[0] ?? '').map((one) => one.node);
    const producer = this.view.producer(node.input[0] ?? '');
    return producer === undefined ? [] : [producer];
  }

  /** A float kernel whose operator has int8 activations in the file: the engine could not merge it. */
  private readsSigned(kernel: Kernel): boolean {
    return (
      precisionOf(kernel) === 'float' &&
      kernel.node.input.some((input) => {
        const source = this.view.producer(input);
        if (source?.opType !== 'DequantizeLinear' || this.view.producer(source.input[0] ?? '') === undefined)
          return false;
        const time = this.kernels.find(({ node }) => node === source)?.time;
        return time?.inputTypes[0] === 'int8';
      })
    );
  }

  /** Whether it reads a constant that is stored in 8 bits. */
  private hasStoredWeight(node: NodeProto): boolean {
    return node.input.some((input) => {
      const source = this.view.producer(input);
      return source?.opType === 'DequantizeLinear' && this.view.initializer(source.input[0] ?? '') !== undefined;
    });
  }

  private nameOf(node: NodeProto): string {
    const kernel = this.kernels.find((one) => one.node === node);
    return (kernel === undefined ? undefined : mainOpOf(kernel)?.node) ?? describeNode(node);
  }

  private shareOf(kernels: readonly Kernel[]): number {
    return this.totalUs > 0 ? kernels.reduce((sum, { timeUs }) => sum + timeUs, 0) / this.totalUs : 0;
  }

  /** `words` gives what was seen, which the share of time ends, and what to do. */
  private finding(
    code: SpeedFindingCode,
    kernels: readonly Kernel[],
    words: (count: number, types: string) => readonly [string, string],
  ): SpeedFinding | undefined {
    const share = this.shareOf(kernels);
    if (kernels.length === 0 || share < smallestShare) return undefined;
    const costly = [...kernels].sort((one, other) => other.timeUs - one.timeUs);
    const [seen, advice] = words(kernels.length, typesOf(costly.map(({ node }) => node)));
    const message = `${seen}: ${percent(share)} of the time. ${advice}`;
    // What only changes the layout belongs to no operator that a user knows.
    const named = costly.filter(({ kind }) => kind !== 'layout').map(({ node }) => this.nameOf(node));
    return { code, message, ops: [...new Set(named)], shareOfTime: share };
  }
}

/** `Conv_1 376 → 464 µs`, or, for operators that share a kernel in one of the models, `MatMul_2 and 1 more 13 → 20 µs`. */
function groupText({ ops, floatUs, int8Us }: TimeGroup): string {
  const more = ops.length > 1 ? ` and ${ops.length - 1} more` : '';
  return `${ops[0]?.node ?? ''}${more} ${floatUs.toFixed(0)} → ${int8Us.toFixed(0)} µs`;
}

/** Operators that only move values: in floating-point numbers, they cost no more than their bytes. */
const movingTypes: ReadonlySet<string> = new Set([
  ...['Reshape', 'Transpose', 'Squeeze', 'Unsqueeze', 'Flatten', 'Identity', 'Slice', 'Split', 'Gather', 'Expand'],
]);

/** Whether anything of an operator is in 8 bits in the file: times of the others differ by chance. */
function isQuantized({ int8Nodes }: MatchedOp): boolean {
  return int8Nodes.some(({ opType }) => quantizedKindOf(opType) !== undefined);
}

/** Where the quantized weight of a product is among its inputs. */
const weightInputs: Readonly<Record<string, number>> = { QLinearConv: 3, QLinearMatMul: 3, QGemm: 3 };

const productTypes: ReadonlySet<string> = new Set([
  ...['QLinearConv', 'QLinearMatMul', 'QGemm', 'MatMulInteger', 'ConvInteger'],
  ...['Conv', 'FusedConv', 'MatMul', 'Gemm', 'ConvTranspose'],
]);

function isProduct({ opType }: NodeProto): boolean {
  return productTypes.has(opType);
}

/** Instructions that multiply and add 8-bit integers, and what it means to lack them. */
const fastInstructions: Readonly<Record<string, { readonly flags: readonly string[]; readonly message: string }>> = {
  x64: {
    flags: ['avx512_vnni', 'avx_vnni', 'avx_vnni_int8', 'amx_int8'],
    message:
      'This processor has no VNNI instructions: products of 8-bit integers gain little over floating-point numbers, and ' +
      'sums of them can saturate. Reduce the range of weights (quantize --reduce-range, or in a tuning ' +
      'reduce_range: true), and measure on the machine the model will run on.',
  },
  arm64: {
    flags: ['asimddp', 'i8mm'],
    message:
      'This processor has no dot-product instructions (asimddp, i8mm): products of 8-bit integers gain little over ' +
      'floating-point numbers. Measure on the machine the model will run on.',
  },
};
