// What the steps of preparing a model share: the graph being edited, the reader of its weights, and the notes.
import type { GraphEdit } from '../../onnx/graphEdit';
import { attributeOf } from '../../onnx/graphView';
import type { NodeProto } from '../../onnx/messages';
import type { OnnxModel } from '../../onnx/readModel';

/** One model on its way to be quantized. */
export interface Preparation {
  readonly edit: GraphEdit;
  /** The model as it was read: source of weights and of inferred shapes. */
  readonly model: OnnxModel;
  /** What was changed, one sentence each. */
  readonly notes: string[];
}

/** An int attribute, or the default the operator gives it. */
export function intOf(node: NodeProto, name: string, otherwise: number): number {
  const value = attributeOf(node, name)?.i;
  return value === undefined ? otherwise : Number(value);
}

/** A float attribute, or the default the operator gives it. */
export function floatOf(node: NodeProto, name: string, otherwise: number): number {
  return attributeOf(node, name)?.f ?? otherwise;
}

/** A string attribute, or the default the operator gives it. */
export function textOf(node: NodeProto, name: string, otherwise: string): string {
  const value = attributeOf(node, name)?.s;
  return value === undefined ? otherwise : new TextDecoder().decode(value);
}

/** The node without the named attributes. */
export function withoutAttributes(node: NodeProto, ...names: readonly string[]): NodeProto {
  return { ...node, attribute: node.attribute.filter((attribute) => !names.includes(attribute.name)) };
}

/** `3 nodes`, `1 node`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
