// The default strategy on made-up models: speed first, then numbers, then float ops, and no trial for nothing.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OpConfig, TrialConfig } from '../../../src/tuning/contracts';
import { auto } from '../../../src/tuning/strategies/auto';
import type { ContextOptions, FakeModel, FakeRun } from './fakeTuning';
import { contextOf, dynamic, fourOps, opOf, perChannel, percentile, run, spaceOf, tolerance } from './fakeTuning';

/** Numbers are as they are: what is left to repair with is float. */
const numbersFixed = {
  equalization: false,
  fastBiasCorrection: false,
  weightCorrection: false,
  smoothQuant: false,
} as const;
const oneFormat = { format: 'qdq' } as const;

function play(model: FakeModel, options: ContextOptions = {}, space = spaceOf(fourOps)): Promise<FakeRun> {
  return run(auto, contextOf(space, { model, ...options }), model);
}

const entropy = { ...perChannel, activationAlgorithm: 'entropy' } as const;
const threeConvs = spaceOf(['a', 'b', 'c'].map((name) => opOf(name, 'Conv', [perChannel, percentile, entropy])));
const usesEntropy = ({ ops }: TrialConfig): boolean =>
  Object.values(ops).some((op) => op.mode === 'static' && op.activationAlgorithm === 'entropy');

