// Why a trial was kept or not, in words.
import { differenceText, percentText, timesText } from './figureTexts';
import type { AccuracyGoal } from '../accuracy/accuracyGoal';
import type { TrialRecord } from '../history';
import type { TrialEnd, TrialRow } from '../../protocol/tuning';
import type { Ranking } from './ranking';

/** What became of a trial, and a phrase for its row. */
export interface Verdict {
  readonly outcome: TrialEnd;
  readonly verdict: string;
}

export function verdictOf(
  { measure, error }: TrialRecord,
  isKept: boolean,
  { goal, ranking }: { readonly goal: AccuracyGoal; readonly ranking: Ranking },
): Verdict {
  if (error !== undefined || measure === undefined) return { outcome: 'failed', verdict: 'failed' };
  if (isKept) return { outcome: 'kept', verdict: 'best so far' };
  const { latency, gain, isComplete, meetsGoal, samples } = measure;
  const seen = isComplete ? '' : ` on ${samples} samples`;
  if (gain === -Infinity) return { outcome: 'inaccurate', verdict: 'its accuracy is not a number' };
  if (!meetsGoal && gain < -goal.tolerance) {
    return { outcome: 'inaccurate', verdict: `loses ${differenceText(goal.metrics, -gain)}${seen}` };
  }
  if (ranking.looksAtSpeed && latency.verdict === 'slower') {
    return { outcome: 'slower', verdict: `${percentText(1 / latency.ratio - 1)} slower than float` };
  }
  if (!ranking.beatsFloat(measure)) {
    const verdict = ranking.looksAtSpeed
      ? 'not faster than float beyond the noise'
      : 'no better than float in the objective';
    return { outcome: 'no gain', verdict };
  }
  const speed = ranking.looksAtSpeed ? `${timesText(latency.ratio)}, ` : '';
  return { outcome: 'beaten', verdict: `${speed}not better than the best so far` };
}

/** The same of a trial that a person took, whatever the search had thought of it. */
export function chosenVerdict({ outcome, verdict, speedup }: TrialRow): Verdict {
  const isGood = outcome === 'kept' || outcome === 'beaten';
  const why = isGood ? (speedup === null ? '' : timesText(speedup)) : verdict;
  return { outcome, verdict: `taken by hand${why === '' ? '' : `: ${why}`}` };
}
