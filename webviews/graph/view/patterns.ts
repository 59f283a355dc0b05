// Patterns of categories: told apart without colours, in the picture and in its legend.
/** What models side by side mostly have: it looks the same in both, whatever else there is. */
const usual: readonly string[] = ['float32', 'uint8', 'conversion', 'int8', 'float16', 'int64'];

const numbers = new WeakMap<readonly string[], readonly number[]>();

/** The number of each category, for its colour and pattern; others take what the usual ones leave. */
export function categoryNumbers(categories: readonly string[]): readonly number[] {
  const known = numbers.get(categories);
  if (known !== undefined) return known;
  const free = [...usual.keys()].filter((number) => !categories.includes(usual[number] ?? ''));
  let further = usual.length;
  const made = categories.map((category) => {
    const number = usual.indexOf(category);
    return number < 0 ? (free.pop() ?? further++) : number;
  });
  numbers.set(categories, made);
  return made;
}

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
