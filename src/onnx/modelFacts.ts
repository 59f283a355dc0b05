// What a model is, as one plain object: the answer of `inspect --json`.
import { engineOps } from '../dictionary/engineOps';
import { DataType, bitsOf, dataTypeName } from './dataTypes';
import { guessDomain } from './domainGuess';
import type { DomainGuess } from './domainGuess';
import { GraphView, isStandardDomain, subgraphsOf } from './graphView';
import type { ModelProto, TensorProto, TypeProto, ValueInfoProto } from './messages';
import { quoted } from './modelErrors';
import { scopesOf, tensorsOf } from './modelWalk';
import type { Scope } from './modelWalk';
import { quantizableParts } from './quantizableParts';
import type { QuantizableParts } from './quantizableParts';
import { quantizationFormOf } from './quantizationForm';
import type { QuantizationForm } from './quantizationForm';
import type { OnnxModel } from './readModel';
import { inferShapes } from './shapeInference';
import type { TensorTypes } from './shapeInference';
import type { Dims } from './shapes/dims';
import { possibleDims } from './shapes/dims';
import { operatorName } from './shapes/ruleTable';
import { elementCount } from './tensor';

/** An input or output of a model. */
export interface PortFacts {
  readonly name: string;
  /** An element type such as `float32`, or `sequence(float32)`, `map(int64, float32)`, `optional(…)`. */
  readonly type: string;
  /** A size is a number, a symbol's name, or null; null when the rank is unknown. */
  readonly shape: Dims | null;
}

/** Everything `inspect` says. Counts include subgraphs, but not the bodies of model-local functions. */
export interface ModelFacts {
  readonly irVersion: number | null;
  /** Versions by domain; ai.onnx is `ai.onnx`, however the file writes it. */
  readonly opset: Readonly<Record<string, number>>;
  /** Name and version of the tool that wrote the model; `''` when not stated. */
  readonly producer: string;
  /** What a caller must feed: inputs that are not also initializers. */
  readonly inputs: readonly PortFacts[];
  readonly outputs: readonly PortFacts[];
  readonly nodes: number;
  /** Those of `nodes` that lie in branches and loop bodies. */
  readonly subgraphNodes: number;
  readonly functions: number;
  readonly initializers: number;
  readonly initializersAsInputs: number;
  /** Elements of all stored tensors that hold floating-point or 8-bit and smaller numbers. */
  readonly parameters: number;
  /** Nodes by op type; operators outside ai.onnx as `domain:OpType`. */
  readonly ops: Readonly<Record<string, number>>;
  /** The file and its external data. */
  readonly sizeBytes: number;
  readonly externalData: boolean;
  /** Absolute paths. */
  readonly externalFiles: readonly string[];
  readonly quantized: boolean;
  readonly quantization: { readonly form: QuantizationForm; readonly nodes: number };
  /** The floating-point type most stored elements have, or else the inputs; null for none. */
  readonly floatType: string | null;
  readonly domain: DomainGuess;
  /** Symbols of the inputs, which `--dim NAME=N` closes; a size without a name, which only data can close, as `input[axis]`. */
  readonly dynamicDimensions: readonly string[];
  readonly quantizable: QuantizableParts;
  /** Sentences about what may keep the model from running or being quantized. */
  readonly warnings: readonly string[];
}

/** Gathers the facts of a model without running it or reading its weights. */
export function modelFacts(model: OnnxModel): ModelFacts {
  const { proto, graph } = model;
  const view = new GraphView(graph);
  const types = inferShapes(model);
  const quantization = quantizationFormOf(proto);
  const inputs = view.requiredInputs().map((value) => portFacts(value, types));
  const counts = countNodes(proto);
  return {
    irVersion: proto.irVersion ?? null,
    opset: Object.fromEntries(
      proto.opsetImport.map(({ domain, version }) => [isStandardDomain(domain) ? 'ai.onnx' : domain, version]),
    ),
    producer: `${proto.producerName} ${proto.producerVersion}`.trim(),
    inputs,
    outputs: graph.output.map((value) => portFacts(value, types)),
    ...counts,
    functions: proto.functions.length,
    initializersAsInputs: graph.input.length - inputs.length,
    sizeBytes: model.sizeBytes,
    externalData: model.externalFiles.length > 0,
    externalFiles: model.externalFiles,
    quantized: quantization.form !== 'none',
    quantization,
    floatType: floatTypeOf(proto, inputs),
    domain: guessDomain(graph),
    dynamicDimensions: dynamicDimensions(inputs),
    quantizable: quantizableParts(view, types, quantization.form),
    warnings: warningsOf(model, view),
  };
}

type Counts = Pick<ModelFacts, 'nodes' | 'subgraphNodes' | 'initializers' | 'parameters' | 'ops'>;

function countNodes(model: ModelProto): Counts {
  const ops = new Map<string, number>();
  let [nodes, subgraphNodes, initializers, parameters] = [0, 0, 0, 0];
  for (const scope of scopesOf(model)) {
    if (isInFunction(scope)) continue;
    nodes += scope.graph.node.length;
    if (scope.outer !== undefined) subgraphNodes += scope.graph.node.length;
    initializers += scope.graph.initializer.length + scope.graph.sparseInitializer.length;
    for (const { domain, opType } of scope.graph.node) {
      const name = operatorName(domain, opType);
      ops.set(name, (ops.get(name) ?? 0) + 1);
    }
  }
  for (const tensor of tensorsOf(model)) if (isParameter(tensor)) parameters += elementCount(tensor.dims);
  return { nodes, subgraphNodes, initializers, parameters, ops: Object.fromEntries(ops) };
}

