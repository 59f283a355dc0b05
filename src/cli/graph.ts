// `compressor-bench graph MODEL`: the graph of a model in groups, as a tree for people or as the JSON of the Bench.
import { hierarchyOf, openModel } from '../formats/openModel';
import { nearestName } from '../config/nearestName';
import { Group } from '../onnx/hierarchy/groupTree';
import { highlightPattern } from '../onnx/hierarchy/highlightPattern';
import { fewestVisibleNodes, visibleNodes } from '../onnx/hierarchy/modelHierarchy';
import type { ModelHierarchy } from '../onnx/hierarchy/modelHierarchy';
import { nodesIn } from '../onnx/hierarchy/crowdedGroups';
import { countedTypes } from '../onnx/hierarchy/shownValues';
import type { Command } from './command';
import { exitCodes } from './command';
import { printPorts } from './inspect';
import type { OptionSpec, ParsedCommand } from './options';
import { plain, printJson, printLine, styled } from './terminal';
import { usageError } from './usageError';

/** What is shown of a graph. */
export const graphOptions: readonly OptionSpec[] = [
  { name: 'expand', type: 'text', value: 'GROUP', repeatable: true, help: 'open this group; "*" opens all' },
  { name: 'op', type: 'text', value: 'NODE', help: 'mark this node and open the groups around it' },
  {
    name: 'pattern',
    type: 'text',
    value: 'A,B',
    help: 'with --op: mark the operators that follow it, type by type',
  },
  {
    ...{ name: 'limit', type: 'integer', value: 'N', minimum: fewestVisibleNodes, maximum: 1_000_000 },
    ...{ help: 'nodes shown at once, and in each group that is opened', defaultText: String(visibleNodes) },
  },
];

export const graphCommand: Command = {
  spec: {
    name: 'graph',
    positionals: 'MODEL',
    minPositionals: 1,
    maxPositionals: 1,
    summary: 'Show the graph of a model: groups, nodes, and what opens a group.',
    details: [
      'Opens ONNX, frozen graphs of TensorFlow (.pb) and models of OpenVINO (IR, .xml).',
      'Groups come from names with "/"; without those, from repeated blocks and long chains.',
      'With --json: nodes with all their attributes, closed groups, and edges.',
    ].join('\n'),
    options: graphOptions,
  },
  run(parsed) {
    const path = parsed.positionals[0] ?? '';
    withGraph(parsed, path, (graph) => {
      if (parsed.flag('json')) printJson(graph.found ?? graph.hierarchy.view({ expanded: graph.expanded }));
      else printGraph(path, graph);
    });
    return Promise.resolve(exitCodes.done);
  },
};
interface OpenGraph {
  readonly hierarchy: ModelHierarchy;
  readonly expanded: readonly string[];
  /** With `--op`: the marked nodes and the groups opened around them. */
  readonly found: ReturnType<typeof highlightPattern> | undefined;
}

/** Opens the graph of a model as the options say, for as long as `use` works. */
export function withGraph(parsed: ParsedCommand, path: string, use: (graph: OpenGraph) => void): void {
  const operator = parsed.text('op');
  const pattern = parsed.text('pattern');
  if (pattern !== undefined && operator === undefined) throw usageError('--pattern needs --op NODE.', parsed.spec.name);
  const opened = openModel(path);
  try {
    const hierarchy = hierarchyOf(opened, { limit: parsed.number('limit') });
    const expanded = expandedGroups(parsed, hierarchy);
    const types = pattern === undefined ? [] : pattern.split(',').map((type) => type.trim());
    const found = operator === undefined ? undefined : highlightPattern(hierarchy, operator, types, expanded);
    use({ hierarchy, expanded, found });
  } finally {
    opened.model.close();
  }
}

/** Shows a graph as a tree. */
export function printGraph(path: string, { hierarchy, expanded, found }: OpenGraph): void {
  printTree(path, hierarchy, found?.groups ?? expanded, markedIds(found));
}

