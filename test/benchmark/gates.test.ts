// The gates of `check`: which way each limit works, and what breaks it.
import { describe, expect, it } from 'vitest';
import { gatesOf } from '../../src/benchmark/gates';

const figures = { value: 0.92, drop: 0.01, latencyRatio: 0.6 };

describe('gatesOf', () => {
  it('has a gate for each limit given and for no other', () => {
    expect(gatesOf({}, figures, true)).toEqual([]);
    expect(gatesOf({ maxDrop: 0.02, maxLatencyRatio: 0.5 }, figures, true)).toEqual([
      { gate: 'max-drop', limit: 0.02, value: 0.01, passed: true },
      { gate: 'max-latency-ratio', limit: 0.5, value: 0.6, passed: false },
    ]);
  });

  it('asks an accuracy to reach the limit, and an error not to exceed it', () => {
    const passes = (minAccuracy: number, higherIsBetter: boolean): boolean | undefined =>
      gatesOf({ minAccuracy }, figures, higherIsBetter)[0]?.passed;
    expect(passes(0.9, true)).toBe(true);
    expect(passes(0.95, true)).toBe(false);
    expect(passes(0.9, false)).toBe(false);
    expect(passes(0.95, false)).toBe(true);
  });

  it('lets a limit that is met exactly hold', () => {
    const limits = { minAccuracy: 0.92, maxDrop: 0.01, maxLatencyRatio: 0.6 };
    expect(gatesOf(limits, figures, true).every(({ passed }) => passed)).toBe(true);
  });

  it('does not break a limit that is met exactly by the rounding of binary fractions', () => {
    expect(gatesOf({ maxDrop: 0.01 }, { ...figures, drop: 0.95 - 0.94 }, true)[0]?.passed).toBe(true);
    expect(gatesOf({ maxDrop: 0.01 }, { ...figures, drop: 0.0101 }, true)[0]?.passed).toBe(false);
  });

  it('is broken by a figure that is not a number', () => {
    const limits = { minAccuracy: 0, maxDrop: 1, maxLatencyRatio: 10 };
    const gates = gatesOf(limits, { value: NaN, drop: NaN, latencyRatio: NaN }, true);
    expect(gates.map(({ passed }) => passed)).toEqual([false, false, false]);
  });
});
