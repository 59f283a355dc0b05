// Figures as people read them: sizes, durations, percentages, latencies, ratios.
import { isRatioMetric } from '../dictionary/metrics';
import type { Comparison } from '../protocol/jobs';

/** `35 ms`, `1.8 s`, `12 s`, `3 min 5 s`, `1 h 2 min`. */
export function formatDuration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** `0.117`, `4.15`, `128`: milliseconds with three significant digits. */
export function formatLatency(ms: number): string {
  return significant(ms, 3);
}

/** `0.4`, `9.3`, `128`: microseconds, as fine as the engine's record can be trusted. */
export function formatMicroseconds(us: number): string {
  return us.toFixed(us < 9.95 ? 1 : 0);
}

/** A name cut to 40 characters: the end of a long one tells more than its beginning. */
export function shortName(name: string): string {
  return name.length > 40 ? `…${name.slice(-39)}` : name;
}

/** `1 sample`, `10 samples`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** A fraction 0..1 as `99.90 %`. */
export function formatPercent(fraction: number): string {
  return `${(fraction * 100).toFixed(2)} %`;
}

/** Operations in millions, three digits of them: `118`, `2.36`, `0.00129`. */
export function millionsText(operations: number): string {
  const millions = operations / 1e6;
  return millions >= 100 ? millions.toFixed(0) : String(Number(millions.toPrecision(3)));
}

/** `1.83×`. */
export function formatRatio(ratio: number): string {
  return `${ratio.toFixed(2)}×`;
}

/** How much faster something runs: `1.83× faster`, `1.10× slower`, `as fast`. */
export function formatSpeed(ratio: number): string {
  if (formatRatio(ratio) === formatRatio(1)) return 'as fast';
  return ratio > 1 ? `${formatRatio(ratio)} faster` : `${formatRatio(1 / ratio)} slower`;
}

/** A ratio of latencies with its interval and what it means: `1.02× (0.98–1.05), within the noise`. */
export function formatComparison({
  ratio,
  interval,
  verdict,
}: Pick<Comparison, 'ratio' | 'interval' | 'verdict'>): string {
  const range = interval === null ? '' : ` (${interval.map((bound) => bound.toFixed(2)).join('–')})`;
  return `${formatRatio(ratio)}${range}, ${verdict}`;
}

/** How a size changed: `3.30× smaller`, `1.40× larger`. */
export function formatSizeChange(beforeBytes: number, afterBytes: number): string {
  return afterBytes <= beforeBytes
    ? `${formatRatio(beforeBytes / afterBytes)} smaller`
    : `${formatRatio(afterBytes / beforeBytes)} larger`;
}

/**
 * A metric's value: ratios as percent, everything else with six significant digits. One that is no number (null in the
 * answer of a job) has none.
 */
export function formatMetric(metric: string, value: number): string {
  if (!Number.isFinite(value)) return 'no value';
  return isRatioMetric(metric) ? formatPercent(value) : significant(value, 6);
}

/** A limit of `check`, or the figure it is held against, in the unit of its gate. */
export function formatGate(gate: string, metric: string, figure: number): string {
  return gate === 'max-latency-ratio' ? formatRatio(figure) : formatMetric(metric, figure);
}

function significant(value: number, digits: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Math.abs(value) >= 10 ** digits) return value.toFixed(0);
  return value.toPrecision(digits);
}
