// The walk of AccuracyAwareQuantization on layers whose damage is known: order, steps back, several figures, the best kept.
import { describe, expect, it } from 'vitest';
import type { AccuracyAwareOptions } from '../../../src/config/tuningConfig';
import { walkText } from '../../../src/pipeline/accuracyAware/report';
import { AccuracyAwareWalk } from '../../../src/pipeline/accuracyAware/walk';
import type { WalkOutcome, WalkParts, WalkReport } from '../../../src/pipeline/accuracyAware/walk';

const options: AccuracyAwareOptions = {
  preset: 'performance',
  rankingSubsetSize: 10,
  maxIterations: Infinity,
  usePreviousIfDropIncreases: true,
  convertToMixedPreset: false,
  tuneHyperparams: false,
};

/** A configuration is the text of its 8-bit layers, after a mark for what else it has. */
interface Fake {
  /** Drops by configuration, one for each figure; others are the sum of `costs`. */
  readonly drops?: Readonly<Record<string, readonly number[]>>;
  readonly costs?: Readonly<Record<string, number>>;
  /** What ranking sees of a layer that is reverted; its cost unless told. */
  readonly relief?: Readonly<Record<string, number>>;
  readonly options?: Partial<AccuracyAwareOptions>;
  readonly groups?: readonly (readonly string[])[];
  readonly mixed?: string;
  readonly limits?: readonly number[];
  readonly variants?: WalkParts<string>['variants'];
}

/** Layers are called by one letter. */
const lettersOf = (config: string): string[] => Array.from(config);

async function walked(fake: Fake): Promise<{ tried: string[]; report: WalkReport<string>; ranked: string[] }> {
  const groups = fake.groups ?? [['a'], ['b'], ['c']];
  const limits = fake.limits ?? [0.01];
  const ranked: string[] = [];
  const costOf = (config: string): number =>
    lettersOf(config).reduce((sum, layer) => sum + (fake.costs?.[layer] ?? 0), 0);
  const whole = groups.flat().join('');
  const walk = new AccuracyAwareWalk<string>({
    start: { config: whole, change: 'whole' },
    ...(fake.mixed === undefined ? {} : { mixed: { config: fake.mixed, change: 'mixed' } }),
    variants: fake.variants ?? [],
    groups,
    nameOf: (layer) => layer,
    isQuantized: (config, layer) => config.includes(layer),
    reverted: (config, layers) =>
      lettersOf(config)
        .filter((layer) => !layers.includes(layer))
        .join(''),
    figures: limits.map((limit) => ({ name: 'accuracy', baseline: 0.8, limit })),
    samples: {
      hardest: (config, _figure, count) => {
        ranked.push(`${config}:${count}`);
        return Promise.resolve([0]);
      },
      score: (config) => {
        const missing = lettersOf(whole).filter((layer) => !config.includes(layer));
        return Promise.resolve(missing.reduce((sum, one) => sum + (fake.relief?.[one] ?? fake.costs?.[one] ?? 0), 0));
      },
    },
    options: { ...options, ...fake.options },
  });
  const tried: string[] = [];
  const steps = walk.run();
  let step = await steps.next();
  while (step.done !== true) {
    const { config } = step.value;
    tried.push(config);
    const drops = fake.drops?.[config] ?? limits.map(() => costOf(config));
    const outcome: WalkOutcome = { drops, meetsGoal: drops.every((drop, index) => drop <= (limits[index] ?? 0)) };
    step = await steps.next(outcome);
  }
  return { tried, report: walk.report, ranked };
}

