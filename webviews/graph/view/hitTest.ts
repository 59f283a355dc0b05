// What lies under a place of the picture.
import { at } from '../layout/layoutTypes';
import { buttonOfGroup, buttonOfNode } from './buttons';
import type { Point, Rect } from './camera';
import type { Target } from './marks';

import type { Picture } from './picture';
import { edgesIn, nodesIn } from './sight';

/** Height of the title of an open group: a click into its inside means what is there. */
const titleHeight = 28;

/** The card, the title of an open group, or the line at a place; lines are met within some pixels. */
export function targetAt(picture: Picture, place: Point, scale: number): Target | undefined {
  const near = { x: place.x, y: place.y, width: 0, height: 0 };
  const node = nodesIn(picture, near).find((index) => isIn(picture.rectOfNode(index), place));
  if (node !== undefined) {
    const isGroup = picture.node(node)?.kind === 'group';
    return { kind: 'node', index: node, isButton: isGroup && isIn(buttonOfNode(picture.rectOfNode(node)), place) };
  }
  const group = groupAt(picture, place);
  if (group !== undefined) return group;
  const slack = 5 / scale;
  const around = { x: place.x - slack, y: place.y - slack, width: 2 * slack, height: 2 * slack };
  const edge = edgesIn(picture, around).find((index) => distanceTo(picture, index, place) <= slack);
  return edge === undefined ? undefined : { kind: 'edge', index: edge };
}

function groupAt(picture: Picture, place: Point): Target | undefined {
  let innermost: Target | undefined;
  let size = Infinity;
  picture.scene.openGroups.forEach((_, index) => {
    const rect = picture.rectOfGroup(index);
    const isTitle = isIn({ ...rect, height: titleHeight }, place);
    if (!isTitle || rect.width * rect.height >= size) return;
    size = rect.width * rect.height;
    innermost = { kind: 'group', index, isButton: isIn(buttonOfGroup(rect), place) };
  });
  return innermost;
}

function isIn({ x, y, width, height }: Rect, place: Point): boolean {
  return place.x >= x && place.x <= x + width && place.y >= y && place.y <= y + height;
}

/** Distance to the line as it is drawn: bends go from one vertical to the next. */
function distanceTo({ layout }: Picture, edge: number, { x, y }: Point): number {
  const { points, routeStarts } = layout;
  let nearest = Infinity;
  for (let point = at(routeStarts, edge) + 1; point < at(routeStarts, edge + 1); point++) {
    const [fromX, fromY] = [at(points, 2 * point - 2), at(points, 2 * point - 1)];
    const [toX, toY] = [at(points, 2 * point), at(points, 2 * point + 1)];
    const steps = Math.abs(toX - fromX) < 0.5 ? 1 : 10;
    for (let step = 0; step < steps; step++) {
      const from = onBend(fromX, fromY, toX, toY, step / steps);
      const to = onBend(fromX, fromY, toX, toY, (step + 1) / steps);
      nearest = Math.min(nearest, distanceToStretch(from, to, x, y));
    }
  }
  return nearest;
}

function onBend(fromX: number, fromY: number, toX: number, toY: number, share: number): Point {
  const rest = 1 - share;
  const middle = (fromY + toY) / 2;
  const [a, b, c, d] = [rest ** 3, 3 * rest * rest * share, 3 * rest * share * share, share ** 3];
  return { x: (a + b) * fromX + (c + d) * toX, y: a * fromY + (b + c) * middle + d * toY };
}

function distanceToStretch(from: Point, to: Point, x: number, y: number): number {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = dx * dx + dy * dy;
  const share = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - from.x) * dx + (y - from.y) * dy) / length));
  return Math.hypot(from.x + share * dx - x, from.y + share * dy - y);
}