describe('auto', () => {
  it('measures every form that may be fast, and stops where the fastest is accurate enough', async () => {
    const model: FakeModel = { savedMs: () => 1 };
    const { changes, isEnded } = await play(model, { placements: () => [['conv1'], ['conv2', 'matmul']] });
    expect(changes).toEqual([
      '4 ops static',
      'conv1 stays float',
      '2 ops stay float: conv2, matmul',
      // The product of constants alone, without the pool.
      'pool stays float',
      'trial 1 as integer operators (QOperator)',
    ]);
    expect(isEnded).toBe(true);
  });

  it('asks for a form once that two reasons speak for', async () => {
    const { changes } = await play({ savedMs: () => 1 }, { placements: () => [['pool']], fixed: oneFormat });
    expect(changes).toEqual(['4 ops static', 'pool stays float']);
  });

  it('ends after the forms where nothing pays', async () => {
    const slow: FakeModel = { savedMs: () => -1, damage: () => 1 };
    const { changes, isEnded } = await play(slow, { fixed: oneFormat });
    expect(changes).toEqual(['4 ops static', 'pool stays float']);
    expect(isEnded).toBe(true);
  });

  it('does not give accuracy to a form that has it and is not faster beyond the noise', async () => {
    const model: FakeModel = { savedMs: () => 0.2, noiseMs: 5 };
    expect((await play(model, { fixed: oneFormat })).changes).toEqual(['4 ops static', 'pool stays float']);
  });

  it('tries the other format on the fastest form, and only where an op is static', async () => {
    const model: FakeModel = { savedMs: (node) => (node === 'pool' ? -1 : 1) };
    expect((await play(model)).changes.at(-1)).toBe('trial 2 as integer operators (QOperator)');
    const given = spaceOf(fourOps, { format: 'qoperator' });
    expect((await play(model, {}, given)).changes.at(-1)).toBe('trial 2 as Q/DQ pairs');
    const dynamicOnly = await play({ savedMs: () => 1 }, { approach: 'dynamic' });
    expect(dynamicOnly.quantized).toEqual(['matmul:dynamic']);
  });

  it('takes what the other format can do of the fastest form', async () => {
    const spaces: ContextOptions['spaces'] = (fusion, format) =>
      format === 'qoperator' ? spaceOf(fourOps.slice(0, 2), { fusion, format }) : undefined;
    const { quantized } = await play({ savedMs: () => 1 }, { spaces });
    expect(quantized.at(-1)).toBe('conv1 conv2');
  });

  it('lets ops be dynamic where the approach leaves it open, at every level of fusion', async () => {
    const space = spaceOf(fourOps, { blocks: [['matmul']] });
    const { quantized, changes } = await play({ savedMs: () => 1 }, { approach: 'auto', fixed: oneFormat }, space);
    const forms = ['conv1 conv2 matmul pool', 'conv1 conv2 matmul:dynamic pool', 'conv1 conv2 matmul'];
    expect(quantized).toEqual([...forms, ...forms]);
    expect(changes.slice(3)).toEqual(
      ['4 ops static', 'MatMul: dynamic, per tensor weights', 'pool stays float'].map(
        (one) => `fused operators; ${one}`,
      ),
    );
  });

  it('looks at the fused operators of a transformer only, and not where the config fixes the level', async () => {
    const fusionsOf = async (options: ContextOptions, blocks: readonly (readonly string[])[]): Promise<Set<string>> => {
      const { requests } = await play({ savedMs: () => 1 }, options, spaceOf(fourOps, { blocks }));
      return new Set(requests.map(({ config }) => config.fusion));
    };
    expect(await fusionsOf({}, [])).toEqual(new Set(['basic']));
    expect(await fusionsOf({}, [['matmul']])).toEqual(new Set(['basic', 'extended']));
    expect(await fusionsOf({ fixed: { fusion: 'disabled' } }, [['matmul']])).toEqual(new Set(['disabled']));
    const none: ContextOptions['spaces'] = (fusion) => (fusion === 'extended' ? spaceOf([], { fusion }) : undefined);
    expect(await fusionsOf({ spaces: none }, [['matmul']])).toEqual(new Set(['basic']));
  });

  it('repairs with other numbers first, those with the least error, and then needs no float op', async () => {
    const model: FakeModel = {
      savedMs: () => 1,
      damage: () => 0.01,
      leftOver: (config) => (usesEntropy(config) ? 0.2 : config.fastBiasCorrection ? 0.5 : 1),
    };
    const { changes, outcomes, isEnded } = await play(model, { fixed: oneFormat }, threeConvs);
    expect(changes).toEqual(['3 ops static', 'trial 1 with entropy calibration']);
    expect(outcomes.at(-1)?.isAcceptable).toBe(true);
    expect(isEnded).toBe(true);
  });

  it('asks the metric about at most six variants', async () => {
    const model: FakeModel = { savedMs: () => 1, damage: () => 0.01, leftOver: (config) => (config.ops['a'] ? 1 : 0) };
    const { changes } = await play(model, { fixed: oneFormat, equalizablePairs: 1 }, threeConvs);
    const variants = changes.filter((change) => change.startsWith('trial 1 with'));
    expect(variants).toHaveLength(6);
    // Only then do ops stay float, in the most accurate of what was tried.
    expect(changes.at(7)).toMatch(/^trial \d where a stays float$/);
    expect(changes).toHaveLength(8);
  });

  it('repairs the fastest form first, and no other that cannot beat it', async () => {
    // The pool costs time in 8 bits: without it the model is faster, and loses as much accuracy.
    const model: FakeModel = {
      savedMs: (node) => (node === 'pool' ? -1 : 2),
      damage: (node) => (node === 'conv1' ? 0.02 : 0),
    };
    const { quantized } = await play(model, { fixed: oneFormat, recipes: numbersFixed });
    // The repaired model takes 6 ms, all ops in 8 bits take 5: worth a repair, which then is no faster.
    expect(quantized).toEqual(['conv1 conv2 matmul pool', 'conv1 conv2 matmul', 'conv2 matmul', 'conv2 matmul pool']);
    const other: FakeModel = { ...model, savedMs: (node) => (node === 'pool' ? -3 : 2) };
    const { quantized: fewer } = await play(other, { fixed: oneFormat, recipes: numbersFixed });
    // They take 7 ms: beaten.
    expect(fewer).toEqual(['conv1 conv2 matmul pool', 'conv1 conv2 matmul', 'conv2 matmul']);
  });

  it('tries other sampling sizes at the end', async () => {
    const space = spaceOf(fourOps.slice(0, 2), { samplingSizes: [100, 500] });
    const { quantized, changes } = await play({ savedMs: () => 1 }, { fixed: oneFormat }, space);
    expect(quantized).toEqual(['conv1 conv2', 'conv1 conv2 @500']);
    expect(changes.at(-1)).toMatch(/^trial 1, 500 calibration samples/);
  });

  it('looks for accuracy in slow models too where speed is no objective', async () => {
    const model: FakeModel = { savedMs: () => -1, damage: (node) => (node === 'conv2' ? 0.02 : 0), noiseMs: Infinity };
    const options = { fixed: oneFormat, recipes: numbersFixed, looksAtSpeed: false };
    const { quantized, outcomes } = await play(model, options, spaceOf(fourOps.slice(0, 3)));
    expect(quantized).toEqual(['conv1 conv2 matmul', 'conv1 matmul']);
    expect(outcomes.at(-1)?.isAcceptable).toBe(true);
  });
});

