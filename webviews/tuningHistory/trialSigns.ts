// How trials are shown: a shape and a colour for each outcome, their words, and what a tip says.
import { metricOn } from '../../src/protocol/metricName';
import type { ShownGoal } from '../../src/protocol/panels/tuningHistory';
import type { TrialEnd, TrialRow } from '../../src/protocol/tuning';
import type { Tip } from '../kit/chart';
import { bytesText, metricText, msText, timesText } from '../kit/figures';
import type { LegendEntry } from '../kit/pointChart';
import type { Shape, Tone } from '../kit/shapes';

/** How a trial is drawn and called. */
export interface TrialSign {
  readonly tone: Tone;
  readonly shape: Shape;
  readonly isHollow: boolean;
  /** In the table and the legend. */
  readonly word: string;
}

// Orange would be translucent in the editor's own themes, too faint for an outline.
const signs: Readonly<Record<TrialEnd, TrialSign>> = {
  given: { tone: 'blue', shape: 'diamond', isHollow: false, word: 'given model' },
  kept: { tone: 'green', shape: 'circle', isHollow: false, word: 'accepted' },
  beaten: { tone: 'green', shape: 'circle', isHollow: true, word: 'accepted, beaten' },
  inaccurate: { tone: 'red', shape: 'triangle', isHollow: true, word: 'too inaccurate' },
  slower: { tone: 'yellow', shape: 'square', isHollow: true, word: 'slower' },
  'no gain': { tone: 'yellow', shape: 'square', isHollow: false, word: 'no gain' },
  failed: { tone: 'red', shape: 'cross', isHollow: false, word: 'failed' },
};

/** The trial that won has a sign of its own. */
const winnerSign: TrialSign = { tone: 'purple', shape: 'star', isHollow: false, word: 'taken' };

/** The sign of a trial. */
export function signOf(row: TrialRow, winner: number | null): TrialSign {
  return row.id === winner && row.id > 0 ? winnerSign : signs[row.outcome];
}

/** What the signs mean that are on show. */
export function legendOf(rows: readonly TrialRow[], winner: number | null): readonly LegendEntry[] {
  const shown = new Map(rows.map((row) => signOf(row, winner)).map((sign) => [sign.word, sign]));
  return [...shown.values()].map(({ word, tone, shape, isHollow }) => ({ text: word, tone, shape, isHollow }));
}

/** What is told of a trial where it is drawn. */
export function tipOf(row: TrialRow, goal: ShownGoal | null, winner: number | null): Tip {
  const lines = [
    { name: metricName(goal), value: metricText(row.accuracy, goal?.isShare ?? false) },
    { name: 'latency', value: msText(row.latencyMs) },
    { name: 'size', value: bytesText(row.sizeBytes) },
    ...(row.id === 0 ? [] : [{ name: 'speed', value: timesText(row.speedup) }]),
    { name: 'outcome', value: signOf(row, winner).word },
  ];
  return { title: titleOf(row), lines };
}

/** A trial in a few words. */
export function titleOf(row: TrialRow): string {
  return row.id === 0 ? 'The given model' : `Trial ${row.id}: ${row.change}`;
}

/** What accuracy is called. */
export function metricName(goal: ShownGoal | null): string {
  if (goal === null) return 'accuracy';
  return metricOn(goal.metric === '' ? 'accuracy' : goal.metric, goal.isRandomData);
}
