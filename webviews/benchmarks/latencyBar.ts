// What is drawn of a latency, so that the medians, which are what is compared, have the room.
import { msText } from '../kit/figures';

/** Milliseconds of a batch. */
export interface Latency {
  readonly median: number;
  readonly p90: number;
  readonly p99: number;
  readonly min: number;
}

/** Figures of a bar, and its text. */
export interface LatencyBar {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly goesOn: boolean;
  readonly far?: number;
  readonly text: string;
}

/** The slowest runs of a busy machine take many times the median. */
const drawnMedians = 2;

/** Up to where latencies are drawn beside each other. What lies beyond is written. */
export function longestDrawnMs(medians: readonly number[]): number {
  return drawnMedians * Math.max(0, ...medians);
}

/** The bar of the median with the line to the 90th percentile and the mark of the 99th, as far as they are drawn. */
export function latencyBar({ median, p90, p99, min }: Latency, longestMs: number): LatencyBar {
  const goesOn = p90 > longestMs;
  const beyond = goesOn ? ` (p90 ${msText(p90)})` : p99 > longestMs ? ` (p99 ${msText(p99)})` : '';
  return {
    ...{ value: median, low: min, high: Math.min(p90, longestMs), goesOn },
    ...(p99 > longestMs ? {} : { far: p99 }),
    text: `${msText(median)}${beyond}`,
  };
}
