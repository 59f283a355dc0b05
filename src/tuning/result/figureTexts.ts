// Figures as people read them in the sentences of a tuning.
import { isRatioMetric } from '../../dictionary/metrics';

/** `1.85×`. */
export function timesText(ratio: number): string {
  return `${ratio.toFixed(2)}×`;
}

/** `12 %`. */
export function percentText(fraction: number): string {
  return `${(100 * fraction).toFixed(fraction < 0.1 ? 1 : 0)} %`;
}

/** `2.07× as fast`, `1.11× slower`; `as fast` for what rounds to 1. */
export function speedText(ratio: number): string {
  if (timesText(ratio) === timesText(1)) return 'as fast';
  return ratio > 1 ? `${timesText(ratio)} as fast` : `${timesText(1 / ratio)} slower`;
}

/** `3.30× smaller`, `1.40× larger`, `as large`. */
export function sizeText(beforeBytes: number, afterBytes: number): string {
  const ratio = beforeBytes / afterBytes;
  if (timesText(ratio) === timesText(1)) return 'as large';
  return ratio > 1 ? `${timesText(ratio)} smaller` : `${timesText(1 / ratio)} larger`;
}

type Metrics = readonly { readonly name: string }[];

/** The figure of one metric, or of several as one: `99.90 %` for shares, five digits for errors and losses. */
export function figureText(metrics: Metrics, value: number): string {
  return metrics.every(({ name }) => isRatioMetric(name)) ? `${(100 * value).toFixed(2)} %` : value.toPrecision(5);
}

/** A difference of two figures: points of a percent for shares, else three digits. */
export function differenceText(metrics: Metrics, difference: number): string {
  return metrics.every(({ name }) => isRatioMetric(name))
    ? `${(100 * difference).toFixed(2)} points`
    : difference.toPrecision(3);
}
