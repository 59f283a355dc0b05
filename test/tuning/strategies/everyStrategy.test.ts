// What holds for every strategy: equal seeds, no configuration twice, failures, nothing to do.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StrategyName } from '../../../src/config/tuningConfig';
import type { OpSpace } from '../../../src/tuning/contracts';
import { strategyOf } from '../../../src/tuning/strategies/registry';
import type { FakeModel } from './fakeTuning';
import { contextOf, dynamic, fourOps, opOf, perChannel, perTensor, percentile, run, spaceOf } from './fakeTuning';

type NamedStrategy = Exclude<StrategyName, 'auto' | 'accuracy_aware'>;

const names: readonly NamedStrategy[] = [
  'basic',
  'mse',
  'mse_v2',
  'conservative',
  'random',
  'exhaustive',
  'bayesian',
  'tpe',
  'hawq_v2',
];
const seeded: readonly NamedStrategy[] = ['random', 'bayesian', 'tpe'];

/** Two or three ops with one to three static forms and at most one dynamic form. */
const ops = fc
  .array(
    fc.record({
      opType: fc.constantFrom('Conv', 'MatMul', 'Gemm'),
      staticForms: fc.subarray([perChannel, perTensor, percentile], { minLength: 1 }),
      dynamicForms: fc.subarray([dynamic]),
    }),
    { minLength: 2, maxLength: 3 },
  )
  .map((found): OpSpace[] => found.map((op, index) => ({ ...op, node: `op${index}`, isConstantProduct: true })));

/** Damage and time saved of an op by the length of its JSON: different for different forms. */
const uneven = (weight: number): FakeModel => ({
  damage: (node, form) => ((JSON.stringify(form).length * (node.charCodeAt(2) + 3)) % 7) * weight,
  savedMs: (node) => node.charCodeAt(2) % 3,
});

describe.each(names)('%s', (name) => {
  const strategy = strategyOf(name);

  it('returns at once where nothing can be quantized', async () => {
    expect((await run(strategy, contextOf(spaceOf([])))).requests).toEqual([]);
    const staticOnly = fourOps.slice(0, 1);
    expect((await run(strategy, contextOf(spaceOf(staticOnly), { approach: 'dynamic' }))).requests).toEqual([]);
  });

  it('goes on, and to its end, when every trial fails', async () => {
    const fails = (): boolean => true;
    const { requests } = await run(strategy, contextOf(spaceOf(fourOps), { approach: 'auto' }), { fails }, 200);
    // The smallest number is that of conservative: one for each of two families.
    expect(requests.length).toBeGreaterThanOrEqual(2);
  });

  it('takes a node with the name of an object property for what it is', async () => {
    const named = fourOps.map((op, index) => ({ ...op, node: ['constructor', 'toString', '7', '1'][index] ?? '' }));
    const { requests } = await run(strategy, contextOf(spaceOf(named)), { damage: () => 0.02 }, 30);
    expect(requests.length).toBeGreaterThan(1);
    for (const { config } of requests) {
      expect(Object.values(config.ops).every((form) => form.mode === 'static')).toBe(true);
    }
  });

  it('asks for the same trials with the same seed, for none twice, and never for the given model', async () => {
    await fc.assert(
      fc.asyncProperty(ops, fc.integer(), fc.constantFrom(0, 0.002, 0.02), async (found, seed, weight) => {
        const model = uneven(weight);
        const context = contextOf(spaceOf(found, { samplingSizes: [10, 20] }), { approach: 'auto', seed, model });
        const first = await run(strategy, context, model, 25);
        const second = await run(strategy, context, model, 25);
        expect(second.requests).toEqual(first.requests);
        const keys = first.requests.map(({ config }) => JSON.stringify(config));
        expect(new Set(keys).size).toBe(keys.length);
        for (const { config } of first.requests) expect(Object.keys(config.ops).length).toBeGreaterThan(0);
      }),
      { numRuns: seeded.includes(name) ? 8 : 25 },
    );
  });
});

describe.each(seeded)('%s', (name) => {
  const strategy = strategyOf(name);

  it('takes another way with another seed', async () => {
    const ways = await Promise.all(
      [1, 2, 3].map(async (seed) =>
        (await run(strategy, contextOf(spaceOf(fourOps), { seed }), {}, 8)).quantized.join(),
      ),
    );
    expect(new Set(ways).size).toBeGreaterThan(1);
  });

  it('tries every configuration once, and then ends', async () => {
    // 3 · 3 · 2 · 2 choices, without the one where all are float.
    const { requests, isEnded } = await run(strategy, contextOf(spaceOf(fourOps)), uneven(0.01));
    expect(requests).toHaveLength(35);
    expect(isEnded).toBe(true);
  });

  it('works where the space cannot be counted', async () => {
    const many = Array.from({ length: 40 }, (_, index) => ({ ...fourOps[0]!, node: `conv${index}` }));
    const { requests } = await run(strategy, contextOf(spaceOf(many)), uneven(0.001), 12);
    expect(requests).toHaveLength(12);
  });

  it('lives with trials that fail among others', async () => {
    const model: FakeModel = { ...uneven(0.01), fails: (config) => 'conv1' in config.ops };
    const { requests } = await run(strategy, contextOf(spaceOf(fourOps)), model);
    expect(requests).toHaveLength(35);
  });
});

describe.each(['bayesian', 'tpe'] as const)('%s', (name) => {
  it('finds a fast model that meets the goal sooner than the lot does', async () => {
    // Per tensor is fastest, but two ops bear only per channel, and one nothing but float: 4.5 ms is the optimum.
    const five = Array.from({ length: 5 }, (_, index) =>
      opOf(`op${index}`, 'Conv', [perTensor, perChannel, percentile]),
    );
    const model: FakeModel = {
      damage: (node, form) => {
        if (node === 'op0') return 0.03;
        return (node === 'op1' || node === 'op2') && form === perTensor ? 0.02 : 0;
      },
      savedMs: (_, form) => (form === perTensor ? 1.5 : form === perChannel ? 1.25 : 0.5),
    };
    const fastest = async (strategy: NamedStrategy, seed: number): Promise<number> => {
      const { outcomes } = await run(strategyOf(strategy), contextOf(spaceOf(five), { seed }), model, 40);
      return Math.min(...outcomes.filter(({ isAcceptable }) => isAcceptable).map(({ latencyMs }) => latencyMs));
    };
    const seeds = [1, 2, 3, 4];
    const found = await Promise.all(seeds.map((seed) => fastest(name, seed)));
    const byLot = await Promise.all(seeds.map((seed) => fastest('random', seed)));
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
    expect(Math.min(...found)).toBe(4.5);
    expect(sum(found)).toBeLessThan(sum(byLot));
  });
});
