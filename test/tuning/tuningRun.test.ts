// The loop of a tuning: budgets, repetitions, failures, resuming, and what is kept on disk.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Objective } from '../../src/config/tuningConfig';
import type { StoppedBy } from '../../src/protocol/tuning';
import type { TrialRequest } from '../../src/tuning/contracts';
import { TuningHistory } from '../../src/tuning/history';
import type { TrialMeasure } from '../../src/tuning/history';
import type { RunParts } from '../../src/tuning/tuningRun';
import { measureOf } from './measures';
import { identity, inaccurate, play, speed, trialsOf } from './playRun';
import type { Asked, Config, World } from './playRun';

describe('TuningRun', () => {
  it('tells the strategy what came of each trial, and numbers them', async () => {
    const measures = { a: inaccurate(-0.05), b: speed(2, { gain: 0.002, values: [0.802] }) };
    const { outcomes, stoppedBy, rows } = await play(['a', 'b'], { measures });
    expect(stoppedBy).toBe('strategy');
    expect(outcomes).toMatchObject([
      { id: 1, config: { name: 'a' }, accuracyGain: -0.05, meetsGoal: false, isAcceptable: false, isRepeated: false },
      {
        id: 2,
        accuracy: 0.802,
        accuracyGain: 0.002,
        latencyMs: 5,
        sizeBytes: 250,
        meetsGoal: true,
        isAcceptable: true,
      },
    ]);
    expect(rows).toMatchObject([
      { id: 1, change: 'try a', isKept: false, outcome: 'inaccurate', verdict: 'loses 5.00 points' },
      { id: 2, change: 'try b', isKept: true, verdict: 'best so far', speedup: 2 },
    ]);
  });

  it('keeps the best model on disk and removes the others', async () => {
    const measures = { a: speed(1.5), b: speed(2), c: speed(1.7), d: speed(0.5), e: inaccurate(-1) };
    const played = await play(['a', 'b', 'c', 'd', 'e'], { measures });
    expect(played.run.kept).toMatchObject({ id: 2, measure: measures.b });
    expect(trialsOf(played)).toEqual(['2']);
    expect(played.verified).toEqual(['a', 'b']);
    expect(played.run.acceptable().map(({ id }) => id)).toEqual([2, 3, 1]);
    await played.run.dismiss(played.run.kept!);
    expect(played.run.kept).toBeUndefined();
    expect(trialsOf(played)).toEqual([]);
  });

  it('stops at the largest number of trials', async () => {
    const { stoppedBy, outcomes, made } = await play(['a', 'b', 'c'], { parts: { maxTrials: 2 } });
    expect(stoppedBy).toBe('max_trials');
    expect(made).toEqual(['a', 'b']);
    expect(outcomes).toHaveLength(2);
  });

  it('answers what was tried before without running it, and without counting it', async () => {
    const { outcomes, made, rows, stoppedBy } = await play(['a', 'a', 'b', 'a'], { parts: { maxTrials: 2 } });
    expect(made).toEqual(['a', 'b']);
    expect(rows).toHaveLength(2);
    expect(outcomes.map(({ id, isRepeated }) => [id, isRepeated])).toEqual([
      [1, false],
      [1, true],
      [2, false],
      [1, true],
    ]);
    expect(stoppedBy).toBe('strategy');
  });

  it.each<[string, World, string]>([
    ['made', { unmakable: ['a'] }, 'a is not made'],
    ['measured', { unmeasurable: ['a'] }, 'a is not measured'],
    ['verified', { unverified: ['a'] }, 'a is not verified'],
  ])('goes on after a model that could not be %s', async (_, world, message) => {
    const played = await play(['a', 'b'], world);
    const error = expect.stringContaining(message) as string;
    expect(played.outcomes[0]).toMatchObject({ accuracyGain: -Infinity, isAcceptable: false, error });
    expect(played.outcomes[0]?.accuracy).toBeNaN();
    expect(played.rows[0]).toMatchObject({ accuracy: null, latencyMs: null, speedup: null, verdict: 'failed', error });
    expect(played.logged.join()).toContain(message);
    expect(played.run.kept?.id).toBe(2);
    expect(trialsOf(played)).toEqual(['2']);
  });

  it('keeps the best so far where a better one does not pass the check', async () => {
    const played = await play(['a', 'b'], { measures: { a: speed(1.5), b: speed(3) }, unverified: ['b'] });
    expect(played.run.kept?.id).toBe(1);
    expect(trialsOf(played)).toEqual(['1']);
    expect(played.run.acceptable().map(({ id }) => id)).toEqual([1]);
  });

  it('ends within a trial when the budget is used up, and forgets that trial', async () => {
    const stop = new AbortController();
    const budget = { signal: stop.signal, stoppedBy: (): StoppedBy => 'cancel' };
    const measure = (): Promise<TrialMeasure> => {
      stop.abort();
      return Promise.resolve(measureOf());
    };
    const played = await play(['a', 'b'], { parts: { budget, measure } });
    expect(played.stoppedBy).toBe('cancel');
    expect(played.rows).toEqual([]);
    expect(trialsOf(played)).toEqual([]);
    const history = TuningHistory.open(join(played.folder, 'history.jsonl'), played.folder, identity, true);
    expect(history.unfinished).toMatchObject({ id: 1, change: 'try a' });
  });

  it('runs nothing when there is no time from the start', async () => {
    const budget = { signal: AbortSignal.abort(), stoppedBy: (): StoppedBy => 'timeout' };
    const { stoppedBy, made } = await play(['a'], { parts: { budget } });
    expect([stoppedBy, made]).toEqual(['timeout', []]);
  });

  it('passes on a failure of the strategy itself', async () => {
    async function* broken(): AsyncGenerator<TrialRequest<Config>, void, Asked> {
      yield { config: { name: 'a' }, change: '' };
      await Promise.reject(new Error('a mistake'));
    }
    const { run } = await play([]);
    await expect(run.run(broken())).rejects.toThrow('a mistake');
  });

  it('takes the first fast model where only speed counts', async () => {
    const measures = { a: speed(2, inaccurate(-0.5)), b: speed(3) };
    const { run, rows, stoppedBy } = await play(['a', 'b'], { measures, parts: { performanceOnly: true } });
    expect(rows).toMatchObject([{ id: 1, isKept: true, meetsGoal: false, verdict: 'best so far' }]);
    expect([run.kept?.id, stoppedBy]).toEqual([1, 'strategy']);
  });

  it('says that the goal was missed only where every measured model was too inaccurate', async () => {
    expect((await play(['a', 'b'], { measures: { a: inaccurate(-0.1), b: inaccurate(-0.2) } })).run.isGoalMissed).toBe(
      true,
    );
    expect((await play(['a', 'b'], { measures: { a: inaccurate(-0.1), b: speed(0.5) } })).run.isGoalMissed).toBe(false);
    // Given up because it was slow, not because it was inaccurate.
    const slow = speed(0.5, { meetsGoal: false, isComplete: false, gain: -0.001 });
    expect((await play(['a'], { measures: { a: slow } })).run.isGoalMissed).toBe(false);
    expect((await play(['a'], { unmakable: ['a'] })).run.isGoalMissed).toBe(false);
    expect((await play([])).run.isGoalMissed).toBe(false);
    const noNumber = inaccurate(-Infinity);
    expect((await play(['a'], { measures: { a: noNumber } })).run.isGoalMissed).toBe(true);
  });

  it.each<[Objective['name'], Partial<TrialMeasure>, Partial<TrialMeasure>, Partial<TrialMeasure>]>([
    ['performance', speed(2), speed(2.5), speed(1.5)],
    ['modelsize', { sizeBytes: 200 }, { sizeBytes: 100 }, { sizeBytes: 300 }],
    ['accuracy', { gain: 0.5, sizeBytes: 100 }, { sizeBytes: 200 }, {}],
  ])('goes on measuring a model that could be the best in %s', async (objective, best, better, worse) => {
    const hopes: boolean[] = [];
    const measure: RunParts<Config>['measure'] = (_, isPromising) => {
      hopes.push(isPromising(measureOf(hopes.length === 0 ? best : hopes.length === 1 ? better : worse)));
      return Promise.resolve(measureOf(best));
    };
    await play(['a', 'b', 'c'], { objective, parts: { measure } });
    // Nobody knows of accuracy before it is measured.
    expect(hopes).toEqual([true, true, objective === 'accuracy']);
  });
});

