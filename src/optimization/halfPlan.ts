// Decides, before anything is rewritten, which form every float32 tensor of a model takes and who wants it in which.
import type { KeptFloat } from '../config/recipe';
import { DataType } from '../onnx/dataTypes';
import { attributeOf, isStandardDomain, subgraphsOf } from '../onnx/graphView';
import type { GraphProto, ModelProto, NodeProto } from '../onnx/messages';
import { describeNode } from '../onnx/describeNode';
import type { ElementTypes, TypeScope } from './elementTypes';
import { elementTypesOf } from './elementTypes';
import { isAlwaysFloatInput, isAlwaysFloatOutput, reasonForFloat } from './halfRules';
import type { LowFormat } from './lowFormat';
import { optimizationErrors } from './optimizationErrors';

/** In 16 bit, or in float32 as before. */
export type Form = 'low' | 'float';

/** A tensor that was float32. */
export interface HalfValue {
  readonly name: string;
  /** How it comes into being; `either`: a constant, which can be written in both; `flexible`: a Cast makes it from another type. */
  home: Form | 'either' | 'flexible';
  readonly wants: Set<Form>;
  /** The form its own name must have: it is an output of the model. */
  readonly required: Form | undefined;
}

/** What a name stands for. `form`: it was a 16-bit tensor, made by a Cast that is not needed any more. */
export interface Binding {
  readonly value: HalfValue;
  readonly form?: Form;
}

/** `plain`: stays a node; `constant`, `cast`: its output is `either`, `flexible`; `dropped`: a Cast that has become nothing. */
export interface Step {
  readonly node: NodeProto;
  readonly form: Form;
  readonly kind: 'plain' | 'constant' | 'cast' | 'dropped';
}

/** One graph of the model. */
export interface HalfScope {
  readonly graph: GraphProto;
  readonly outputs: ReadonlySet<string>;
  readonly outer: HalfScope | undefined;
  readonly types: TypeScope;
  /** The form of what a subgraph is given and gives: that of the node that carries it. */
  readonly form: Form;
  readonly bindings: Map<string, Binding>;
  readonly steps: Step[];
  readonly inner: Map<GraphProto, HalfScope>;
}

export interface HalfPlan {
  readonly main: HalfScope;
  /** Nodes by op type that will compute in 16 bit. */
  readonly converted: Readonly<Record<string, number>>;
  readonly keptFloat: readonly KeptFloat[];
}

/** What decides a conversion beside the model. */
export interface PlanSettings {
  readonly format: LowFormat;
  /** Inputs and outputs of the model that stay float32: all, none, or these. */
  readonly keepIoTypes: boolean | readonly string[];
  /** Node names and op types that stay float32. */
  readonly blocked: ReadonlySet<string>;
  /** For sentences. */
  readonly path: string | undefined;
}

/** What a name means inside a scope; undefined for tensors that were not float32. */
export function bindingOf(name: string, scope: HalfScope): Binding | undefined {
  for (let at: HalfScope | undefined = scope; at !== undefined; at = at.outer) {
    const binding = at.bindings.get(name);
    if (binding !== undefined || at.types.has(name)) return binding;
  }
  return undefined;
}

/** The form in which a node reads one of its inputs; `any`: whichever there is. */
export function formRead(step: Step, inputIndex: number, opset: number): Form | 'any' {
  const { node, form } = step;
  if (isStandardDomain(node.domain) && readsAnyForm.has(node.opType)) return 'any';
  return form === 'low' && isAlwaysFloatInput(node, inputIndex, opset) ? 'float' : form;
}

/** Give the same whatever form they read: shapes, and casts to other types, which lose less when they read float32. */
const readsAnyForm: ReadonlySet<string> = new Set(['Shape', 'Size', 'Cast', 'IsNaN']);

/** The version of ai.onnx a model uses. */
export function opsetOf(model: ModelProto): number | undefined {
  return model.opsetImport.find(({ domain }) => isStandardDomain(domain))?.version;
}

/** Throws `optimize-unknown-type` when a node would be converted that reads a tensor of a type nobody knows. */
export function planHalf(model: ModelProto, graph: GraphProto, settings: PlanSettings): HalfPlan {
  const planner = new Planner(model, settings);
  const main = planner.enter(graph, undefined, 'low');
  return { main, converted: Object.fromEntries(planner.converted), keptFloat: planner.keptFloat };
}

class Planner {
  readonly converted = new Map<string, number>();
  readonly keptFloat: KeptFloat[] = [];
  private readonly types: ElementTypes;
  private readonly opset: number;
  private readonly functions: ReadonlySet<string>;

  constructor(
    model: ModelProto,
    private readonly settings: PlanSettings,
  ) {
    this.types = elementTypesOf(model);
    this.opset = opsetOf(model) ?? 1;
    this.functions = new Set(model.functions.map(({ domain, name }) => `${domain}:${name}`));
  }

