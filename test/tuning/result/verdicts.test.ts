// What the row of a trial says.
import { describe, expect, it } from 'vitest';
import type { Objective } from '../../../src/config/tuningConfig';
import { AccuracyGoal } from '../../../src/tuning/accuracy/accuracyGoal';
import type { TrialMeasure } from '../../../src/tuning/history';
import { Ranking } from '../../../src/tuning/result/ranking';
import { verdictOf } from '../../../src/tuning/result/verdicts';
import { latencyOf, measureOf } from '../measures';

const goal = new AccuracyGoal({ kind: 'absolute', tolerance: 0.01 }, [{ name: 'topk', higherIsBetter: true }], [0.8]);
const float = measureOf({ latencyMs: 10, latency: latencyOf(1), sizeBytes: 1000 });

function verdict(changes: Partial<TrialMeasure>, name: Objective['name'] = 'performance', isKept = false): string {
  const ranking = new Ranking([{ name, weight: 1, higherIsBetter: false }], float);
  const record = { id: 1, key: '', change: '', config: {}, measure: measureOf(changes), elapsedMs: 0 };
  return verdictOf(record, isKept, { goal, ranking }).verdict;
}

describe('verdictOf', () => {
  it.each([
    ['too inaccurate', { gain: -0.034, meetsGoal: false }, 'loses 3.40 points'],
    [
      'given up on part of the samples',
      { gain: -0.2, meetsGoal: false, isComplete: false, samples: 128 },
      'loses 20.00 points on 128 samples',
    ],
    ['no figure at all', { gain: -Infinity, meetsGoal: false }, 'its accuracy is not a number'],
    ['slower', { latency: latencyOf(0.8) }, '25 % slower than float'],
    [
      'slower, and given up for it',
      { latency: latencyOf(0.5), meetsGoal: false, isComplete: false },
      '100 % slower than float',
    ],
    ['no faster', { latency: latencyOf(1.02) }, 'not faster than float beyond the noise'],
    ['fast, but not the fastest', { latency: latencyOf(1.5) }, '1.50×, not better than the best so far'],
  ])('%s', (_, changes, words) => {
    expect(verdict(changes)).toBe(words);
  });

  it('speaks of the objective where that is not speed', () => {
    expect(verdict({ latency: latencyOf(0.5), sizeBytes: 1200 }, 'modelsize')).toBe(
      'no better than float in the objective',
    );
    expect(verdict({ latency: latencyOf(0.5) }, 'modelsize')).toBe('not better than the best so far');
  });

  it('names the best and the failed', () => {
    expect(verdict({}, 'performance', true)).toBe('best so far');
    const ranking = new Ranking([{ name: 'performance', weight: 1, higherIsBetter: false }], float);
    const record = { id: 1, key: '', change: '', config: {}, error: 'refused', elapsedMs: 0 };
    expect(verdictOf(record, false, { goal, ranking })).toEqual({ outcome: 'failed', verdict: 'failed' });
  });
});