describe('a run that is resumed', () => {
  it('replays what was measured, in the same order and with the same numbers', async () => {
    const measures = { a: speed(1.5), b: inaccurate(-0.1), c: speed(2) };
    const first = await play(['a', 'b'], { measures });
    const second = await play(['a', 'b', 'c'], { measures, resumed: first.folder });
    expect(second.measured).toEqual(['c']);
    expect(second.outcomes.slice(0, 2)).toEqual(first.outcomes);
    expect(second.rows.map(({ id, isKept }) => [id, isKept])).toEqual([
      [1, true],
      [2, false],
      [3, true],
    ]);
    expect(second.run.kept?.id).toBe(3);
    expect(trialsOf(second)).toEqual(['3']);
  });

  it('makes only the model of the best again', async () => {
    const measures = { a: inaccurate(-0.1), b: speed(2), c: speed(1.5) };
    const first = await play(['a', 'b', 'c'], { measures });
    const second = await play(['a', 'b', 'c'], { measures, resumed: first.folder });
    expect(second.made).toEqual(['b']);
    expect(second.measured).toEqual([]);
    expect(second.run.kept?.id).toBe(2);
  });

  it('goes on where the model of the best cannot be made any more', async () => {
    const measures = { a: speed(2), b: speed(1.5) };
    const first = await play(['a', 'b'], { measures });
    const second = await play(['a', 'b'], { measures, resumed: first.folder, unverified: ['a'] });
    expect(second.rows[0]).toMatchObject({ id: 1, verdict: 'failed' });
    expect(second.run.kept?.id).toBe(2);
    expect(trialsOf(second)).toEqual(['2']);
  });

  it('fails again what failed, without running it', async () => {
    const first = await play(['a'], { unmeasurable: ['a'] });
    const second = await play(['a', 'b'], { resumed: first.folder });
    expect(second.made).toEqual(['b']);
    expect(second.rows.map(({ id, verdict }) => [id, verdict])).toEqual([
      [1, 'failed'],
      [2, 'best so far'],
    ]);
  });

  it('counts the trials of all sessions', async () => {
    const first = await play(['a', 'b'], { parts: { maxTrials: 2 } });
    const second = await play(['a', 'b', 'c', 'd'], { parts: { maxTrials: 3 }, resumed: first.folder });
    expect(second.measured).toEqual(['c']);
    expect(second.stoppedBy).toBe('max_trials');
  });
});

describe('a trial that a person takes', () => {
  it('says so in its row, the others keep what the search found, and nobody is told of them again', async () => {
    const measures = { a: speed(1.5), b: speed(1.2), c: speed(2) };
    const first = await play(['a', 'b', 'c'], { measures });
    const second = await play([], { resumed: first.folder });
    second.run.recount(first.run.records, 2);
    expect(second.run.rows.map(({ isKept, outcome, verdict }) => [isKept, outcome, verdict])).toEqual([
      [true, 'kept', 'best so far'],
      [false, 'beaten', 'taken by hand: 1.20×'],
      [true, 'kept', 'best so far'],
    ]);
    expect(second.rows).toEqual([]);
    expect(second.made).toEqual([]);
  });

  it('still says what is wrong with it', async () => {
    const first = await play(['a'], { measures: { a: inaccurate(-0.1) } });
    const second = await play([], { resumed: first.folder });
    second.run.recount(first.run.records, 1);
    expect(second.run.rows[0]).toMatchObject({ outcome: 'inaccurate', verdict: 'taken by hand: loses 10.00 points' });
  });
});
