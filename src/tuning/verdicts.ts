// Why a trial was kept or not, in words.
import { percentText, pointsText, timesText } from './figureTexts';
import type { AccuracyGoal } from './accuracyGoal';
import type { TrialRecord } from './history';
import type { Ranking } from './ranking';

/** One phrase for the row of a trial. */
export function verdictOf(
  { measure, error }: TrialRecord,
  isKept: boolean,
  { goal, ranking }: { readonly goal: AccuracyGoal; readonly ranking: Ranking },
): string {
  if (error !== undefined || measure === undefined) return 'failed';
  if (isKept) return 'best so far';
  const { latency, gain, isComplete, meetsGoal, samples } = measure;
  const seen = isComplete ? '' : ` on the first ${samples} samples`;
  if (gain === -Infinity) return 'its accuracy is not a number';
  if (!meetsGoal && gain < -goal.tolerance) return `loses ${pointsText(-gain)} of accuracy${seen}`;
  if (ranking.looksAtSpeed && latency.verdict === 'slower')
    return `${percentText(1 / latency.ratio - 1)} slower than float`;
  if (!ranking.beatsFloat(measure))
    return ranking.looksAtSpeed ? 'not faster than float beyond the noise' : 'no better than float in the objective';
  return ranking.looksAtSpeed
    ? `${timesText(latency.ratio)}, not better than the best so far`
    : 'not better than the best so far';
}
