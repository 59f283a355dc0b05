// The history of a tuning as clients see it grow, trial by trial.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { goalOfConfig } from '../../src/bench/optimization/runningTuning';
import { toldTrials, trialsSoFar } from '../../src/bench/optimization/toldTrials';
import { tuningHistoryView } from '../../src/bench/optimization/tuningHistoryView';
import { isHigherBetter, metricEntries } from '../../src/dictionary/metrics';
import { appendLine } from '../../src/files/appendLog';
import { createMetric } from '../../src/metrics/registry';
import type { TrialRow } from '../../src/protocol/tuning';
import { mnistConfig } from '../support/mnistTuning';
import { temporaryFolder } from '../support/temporaryFolder';

const place = temporaryFolder();

const given: TrialRow = {
  id: 0,
  change: 'the given model',
  accuracy: 0.7,
  samples: 1000,
  latencyMs: 50,
  sizeBytes: 4000,
  throughput: 20,
  footprintBytes: null,
  speedup: 1,
  meetsGoal: true,
  isKept: false,
  outcome: 'given',
  verdict: 'baseline',
};

function trial(id: number, more: Partial<TrialRow>): TrialRow {
  return { ...given, id, change: `change ${id}`, outcome: 'inaccurate', meetsGoal: false, verdict: '', ...more };
}

const relative = { criterion: 'relative', tolerance: 0.1, higherIsBetter: true } as const;

describe('the history of a tuning', () => {
  it('begins with the given model alone', () => {
    expect(tuningHistoryView([given], relative)).toEqual({
      minimal_accuracy: 0.7 - 0.7 * 0.1,
      baseline_accuracy: [0.7],
      // 1,000 samples at 20 a second.
      baseline_performance: [50],
      last_tune_accuracy: null,
      last_tune_performance: null,
      best_tune_accuracy: null,
      best_tune_performance: null,
      history: [],
    });
  });

  it('has no best until a trial meets the goal and pays, and then the newest that did', () => {
    const missed = trial(1, { accuracy: 0.4, samples: 128, throughput: 40 });
    const good = trial(2, { accuracy: 0.69, throughput: 40, meetsGoal: true, isKept: true, outcome: 'kept' });
    const beaten = trial(3, { accuracy: 0.7, throughput: 25, meetsGoal: true, outcome: 'beaten' });
    expect(tuningHistoryView([given, missed], relative)).toMatchObject({
      last_tune_accuracy: [0.4],
      // Of all samples, though fewer were looked at.
      last_tune_performance: [25],
      best_tune_accuracy: null,
      history: [{ accuracy: [0.4], performance: [25], samples: 128, trial: 1, latency_ms: 50, throughput: 40 }],
    });
    expect(tuningHistoryView([given, missed, good, beaten], relative)).toMatchObject({
      last_tune_accuracy: [0.7],
      last_tune_performance: [40],
      best_tune_accuracy: [0.69],
      best_tune_performance: [25],
    });
  });

  it('has the best that won in the end, where that is known', () => {
    const kept = trial(1, { accuracy: 0.69, isKept: true });
    const winner = trial(2, { accuracy: 0.68 });
    expect(tuningHistoryView([given, kept, winner], relative, 2).best_tune_accuracy).toEqual([0.68]);
    expect(tuningHistoryView([given, kept, winner], relative, null).best_tune_accuracy).toBeNull();
  });

  it('shows a trial that failed without figures', () => {
    const nothing = { accuracy: null, latencyMs: null, throughput: null, sizeBytes: null, speedup: null };
    const failed = trial(1, { ...nothing, samples: 0, outcome: 'failed', error: 'It crashed.' });
    expect(tuningHistoryView([given, failed], relative).history).toMatchObject([
      { accuracy: [null], performance: [null], outcome: 'failed', error: 'It crashed.' },
    ]);
  });

  it('lets errors grow and shares shrink by what is tolerated', () => {
    const minimal = (goal: Parameters<typeof tuningHistoryView>[1]): number | null =>
      tuningHistoryView([given], goal).minimal_accuracy;
    expect(minimal({ criterion: 'absolute', tolerance: 0.2, higherIsBetter: true })).toBeCloseTo(0.5, 12);
    expect(minimal({ criterion: 'absolute', tolerance: 0.2, higherIsBetter: false })).toBeCloseTo(0.9, 12);
    expect(minimal({ criterion: 'relative', tolerance: 0.1, higherIsBetter: false })).toBeCloseTo(0.77, 12);
    expect(minimal(undefined)).toBeNull();
  });
});

describe('a tuning that runs', () => {
  it('is read from the events of its job, each trial once, in order', () => {
    const folder = join(place.fresh(), 'run');
    mkdirSync(folder);
    expect(toldTrials(folder)).toEqual([]);
    const kept = trial(1, { isKept: true });
    for (const row of [given, trial(1, {}), given, kept, trial(2, {})]) {
      appendLine(join(folder, 'events.jsonl'), { time: 't', type: 'trial', trial: row });
      appendLine(join(folder, 'events.jsonl'), { time: 't', type: 'log', line: 'a trial' });
    }
    expect(toldTrials(folder)).toHaveLength(5);
    expect(trialsSoFar(toldTrials(folder))).toEqual([given, kept, trial(2, {})]);
  });

  it('has the goal of its config, also where a person changed that', () => {
    const config = (criterion: object): string =>
      place.write('goal.yaml', mnistConfig({ tuning: { accuracy_criterion: criterion } }));
    expect(goalOfConfig(config({ absolute: 0.03 }))).toEqual({
      criterion: 'absolute',
      tolerance: 0.03,
      higherIsBetter: true,
      metrics: ['topk'],
      objectives: ['performance'],
      isRandomData: false,
    });
    expect(goalOfConfig(config({ relative: 0.2, higher_is_better: false }))).toMatchObject({ higherIsBetter: false });
    expect(goalOfConfig(place.write('broken.yaml', 'tuning: ['))).toBeUndefined();
    expect(goalOfConfig(join(place.path, 'none.yaml'))).toBeUndefined();
  });

  it.each([
    ...metricEntries.map(({ name }) => ({ name, parameters: Object.fromEntries(parametersOf(name)) })),
    { name: 'custom', parameters: { path: '/w/metric.mjs', higher_is_better: false } },
  ])('knows whether more is better of $name, as the metric itself does', (metric) => {
    const [attributes] = Object.values(createMetric(metric.name, metric.parameters).attributes);
    expect(isHigherBetter(metric)).toBe(attributes?.direction === 'higher-better');
  });
});

function parametersOf(name: string): [string, unknown][] {
  const entry = metricEntries.find((each) => each.name === name);
  return (entry?.parameters ?? []).map((each) => [each.name, 'default' in each ? each.default : undefined]);
}
