// Whether pruned layers differ in time from dense ones, and what is said of how well that is known.
import { describe, expect, it } from 'vitest';
import { compareInTurns, noiseNotes } from '../../src/pruning/noiseOfTimes';
import { timeInTurns } from '../../src/sparsity/timeInTurns';

/** Times around 100 µs that differ from run to run, as in a machine at work. */
function times(factor: number, runs = 30): number[] {
  return Array.from({ length: runs }, (_, run) => factor * (100 + ((run * 7) % 5)));
}

describe('times of inferences in turns', () => {
  it('differ where all rounds say so, and are within the noise where they do not', () => {
    expect(compareInTurns(times(1), times(0.5))).toMatchObject({ verdict: 'faster' });
    expect(compareInTurns(times(1), times(0.5)).ratio).toBeCloseTo(2, 2);
    expect(compareInTurns(times(1), times(1.5))).toMatchObject({ verdict: 'slower' });
    const halfSlow = times(1).map((one, run) => (run % 6 < 3 ? one * 1.3 : one / 1.3));
    expect(compareInTurns(times(1), halfSlow)).toMatchObject({ verdict: 'within the noise' });
  });

  it('differ beyond the noise for eight runs at least', () => {
    expect(compareInTurns(times(1, 8), times(0.5, 8)).verdict).toBe('faster');
    expect(compareInTurns(times(1, 7), times(0.5, 7)).verdict).toBe('within the noise');
    expect(compareInTurns(times(1, 4), times(0.5, 4)).interval).toBeNull();
  });

  it('are told in words', () => {
    const same = { ratio: 1, interval: [1 / 1.02, 1.02], verdict: 'within the noise' } as const;
    const faster = { ratio: 2, interval: [1.9, 2.1], verdict: 'faster' } as const;
    expect(noiseNotes([same, same], 30)).toEqual([
      'None of the 2 times of pruned layers differs from that of the dense layer beyond the noise.',
      'Half of these differences are known to ± 2.0 % or better (95 %); more runs narrow that.',
    ]);
    expect(noiseNotes([same, faster], 30)[0]).toMatch(/^1 of the 2 times of pruned layers differ .*one in a hundred/);
    expect(noiseNotes([same], 7)).toEqual(['With 7 runs no difference can be told from the noise: it takes 24.']);
    expect(noiseNotes([], 30)).toEqual([]);
  });
});

it('a time is told beside that of the dense layer over all levels, whatever the machine did at its own', () => {
  expect(timeInTurns(10, { timingMs: 6, denseTimingMs: 12 })).toBe(5);
  expect(timeInTurns(10, { timingMs: 6, denseTimingMs: null })).toBe(6);
  expect(timeInTurns(null, { timingMs: 6, denseTimingMs: 12 })).toBe(6);
  expect(timeInTurns(10, { timingMs: null, denseTimingMs: 12 })).toBeNull();
});