describe('float ops that give the accuracy back', () => {
  const opsOf = (count: number): ReturnType<typeof spaceOf> =>
    spaceOf(Array.from({ length: count }, (_, index) => opOf(`op${index}`, 'Conv', [perChannel])));
  const options = { fixed: oneFormat, recipes: numbersFixed };
  const numberOf = (node: string): number => Number(node.slice(2));

  it('are as few as can be where their harm adds up, and found in few trials', async () => {
    const damages = fc.array(fc.integer({ min: 0, max: 10 }), { minLength: 2, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(damages, async (given) => {
        const damage = (node: string): number => (given[numberOf(node)] ?? 0) * 0.001;
        const model: FakeModel = { damage, savedMs: () => 0.4 };
        const { outcomes, requests } = await play(model, options, opsOf(given.length));
        const descending = [...given].sort((a, b) => b - a);
        const harm = (floats: number): number => descending.slice(floats).reduce((sum, one) => sum + one * 0.001, 0);
        const least = descending.findIndex((_, floats) => harm(floats) <= tolerance + 1e-9);
        const floats = outcomes
          .filter(({ isAcceptable }) => isAcceptable)
          .map(({ config }) => given.length - Object.keys(config.ops).length);
        // −1: only the model that was given meets the goal.
        expect(floats.length === 0 ? -1 : Math.min(...floats)).toBe(least);
        expect(requests.length).toBeLessThanOrEqual(2 + 2 * Math.ceil(Math.log2(given.length)));
      }),
      { numRuns: 150 },
    );
  });

  it('are found below a number of them that is too slow', async () => {
    // Each 8-bit op saves 2 ms, converting costs 3: one alone does not pay. Two may stay.
    const model: FakeModel = { damage: () => tolerance / 2, savedMs: () => 2, savedByWholeMs: () => -3 };
    const { quantized, outcomes } = await play(model, options, opsOf(5));
    expect(quantized.map((names) => names.split(' ').length)).toEqual([5, 4, 3, 1, 2]);
    expect(outcomes.at(-1)).toMatchObject({ isAcceptable: true, latencyMs: 9 });
  });

  it('are not looked for any further where it is too slow and not accurate either', async () => {
    const model: FakeModel = { damage: () => 1, savedMs: () => 2, savedByWholeMs: () => -5 };
    const { quantized } = await play(model, options, opsOf(5));
    // With three 8-bit ops it is as good as float; four float ops are slower.
    expect(quantized.map((names) => names.split(' ').length)).toEqual([5, 4, 3, 1]);
  });

  it('are sought among those with the largest errors of their own, of very many', async () => {
    const model: FakeModel = { damage: (node) => (node === 'op99' ? 0.02 : 0), savedMs: () => 0.05 };
    const { changes } = await play(model, { ...options, opErrors: { op99: 1 } }, opsOf(100));
    expect(changes).toEqual(['100 ops static', 'trial 1 where op99 stays float']);
  });
});

describe('whatever the model', () => {
  it('nothing is asked for twice, never the given model, and there is an end', async () => {
    const space = fc
      .array(
        fc.record({
          opType: fc.constantFrom('Conv', 'MatMul', 'Add'),
          isConstantProduct: fc.boolean(),
          staticForms: fc.subarray([perChannel, percentile], { minLength: 1 }),
          dynamicForms: fc.subarray([dynamic]),
        }),
        { minLength: 1, maxLength: 5 },
      )
      .map((ops) =>
        spaceOf(
          ops.map((op, index) => ({ ...op, node: `op${index}` })),
          { samplingSizes: [10, 20], blocks: [['op0']] },
        ),
      );
    const weight = fc.constantFrom(0, 0.001, 0.004, 0.02);
    await fc.assert(
      fc.asyncProperty(space, weight, fc.nat(3), fc.boolean(), async (made, harm, failing, looksAtSpeed) => {
        const figure = (node: string, form: OpConfig): number =>
          (JSON.stringify(form).length * (node.charCodeAt(2) + 3)) % 5;
        const model: FakeModel = {
          damage: (node, form) => figure(node, form) * harm,
          savedMs: (node, form) => figure(node, form) - 1,
          fails: ({ ops }) => failing > 0 && Object.keys(ops).length === failing,
        };
        const given = { approach: 'auto', looksAtSpeed, equalizablePairs: 1, placements: () => [['op0']] } as const;
        const { requests, isEnded } = await play(model, given, made);
        expect(isEnded).toBe(true);
        const keys = requests.map(({ config }) => JSON.stringify(config));
        expect(new Set(keys).size).toBe(keys.length);
        for (const { config, change } of requests) {
          expect(Object.keys(config.ops).length).toBeGreaterThan(0);
          expect(change).not.toBe('');
          expect(change).not.toContain('?');
        }
      }),
      { numRuns: 60 },
    );
  });

  it('every trial may fail', async () => {
    const { isEnded, requests } = await play({ fails: () => true });
    expect(isEnded).toBe(true);
    expect(requests.length).toBeGreaterThan(0);
  });

  it('nothing is asked for where nothing can be quantized', async () => {
    expect((await play({}, {}, spaceOf([]))).requests).toEqual([]);
  });
});
