// Writes the graphs of a model anew after a plan: constants in 16 bit, types changed, casts where two forms meet.
import { DataType } from '../onnx/dataTypes';
import { attributeOf, mapSubgraphs } from '../onnx/graphView';
import { intAttribute, makeNode, makeTensor, tensorAttribute } from '../onnx/makeMessages';
import type { AttributeProto, GraphProto, NodeProto, TensorProto, ValueInfoProto } from '../onnx/messages';
import type { TensorReader } from '../onnx/tensorReader';
import { typeAttributes } from './halfRules';
import { bindingOf, formRead } from './halfPlan';
import type { Form, HalfScope, HalfValue, Step } from './halfPlan';
import type { ClampCounts, LowFormat } from './lowFormat';

/** What the rewriting needs beside the plan. */
export interface RewriteSettings {
  readonly format: LowFormat;
  readonly opset: number;
  readonly tensors: TensorReader;
  /** A name nothing in the model has yet. */
  readonly uniqueName: (wanted: string) => string;
}

/** Rewrites one model; counts what it did. */
export class HalfRewriter {
  readonly clamps: ClampCounts = { raised: 0, lowered: 0 };
  casts = 0;
  constants = 0;
  private readonly names = new Map<HalfValue, Partial<Record<Form, string>>>();

  constructor(private readonly settings: RewriteSettings) {}

  /** The graph in its new form, its nodes in an order in which they can run. */
  rewrite(scope: HalfScope): GraphProto {
    const { graph } = scope;
    const initializer = graph.initializer.flatMap((tensor) => this.initializers(tensor, scope));
    const outside = [
      ...graph.input.map(({ name }) => name),
      ...graph.sparseInitializer.map((one) => one.values?.name ?? ''),
    ];
    const node = outside.flatMap((name) => this.castsAfter(this.introduced(name, scope)));
    for (const step of scope.steps) node.push(...this.step(step, scope));
    return {
      ...graph,
      initializer,
      node,
      input: graph.input.map((info) => this.declared(info, scope) ?? info),
      output: graph.output.map((info) => this.output(info, scope)),
      valueInfo: graph.valueInfo.flatMap((info) => this.declared(info, scope) ?? []),
    };
  }

  /** The value a graph makes under this name, with its names settled. */
  private introduced(name: string, scope: HalfScope): HalfValue | undefined {
    const binding = scope.bindings.get(name);
    // A dropped Cast binds its output's name to a value that is made elsewhere.
    if (binding?.value.name !== name) return undefined;
    const { value } = binding;
    if (value.home === 'flexible') value.home = formsOf(value).has('float') ? 'float' : 'low';
    const own = ownForm(value);
    const other = opposite(own);
    const isMadeInOther = value.home === other;
    const suffix = other === 'low' ? this.settings.format.suffix : 'fp32';
    const isNeeded = isMadeInOther || formsOf(value).has(other);
    this.names.set(value, {
      [own]: name,
      ...(isNeeded ? { [other]: this.settings.uniqueName(`${name}_${suffix}`) } : {}),
    });
    return value;
  }

  private nameOf(value: HalfValue, form: Form | 'any'): string {
    const names = this.names.get(value) ?? {};
    const name = form === 'any' ? (names.float ?? names.low) : names[form];
    if (name === undefined) throw new RangeError(`"${value.name}" is read in a form the plan does not make`);
    return name;
  }

  /** The new name of what a node or graph reads. */
  private read(name: string, form: Form | 'any', scope: HalfScope): string {
    const binding = name === '' ? undefined : bindingOf(name, scope);
    return binding === undefined ? name : this.nameOf(binding.value, binding.form ?? form);
  }

  private initializers(tensor: TensorProto, scope: HalfScope): TensorProto[] {
    const value = this.introduced(tensor.name, scope);
    if (value === undefined) return [tensor];
    if (value.home !== 'either') return [value.home === 'low' ? this.low(tensor, tensor.name) : tensor];
    return constantForms(value).map((form) => {
      const name = this.nameOf(value, form);
      return form === 'low' ? this.low(tensor, name) : { ...tensor, name };
    });
  }

  private low(tensor: TensorProto, name: string): TensorProto {
    const { format, tensors } = this.settings;
    this.constants++;
    const bits = format.round(tensors.floats(tensor), this.clamps);
    return { ...makeTensor(name, format.dataType, tensor.dims, bits), docString: tensor.docString };
  }

  private step(step: Step, scope: HalfScope): NodeProto[] {
    const { node, kind } = step;
    if (kind === 'dropped') return [];
    const values = node.output.map((name) => this.introduced(name, scope));
    const [first] = values;
    if (kind === 'constant' && first !== undefined) return this.constantNodes(node, first);
    const input = node.input.map((name, index) => this.read(name, formRead(step, index, this.settings.opset), scope));
    if (kind === 'cast' && first !== undefined && this.isFromLow(node, first, scope)) {
      const isFloat = first.home === 'float';
      this.names.set(first, { low: input[0] ?? '', ...(isFloat ? { float: first.name } : {}) });
      return isFloat ? [{ ...node, input }] : [];
    }
    const output = node.output.map((name, index) => this.madeName(values[index]) ?? name);
    const adapted = { ...node, input, output, attribute: this.attributes(node, first) };
    const whole = mapSubgraphs(adapted, (graph) => {
      const inner = scope.inner.get(graph);
      return inner === undefined ? graph : this.rewrite(inner);
    });
    return [whole, ...values.flatMap((value) => this.castsAfter(value))];
  }

