// The limits of `check` applied to its figures.
import type { CheckResult, CheckSpec } from '../protocol/jobs';

/** 0.95 − 0.94 is a hair more than 0.01 in binary: a limit met exactly must not fail for that. */
const rounding = 1e-12;

/**
 * One gate for each limit that was given. A limit that is met exactly holds; a figure that is not a number breaks it. A
 * metric where lower is better must not exceed `minAccuracy`.
 */
export function gatesOf(
  { minAccuracy, maxDrop, maxLatencyRatio }: Pick<CheckSpec, 'minAccuracy' | 'maxDrop' | 'maxLatencyRatio'>,
  figures: Pick<CheckResult['figures'], 'value' | 'drop' | 'latencyRatio'>,
  higherIsBetter: boolean,
): CheckResult['gates'] {
  const { value, drop, latencyRatio } = figures;
  const atMost = (gate: string, limit: number | undefined, figure: number): CheckResult['gates'] =>
    limit === undefined ? [] : [{ gate, limit, value: figure, passed: figure <= limit + rounding }];
  const accuracy =
    minAccuracy === undefined || !higherIsBetter
      ? atMost('min-accuracy', minAccuracy, value)
      : [{ gate: 'min-accuracy', limit: minAccuracy, value, passed: value >= minAccuracy - rounding }];
  return [
    ...accuracy,
    ...atMost('max-drop', maxDrop, drop),
    ...atMost('max-latency-ratio', maxLatencyRatio, latencyRatio ?? NaN),
  ];
}
