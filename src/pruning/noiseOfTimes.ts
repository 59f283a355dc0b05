// Whether a pruned layer or model differs in time from the dense one, and how well that is known.
import { compareLatencies } from '../benchmark/compareLatencies';
import type { TurnComparison } from '../protocol/pruning';

/** Inferences that took turns are joined into rounds, as many as a verdict takes at least; a round's median is no wild one. */
const [fewestRounds, largestRound] = [8, 3];

/**
 * Compares inferences of the dense model with as many of the pruned one that took turns with them. Of fewer than eight
 * nothing can be told beyond the noise.
 */
export function compareInTurns(denseUs: readonly number[], prunedUs: readonly number[]): TurnComparison {
  const roundSize = Math.max(1, Math.min(largestRound, Math.floor(denseUs.length / fewestRounds)));
  return compareLatencies([{ firstMs: denseUs, otherMs: prunedUs, roundSize }]);
}

/** What the differences of layers are worth: a sentence on how many are no chance, and one on how well they are known. */
export function noiseNotes(comparisons: readonly TurnComparison[], iterations: number): readonly string[] {
  if (comparisons.length === 0) return [];
  if (iterations < fewestRounds) {
    return [
      `With ${iterations} runs no difference can be told from the noise: it takes ${fewestRounds * largestRound}.`,
    ];
  }
  const beyond = comparisons.filter(({ verdict }) => verdict !== 'within the noise').length;
  const all = `the ${comparisons.length} times of pruned layers`;
  const found =
    beyond === 0
      ? `None of ${all} differs from that of the dense layer beyond the noise.`
      : `${beyond} of ${all} differ from that of the dense layer beyond the noise, each 99 % sure: one in a hundred does by chance.`;
  return [found, ...widthNote(comparisons)];
}

function widthNote(comparisons: readonly TurnComparison[]): readonly string[] {
  const halves = comparisons.flatMap(({ interval }) =>
    interval === null ? [] : [Math.sqrt(interval[1] / interval[0]) - 1],
  );
  const half = halves.toSorted((one, other) => one - other)[Math.floor(halves.length / 2)];
  if (half === undefined) return [];
  return [
    `Half of these differences are known to ± ${(half * 100).toFixed(1)} % or better (95 %); more runs narrow that.`,
  ];
}
