// Converts a float32 model to 16-bit floating point (SYSTEMS §4.7), types consistent everywhere.
import type { KeptFloat } from '../config/recipe';
import { GraphEdit } from '../onnx/graphEdit';
import type { ModelProto } from '../onnx/messages';
import { scopesOf, tensorsOf } from '../onnx/modelWalk';
import type { OnnxModel } from '../onnx/readModel';
import { refuseAlreadyQuantized } from '../quantization/alreadyQuantized';
import { describeNode } from '../onnx/describeNode';
import { takeInitializersOutOfInputs } from '../quantization/prepare/plainInitializers';
import { counted } from '../quantization/prepare/preparation';
import { opsetOf, planHalf } from './halfPlan';
import type { HalfPlan } from './halfPlan';
import { HalfRewriter } from './halfRewrite';
import { float16Format } from './lowFormat';
import type { ClampCounts, LowFormat } from './lowFormat';
import { optimizationErrors } from './optimizationErrors';

/** How to convert a model. */
export interface HalfOptions {
  /** Inputs and outputs that stay float32, a Cast behind or before each: all, none (the default), or those named. */
  readonly keepIoTypes?: boolean | readonly string[];
  /** Node names and op types that stay float32, beside those that always do. */
  readonly blocked?: readonly string[];
  /** float16 unless told otherwise. */
  readonly format?: LowFormat;
}

/** The new model and the account of what was done. Tensors that were not converted are still in the files of the old one. */
export interface HalfConversion {
  readonly proto: ModelProto;
  /** Nodes by op type that now compute in 16 bit; empty when the model is left as it was. */
  readonly converted: Readonly<Record<string, number>>;
  readonly keptFloat: readonly KeptFloat[];
  /** Casts that were put in. */
  readonly casts: number;
  /** Constants now stored in 16 bit. */
  readonly constants: number;
  readonly clamps: Readonly<ClampCounts>;
  readonly notes: readonly string[];
}

/** Before this, every initializer had to be an input of the graph, too. */
const firstIrWithPlainInitializers = 4;

/**
 * The model with its float32 tensors in 16 bit, except where an operator has no such form, is on the block list, or an
 * input or output keeps its type. Each tensor is made in one form and cast once for readers of the other. A model with
 * nothing to convert comes back as it is, with a note. Pure: reads `model`, writes nothing.
 *
 * Throws `quantize-already-quantized`, `optimize-opset` for operator sets without numbered casts,
 * `optimize-unknown-block`, `optimize-unknown-port`, `optimize-unknown-type`.
 */
export function convertToHalf(model: OnnxModel, options: HalfOptions = {}): HalfConversion {
  const format = options.format ?? float16Format;
  const { keepIoTypes = false, blocked = [] } = options;
  refuseAlreadyQuantized(model);
  const opset = opsetOf(model.proto);
  if (opset === undefined || opset < format.firstOpset) {
    throw optimizationErrors.oldOpset(model.path, opset, format.firstOpset, format.title);
  }
  refuseUnknownBlocks(model, blocked);
  refuseUnknownPorts(model, keepIoTypes);
  const { proto, notes } = withPlainInitializers(model);
  const graph = proto.graph ?? model.graph;
  const plan = planHalf(proto, graph, { format, keepIoTypes, blocked: new Set(blocked), path: model.path });
  if (Object.keys(plan.converted).length === 0) return untouched(model, plan, format);
  const rewriter = new HalfRewriter({ format, opset, tensors: model.tensors, uniqueName: namer(proto) });
  const rewritten = { ...proto, graph: rewriter.rewrite(plan.main) };
  const { casts, constants, clamps } = rewriter;
  return {
    proto: rewritten,
    converted: plan.converted,
    keptFloat: plan.keptFloat,
    casts,
    constants,
    clamps,
    notes: [...notes, ...clampNotes(clamps, format)],
  };
}

/** Weights that callers might replace would each need a type and a Cast of their own. */
function withPlainInitializers(model: OnnxModel): { proto: ModelProto; notes: string[] } {
  const notes: string[] = [];
  const edit = new GraphEdit(model.proto);
  takeInitializersOutOfInputs({ edit, model, notes });
  if (notes.length === 0) return { proto: model.proto, notes };
  const irVersion = Math.max(model.proto.irVersion ?? 0, firstIrWithPlainInitializers);
  return { proto: { ...edit.toModel(), irVersion }, notes };
}

function untouched(model: OnnxModel, { keptFloat }: HalfPlan, format: LowFormat): HalfConversion {
  const isLow = [...tensorsOf(model.proto)].some(({ dataType }) => dataType === format.dataType);
  const reason = isLow
    ? `It already computes in ${format.title}`
    : keptFloat.length > 0
      ? 'Every node that computes in float32 has to stay there'
      : 'Nothing in it computes in float32';
  const notes = [`${reason}, so it is left as it is.`];
  return {
    proto: model.proto,
    converted: {},
    keptFloat,
    casts: 0,
    constants: 0,
    clamps: { raised: 0, lowered: 0 },
    notes,
  };
}

function clampNotes({ raised, lowered }: ClampCounts, { title, largest, smallest }: LowFormat): string[] {
  return [
    ...(lowered === 0 ? [] : [`${counted(lowered, 'constant number')} beyond what ${title} holds became ±${largest}.`]),
    ...(raised === 0
      ? []
      : [`${counted(raised, 'constant number')} nearer to 0 than ${title} gets became ±${smallest}.`]),
  ];
}

/** Everything a block list may name: op types and nodes, subgraphs included. */
export function blockableNames(model: ModelProto): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { graph } of scopesOf(model)) {
    for (const node of graph.node) for (const name of [node.opType, describeNode(node)]) names.add(name);
  }
  return names;
}

function refuseUnknownBlocks({ proto, path }: OnnxModel, blocked: readonly string[]): void {
  if (blocked.length === 0) return;
  const known = blockableNames(proto);
  const unknown = blocked.find((name) => !known.has(name));
  if (unknown !== undefined) throw optimizationErrors.unknownBlock(path, unknown, [...known]);
}

function refuseUnknownPorts({ graph, path }: OnnxModel, keepIoTypes: boolean | readonly string[]): void {
  if (typeof keepIoTypes === 'boolean') return;
  const known = [...graph.input, ...graph.output].map(({ name }) => name);
  const unknown = keepIoTypes.find((name) => !known.includes(name));
  if (unknown !== undefined) throw optimizationErrors.unknownPort(path, unknown, known);
}

/** Gives names that are new in every graph of the model, since a subgraph sees the names around it. */
function namer(model: ModelProto): (wanted: string) => string {
  const taken = new Set<string>();
  for (const { graph } of scopesOf(model)) {
    for (const { name, input, output } of graph.node) for (const one of [name, ...input, ...output]) taken.add(one);
    for (const { name } of [...graph.initializer, ...graph.input, ...graph.output, ...graph.valueInfo]) taken.add(name);
  }
  return (wanted) => {
    let name = wanted;
    for (let suffix = 1; taken.has(name); suffix++) name = `${wanted}_${suffix}`;
    taken.add(name);
    return name;
  };
}
