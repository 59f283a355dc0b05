// Everything about one node, one input or output of the model, or one group.
import { Group } from '../../onnx/hierarchy/groupTree';
import { nodesIn } from '../../onnx/hierarchy/crowdedGroups';
import { makerOf } from '../../onnx/hierarchy/onnxGraph';
import type { OnnxBody } from '../../onnx/hierarchy/onnxGraph';
import { onnxAttributes } from '../../onnx/hierarchy/onnxAttributes';
import { countedTypes, shortText } from '../../onnx/hierarchy/shownValues';
import type { GraphAttribute } from '../../onnx/hierarchy/flatGraph';
import type { NamedValue, NodeProperties, TensorUse } from '../../protocol/panels/graph';
import { inputRole, outputRole } from './parameterRoles';
import { tensorBetween } from './scene';
import { itemOf } from './shownModel';
import type { NodeInFile, ShownModel } from './shownModel';

/** Of a list in the properties; the rest is counted. */
const mostEntries = 200;
const mostOthers = 100;
const longestValue = 4000;

/** Throws `model-no-node` for an id that the model does not have. */
export function nodePropertiesOf(model: ShownModel, id: string): NodeProperties {
  const item = itemOf(model, id);
  if (item instanceof Group) return groupProperties(model, id, item);
  const { name, type, boundary } = model.node(item);
  const base = { id, name, groups: model.groupsAround(item).map((group) => model.idOf(group)) };
  if (boundary !== undefined) return { ...base, ...boundaryProperties(model, item, boundary) };
  const inFile = model.inFile(item);
  const op = { ...base, kind: 'op', opType: shortText(type) } as const;
  if (inFile === undefined) {
    const { inputs, outputs } = foreignUses(model, item);
    return { ...op, domain: '', attributes: attributeRows(model.node(item).attributes()), inputs, outputs, doc: '' };
  }
  const { node } = inFile;
  return {
    ...op,
    name: shortText(node.name),
    domain: shortText(node.domain === '' ? 'ai.onnx' : node.domain),
    attributes: [...onnxAttributeRows(model, inFile), ...metadataRows(node.metadataProps)],
    inputs: inputUses(model, inFile),
    outputs: outputUses(model, item, inFile),
    doc: shortText(node.docString),
  };
}

function onnxAttributeRows(model: ShownModel, { node }: NodeInFile): readonly NamedValue[] {
  if (model.opened.kind !== 'onnx') return [];
  const { attribute } = node;
  const shown = { ...node, domain: '', attribute: attribute.slice(0, mostEntries) };
  return withRest(attributeRows(onnxAttributes(shown, model.opened.model.tensors)), attribute.length);
}

/** Entries that exporters write beside attributes. */
function metadataRows(entries: readonly { readonly key: string; readonly value: string }[]): readonly NamedValue[] {
  const shown = entries.slice(0, mostEntries);
  return withRest(
    shown.map(({ key, value }) => ({ name: shortText(key), value: cut(value) })),
    entries.length,
  );
}

function attributeRows(attributes: readonly GraphAttribute[]): readonly NamedValue[] {
  const rows = attributes.slice(0, mostEntries).map(({ name, value }) => ({
    name: shortText(name),
    value: cut(Array.isArray(value) ? value.join(', ') : String(value)),
  }));
  return withRest(rows, attributes.length);
}

function withRest(rows: readonly NamedValue[], all: number): readonly NamedValue[] {
  return all > mostEntries ? [...rows, { name: '…', value: `${all - mostEntries} more` }] : rows;
}

/** The text, or its start and how much more there is. */
export function cut(text: string): string {
  return text.length > longestValue ? `${text.slice(0, longestValue)}… ${text.length - longestValue} more` : text;
}

function inputUses(model: ShownModel, { node, body }: NodeInFile): readonly TensorUse[] {
  return node.input.slice(0, mostEntries).flatMap((name, index) => {
    if (name === '') return [];
    const maker = makerOf(name, body);
    const others = maker < 0 || model.isHidden(maker) ? [] : [model.node(maker).id];
    return [useOf(model, inputRole(node.opType, index), name, body, others)];
  });
}

function outputUses(model: ShownModel, index: number, { node, body }: NodeInFile): readonly TensorUse[] {
  const readers = model.readersOf(index);
  return node.output.slice(0, mostEntries).flatMap((name, place) => {
    if (name === '') return [];
    const others = readers.filter((reader) => !model.isHidden(reader) && reads(model, reader, name, node.output));
    return [useOf(model, outputRole(node.opType, place), name, body, idsOf(model, others))];
  });
}

