// Marks of the charts: a shape for each meaning, beside its colour.
import {
  symbol,
  symbolCircle,
  symbolCross,
  symbolDiamond,
  symbolSquare,
  symbolStar,
  symbolTimes,
  symbolTriangle,
} from 'd3-shape';

/** A colour of the theme. */
export type Tone = 'blue' | 'green' | 'red' | 'cyan' | 'purple' | 'yellow' | 'muted';

const symbols = {
  circle: symbolCircle,
  cross: symbolTimes,
  diamond: symbolDiamond,
  plus: symbolCross,
  square: symbolSquare,
  star: symbolStar,
  triangle: symbolTriangle,
} as const;

/** The form of a mark. */
export type Shape = keyof typeof symbols;

/** Path of a shape around the origin; `area` in square pixels. */
export function shapePath(shape: Shape, area = 70): string {
  return symbol(symbols[shape], area)() ?? '';
}

/** Crosses have no inside. */
export function isStroked(shape: Shape): boolean {
  return shape === 'cross';
}

/**
 * Tones that series take in turn, with the pattern that tells bars of them apart. Cyan is the terminal's: the orange of
 * charts is dim in dark themes and missing in high contrast.
 */
export const seriesTones: readonly Tone[] = ['blue', 'green', 'purple', 'yellow', 'red', 'cyan'];
