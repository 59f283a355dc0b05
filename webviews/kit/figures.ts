// Figures as the pages show them: a number, its unit, three significant digits; what is not known is a dash.
import { bytesText as sizeText } from '../../src/protocol/byteText';

/** What stands where there is no figure. */
export const noFigure = '–';

/** `12.3 µs`, `4.15 ms`, `128 ms`, `2.40 s`. */
export function msText(ms: number | null): string {
  if (ms === null) return noFigure;
  const size = Math.abs(ms);
  if (size === 0) return '0 ms';
  if (size < 0.09995) return `${significant(ms * 1000)} µs`;
  return size < 999.5 ? `${significant(ms)} ms` : `${significant(ms / 1000)} s`;
}

/** The same of microseconds. */
export function usText(us: number | null): string {
  return us === null ? noFigure : msText(us / 1000);
}

/** `213 kB`, `13.3 MB`: decimal units. */
export function bytesText(bytes: number | null): string {
  return bytes === null ? noFigure : sizeText(bytes);
}

/** A fraction 0..1 as `99.90 %`. */
export function percentText(fraction: number | null, digits = 2): string {
  return fraction === null ? noFigure : `${(fraction * 100).toFixed(digits)} %`;
}

/** A metric: a share of the samples as a percentage, anything else with five digits. */
export function metricText(value: number | null, isShare: boolean): string {
  if (value === null) return noFigure;
  return isShare ? percentText(value) : significant(value, 5);
}

/** `1.83×`. */
export function timesText(ratio: number | null): string {
  return ratio === null ? noFigure : `${ratio.toFixed(2)}×`;
}

/** `1,250 /s`. */
export function rateText(perSecond: number | null, unit = 'samples/s'): string {
  return perSecond === null ? noFigure : `${numberText(perSecond)} ${unit}`;
}

/** `1,250`, `37.2`, `0.00412`. */
export function numberText(value: number | null): string {
  if (value === null) return noFigure;
  return Math.abs(value) >= 999.5
    ? grouped(Math.round(value))
    : Number.isInteger(value)
      ? `${value}`
      : significant(value);
}

/** `± 3.1 %`: half of what lies between two bounds, as a share of the middle figure. */
export function spreadText(low: number | null, middle: number | null, high: number | null): string {
  if (low === null || middle === null || high === null || middle === 0) return noFigure;
  return `± ${((100 * (high - low)) / 2 / Math.abs(middle)).toFixed(1)} %`;
}

/** `35 ms`, `1.8 s`, `12 s`, `3 min 5 s`, `1 h 2 min`. */
export function durationText(ms: number | null): string {
  if (ms === null) return noFigure;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** `about 2 min left`: coarse, because an estimate is. */
export function timeLeftText(ms: number | null): string {
  if (ms === null) return '';
  if (ms < 5000) return 'a few seconds left';
  if (ms < 57_500) return `about ${Math.round(ms / 5000) * 5} s left`;
  const minutes = Math.round(ms / 60_000);
  return minutes < 60 ? `about ${minutes} min left` : `about ${durationText(minutes * 60_000)} left`;
}

/** `1 sample`, `1,250 samples`. */
export function countText(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function grouped(whole: number): string {
  return String(whole).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** So many significant digits, never in the notation with an exponent between a millionth and a billion. */
export function significant(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return String(value);
  if (Math.abs(value) >= 10 ** digits) return value.toFixed(0);
  return value.toPrecision(digits);
}
