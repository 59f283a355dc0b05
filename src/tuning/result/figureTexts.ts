// Figures as people read them in the sentences of a tuning.

/** `1.85×`. */
export function timesText(ratio: number): string {
  return `${ratio.toFixed(2)}×`;
}

/** `12 %`. */
export function percentText(fraction: number): string {
  return `${(100 * fraction).toFixed(fraction < 0.1 ? 1 : 0)} %`;
}

/** A difference of two accuracies: points of a percent for ratios, else three digits. */
export function pointsText(difference: number): string {
  return Math.abs(difference) <= 1 ? `${(100 * difference).toFixed(2)} points` : difference.toPrecision(3);
}
