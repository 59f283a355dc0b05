// Where the arrow keys lead from a node: along its lines up and down, to the neighbour in its row left and right.
import type { Rect } from './camera';
import type { Picture } from './picture';
import { nodesIn } from './sight';

/** Where a key leads. */
export type Direction = 'up' | 'down' | 'left' | 'right' | 'first' | 'last';

/** Id of where a step leads; undefined where there is nothing. */
export function stepFrom(picture: Picture, selected: string | undefined, direction: Direction): string | undefined {
  const here = selected === undefined ? undefined : picture.rectOf(selected);
  if (selected === undefined || here === undefined || direction === 'first' || direction === 'last') {
    return endOf(picture, direction === 'last' ? 'last' : 'first');
  }
  const node = picture.indexOf(selected);
  if (node === undefined) return insideOf(picture, selected, here, direction);
  const next =
    direction === 'up' || direction === 'down'
      ? alongLine(picture, node, direction)
      : besides(picture, node, direction);
  return next === undefined ? undefined : picture.node(next)?.id;
}

/** The uppermost or lowest node, the leftmost of several. */
function endOf(picture: Picture, end: 'first' | 'last'): string | undefined {
  const sign = end === 'first' ? 1 : -1;
  return best(picture, allNodes(picture), (rect) => sign * rect.y * 1000 + rect.x);
}

/** From the box of an open group: down into it, up and aside to what lies around. */
function insideOf(picture: Picture, key: string, here: Rect, direction: Direction): string | undefined {
  const isInside = (rect: Rect): boolean =>
    rect.x >= here.x &&
    rect.x + rect.width <= here.x + here.width &&
    rect.y >= here.y &&
    rect.y + rect.height <= here.y + here.height;
  const candidates = allNodes(picture).filter((node) => {
    const rect = picture.rectOfNode(node);
    if (direction === 'down') return isInside(rect);
    if (isInside(rect)) return false;
    if (direction === 'up') return rect.y + rect.height <= here.y;
    return direction === 'left' ? rect.x + rect.width <= here.x : rect.x >= here.x + here.width;
  });
  const [x, y] = [here.x + here.width / 2, here.y];
  return (
    best(picture, candidates, (rect) => distance(rect, x, y)) ??
    (direction === 'down' ? undefined : parentOf(picture, key))
  );
}

function parentOf(picture: Picture, key: string): string | undefined {
  const group = picture.groupIndexOf(key);
  const parent = group === undefined ? '' : (picture.scene.openGroups[group]?.parent ?? '');
  return parent === '' ? undefined : parent;
}

/** The nearest node at the other end of a line. */
function alongLine(picture: Picture, node: number, direction: 'up' | 'down'): number | undefined {
  const edges = direction === 'down' ? picture.edgesFrom(node) : picture.edgesTo(node);
  const ends = edges.map((edge) => picture.scene.edges[edge]?.[direction === 'down' ? 'target' : 'source'] ?? node);
  const here = picture.rectOfNode(node);
  return nearest(picture, ends, (rect) => distance(rect, here.x + here.width / 2, here.y));
}

/** The next node left or right at about the same height. */
function besides(picture: Picture, node: number, direction: 'left' | 'right'): number | undefined {
  const here = picture.rectOfNode(node);
  const row = { x: -1e9, y: here.y - 30, width: 2e9, height: here.height + 60 };
  const middle = here.x + here.width / 2;
  const others = nodesIn(picture, row).filter((other) => {
    const rect = picture.rectOfNode(other);
    const x = rect.x + rect.width / 2;
    return other !== node && (direction === 'left' ? x < middle : x > middle);
  });
  return nearest(picture, others, (rect) => distance(rect, middle, here.y));
}

function allNodes(picture: Picture): number[] {
  return picture.scene.nodes.map((_, node) => node);
}

/** Sideways counts less than up and down: a row is read as a row. */
function distance(rect: Rect, x: number, y: number): number {
  return Math.abs(rect.x + rect.width / 2 - x) + 2 * Math.abs(rect.y - y);
}

function nearest(picture: Picture, nodes: readonly number[], cost: (rect: Rect) => number): number | undefined {
  let found: number | undefined;
  let least = Infinity;
  for (const node of nodes) {
    const price = cost(picture.rectOfNode(node));
    if (price >= least) continue;
    least = price;
    found = node;
  }
  return found;
}

function best(picture: Picture, nodes: readonly number[], cost: (rect: Rect) => number): string | undefined {
  const node = nearest(picture, nodes, cost);
  return node === undefined ? undefined : picture.node(node)?.id;
}
