// Patterns of categories: told apart without colours, in the picture and in its legend.

/** Lines a category is filled with, by its number; the same six again after that. */
const strokes: readonly ((context: CanvasRenderingContext2D) => void)[] = [
  () => undefined,
  (context) => line(context, 0, 8, 8, 0),
  (context) => line(context, 0, 4, 8, 4),
  (context) => line(context, 4, 0, 4, 8),
  (context) => line(context, 0, 0, 8, 8),
  (context) => {
    line(context, 0, 4, 8, 4);
    line(context, 4, 0, 4, 8);
  },
];

function line(context: CanvasRenderingContext2D, x: number, y: number, toX: number, toY: number): void {
  context.moveTo(x, y);
  context.lineTo(toX, toY);
}

/** A tile of the pattern of a category: its colour, with lines in the colour of the background. */
export function patternTile(category: number, color: string, lines: string): HTMLCanvasElement {
  const tile = document.createElement('canvas');
  tile.width = 8;
  tile.height = 8;
  const context = tile.getContext('2d');
  if (context === null) return tile;
  context.fillStyle = color;
  context.fillRect(0, 0, 8, 8);
  context.strokeStyle = lines;
  context.lineWidth = 2;
  context.beginPath();
  strokes[category % strokes.length]?.(context);
  context.stroke();
  return tile;
}

const known = new Map<string, CanvasPattern | null>();

/** The pattern for filling; made once for each pair of colours. */
export function categoryPattern(
  context: CanvasRenderingContext2D,
  category: number,
  color: string,
  lines: string,
): CanvasPattern | string {
  const key = `${category % strokes.length} ${color} ${lines}`;
  if (!known.has(key)) known.set(key, context.createPattern(patternTile(category, color, lines), 'repeat'));
  return known.get(key) ?? color;
}
