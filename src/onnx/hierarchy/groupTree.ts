// The nodes of a graph in groups of groups, first by their names.
import { groupIdPrefix, uniqueId } from './flatGraph';
import type { FlatGraph } from './flatGraph';
import { shortText } from './shownValues';

/** What lies in a group: another group, or a node by its index. */
export type GroupItem = Group | number;

/** A group. */
export class Group {
  /** What it is expanded by; set once the tree is complete. `''` for the whole graph. */
  key = '';
  items: GroupItem[] = [];
  /** Shown nodes in it and below. */
  size = 0;
  private byName: Map<string, Group> | undefined;

  /**
   * @param name its part of the key
   * @param parent the group it lies in; undefined for the whole graph
   * @param isFromNames the exporter's names tell of it; otherwise it was found by structure
   */
  constructor(
    readonly name: string,
    public parent: Group | undefined,
    readonly isFromNames: boolean,
  ) {}

  /** The id it has in an answer. */
  get id(): string {
    return groupIdPrefix + this.key;
  }

  /** The group of this name in it; made by `make` when there is none, which may refuse. */
  child(name: string, make: () => Group | undefined): Group | undefined {
    const found = this.byName?.get(name);
    if (found !== undefined) return found;
    const made = make();
    if (made === undefined) return undefined;
    this.byName ??= new Map();
    this.byName.set(name, made);
    this.items.push(made);
    return made;
  }
}

/** More groups than this are not made: names of a hostile file could ask for dozens a node. */
const mostGroups = 200_000;

/**
 * Nodes in the groups of their names; inputs of the model first, its outputs last. Hidden nodes are left out. Nothing is
 * counted yet.
 */
export function groupsByName(graph: FlatGraph): Group {
  const root = new Group('', undefined, true);
  let groups = 0;
  const outputs: number[] = [];
  const inputs: number[] = [];
  let [lastPath, lastGroup]: [readonly string[], Group] = [[], root];
  graph.nodes.forEach(({ boundary, groups: path }, index) => {
    if (graph.hidden[index] === true) return;
    if (boundary === 'input') inputs.push(index);
    else if (boundary === 'output') outputs.push(index);
    else {
      // Neighbours mostly bear the same list (`GroupsOfNames`).
      if (path !== lastPath) [lastPath, lastGroup] = [path, groupOfPath(path)];
      lastGroup.items.push(index);
    }
  });
  root.items = [...inputs, ...root.items, ...outputs];
  return root;

  function groupOfPath(path: readonly string[]): Group {
    let group = root;
    for (const name of path) {
      const parent = group;
      const child = group.child(name, () => (++groups > mostGroups ? undefined : new Group(name, parent, true)));
      if (child === undefined) return group;
      group = child;
    }
    return group;
  }
}

/** Every group of a tree, outer ones first, in the order of their items. */
export function groupsOf(root: Group): Group[] {
  const found: Group[] = [];
  const pending = [root];
  for (let group = pending.pop(); group !== undefined; group = pending.pop()) {
    found.push(group);
    for (let at = group.items.length - 1; at >= 0; at--) {
      const item = group.items[at];
      if (item instanceof Group) pending.push(item);
    }
  }
  return found;
}

/** Counts what lies in each group. */
export function countSizes(root: Group): void {
  for (const group of groupsOf(root).reverse()) {
    group.size = 0;
    for (const item of group.items) group.size += item instanceof Group ? item.size : 1;
  }
}

/** Gives each group its key: the names from the outermost to it; those found by structure count from the last of names. */
export function nameGroups(root: Group): Map<string, Group> {
  const taken = new Set(['']);
  const byKey = new Map<string, Group>();
  for (const group of groupsOf(root)) {
    if (group === root) continue;
    const parent = group.isFromNames ? namedAncestor(group) : group.parent;
    const prefix = parent === undefined || parent === root ? '' : `${parent.key}/`;
    const key = prefix + shortText(group.name);
    // A key must not be taken for the id of another group.
    group.key = uniqueId(key.startsWith(groupIdPrefix) ? `group:${key}` : key, taken);
    byKey.set(group.key, group);
  }
  return byKey;
}

/** The innermost group around it that has its name from the exporter, too. */
function namedAncestor(group: Group): Group | undefined {
  let at = group.parent;
  while (at !== undefined && !at.isFromNames) at = at.parent;
  return at;
}
