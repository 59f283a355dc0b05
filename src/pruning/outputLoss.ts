// How far the outputs of a pruned model are from those of the dense one: the divergence of SYSTEMS §6.3.
import type { ModelOutputs } from '../metrics/contracts';
import { rowOf } from '../metrics/modelOutputs';
import { numbersOf } from '../data/numbersOf';

/**
 * Mean over the elements of p·ln(p/q) − p + q (the generalized Kullback–Leibler divergence) where q is the expected output
 * and p the given one, both moved up so that the least expected value is 1, and cut off below 1. NaN when the given one
 * holds NaN.
 */
export function divergence(expected: Float32Array | Float64Array, given: Float32Array | Float64Array): number {
  let least = Infinity;
  for (const value of expected) if (value < least) least = value;
  const shift = 1 - least;
  let sum = 0;
  for (let index = 0; index < expected.length; index++) {
    const q = cutOff((expected[index] ?? NaN) + shift);
    const p = cutOff((given[index] ?? NaN) + shift);
    sum += p * Math.log(p / q) - p + q;
  }
  // Rounding may take a difference of nothing below 0.
  return expected.length === 0 ? 0 : Math.max(0, sum / expected.length);
}

function cutOff(value: number): number {
  return value < 1 ? 1 : value;
}

/** Sum of the divergences of all float outputs of a batch of `count` samples, each sample for itself: one value a sample. */
export function sampleLosses(expected: ModelOutputs, given: ModelOutputs, count: number): number[] {
  return Array.from({ length: count }, (_, row) => {
    const [wanted, got] = [expected, given].map((outputs) => (count === 1 ? outputs : rowOf(outputs, row, count)));
    let sum = 0;
    for (const [name, tensor] of Object.entries(wanted ?? {})) {
      const other = got?.[name];
      if (!tensor.type.startsWith('float') || other === undefined) continue;
      const [q, p] = [numbersOf(tensor), numbersOf(other)];
      if (q === undefined || p === undefined) continue;
      // Where the shape depends on values (boxes that were found), element by element nothing can be compared.
      sum += p.length === q.length ? divergence(q, p) : NaN;
    }
    return sum;
  });
}