/** Whether a follower of a node reads this output of it; where bodies give it another name, the first output is taken. */
function reads(model: ShownModel, reader: number, name: string, made: readonly string[]): boolean {
  const read = model.inFile(reader)?.node.input ?? [model.node(reader).name];
  return read.includes(name) || (name === made[0] && !read.some((one) => made.includes(one)));
}

function idsOf(model: ShownModel, nodes: readonly number[]): readonly string[] {
  return nodes.slice(0, mostOthers).map((node) => model.node(node).id);
}

function useOf(
  model: ShownModel,
  role: string,
  name: string,
  body: OnnxBody | undefined,
  others: readonly string[],
): TensorUse {
  const { tensors } = model;
  const constant = tensors?.constantOf(name, body);
  const { type, shape } = tensors?.typeOf(name, body) ?? { type: '', shape: '' };
  const tensor = constant === undefined ? shortText(name) : (tensors?.keyOf(constant) ?? '');
  return { role, tensor, type, shape, isConstant: constant !== undefined, others };
}

function boundaryProperties(
  model: ShownModel,
  index: number,
  kind: 'input' | 'output',
): Omit<NodeProperties, 'id' | 'name' | 'groups'> {
  const isInput = kind === 'input';
  const { name } = model.node(index);
  const others = isInput ? model.readersOf(index) : (model.graph.sources[index] ?? []);
  const shown = others.filter((other) => !model.isHidden(other));
  const use = portUse(model, isInput, name, idsOf(model, shown));
  return {
    ...{ kind, opType: isInput ? 'Input' : 'Output', domain: '', attributes: [], doc: '' },
    inputs: isInput ? [] : [use],
    outputs: isInput ? [use] : [],
  };
}

/** An input or output of the model as a tensor. */
export function portUse(model: ShownModel, isInput: boolean, name: string, others: readonly string[]): TensorUse {
  const role = isInput ? 'input' : 'output';
  if (model.tensors !== undefined) return { ...useOf(model, role, name, undefined, others), isConstant: false };
  const port = [...model.graph.inputs, ...model.graph.outputs].find((one) => one.name === name);
  const shape = port?.shape?.map((size) => size ?? '?').join(', ');
  const text = shape === undefined ? '' : `[${shape}]`;
  return { role, tensor: shortText(name), type: port?.type ?? '', shape: text, isConstant: false, others };
}

function foreignUses(model: ShownModel, index: number): Pick<NodeProperties, 'inputs' | 'outputs'> {
  const use =
    (role: string) =>
    (other: number, place: number): TensorUse => {
      const { id, name } = model.node(other);
      const others = model.isHidden(other) ? [] : [id];
      return { role: `${role} ${place}`, tensor: name, type: '', shape: '', isConstant: false, others };
    };
  return {
    inputs: (model.graph.sources[index] ?? []).slice(0, mostEntries).map(use('input')),
    outputs: model.readersOf(index).slice(0, mostEntries).map(use('output')),
  };
}

/** What a group is made of, and which tensors go into it and come out of it. */
function groupProperties(model: ShownModel, id: string, group: Group): NodeProperties {
  const nodes = nodesIn(group);
  const inside = new Set(nodes);
  const incoming = new Map<number, number[]>();
  const outgoing = new Map<number, number[]>();
  for (const node of nodes) {
    for (const maker of model.graph.sources[node] ?? []) if (!inside.has(maker)) note(incoming, maker, node);
    for (const reader of model.readersOf(node)) if (!inside.has(reader)) note(outgoing, node, reader);
  }
  const crossing = (edges: Map<number, number[]>, isIncoming: boolean): readonly TensorUse[] =>
    [...edges]
      .filter(([maker]) => !model.isHidden(maker))
      .slice(0, mostEntries)
      .map(([maker, readers], place) => {
        const name = tensorBetween(model, maker, readers[0] ?? maker) || model.node(maker).name;
        const others = idsOf(model, isIncoming ? [maker] : readers);
        const role = `${isIncoming ? 'input' : 'output'} ${place}`;
        return useOf(model, role, name, model.inFile(maker)?.body, others);
      });
  return {
    ...{ id, kind: 'group', name: group.key, opType: '', domain: '', doc: '' },
    groups: model.groupsFrom(group.parent).map((around) => model.idOf(around)),
    attributes: [
      { name: 'nodes', value: String(group.size) },
      {
        name: 'operators',
        value: countedTypes(
          nodes.map((node) => model.node(node).type),
          20,
        ),
      },
    ],
    inputs: crossing(incoming, true),
    outputs: crossing(outgoing, false),
  };
}

function note(edges: Map<number, number[]>, key: number, value: number): void {
  const list = edges.get(key);
  if (list === undefined) edges.set(key, [value]);
  else list.push(value);
}
