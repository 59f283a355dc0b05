// Interleaving, the number of runs, and when measuring ends: on a clock of our own.
import { describe, expect, it } from 'vitest';
import { measureRounds, measuringLimits } from '../../src/benchmark/rounds';
import type { Progress } from '../../src/protocol/progress';
import { fakeMachine, quietContext } from './fakeModels';
import { noiseModels, uniformNumbers } from './simulatedLatencies';

const noisy = (latencyMs: number, seed: number, noise: string): (() => number) => {
  const factor = noiseModels[noise]!(uniformNumbers(seed));
  return () => latencyMs * factor();
};

describe('measureRounds', () => {
  it('alternates the order from round to round, so that neither model is always the second', async () => {
    const machine = fakeMachine();
    const models = [machine.model('A', () => 40), machine.model('B', () => 30)];
    await measureRounds(models, 40, 4, machine.clock, quietContext());
    expect(machine.runs.join('')).toBe('ABBAABBA');
  });

  it.each([1, 7, 20, 101])('makes exactly %i timed runs of each model when told so', async (iterations) => {
    const machine = fakeMachine();
    const models = [machine.model('A', () => 1), machine.model('B', () => 2), machine.model('C', () => 3)];
    const roundSize = await measureRounds(models, 3, iterations, machine.clock, quietContext());
    expect(models.map(({ log }) => log.length)).toEqual([iterations, iterations, iterations]);
    expect(roundSize).toBe(Math.max(1, Math.floor(iterations / 20)));
  });

  it('keeps the time of each run, and of no other', async () => {
    const machine = fakeMachine();
    const model = machine.model('A', (run) => run);
    // Rounds of five; each begins with one run that is not counted.
    await measureRounds([model], 1, 100, machine.clock, quietContext());
    const expected = Array.from({ length: 120 }, (_, run) => run).filter((run) => run % 6 !== 0);
    expect([...model.log.latenciesMs]).toEqual(expected);
  });

  it('gives each input its turn', async () => {
    const machine = fakeMachine();
    const inputs = ['a', 'b', 'c'].map((name) => ({ [name]: { type: 'bool', dims: [], data: [] } as const }));
    await measureRounds([machine.model('A', () => 50, inputs)], 50, 5, machine.clock, quietContext());
    expect(machine.fed.flatMap(Object.keys)).toEqual(['a', 'b', 'c', 'a', 'b']);
  });

  it('ends as soon as a steady machine has given enough', async () => {
    const machine = fakeMachine();
    const models = [machine.model('A', () => 2), machine.model('B', () => 1)];
    await measureRounds(models, 2, undefined, machine.clock, quietContext());
    expect(machine.clock() / 2).toBeGreaterThanOrEqual(measuringLimits.minMs);
    expect(machine.clock() / 2).toBeLessThan(measuringLimits.minMs + 500);
  });

  it('goes on to the limit while noise keeps the ratio uncertain', async () => {
    const machine = fakeMachine();
    const models = [
      machine.model('A', noisy(40, 1, 'independent 20 %')),
      machine.model('B', noisy(40, 2, 'independent 20 %')),
    ];
    await measureRounds(models, 40, undefined, machine.clock, quietContext());
    expect(machine.clock() / 2).toBeGreaterThanOrEqual(measuringLimits.maxMs);
    expect(machine.clock() / 2).toBeLessThan(measuringLimits.maxMs + 100);
  });

  it('makes rounds enough for an interval of a model that takes seconds', async () => {
    const machine = fakeMachine();
    const models = [machine.model('A', () => 5000), machine.model('B', () => 6000)];
    await measureRounds(models, 6000, undefined, machine.clock, quietContext());
    expect(models[0]?.log.length).toBe(measuringLimits.minRounds);
  });

  it('does not keep more runs of a tiny model than its record should hold', async () => {
    const machine = fakeMachine();
    const model = machine.model('A', () => 0.01);
    await measureRounds([model], 0.01, undefined, machine.clock, quietContext());
    expect(model.log.length).toBeLessThanOrEqual(measuringLimits.maxRuns + 3000);
  });

  it('stops between two runs when cancelled', async () => {
    const machine = fakeMachine();
    const abort = new AbortController();
    const model = machine.model('A', (run) => {
      if (run === 3) abort.abort();
      return 10;
    });
    const measuring = measureRounds([model], 10, 100, machine.clock, {
      signal: abort.signal,
      onProgress: () => undefined,
    });
    await expect(measuring).rejects.toThrow(/abort/);
    expect(machine.runs).toHaveLength(4);
  });

  it('reports real counts, with a total only where it is known', async () => {
    const machine = fakeMachine();
    const seen: Progress[] = [];
    const context = { ...quietContext(), onProgress: (progress: Progress) => seen.push(progress) };
    await measureRounds([machine.model('A', () => 30)], 30, 2, machine.clock, context);
    await measureRounds([machine.model('B', () => 3000)], 3000, undefined, machine.clock, context);
    expect(seen.slice(0, 2)).toEqual([
      { phase: 'measuring', done: 1, total: 2, unit: 'runs' },
      { phase: 'measuring', done: 2, total: 2, unit: 'runs' },
    ]);
    expect(seen.slice(2).every((progress) => progress.total === undefined)).toBe(true);
  });
});
