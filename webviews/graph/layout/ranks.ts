// Rows of a level: every line goes down, but those that close a circle.
import { at } from './layoutTypes';
import type { Level, LevelEdge } from './level';

/** The rows of a level. */
export interface Ranks {
  /** Row of each item. */
  readonly ranks: Int32Array;
  readonly count: number;
  /** By edge: it closes a circle and goes up. */
  readonly isBack: readonly boolean[];
}

/** Rows by the longest way from the top; what feeds only things far below moves down to them. */
export function ranksOf(level: Level): Ranks {
  const { kinds, edges } = level;
  const outgoing = edgesBy(level, 'from');
  const isBack = backEdges(level, outgoing);
  const forward = edges.filter((_, index) => isBack[index] !== true);
  const ordered = topologicalOrder(kinds.length, forward);
  const top = kinds.includes('entry') ? 1 : 0;
  const ranks = Int32Array.from(kinds, (kind) => (kind === 'entry' ? 0 : top));
  const after = grouped(kinds.length, forward, 'from');
  const before = grouped(kinds.length, forward, 'to');
  for (const item of ordered)
    for (const to of at2(after, item)) ranks[to] = Math.max(at(ranks, to), at(ranks, item) + 1);
  for (const item of ordered.reverse()) {
    if (kinds[item] !== 'card') continue;
    const targets = at2(after, item);
    if (targets.length === 0 || targets.length <= at2(before, item).length) continue;
    ranks[item] = Math.max(at(ranks, item), highestRow(ranks, targets) - 1);
  }
  let last = 0;
  kinds.forEach((kind, item) => (last = kind === 'exit' ? last : Math.max(last, at(ranks, item))));
  kinds.forEach((kind, item) => {
    if (kind === 'exit') ranks[item] = last + 1;
  });
  return { ranks, count: last + 1 + (kinds.includes('exit') ? 1 : 0), isBack };
}

/** The row of many items that is nearest the top. */
function highestRow(ranks: Int32Array, items: readonly number[]): number {
  return items.reduce((least, item) => Math.min(least, at(ranks, item)), Infinity);
}

function at2(lists: readonly (readonly number[])[], index: number): readonly number[] {
  return lists[index] ?? [];
}

function grouped(items: number, edges: readonly LevelEdge[], end: 'from' | 'to'): number[][] {
  const lists: number[][] = Array.from({ length: items }, () => []);
  for (const edge of edges) lists[edge[end]]?.push(end === 'from' ? edge.to : edge.from);
  return lists;
}

function edgesBy({ kinds, edges }: Level, end: 'from' | 'to'): number[][] {
  const lists: number[][] = kinds.map(() => []);
  edges.forEach((edge, index) => lists[edge[end]]?.push(index));
  return lists;
}

const unseen = 0;
const open = 1;
const done = 2;

/** Lines back to something the walk is still in. Walks from the top, in file order, without recursion. */
function backEdges({ kinds, edges }: Level, outgoing: readonly (readonly number[])[]): boolean[] {
  const isBack = edges.map(({ from, to }) => from === to);
  const incoming = new Int32Array(kinds.length);
  for (const { to } of edges) incoming[to] = at(incoming, to) + 1;
  const items = kinds.map((_, item) => item);
  const starts = [...items.filter((item) => at(incoming, item) === 0), ...items];
  const state = new Uint8Array(kinds.length);
  const next = new Int32Array(kinds.length);
  for (const start of starts) {
    if (state[start] !== unseen) continue;
    const stack = [start];
    state[start] = open;
    for (let item = stack.at(-1); item !== undefined; item = stack.at(-1)) {
      const edge = outgoing[item]?.[at(next, item)];
      next[item] = at(next, item) + 1;
      if (edge === undefined) {
        state[item] = done;
        stack.pop();
        continue;
      }
      const to = edges[edge]?.to ?? item;
      if (state[to] === open) isBack[edge] = true;
      else if (state[to] === unseen) {
        state[to] = open;
        stack.push(to);
      }
    }
  }
  return isBack;
}

function topologicalOrder(items: number, edges: readonly LevelEdge[]): number[] {
  const after = grouped(items, edges, 'from');
  const waiting = new Int32Array(items);
  for (const { to } of edges) waiting[to] = at(waiting, to) + 1;
  const order: number[] = [];
  for (let item = 0; item < items; item++) if (at(waiting, item) === 0) order.push(item);
  for (const item of order) {
    for (const to of at2(after, item)) {
      waiting[to] = at(waiting, to) - 1;
      if (at(waiting, to) === 0) order.push(to);
    }
  }
  return order;
}