/** The groups of `--expand` with the groups around them: a group in a closed one could not be seen. */
function expandedGroups(parsed: ParsedCommand, hierarchy: ModelHierarchy): string[] {
  const keys = new Set<string>();
  for (const wanted of parsed.texts('expand')) {
    if (wanted === '*') for (const key of hierarchy.groups.keys()) keys.add(key);
    else
      for (let at = groupNamed(parsed, wanted, hierarchy); at?.parent !== undefined; at = at.parent) keys.add(at.key);
  }
  return [...keys];
}

function groupNamed(parsed: ParsedCommand, wanted: string, hierarchy: ModelHierarchy): Group | undefined {
  const group = hierarchy.find(wanted);
  if (group !== undefined) return group;
  const near = nearestName(wanted, [...hierarchy.groups.keys()].slice(0, 10_000));
  const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
  throw usageError(`The graph has no group "${wanted.slice(0, 100)}".${hint}`, parsed.spec.name);
}

function markedIds(found: ReturnType<typeof highlightPattern> | undefined): ReadonlySet<string> {
  const nodes = found?.graph.nodes ?? [];
  return new Set(nodes.flatMap((node) => (node.node_type === 'node' && node.highlight ? [node.id] : [])));
}

function printTree(
  path: string,
  hierarchy: ModelHierarchy,
  expanded: readonly string[],
  marked: ReadonlySet<string>,
): void {
  const { graph, root } = hierarchy;
  const hidden = graph.hidden.filter((isHidden) => isHidden).length;
  const operators = graph.nodes.filter(({ boundary }) => boundary === undefined).length - hidden;
  printLine(styled('bold', plain(path)));
  const groups = [...hierarchy.groups.values()].filter(({ size }) => size > 1).length;
  const constants = hidden === 0 ? '' : `, ${counted(hidden, 'constant')} not shown`;
  printLine(`  ${counted(operators, 'node')} in ${counted(groups, 'group')}${constants}`);
  printPorts('inputs', graph.inputs);
  printPorts('outputs', graph.outputs);
  printLine();
  printLine(styled('bold', 'graph'));
  const closed = printItems(root, hierarchy, new Set(expanded), marked);
  if (closed === undefined) return;
  printLine();
  printLine(`Open a group with --expand, such as: --expand ${shellWord(plain(closed.key))}`);
}

/** Prints what lies in a group, open groups indented; gives a closed group, if there is one. */
function printItems(
  root: Group,
  { graph }: ModelHierarchy,
  open: ReadonlySet<string>,
  marked: ReadonlySet<string>,
): Group | undefined {
  let firstClosed: Group | undefined;
  const pending: { item: Group | number; depth: number }[] = inReverse(root, 0);
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { item, depth } = next;
    const indent = '  '.repeat(depth + 1);
    if (!(item instanceof Group)) {
      const node = graph.nodes[item];
      if (node === undefined || node.boundary !== undefined) continue;
      const line = `${indent}${oneLine(node.id)}  ${oneLine(node.type)}`;
      printLine(marked.has(node.id) ? styled('green', `${line}  ←`) : line);
    } else if (item.size < 2) pending.push(...inReverse(item, depth));
    else if (open.has(item.key)) {
      printLine(`${indent}- ${styled('bold', oneLine(item.key))}`);
      pending.push(...inReverse(item, depth + 1));
    } else {
      firstClosed ??= item;
      const types = countedTypes(nodesIn(item).map((node) => graph.nodes[node]?.type ?? ''));
      printLine(`${indent}+ ${styled('bold', oneLine(item.key))}  ${item.size} nodes: ${oneLine(types)}`);
    }
  }
  return firstClosed;
}

function inReverse(group: Group, depth: number): { item: Group | number; depth: number }[] {
  return group.items.map((item) => ({ item, depth })).reverse();
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** A name on one line. */
function oneLine(text: string): string {
  return plain(text.replace(/[\t\n]/g, ' '));
}

function shellWord(text: string): string {
  return /^[\w./:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
