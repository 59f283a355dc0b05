// Metric `WER`: errors of words over the number of right words (SYSTEMS §5.3; Levenshtein distance of words).
import type { Metric } from '../contracts';
import { spoken } from './sequences';
import type { Sequence, SequenceParameters } from './sequences';

/**
 * A fraction, which may exceed 1. Of several right answers the nearest counts. Values of samples are their errors in the
 * measure of the whole (their mean is the figure), so that a long sample counts as much as in the figure.
 */
export function wordErrorRate(parameters: SequenceParameters): Metric {
  let errors: number[] = [];
  let words = 0;
  return {
    attributes: { WER: { direction: 'lower-better', type: 'error' } },
    update: (outputs, annotations) => {
      for (const { said, right } of spoken('WER', outputs, annotations, parameters, spacedWords)) {
        const all = right.map((one) => ({ count: wordErrors(said, one), length: one.length }));
        const nearest = all.reduce((best, one) => (one.count < best.count ? one : best));
        errors.push(nearest.count);
        words += nearest.length;
      }
    },
    get value() {
      return { WER: errors.map((count) => (count * errors.length) / words) };
    },
    get avgValue() {
      return { WER: errors.reduce((sum, count) => sum + count, 0) / words };
    },
    reset: () => {
      errors = [];
      words = 0;
    },
  };
}

function spacedWords(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

/** How many tokens have to be put in, left out or exchanged to make one sequence of the other. */
export function wordErrors(said: Sequence, right: Sequence): number {
  // Distances of what was said so far from each beginning of what is right.
  let distances = Array.from({ length: right.length + 1 }, (_, index) => index);
  said.forEach((token, row) => {
    const next = [row + 1];
    right.forEach((expected, column) => {
      const exchanged = (distances[column] ?? 0) + (token === expected ? 0 : 1);
      next.push(Math.min(exchanged, (distances[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    });
    distances = next;
  });
  return distances.at(-1) ?? 0;
}
