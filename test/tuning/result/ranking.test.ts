// Which model is better, and which pays at all, in each objective.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Objective } from '../../../src/config/tuningConfig';
import type { TrialMeasure } from '../../../src/tuning/history';
import { Ranking } from '../../../src/tuning/result/ranking';
import { latencyOf, measureOf } from '../measures';

const float = measureOf({ latencyMs: 10, latency: latencyOf(1), sizeBytes: 1000, footprintBytes: 1000 });
const objective = (name: Objective['name'], weight = 1, higherIsBetter = false): Objective => ({
  name,
  weight,
  higherIsBetter,
});
const ranking = (...objectives: Objective[]): Ranking => new Ranking(objectives, float);
/** A model that is `ratio` times as fast. */
const model = (ratio: number, changes: Partial<TrialMeasure> = {}): TrialMeasure =>
  measureOf({ latencyMs: 10 / ratio, latency: latencyOf(ratio), ...changes });

describe('beatsFloat', () => {
  it('asks for speed beyond the noise where speed is an objective, whatever the size', () => {
    const speed = ranking(objective('performance'));
    expect(speed.beatsFloat(model(1.5, { sizeBytes: 2000 }))).toBe(true);
    expect(speed.beatsFloat(model(1.02))).toBe(false);
    expect(speed.beatsFloat(model(0.5))).toBe(false);
    const both = ranking(objective('modelsize'), objective('performance'));
    expect(both.beatsFloat(model(0.9, { sizeBytes: 10 }))).toBe(false);
  });

  it('takes a model as fast as the float one where that was asked for', () => {
    const equal = new Ranking([objective('performance')], float, true);
    expect(equal.isFastEnough({ latency: latencyOf(1.01) })).toBe(true);
    expect(equal.beatsFloat(model(0.99))).toBe(true);
    expect(equal.beatsFloat(model(0.9))).toBe(false);
  });

  it('asks for less size, less memory or more accuracy, and then not for speed', () => {
    const size = ranking(objective('modelsize'));
    expect(size.beatsFloat(model(0.5, { sizeBytes: 999 }))).toBe(true);
    expect(size.beatsFloat(model(2, { sizeBytes: 1000 }))).toBe(false);
    const memory = ranking(objective('footprint'));
    expect(memory.beatsFloat(model(0.5, { footprintBytes: 960 }))).toBe(true);
    expect(memory.beatsFloat(model(2, { footprintBytes: 980 }))).toBe(false);
    const accuracy = ranking(objective('accuracy'));
    expect(accuracy.beatsFloat(model(0.5, { gain: 0.001 }))).toBe(true);
    expect(accuracy.beatsFloat(model(2))).toBe(false);
  });

  it('knows which measurements it needs', () => {
    expect(ranking(objective('performance')).looksAtSpeed).toBe(true);
    expect(ranking(objective('performance')).looksAtFootprint).toBe(false);
    expect(ranking(objective('modelsize'), objective('footprint')).looksAtFootprint).toBe(true);
    expect(ranking(objective('modelsize')).looksAtSpeed).toBe(false);
  });
});

describe('sorted', () => {
  it('puts the fastest first, and of models alike in speed the most accurate', () => {
    const speed = ranking(objective('performance'));
    const [fast, alike, slow] = [model(2, { gain: -0.01 }), model(1.99, { gain: 0 }), model(1.5, { gain: 0.1 })];
    expect(speed.sorted([slow, fast, alike])).toEqual([alike, fast, slow]);
  });

  it.each([
    ['modelsize', { sizeBytes: 100 }, { sizeBytes: 200 }],
    ['footprint', { footprintBytes: 100 }, { footprintBytes: 200 }],
    ['accuracy', { gain: 0.01 }, { gain: -0.01 }],
  ] as const)('puts the better one in %s first', (name, better, worse) => {
    const [first, second] = [model(1.1, better), model(1.5, worse)];
    expect(ranking(objective(name)).sorted([second, first])).toEqual([first, second]);
  });

  it('prefers accuracy among equals, and else keeps their order', () => {
    const [plain, accurate, other] = [
      model(2, { sizeBytes: 100 }),
      model(2, { sizeBytes: 100, gain: 0.01 }),
      model(3, { sizeBytes: 100 }),
    ];
    expect(ranking(objective('modelsize')).sorted([plain, other, accurate])).toEqual([accurate, plain, other]);
  });

  it('adds up weighted objectives, each brought to 0..1', () => {
    // Baseline over value: speed 2, 1.5, 1.25 becomes 1, 1/3, 0; size 1.25, 5, 2 becomes 0, 1, 0.2.
    const a = model(2, { sizeBytes: 800 });
    const b = model(1.5, { sizeBytes: 200 });
    const c = model(1.25, { sizeBytes: 500 });
    const by = (speed: number, size: number): TrialMeasure[] =>
      ranking(objective('performance', speed), objective('modelsize', size)).sorted([c, a, b]);
    // a = s; b = s/3 + z; c = 0.2 z
    expect(by(1, 0)).toEqual([a, b, c]);
    expect(by(1, 0.5)).toEqual([a, b, c]);
    expect(by(1, 1)).toEqual([b, a, c]);
    expect(by(0.1, 1)).toEqual([b, c, a]);
  });

  it('turns an objective round of which more is better', () => {
    const [small, large] = [model(2, { sizeBytes: 100 }), model(2, { sizeBytes: 900 })];
    const larger = ranking(objective('performance'), objective('modelsize', 1, true));
    expect(larger.sorted([small, large])).toEqual([large, small]);
  });

  it('is one order, whatever the models, and loses none', () => {
    const models = fc.array(
      fc.record({ ratio: fc.double({ min: 0.5, max: 4, noNaN: true }), sizeBytes: fc.integer({ min: 1, max: 1000 }) }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(models, (made) => {
        const all = made.map(({ ratio, sizeBytes }) => model(ratio, { sizeBytes }));
        const sorted = ranking(objective('performance'), objective('modelsize', 2)).sorted(all);
        expect(new Set(sorted)).toEqual(new Set(all));
        // No model comes after one that is worse in both.
        sorted.forEach((one, index) => {
          for (const later of sorted.slice(index + 1)) {
            expect(later.latencyMs < one.latencyMs && later.sizeBytes < one.sizeBytes).toBe(false);
          }
        });
      }),
    );
  });
});
