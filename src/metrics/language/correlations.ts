// How far two series of numbers, or of classes, go together.

/** Pearson's correlation, −1 to 1; NaN where one series does not vary. */
export function pearsonCorrelation(a: readonly number[], b: readonly number[]): number {
  const meanOfA = mean(a);
  const meanOfB = mean(b);
  let product = 0;
  let squaresOfA = 0;
  let squaresOfB = 0;
  a.forEach((value, index) => {
    const ofA = value - meanOfA;
    const ofB = (b[index] ?? NaN) - meanOfB;
    product += ofA * ofB;
    squaresOfA += ofA * ofA;
    squaresOfB += ofB * ofB;
  });
  return product / Math.sqrt(squaresOfA) / Math.sqrt(squaresOfB);
}

/** Spearman's correlation: Pearson's of the ranks. */
export function spearmanCorrelation(a: readonly number[], b: readonly number[]): number {
  return pearsonCorrelation(ranksOf(a), ranksOf(b));
}

/** Ranks from 1 in ascending order; equal values share the mean of their ranks. All are NaN when a value is. */
export function ranksOf(values: readonly number[]): readonly number[] {
  if (values.some(Number.isNaN)) return values.map(() => NaN);
  const order = values.map((_, index) => index).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const ranks = new Array<number>(values.length).fill(0);
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && values[order[end] ?? 0] === values[order[start] ?? 0]) end++;
    for (let at = start; at < end; at++) ranks[order[at] ?? 0] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}

interface Classes {
  readonly predicted: readonly number[];
  readonly labels: readonly number[];
}

/** Matthews' correlation of answers and labels, of however many classes (Gorodkin); 0 where either does not vary. */
export function matthewsCorrelation({ predicted, labels }: Classes): number {
  const total = labels.length;
  if (total === 0) return NaN;
  const right = predicted.filter((answer, index) => answer === labels[index]).length;
  const answers = countsOf(predicted);
  const truths = countsOf(labels);
  let chance = 0;
  for (const [value, count] of answers) chance += count * (truths.get(value) ?? 0);
  const varies = (counts: ReadonlyMap<number, number>): number =>
    total ** 2 - [...counts.values()].reduce((sum, count) => sum + count ** 2, 0);
  const scale = Math.sqrt(varies(answers)) * Math.sqrt(varies(truths));
  return scale === 0 ? 0 : (right * total - chance) / scale;
}

/** F1 of class 1; 0 when it is neither answered nor right anywhere. */
export function binaryF1({ predicted, labels }: Classes): number {
  if (labels.length === 0) return NaN;
  const hits = predicted.filter((answer, index) => answer === 1 && labels[index] === 1).length;
  const both = (countsOf(predicted).get(1) ?? 0) + (countsOf(labels).get(1) ?? 0);
  return both === 0 ? 0 : (2 * hits) / both;
}

function countsOf(values: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
