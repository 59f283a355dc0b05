// Paints lines: straight through rows, bent between them, with the shape of the tensor at a readable size.
import { at } from '../layout/layoutTypes';
import { cardFont } from './cards';
import type { Picture } from './picture';
import type { Theme } from './theme';

/** Bends are seen from this scale on. */
const bendScale = 0.15;
const arrowScale = 0.3;
const labelScale = 0.7;

/** Draws edges in one colour. The context is in units of the picture. */
export function paintEdges(
  context: CanvasRenderingContext2D,
  picture: Picture,
  edges: readonly number[],
  style: { readonly color: string; readonly width: number; readonly scale: number },
): void {
  const { scale } = style;
  context.strokeStyle = style.color;
  context.lineWidth = Math.max(style.width, style.width / scale / 1.6);
  context.beginPath();
  for (const edge of edges) {
    if (scale >= bendScale) bentWay(context, picture, edge);
    else straightWay(context, picture, edge, 2 / scale);
  }
  context.stroke();
  if (scale < arrowScale) return;
  context.fillStyle = style.color;
  context.beginPath();
  for (const edge of edges) arrow(context, picture, edge);
  context.fill();
}

function bentWay(context: CanvasRenderingContext2D, { layout }: Picture, edge: number): void {
  const { points, routeStarts } = layout;
  const first = at(routeStarts, edge);
  let [x, y] = [at(points, 2 * first), at(points, 2 * first + 1)];
  context.moveTo(x, y);
  for (let point = first + 1; point < at(routeStarts, edge + 1); point++) {
    const [nextX, nextY] = [at(points, 2 * point), at(points, 2 * point + 1)];
    if (Math.abs(nextX - x) < 0.5) context.lineTo(nextX, nextY);
    else {
      const middle = (y + nextY) / 2;
      context.bezierCurveTo(x, middle, nextX, middle, nextX, nextY);
    }
    [x, y] = [nextX, nextY];
  }
}

/** Points nearer to each other than can be seen are left out. */
function straightWay(context: CanvasRenderingContext2D, { layout }: Picture, edge: number, least: number): void {
  const { points, routeStarts } = layout;
  const first = at(routeStarts, edge);
  const last = at(routeStarts, edge + 1) - 1;
  let [x, y] = [at(points, 2 * first), at(points, 2 * first + 1)];
  context.moveTo(x, y);
  for (let point = first + 1; point <= last; point++) {
    const [nextX, nextY] = [at(points, 2 * point), at(points, 2 * point + 1)];
    if (point < last && Math.abs(nextX - x) < least && Math.abs(nextY - y) < least) continue;
    context.lineTo(nextX, nextY);
    [x, y] = [nextX, nextY];
  }
}

function arrow(context: CanvasRenderingContext2D, { layout }: Picture, edge: number): void {
  const last = at(layout.routeStarts, edge + 1) - 1;
  const [x, y] = [at(layout.points, 2 * last), at(layout.points, 2 * last + 1)];
  context.moveTo(x, y);
  context.lineTo(x - 3.5, y - 7);
  context.lineTo(x + 3.5, y - 7);
  context.closePath();
}

/** The shape in the text of a tensor, as `1×64×56×56`; what there is of it where it has none. */
export function shapeOf(tensor: string): string {
  const shape = /\[([^\]]*)\]\s*$/.exec(tensor.slice(-400))?.[1];
  if (shape === undefined) return '';
  return shape.trim() === ''
    ? 'scalar'
    : shape
        .split(',')
        .map((part) => part.trim().slice(0, 16))
        .slice(0, 8)
        .join('×');
}

/** Writes shapes at the edges: once for all lines that carry the same tensor from one node. */
export function paintShapes(
  context: CanvasRenderingContext2D,
  picture: Picture,
  edges: readonly number[],
  theme: Theme,
  { scale, below }: { readonly scale: number; readonly below: number },
): void {
  if (scale < labelScale) return;
  context.font = cardFont('line', theme.font);
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  const written = new Set<string>();
  for (const edge of edges) {
    const line = picture.scene.edges[edge];
    if (line === undefined) continue;
    const key = `${line.source} ${line.tensor}`;
    if (written.has(key)) continue;
    written.add(key);
    const shape = shapeOf(line.tensor);
    if (shape !== '') paintShape(context, picture, edge, shape, theme, below);
  }
}

function paintShape(
  context: CanvasRenderingContext2D,
  { layout }: Picture,
  edge: number,
  shape: string,
  theme: Theme,
  below: number,
): void {
  const first = at(layout.routeStarts, edge);
  // Right below its node, where the line still runs straight down: shapes of lines that meet do not meet.
  const [x, y] = [at(layout.points, 2 * first), at(layout.points, 2 * first + 1) + below];
  const width = context.measureText(shape).width;
  const left = x - width / 2;
  context.fillStyle = theme.background;
  context.globalAlpha = 0.85;
  context.fillRect(left - 2, y - 7, width + 4, 14);
  context.globalAlpha = 1;
  context.fillStyle = theme.faint;
  context.fillText(shape, left, y);
}
