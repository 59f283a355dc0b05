// The sparsities at which layers are analysed: those of the original (SYSTEMS §6.3, §6.4), and others as they are written.
import type { SensitivityMethod } from '../protocol/pruning';

/** Of an analysis. */
export const mostLevels = 100;

/** Fractions, by method; what runs nothing has a curve instead. */
export const usualLevels = {
  'one-shot': [0.05, 0.2, 0.4, 0.6, 0.7, 0.8, 0.9, 0.95, 0.975, 0.99],
  measured: [0.4, 0.6, 0.7, 0.8, 0.85, 0.875, 0.9, 0.925, 0.95, 0.975, 0.99],
} as const satisfies Partial<Readonly<Record<SensitivityMethod, readonly number[]>>>;

/** Ascending and each once; undefined unless there are 1 to `mostLevels` of them, each above 0 and below 1. */
export function readSparsityLevels(words: readonly unknown[]): readonly number[] | undefined {
  const levels = words.map(levelOf);
  const isFit = levels.length > 0 && levels.length <= mostLevels && levels.every((level) => level > 0 && level < 1);
  return isFit ? [...new Set(levels)].sort((one, other) => one - other) : undefined;
}

function levelOf(word: unknown): number {
  if (typeof word === 'string' && word.trim() !== '') return Number(word);
  return typeof word === 'number' ? word : NaN;
}