describe('the walk', () => {
  it('tries the whole model alone where that meets the goal', async () => {
    const { tried, report } = await walked({ costs: { a: 0.01 } });
    expect(tried).toEqual(['abc']);
    expect(report).toEqual({ end: 'goal', best: 'abc', reverted: [], layers: 3 });
  });

  it('reverts the most harmful layer first, and goes on down the same list while the drop shrinks', async () => {
    const { tried, report, ranked } = await walked({ costs: { a: 0.02, b: 0.05, c: 0.004 } });
    expect(tried).toEqual(['abc', 'ac', 'c']);
    expect(report).toMatchObject({ end: 'goal', best: 'c', reverted: ['a', 'b'] });
    expect(ranked).toEqual(['abc:10']);
  });

  it('reverts a group as a whole, of equals the last by name first', async () => {
    const groups = [['a', 'c'], ['b'], ['d']];
    const { tried } = await walked({ groups, costs: { a: 0.02, b: 0.04, c: 0.02, d: 0.001 } });
    expect(tried).toEqual(['acbd', 'acd', 'd']);
  });

  it('forgives one increase, then steps back, ranks again, and keeps the drop of the model it went back to', async () => {
    const drops = { abc: [0.1], bc: [0.12], c: [0.2] };
    const { tried, report, ranked } = await walked({ drops, relief: { a: 3, b: 2, c: 1 } });
    // abc → bc is forgiven; bc → c is taken back; ranked anew, b comes first again and is forgiven; then c is the last.
    expect(tried).toEqual(['abc', 'bc', 'c', 'c']);
    expect(ranked).toEqual(['abc:10', 'bc:10']);
    // The original would return the last model.
    expect(report).toEqual({ end: 'nothing left', best: 'abc', reverted: [], layers: 3 });
  });

  it('goes on from the worse model where it is not to step back', async () => {
    const drops = { abc: [0.1], bc: [0.12], c: [0.2] };
    const { tried } = await walked({
      drops,
      relief: { a: 3, b: 2, c: 1 },
      options: { usePreviousIfDropIncreases: false },
    });
    expect(tried).toEqual(['abc', 'bc', 'c']);
  });

  it('turns to the next figure when the first one is satisfied', async () => {
    const drops = { abc: [0.2, 0.1], bc: [0.005, 0.1], c: [0.005, 0.005] };
    const { tried, report, ranked } = await walked({ drops, limits: [0.01, 0.01], relief: { a: 3, b: 2, c: 1 } });
    expect(tried).toEqual(['abc', 'bc', 'c']);
    expect(ranked).toHaveLength(2);
    expect(report.end).toBe('goal');
  });

  it('tries the mixed preset first, and takes it only where it is better', async () => {
    const whole = { convertToMixedPreset: true };
    const worse = await walked({
      mixed: 'abcM',
      drops: { abc: [0.1], abcM: [0.3], ab: [0] },
      relief: { c: 9 },
      options: whole,
    });
    expect(worse.tried).toEqual(['abc', 'abcM', 'ab']);
    const better = await walked({
      mixed: 'abcM',
      drops: { abc: [0.1], abcM: [0.05], abM: [0] },
      relief: { c: 9 },
      options: whole,
    });
    expect(better.tried).toEqual(['abc', 'abcM', 'abM']);
    expect((await walked({ mixed: 'abcM', drops: { abc: [0.1], ab: [0] }, relief: { c: 9 } })).tried).toEqual([
      'abc',
      'ab',
    ]);
  });

  it('tunes hyperparameters on the hardest samples, each stage from the best of the one before', async () => {
    const variants = [(base: string): string[] => [base, `${base}x`], (base: string): string[] => [base, `${base}y`]];
    const { tried } = await walked({
      variants,
      drops: { abc: [0.1], abcy: [0.005] },
      options: { tuneHyperparams: true },
    });
    // Nothing tells the variants apart here: the first of each stage stays.
    expect(tried[1]).toBe('abc');
  });

  it('ends after max_iter_num steps, with the best so far', async () => {
    const costs = { a: 0.5, b: 0.3, c: 0.2 };
    const { tried, report } = await walked({ costs, options: { maxIterations: 1 } });
    expect(tried).toEqual(['abc', 'bc']);
    expect(report).toMatchObject({ end: 'iterations', best: 'bc', reverted: ['a'] });
  });

  it('guards the division by a baseline of 0, and a model that failed', async () => {
    const { report } = await walked({ drops: { abc: [Infinity], bc: [Infinity], c: [0] }, relief: { a: 2, b: 1 } });
    expect(report).toMatchObject({ end: 'goal', best: 'c' });
  });
});

describe('walkText', () => {
  const report = { best: 'c', reverted: ['a', 'b'], layers: 3 };

  it('names what was reverted', () => {
    expect(walkText({ ...report, end: 'goal' })).toBe(
      'accuracy_aware: 2 out of 3 layers have been reverted to floating-point precision: a, b.',
    );
  });

  it('says that the goal was missed, why, and what the best model is', () => {
    expect(walkText({ ...report, end: 'all checked' })).toBe(
      'accuracy_aware could not achieve the required accuracy drop: all layers have been checked. It came nearest with 2 out of 3 layers reverted to floating-point precision: a, b.',
    );
    expect(walkText({ end: 'stopped', best: undefined, reverted: [], layers: 3 })).toBe(
      'accuracy_aware: no model was tried.',
    );
  });
});
