// Paints what is seen of a picture: only what lies in the window, and only as much of it as can be made out.
import { at } from '../layout/layoutTypes';
import type { Camera, Size } from './camera';
import { seenPart } from './camera';
import type { Look } from './looks';
import { lookOf } from './looks';
import type { Marks } from './marks';
import { paintBox, paintBoxTitle, paintCard } from './paintCards';
import type { CardPaint } from './paintCards';
import { paintEdges, paintShapes } from './paintEdges';
import type { Picture } from './picture';
import { edgesIn, groupsIn, nodesIn } from './sight';
import type { Theme } from './theme';

/** Below it cards are rectangles of one colour, painted together. */
const cardScale = 0.18;

/** Figures and names are about this far outside of what they belong to. */
const reach = 20;

/** Paints a picture onto a canvas whose pixels are `ratio` times finer than the window's. */
export function paintPicture(
  context: CanvasRenderingContext2D,
  picture: Picture,
  view: { readonly camera: Camera; readonly window: Size; readonly ratio: number },
  theme: Theme,
  marks: Marks,
): void {
  const { camera, window, ratio } = view;
  const scale = camera.scale;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.fillStyle = theme.background;
  context.fillRect(0, 0, window.width, window.height);
  const zoom = ratio * scale;
  context.setTransform(zoom, 0, 0, zoom, -camera.x * zoom, -camera.y * zoom);
  const seen = seenPart(camera, window);
  const part = { x: seen.x - reach, y: seen.y - reach, width: seen.width + 2 * reach, height: seen.height + 2 * reach };
  const looks = new Map<number, Look>();
  const paint: CardPaint = {
    context,
    picture,
    theme,
    marks,
    scale,
    lookOf: (node) => {
      const look = looks.get(node) ?? lookOf(context, picture, node, theme, marks.overlay);
      looks.set(node, look);
      return look;
    },
  };
  const groups = groupsIn(picture, part);
  for (const group of groups) paintBox(paint, group);
  const edges = edgesIn(picture, part);
  paintEdges(context, picture, edges, { color: theme.edge, width: 1.2, scale });
  paintMarkedEdges(paint);
  paintShapes(context, picture, edges, theme, { scale, below: marks.overlay === undefined ? 14 : 25 });
  for (const group of groups) paintBoxTitle(paint, group);
  const nodes = nodesIn(picture, part);
  if (scale >= cardScale) for (const node of nodes) paintCard(paint, node);
  else paintFarCards(paint, nodes);
  paintSelection(paint);
}

/** From afar: one path for each colour. What is smaller than a pixel is drawn as one. */
function paintFarCards(
  { context, picture, theme, scale, lookOf: look, marks }: CardPaint,
  nodes: readonly number[],
): void {
  const byColor = new Map<string | CanvasPattern, number[]>();
  for (const node of nodes) {
    const { line, fill } = look(node);
    const isHeat = marks.overlay !== undefined && typeof line === 'string';
    const color = isHeat && !theme.isOutlined ? fill : line;
    const list = byColor.get(color) ?? [];
    byColor.set(color, list);
    list.push(node);
  }
  const least = 1.2 / scale;
  const { layout, input } = picture;
  for (const [color, list] of byColor) {
    context.fillStyle = color;
    context.beginPath();
    for (const node of list) {
      const width = Math.max(least, at(input.widths, node));
      context.rect(at(layout.xs, node), at(layout.ys, node), width, Math.max(least, at(input.heights, node)));
    }
    context.fill();
  }
  paintFarChanges(context, picture, theme, scale, marks, nodes);
}

function paintFarChanges(
  context: CanvasRenderingContext2D,
  picture: Picture,
  theme: Theme,
  scale: number,
  { changes }: Marks,
  nodes: readonly number[],
): void {
  if (changes === undefined) return;
  context.lineWidth = 1.5 / scale;
  for (const node of nodes) {
    const id = picture.node(node)?.id ?? '';
    const change = Object.hasOwn(changes, id) ? changes[id]?.change : undefined;
    if (change === undefined || change === 'same') continue;
    const { x, y, width, height } = picture.rectOfNode(node);
    context.strokeStyle = theme[change];
    context.strokeRect(x, y, width, height);
  }
}

/** Lines of the selected node, and the one under the pointer. */
function paintMarkedEdges({ context, picture, theme, marks, scale }: CardPaint): void {
  const selected = marks.selected === undefined ? undefined : picture.indexOf(marks.selected);
  const edges = selected === undefined ? [] : [...picture.edgesFrom(selected), ...picture.edgesTo(selected)];
  if (marks.hovered?.kind === 'edge') edges.push(marks.hovered.index);
  if (edges.length > 0) paintEdges(context, picture, edges, { color: theme.accent, width: 2, scale });
}

function paintSelection({ context, picture, theme, marks, scale }: CardPaint): void {
  const rect = marks.selected === undefined ? undefined : picture.rectOf(marks.selected);
  if (rect === undefined) return;
  const ring = (distance: number, width: number): void => {
    context.lineWidth = width / Math.min(1, scale);
    const around = distance / Math.min(1, scale);
    context.beginPath();
    context.roundRect(rect.x - around, rect.y - around, rect.width + 2 * around, rect.height + 2 * around, 6);
    context.stroke();
  };
  context.strokeStyle = theme.accent;
  context.setLineDash([]);
  ring(1.5, 2);
  // With the keyboard in the picture there is a second ring: selected and focused differ in form, not in colour.
  if (marks.hasFocus) {
    context.setLineDash([3 / Math.min(1, scale), 3 / Math.min(1, scale)]);
    ring(5, 1.5);
    context.setLineDash([]);
  }
}
