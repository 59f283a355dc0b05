// What of a picture lies in a part of it.
import { at } from '../layout/layoutTypes';
import type { Rect } from './camera';
import type { Picture } from './picture';

/** Edges whose bounds touch a part of the picture. */
export function edgesIn(picture: Picture, part: Rect): number[] {
  const { edgeBounds } = picture;
  const edges: number[] = [];
  picture.edgeBands.between(part.y, part.y + part.height, (edge) => {
    const isSeen =
      at(edgeBounds, 4 * edge) <= part.x + part.width &&
      at(edgeBounds, 4 * edge + 2) >= part.x &&
      at(edgeBounds, 4 * edge + 1) <= part.y + part.height &&
      at(edgeBounds, 4 * edge + 3) >= part.y;
    if (isSeen) edges.push(edge);
  });
  return edges;
}

/** Open groups whose boxes touch a part of the picture. */
export function groupsIn(picture: Picture, part: Rect): number[] {
  return picture.scene.openGroups.map((_, group) => group).filter((group) => touches(picture.rectOfGroup(group), part));
}

/** Nodes that lie in a part of the picture. */
export function nodesIn(picture: Picture, part: Rect): number[] {
  const { layout, input } = picture;
  const nodes: number[] = [];
  picture.nodeBands.between(part.y, part.y + part.height, (node) => {
    const x = at(layout.xs, node);
    if (x <= part.x + part.width && x + at(input.widths, node) >= part.x) nodes.push(node);
  });
  return nodes;
}

function touches(rect: Rect, part: Rect): boolean {
  return (
    rect.x <= part.x + part.width &&
    rect.x + rect.width >= part.x &&
    rect.y <= part.y + part.height &&
    rect.y + rect.height >= part.y
  );
}
