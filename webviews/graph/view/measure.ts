// Widths of texts, as the canvas will draw them.
import { cardFont } from './cards';
import type { Measure } from './cards';

/** Measures texts as the canvas will draw them; the same texts come again and again. */
export function textMeasure(font: string): Measure {
  const context = document.createElement('canvas').getContext('2d');
  const known = { title: new Map<string, number>(), line: new Map<string, number>() };
  return (text, size) => {
    const widths = known[size];
    const before = widths.get(text);
    if (before !== undefined) return before;
    if (context !== null) context.font = cardFont(size, font);
    const width = context?.measureText(text).width ?? text.length * 7;
    widths.set(text, width);
    return width;
  };
}
