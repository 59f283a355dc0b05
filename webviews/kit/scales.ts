// Scales and ticks of the charts: domains with room around the data, round ticks, labels in one unit.
import { scaleLinear, scaleLog } from 'd3-scale';

/** How the numbers of an axis are shown. */
export interface AxisUnit {
  /** With the title of the axis: `Latency (ms)`; '' for none. */
  readonly name: string;
  /** What a figure is multiplied with to be in this unit. */
  readonly factor: number;
}

/** A figure written at the axis. */
export interface Tick {
  readonly value: number;
  /** Pixels from the start of the axis. */
  readonly at: number;
  readonly label: string;
}

/** Places figures on an axis. */
export interface Axis {
  place(value: number): number;
  readonly ticks: readonly Tick[];
  readonly domain: readonly [number, number];
}

/** How an axis is made. */
export interface AxisOptions {
  /** Pixels of the axis; the first greater than the second for one that grows upwards. */
  readonly range: readonly [number, number];
  readonly unit?: AxisUnit;
  readonly isLogarithmic?: boolean;
  /** Begins at zero, as lengths of bars have to. */
  readonly fromZero?: boolean;
  /** Counts: no tick lies between two whole numbers. */
  readonly isWhole?: boolean;
  /** Ticks about this many pixels apart. */
  readonly tickPixels?: number;
}

/** Zeros behind the point of what is smaller would take more room than its figures. */
const smallestPlain = 1e-3;

const plainUnit: AxisUnit = { name: '', factor: 1 };

/** Makes the axis that shows all the given figures. */
export function makeAxis(values: readonly number[], options: AxisOptions): Axis {
  const {
    range,
    unit = plainUnit,
    isLogarithmic = false,
    fromZero = false,
    isWhole = false,
    tickPixels = 80,
  } = options;
  const figures = values.filter((value) => Number.isFinite(value) && (!isLogarithmic || value > 0));
  const count = Math.max(2, Math.round(Math.abs(range[1] - range[0]) / tickPixels));
  const [from, to] = domainOf(figures, { isLogarithmic, fromZero });
  const scale = (isLogarithmic ? scaleLog() : scaleLinear())
    .domain([from * unit.factor, to * unit.factor])
    .range([...range]);
  if (!isLogarithmic && fromZero) scale.nice(count);
  const all = isLogarithmic ? logTicks(scale.ticks(), count) : scale.ticks(count);
  const marks = isWhole ? all.filter(Number.isInteger) : all;
  const label = isWhole ? String : isLogarithmic ? plainNumber : linearLabel(marks, scale.tickFormat(count));
  const [first = from, last = to] = scale.domain();
  return {
    place: (value) => scale(value * unit.factor),
    ticks: marks.map((mark) => ({ value: mark / unit.factor, at: scale(mark), label: label(mark).replace('−', '-') })),
    domain: [first / unit.factor, last / unit.factor],
  };
}

/** The span of figures with a twentieth of room on both sides; one figure alone gets room around it. */
function domainOf(
  figures: readonly number[],
  { isLogarithmic, fromZero }: { readonly isLogarithmic: boolean; readonly fromZero: boolean },
): readonly [number, number] {
  const low = Math.min(...figures);
  const high = Math.max(...figures);
  if (figures.length === 0) return isLogarithmic ? [1, 10] : [0, 1];
  if (isLogarithmic) return low === high ? [low / 2, high * 2] : [low / room(low, high), high * room(low, high)];
  if (fromZero) return [Math.min(0, low), high <= 0 ? (low < 0 ? 0 : 1) : high];
  const margin = low === high ? Math.max(Math.abs(low) * 0.05, 1e-9) : (high - low) * 0.05;
  return [low - margin, high + margin];
}

function room(low: number, high: number): number {
  return (high / low) ** 0.05;
}

/** d3 gives every 1..9 of a decade: with little room only 1, 2 and 5, or powers of ten. */
function logTicks(ticks: readonly number[], count: number): readonly number[] {
  const leading = (value: number): number => Math.round(value / 10 ** Math.floor(Math.log10(value) + 1e-9));
  for (const kept of [[1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 5], [1]]) {
    const some = ticks.filter((tick) => kept.includes(leading(tick)));
    if (some.length <= count + 1 && some.length > 1) return some;
  }
  return ticks.filter((tick) => leading(tick) === 1);
}

/** Ticks of a linear axis have one number of decimals, so long as those are few. */
function linearLabel(marks: readonly number[], format: (value: number) => string): (value: number) => string {
  const size = Math.max(0, ...marks.map(Math.abs));
  if (size === 0 || size >= smallestPlain) return format;
  return (value) => (value === 0 ? '0' : Number(value.toPrecision(6)).toExponential());
}

function plainNumber(value: number): string {
  return value >= 1e-4 && value < 1e7 ? `${Number(value.toPrecision(6))}` : value.toExponential();
}

/** The unit in which times of this size are read best. */
export function timeUnit(valuesMs: readonly number[]): AxisUnit {
  const high = Math.max(0, ...valuesMs.map(Math.abs));
  if (high < 0.1) return { name: 'µs', factor: 1000 };
  return high < 10_000 ? { name: 'ms', factor: 1 } : { name: 's', factor: 0.001 };
}

/** The unit in which sizes of this size are read best. */
export function sizeUnit(valuesBytes: readonly number[]): AxisUnit {
  const high = Math.max(0, ...valuesBytes);
  if (high < 1e6) return { name: 'kB', factor: 1e-3 };
  return high < 1e9 ? { name: 'MB', factor: 1e-6 } : { name: 'GB', factor: 1e-9 };
}

/** Shares of a whole, in percent. */
export const percentUnit: AxisUnit = { name: '%', factor: 100 };

/** Points that no other one beats in both figures (x smaller is better, y greater is better), by x. */
export function paretoFront<Point extends { readonly x: number; readonly y: number }>(
  points: readonly Point[],
): readonly Point[] {
  const front: Point[] = [];
  for (const point of [...points].sort((a, b) => a.x - b.x || b.y - a.y)) {
    const best = front.at(-1);
    if (best === undefined || point.y > best.y) front.push(point);
  }
  return front;
}
