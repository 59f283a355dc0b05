// Lines of curves, for both charts of layers: which points are drawn, and on which scale.
import { line } from 'd3-shape';
import type { CurvePoint } from '../../src/protocol/panels/sensitivity';
import { makeAxis, percentUnit } from '../kit/scales';
import type { Axis } from '../kit/scales';

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
): CurveAxes {
  const values = curves.flatMap((points) => points.flatMap(({ value }) => value ?? []));
  return {
    x: makeAxis([0, 1], { range: [left, right], unit: percentUnit, fromZero: true }),
    y: makeAxis(values, { range: [bottom, top], tickPixels: 50, isLogarithmic, fromZero: !isLogarithmic }),
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

/** Where a figure stands; at the foot where it has no place on the scale. */
export function placeOf(value: number | null, { y }: CurveAxes, { bottom }: Frame, isLogarithmic: boolean): number {
  return value === null || (isLogarithmic && value <= 0) ? bottom : y.place(value);
}