  /** A Cast from the 16-bit format to float32: whoever wants 16 bit reads what it reads. */
  private isFromLow(node: NodeProto, value: HalfValue, scope: HalfScope): boolean {
    if (scope.outputs.has(value.name)) return false;
    return scope.types.get(node.input[0] ?? '')?.dataType === this.settings.format.dataType;
  }

  private madeName(value: HalfValue | undefined): string | undefined {
    if (value === undefined || value.home === 'either' || value.home === 'flexible') return undefined;
    return this.nameOf(value, value.home);
  }

  /** The Cast that gives a value its other form, where that is wanted. */
  private castsAfter(value: HalfValue | undefined): NodeProto[] {
    if (value === undefined || value.home === 'either' || value.home === 'flexible') return [];
    const other = opposite(value.home);
    if (!formsOf(value).has(other)) return [];
    this.casts++;
    const output = this.nameOf(value, other);
    const to = other === 'low' ? this.settings.format.dataType : DataType.float32;
    return [
      makeNode({
        opType: 'Cast',
        inputs: [this.nameOf(value, value.home)],
        outputs: [output],
        name: this.settings.uniqueName(`${output}_Cast`),
        attributes: [intAttribute('to', to)],
      }),
    ];
  }

  private constantNodes(node: NodeProto, value: HalfValue): NodeProto[] {
    const own = ownForm(value);
    return constantForms(value).map((form) => {
      const output = this.nameOf(value, form);
      const name = form === own ? node.name : this.settings.uniqueName(`${node.name}_${output}`);
      if (form === 'float') return { ...node, name, output: [output] };
      return { ...node, name, output: [output], attribute: [tensorAttribute('value', this.low(constantOf(node), ''))] };
    });
  }

  /** Attributes that say the type of what the node makes. */
  private attributes(node: NodeProto, made: HalfValue | undefined): readonly AttributeProto[] {
    if (made?.home !== 'low') return node.attribute;
    const { dataType } = this.settings.format;
    if (node.opType === 'ConstantOfShape') {
      const value = attributeOf(node, 'value')?.t ?? makeTensor('', DataType.float32, [1], Float32Array.of(0));
      return [tensorAttribute('value', this.low(value, value.name))];
    }
    const attribute = typeAttributes[node.opType];
    if (attribute === undefined) return node.attribute;
    const isNamed = attributeOf(node, attribute.name) !== undefined;
    if (!isNamed && !attribute.isFloatByDefault) return node.attribute;
    const others = node.attribute.filter(({ name }) => name !== attribute.name);
    return [...others, intAttribute(attribute.name, dataType)];
  }

  /** The declaration with the type its name has now; undefined when nothing has the name any more. */
  private declared(info: ValueInfoProto, scope: HalfScope): ValueInfoProto | undefined {
    const binding = scope.bindings.get(info.name);
    if (binding === undefined) return info;
    const names = binding.value.name === info.name ? (this.names.get(binding.value) ?? {}) : {};
    if (names.low === info.name) return this.typed(info, 'low');
    return names.float === info.name ? info : undefined;
  }

  private output(info: ValueInfoProto, scope: HalfScope): ValueInfoProto {
    const binding = bindingOf(info.name, scope);
    if (binding === undefined) return info;
    const form = binding.form ?? (scope.outer === undefined ? ownForm(binding.value) : scope.form);
    return this.typed({ ...info, name: this.nameOf(binding.value, form) }, form);
  }

  private typed(info: ValueInfoProto, form: Form): ValueInfoProto {
    const tensorType = info.type?.tensorType;
    if (form === 'float' || tensorType === undefined) return info;
    return {
      ...info,
      type: { denotation: '', ...info.type, tensorType: { ...tensorType, elemType: this.settings.format.dataType } },
    };
  }
}

/** The forms somebody reads, the form of an output of the model included. */
function formsOf({ wants, required }: HalfValue): ReadonlySet<Form> {
  return required === undefined ? wants : new Set([...wants, required]);
}

/** Forms a constant is written in; one that nothing reads stays as it is. */
function constantForms(value: HalfValue): Form[] {
  const forms = formsOf(value);
  return forms.size === 0 ? ['float'] : [...forms];
}

/** The form that keeps the tensor's own name: float32 where there is a choice. */
function ownForm(value: HalfValue): Form {
  if (value.required !== undefined) return value.required;
  if (value.home === 'low' || value.home === 'float') return value.home;
  return constantForms(value).includes('float') ? 'float' : 'low';
}

function opposite(form: Form): Form {
  return form === 'low' ? 'float' : 'low';
}

/** The float32 tensor of a Constant node. */
function constantOf(node: NodeProto): TensorProto {
  const [attribute] = node.attribute;
  if (attribute?.t !== undefined) return attribute.t;
  if (attribute?.name === 'value_float') return makeTensor('', DataType.float32, [], Float32Array.of(attribute.f ?? 0));
  const floats = Float32Array.from(attribute?.floats ?? []);
  return makeTensor('', DataType.float32, [floats.length], floats);
}
