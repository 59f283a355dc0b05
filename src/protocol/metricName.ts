// What a figure of accuracy is called wherever people read it.

/** `topk`, and on made-up data `agreement on random samples`: such a figure must not pass for one of real data. */
export function metricOn(metric: string, isRandomData: boolean): string {
  return isRandomData ? `${metric} on random samples` : metric;
}
