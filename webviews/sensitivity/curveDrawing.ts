// Lines of curves, for both charts of layers: which points are drawn, and on which scale.
import { line } from 'd3-shape';
import type { CurvePoint } from '../../src/protocol/panels/sensitivity';
import { makeAxis, percentUnit } from '../kit/scales';
import type { Axis, AxisUnit } from '../kit/scales';

/** A place to draw in, in pixels. */
export interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Axes of sparsity and of a figure. */
export interface CurveAxes {
  readonly x: Axis;
  readonly y: Axis;
}

/** Axes that show all curves; a logarithmic one leaves out what is 0. */
export function curveAxes(
  curves: readonly (readonly CurvePoint[])[],
  { left, right, top, bottom }: Frame,
  isLogarithmic: boolean,
  unit?: AxisUnit,
): CurveAxes {
  const values = curves.flatMap((points) => points.flatMap(({ value }) => value ?? []));
  return {
    x: makeAxis([0, 1], { range: [left, right], unit: percentUnit, fromZero: true }),
    y: makeAxis(values, {
      range: [bottom, top],
      tickPixels: 50,
      isLogarithmic,
      fromZero: !isLogarithmic,
      ...(unit === undefined ? {} : { unit }),
    }),
  };
}

/** The path of a curve; it has gaps where a figure is none, or has no place on the scale. */
export function curvePath(points: readonly CurvePoint[], { x, y }: CurveAxes, isLogarithmic: boolean): string {
  const drawn = line<CurvePoint>(
    ({ sparsityFraction }) => x.place(sparsityFraction),
    ({ value }) => y.place(value ?? 0),
  ).defined(({ value }) => value !== null && (!isLogarithmic || value > 0));
  return drawn([...points]) ?? '';
}

/** Where a curve ends, as far as it is drawn; undefined where nothing of it is. */
export function endOf(
  points: readonly CurvePoint[],
  { x, y }: CurveAxes,
  isLogarithmic: boolean,
): { readonly x: number; readonly y: number } | undefined {
  const last = points.findLast(({ value }) => value !== null && (!isLogarithmic || value > 0));
  return last === undefined ? undefined : { x: x.place(last.sparsityFraction), y: y.place(last.value ?? 0) };
}

/**
 * Places of labels beside the ends of curves, each as near to its own as the others let it.
 *
 * @param wanted pixels from the top, for each label
 * @param gap between two labels
 * @returns places in the order of `wanted`, as far as there is room between `top` and `bottom`
 */
export function spreadLabels(
  wanted: readonly number[],
  gap: number,
  { top, bottom }: Pick<Frame, 'top' | 'bottom'>,
): number[] {
  const order = wanted.map((_, index) => index).toSorted((one, other) => (wanted[one] ?? 0) - (wanted[other] ?? 0));
  const places = wanted.map(() => top);
  let free = top;
  for (const index of order) {
    places[index] = Math.max(free, wanted[index] ?? 0);
    free = (places[index] ?? 0) + gap;
  }
  let most = bottom;
  for (const index of order.toReversed()) {
    places[index] = Math.min(most, places[index] ?? 0);
    most = (places[index] ?? 0) - gap;
  }
  return places;
}

/** Where a figure stands; at the foot where it has no place on the scale. */
export function placeOf(value: number | null, { y }: CurveAxes, { bottom }: Frame, isLogarithmic: boolean): number {
  return value === null || (isLogarithmic && value <= 0) ? bottom : y.place(value);
}

/** A curve that rises so many times above half of the others makes lines along the foot of them. */
const dwarfing = 3;

/**
 * What half of the curves stay below, where one of them dwarfs these; else null.
 *
 * @param peaks the greatest figure of each curve
 */
export function dwarfedMiddle(peaks: readonly number[]): number | null {
  const ascending = peaks.toSorted((one, other) => one - other);
  const middle = ascending[Math.floor(ascending.length / 2)] ?? 0;
  return (ascending.at(-1) ?? 0) > dwarfing * middle ? middle : null;
}
