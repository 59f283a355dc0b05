// What a shape rule is given (a node and what is known of its inputs) and what it answers.
import type { AttributeProto, NodeProto, TensorProto } from '../messages';
import { maxRank, normalAxis } from './dims';
import type { Dim, Dims } from './dims';

/**
 * What is known of a tensor. `dataType` 0: unknown. `values` holds the elements, in row-major order, of a small tensor
 * of numbers or booleans (0 and 1) whose content is known before the model runs; shapes are computed from them.
 */
export interface Inferred {
  readonly dataType: number;
  readonly dims?: Dims | undefined;
  readonly values?: Dims | undefined;
}

/** Tensors with more elements than this are never shapes, so their values are not followed. */
export const maxFollowedValues = 256;

/** Answers what is known of each output, in order; undefined (or a shorter list) for those it knows nothing of. */
export type Rule = (inputs: RuleInputs) => readonly (Inferred | undefined)[];

/** Rules by op type; other domains than ai.onnx as `domain:OpType`. */
export type RuleTable = Readonly<Record<string, Rule>>;

/** Where a rule finds what is known of tensors. */
export interface KnownTensors {
  type(name: string): Inferred | undefined;
  /** Reads the elements of small constants on demand. */
  values(name: string): Dims | undefined;
  /** Elements of a tensor kept in an attribute. */
  tensorValues(tensor: TensorProto): Dims | undefined;
}

/** One node as its rule sees it. */
export class RuleInputs {
  constructor(
    readonly node: NodeProto,
    /** Version of the operator set the node belongs to. */
    readonly opset: number,
    readonly known: KnownTensors,
    /** Attributes of the call, when the node is inside a model-local function and refers to them. */
    private readonly callAttributes: readonly AttributeProto[] = [],
  ) {}

  /** Whether the optional input is given. */
  has(index: number): boolean {
    return (this.node.input[index] ?? '') !== '';
  }

  input(index: number): Inferred | undefined {
    return this.has(index) ? this.known.type(this.node.input[index] ?? '') : undefined;
  }

  /** Element type code, 0 when unknown. */
  type(index: number): number {
    return this.input(index)?.dataType ?? 0;
  }

  dims(index: number): Dims | undefined {
    return this.input(index)?.dims;
  }

  /** One size; null when it or the rank is unknown. A negative axis counts from the end. */
  dim(index: number, axis: number): Dim {
    return this.dims(index)?.at(axis) ?? null;
  }

  values(index: number): Dims | undefined {
    return this.has(index) ? this.known.values(this.node.input[index] ?? '') : undefined;
  }

  /** Elements that are all known numbers. */
  numbers(index: number): number[] | undefined {
    return allNumbers(this.values(index));
  }

  attribute(name: string): AttributeProto | undefined {
    const own = this.node.attribute.find((attribute) => attribute.name === name);
    if (own === undefined || own.refAttrName === '') return own;
    return this.callAttributes.find((attribute) => attribute.name === own.refAttrName);
  }

  /** An attribute of a call for the function's body: the caller's, else the function's default, under its own name. */
  attributeOrDefault(name: string, defaults: readonly AttributeProto[]): AttributeProto[] {
    const value = this.attribute(name) ?? defaults.find((attribute) => attribute.name === name);
    return value === undefined ? [] : [{ ...value, name }];
  }

  int(name: string, fallback: number): number {
    const value = this.attribute(name)?.i;
    return value === undefined ? fallback : Number(value);
  }

  /** Undefined when the attribute is absent. */
  ints(name: string): number[] | undefined {
    return this.attribute(name)?.ints.map(Number);
  }

  floats(name: string): readonly number[] | undefined {
    return this.attribute(name)?.floats;
  }

  text(name: string, fallback = ''): string {
    const value = this.attribute(name)?.s;
    return value === undefined ? fallback : new TextDecoder().decode(value);
  }

  /** A list of integers that older operator sets keep in an attribute and newer ones in an input. */
  list(attribute: string, inputIndex: number): number[] | undefined {
    return this.has(inputIndex) ? this.numbers(inputIndex) : this.ints(attribute);
  }

  /** Axes as positions in a shape of `rank`; undefined when they are not known or do not fit. */
  axes(attribute: string, inputIndex: number, rank: number): number[] | undefined {
    const named = this.list(attribute, inputIndex);
    if (named === undefined || named.length > maxRank) return undefined;
    const axes = named.map((axis) => normalAxis(axis, rank));
    return axes.every((axis) => axis !== undefined) ? axes : undefined;
  }
}

export function allNumbers(values: Dims | undefined): number[] | undefined {
  const numbers = values?.filter((value) => typeof value === 'number');
  return numbers?.length === values?.length ? numbers : undefined;
}

/** The answer of a rule with one output. */
export function one(dataType: number, dims?: Dims, values?: Dims): readonly Inferred[] {
  return [{ dataType, dims, values }];
}

/** One output like the first input. */
export const sameAsFirst: Rule = (inputs) => one(inputs.type(0), inputs.dims(0));
