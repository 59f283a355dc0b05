// The table of a model's nodes that stands for the picture, with its search.
import { setImmediate } from 'node:timers/promises';
import { shortText } from '../../onnx/hierarchy/shownValues';
import type { NodePage, NodeRow } from '../../protocol/panels/graph';
import type { WorkContext } from '../../protocol/progress';
import type { ShownModel } from './shownModel';

/** The event loop turns after so many nodes. */
const nodesAtOnce = 20_000;
const mostTensors = 50;
const longestText = 300;

interface TableQuestion {
  readonly text: string;
  readonly offset: number;
  readonly count: number;
}

/** Nodes that contain a text, in the order of the file. Looks at nothing but memory: the model may be closed meanwhile. */
export async function nodePageOf(
  model: ShownModel,
  question: TableQuestion,
  { signal }: WorkContext,
): Promise<NodePage> {
  const { offset, count } = question;
  const sought = question.text.trim().toLowerCase();
  const { nodes } = model.graph;
  const rows: NodeRow[] = [];
  let [total, ports] = [0, 0];
  for (let index = 0; index < nodes.length; index++) {
    if (index % nodesAtOnce === nodesAtOnce - 1) {
      await setImmediate();
      signal.throwIfAborted();
    }
    if (model.isHidden(index) || !contains(model, index, sought)) continue;
    if (total >= offset && rows.length < count) rows.push(rowOf(model, index));
    total++;
    if (model.node(index).boundary !== undefined) ports++;
  }
  return { total, ports, rows };
}

function contains(model: ShownModel, index: number, sought: string): boolean {
  if (sought === '') return true;
  const { name, type, groups } = model.node(index);
  const has = (text: string): boolean => text.toLowerCase().includes(sought);
  if (has(name) || has(type) || groups.some(has)) return true;
  const node = model.inFile(index)?.node;
  return node !== undefined && (node.input.some(has) || node.output.some(has));
}

function rowOf(model: ShownModel, index: number): NodeRow {
  const { id, name, type, boundary } = model.node(index);
  const node = model.inFile(index)?.node;
  return {
    id,
    name,
    opType: boundary === undefined ? shortText(type) : boundary === 'input' ? 'Input' : 'Output',
    groups: model.groupsAround(index).map((group) => model.idOf(group)),
    inputs: tensorNames(node?.input ?? []),
    outputs: tensorNames(node?.output ?? []),
  };
}

function tensorNames(names: readonly string[]): readonly string[] {
  return names.flatMap((name) => (name === '' ? [] : [name.slice(0, longestText)])).slice(0, mostTensors);
}