function isInFunction(scope: Scope): boolean {
  let outermost = scope;
  while (outermost.outer !== undefined) outermost = outermost.outer;
  return outermost.function !== undefined;
}

const floatTypes: readonly number[] = [DataType.float32, DataType.float16, DataType.bfloat16, DataType.float64];

/** Larger integers are shapes, indices and biases. */
function isParameter({ dataType }: TensorProto): boolean {
  const isSmall = (bitsOf(dataType) ?? Infinity) <= 8 && dataType !== DataType.bool;
  return isSmall || floatTypes.includes(dataType);
}

/** The floating-point type most stored elements have, or else the inputs; null for none. */
export function floatTypeOf(model: ModelProto, inputs: readonly PortFacts[]): string | null {
  const elements = new Map<number, number>();
  for (const { dataType, dims } of tensorsOf(model)) {
    if (floatTypes.includes(dataType)) elements.set(dataType, (elements.get(dataType) ?? 0) + elementCount(dims));
  }
  const [most] = [...elements].sort(([, one], [, other]) => other - one);
  if (most !== undefined) return dataTypeName(most[0]);
  const names = floatTypes.map(dataTypeName);
  return inputs.find(({ type }) => names.includes(type))?.type ?? null;
}

function portFacts(value: ValueInfoProto, types: TensorTypes): PortFacts {
  const inferred = types.get(value.name);
  const isTensor = value.type === undefined || value.type.tensorType !== undefined;
  if (!isTensor || inferred === undefined) return { name: value.name, type: typeText(value.type), shape: null };
  return { name: value.name, type: dataTypeName(inferred.dataType), shape: inferred.dims ?? null };
}

/** What the file declares of an input or output. */
export function declaredPort({ name, type }: ValueInfoProto): PortFacts {
  const dims = type?.tensorType?.shape?.dim.map(({ dimValue, dimParam = '' }) => {
    const symbol = dimParam === '' ? null : dimParam;
    return dimValue ?? symbol;
  });
  return { name, type: typeText(type), shape: possibleDims(dims) ?? null };
}

/** The type as text, such as `float32` or `sequence(float32)`; nesting is bounded by the reader's limits. */
export function typeText(type: TypeProto | undefined): string {
  if (type?.tensorType !== undefined) return dataTypeName(type.tensorType.elemType);
  if (type?.sequenceType !== undefined) return `sequence(${typeText(type.sequenceType.elemType)})`;
  if (type?.optionalType !== undefined) return `optional(${typeText(type.optionalType.elemType)})`;
  if (type?.mapType !== undefined) {
    return `map(${dataTypeName(type.mapType.keyType)}, ${typeText(type.mapType.valueType)})`;
  }
  return type?.sparseTensorType === undefined ? 'unknown' : `sparse(${dataTypeName(type.sparseTensorType.elemType)})`;
}

function dynamicDimensions(inputs: readonly PortFacts[]): string[] {
  const names = inputs.flatMap(({ name, shape }) =>
    (shape ?? []).flatMap((size, axis) => (typeof size === 'number' ? [] : [size ?? `${name}[${axis}]`])),
  );
  return [...new Set(names)];
}

function warningsOf(model: OnnxModel, view: GraphView): string[] {
  const warnings = model.problems.map(({ message, place }) =>
    place === undefined ? message : `${message} (${place})`,
  );
  warnings.push(...missingOperators(model.proto));
  const overridable = view.graph.input.filter(({ name }) => view.initializer(name) !== undefined).length;
  if (overridable > 0) {
    warnings.push(`Initializers that are also graph inputs: ${overridable}. A caller could replace them when it runs.`);
  }
  const control = view.nodes.filter((node) => subgraphsOf(node).length > 0).map(({ opType }) => opType);
  if (control.length > 0) {
    warnings.push(`Control flow (${[...new Set(control)].join(', ')}): what lies in its branches stays float.`);
  }
  for (const value of [...view.requiredInputs(), ...view.graph.output]) {
    if (value.type === undefined || value.type.tensorType !== undefined) continue;
    warnings.push(
      `${quoted(value.name)} is a ${typeText(value.type)}; only tensors can go in and out of the engine here.`,
    );
  }
  return warnings;
}

/** One sentence an operator of a known domain that the engine cannot run on a CPU. */
function missingOperators(model: ModelProto): string[] {
  const own = new Set(model.functions.map(({ domain, name }) => operatorName(domain, name)));
  const missing = new Set<string>();
  for (const { graph } of scopesOf(model)) {
    for (const { domain, opType } of graph.node) {
      const known = engineOps.get(isStandardDomain(domain) ? '' : domain);
      const name = operatorName(domain, opType);
      if (known !== undefined && !known.has(opType) && !own.has(name)) missing.add(name);
    }
  }
  return [...missing].map((name) => `The engine has no CPU implementation of the operator ${name}.`);
}
