// A figure of the window, and the table of them.
import { printTable, verdict } from './tables';

/** A measured value; without a goal it explains another one. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly goal?: number;
  /** More is better. */
  readonly isFloor?: boolean;
}

export function printFigures(title: string, figures: readonly Figure[]): void {
  printTable(title, ['figure', 'value', 'goal', ''], figures.map(rowOf));
}

function rowOf({ name, value, unit, goal, isFloor = false }: Figure): string[] {
  const text = `${value.toFixed(Math.abs(value) < 10 ? 1 : 0)} ${unit}`;
  if (goal === undefined) return [name, text, '', ''];
  const isMet = isFloor ? verdict(-value, -goal) : verdict(value, goal);
  return [name, text, `${isFloor ? '≥' : '≤'} ${goal} ${unit}`, isMet];
}

export function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN;
}