  enter(graph: GraphProto, outer: HalfScope | undefined, form: Form): HalfScope {
    const types = this.types.get(graph);
    if (types === undefined) throw new RangeError('the graph is not of the model the plan is for');
    const outputs = new Set(graph.output.map(({ name }) => name));
    const scope: HalfScope = {
      ...{ graph, outputs, outer, types, form },
      ...{ bindings: new Map(), steps: [], inner: new Map() },
    };
    const inputs = new Set(graph.input.map(({ name }) => name));
    for (const name of inputs) this.bind(scope, name, this.formOfPort(scope, name));
    for (const { name } of graph.initializer) if (!inputs.has(name)) this.bind(scope, name, 'either');
    for (const { values } of graph.sparseInitializer) if (values !== undefined) this.bind(scope, values.name, 'float');
    for (const node of types.nodes) this.add(node, scope);
    for (const { name } of graph.output) want(bindingOf(name, scope), this.formOfPort(scope, name));
    return scope;
  }

  /** Inputs and outputs of the model are as its user wants them, those of a subgraph as its node is. */
  private formOfPort(scope: HalfScope, name: string): Form {
    if (scope.outer !== undefined) return scope.form;
    const { keepIoTypes } = this.settings;
    const isKept = typeof keepIoTypes === 'boolean' ? keepIoTypes : keepIoTypes.includes(name);
    return isKept ? 'float' : 'low';
  }

  private bind(scope: HalfScope, name: string, home: HalfValue['home']): HalfValue | undefined {
    const type = scope.types.get(name);
    if (name === '' || type?.kind !== 'tensor' || type.dataType !== DataType.float32) return undefined;
    const isOutput = scope.outer === undefined && scope.outputs.has(name);
    const required = isOutput ? this.formOfPort(scope, name) : undefined;
    const value: HalfValue = { name, home, wants: new Set(), required };
    scope.bindings.set(name, { value });
    return value;
  }

  private add(node: NodeProto, scope: HalfScope): void {
    const reason = scope.form === 'float' ? 'it is inside a node that is kept' : this.reasonKept(node);
    const form = reason === undefined ? 'low' : 'float';
    const reads = node.input.map((name) => bindingOf(name, scope));
    const special = reason === undefined ? this.special(node, scope, reads[0]) : undefined;
    const step: Step = { node, form, kind: special ?? 'plain' };
    scope.steps.push(step);
    if (special !== undefined) return;
    reads.forEach((binding, index) => want(binding, formRead(step, index, this.opset)));
    for (const { graph } of subgraphsOf(node)) scope.inner.set(graph, this.enter(graph, scope, form));
    const makes = node.output.map((name, index) =>
      this.bind(scope, name, form === 'low' && isAlwaysFloatOutput(node, index) ? 'float' : form),
    );
    // A Cast that was dropped made 16 bit already, and a node that takes any form is not changed.
    const readsFloat = reads.some(
      (binding, index) =>
        binding !== undefined && binding.form === undefined && formRead(step, index, this.opset) !== 'any',
    );
    if (!readsFloat && makes.every((value) => value === undefined)) return;
    if (reason !== undefined) this.keptFloat.push({ node: describeNode(node), opType: node.opType, reason });
    else this.convert(node, scope);
  }

  private convert(node: NodeProto, scope: HalfScope): void {
    const unknown = node.input.find((name) => name !== '' && scope.types.get(name) === undefined);
    if (unknown !== undefined) {
      throw optimizationErrors.unknownType(this.settings.path, unknown, describeNode(node), node.opType);
    }
    this.converted.set(node.opType, (this.converted.get(node.opType) ?? 0) + 1);
  }

  private reasonKept(node: NodeProto): string | undefined {
    const { blocked } = this.settings;
    if (blocked.has(node.opType)) return `${node.opType} is on the block list`;
    if (blocked.has(describeNode(node))) return 'it is on the block list';
    if (this.functions.has(`${node.domain}:${node.opType}`))
      return 'it calls a function of the model, which stays as it is';
    return reasonForFloat(node, this.opset);
  }

  /** Constants and casts, whose outputs can take the form that is wanted of them; undefined for everything else. */
  private special(node: NodeProto, scope: HalfScope, read: Binding | undefined): Step['kind'] | undefined {
    const [output = ''] = node.output;
    if (!isStandardDomain(node.domain)) return undefined;
    if (node.opType === 'Constant') {
      const isSparse = node.attribute.some(({ sparseTensor }) => sparseTensor !== undefined);
      return this.bind(scope, output, isSparse ? 'float' : 'either') === undefined
        ? undefined
        : isSparse
          ? 'plain'
          : 'constant';
    }
    if (node.opType !== 'Cast') return undefined;
    const to = Number(attributeOf(node, 'to')?.i ?? 0);
    // An output keeps its name, and so the node that makes it.
    const isDropped = read !== undefined && !scope.outputs.has(output);
    if (isDropped && to === DataType.float32) return this.drop(scope, output, { value: read.value });
    if (isDropped && to === this.settings.format.dataType)
      return this.drop(scope, output, { value: read.value, form: 'low' });
    if (read !== undefined) return undefined;
    return this.bind(scope, output, 'flexible') === undefined ? undefined : 'cast';
  }

  private drop(scope: HalfScope, output: string, binding: Binding): Step['kind'] {
    scope.bindings.set(output, binding);
    return 'dropped';
  }
}

function want(binding: Binding | undefined, form: Form | 'any'): void {
  if (binding === undefined) return;
  const wanted = binding.form ?? form;
  if (wanted !== 'any') binding.value.wants.add(wanted);
}
