// Points of the op-wise product: every one, once, in order or by lot.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mulberry32 } from '../../../src/data/transforms/random';
import { FreshPoints, OpWisePoints, pointCount, pointsInOrder } from '../../../src/tuning/strategies/points';
import { opChoicesOf } from '../../../src/tuning/strategies/choices';
import { contextOf, dynamic, fourOps, perChannel, perTensor, spaceOf } from './fakeTuning';

const counts = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });

describe('points in order', () => {
  it('count up like a clock', () => {
    expect([...pointsInOrder([2, 1, 3])].map((point) => point.join(''))).toEqual([
      '000',
      '001',
      '002',
      '100',
      '101',
      '102',
    ]);
    expect([...pointsInOrder([2, 0])]).toEqual([]);
    expect([...pointsInOrder([])]).toEqual([[]]);
  });

  it('are as many as are counted', () => {
    fc.assert(fc.property(counts, (some) => [...pointsInOrder(some)].length === Number(pointCount(some))));
    expect(pointCount(Array.from({ length: 100 }, () => 10))).toBe(10n ** 100n);
  });
});

describe('fresh points', () => {
  it('are every wanted point that was not taken, once', () => {
    fc.assert(
      fc.property(counts, fc.integer(), (some, seed) => {
        const isWanted = (point: readonly number[]): boolean => point.some((choice) => choice > 0);
        const fresh = new FreshPoints(some, mulberry32(seed), isWanted);
        const wanted = [...pointsInOrder(some)].filter(isWanted);
        const [taken] = wanted;
        if (taken !== undefined) fresh.take(taken);
        const drawn: string[] = [];
        for (let point = fresh.next(); point !== undefined; point = fresh.next()) drawn.push(point.join());
        expect(drawn.sort()).toEqual(
          wanted
            .slice(1)
            .map((point) => point.join())
            .sort(),
        );
      }),
    );
  });

  it('are drawn evenly', () => {
    const firsts = Array.from({ length: 900 }, (_, seed) =>
      new FreshPoints([3, 3], mulberry32(seed), () => true).next(),
    );
    for (const point of pointsInOrder([3, 3])) {
      expect(firsts.filter((first) => first?.join() === point.join()).length).toBeGreaterThan(60);
    }
  });
});

describe('a point', () => {
  const context = contextOf(spaceOf(fourOps, { samplingSizes: [50, 100] }), {
    approach: 'auto',
    recipes: { smoothQuant: true, smoothQuantAlphas: [0.3, 0.6], weightCorrection: true },
  });
  const points = new OpWisePoints(context, opChoicesOf(context));

  it('is sampling size, alpha and the form of each op, static before dynamic before float', () => {
    expect(points.counts).toEqual([2, 2, 3, 3, 3, 2]);
    expect(points.configAt([1, 0, 1, 2, 1, 0])).toEqual({
      fusion: 'basic',
      format: 'qdq',
      equalization: false,
      smoothQuantAlpha: 0.3,
      fastBiasCorrection: false,
      weightCorrection: true,
      samplingSize: 100,
      percentile: 99.999,
      ops: { conv1: perTensor, matmul: dynamic, pool: perChannel },
    });
  });

  it('is a trial while an op is not float', () => {
    expect(points.isTrial([0, 0, 2, 2, 2, 1])).toBe(false);
    expect(points.isTrial([0, 0, 2, 2, 1, 1])).toBe(true);
  });
});
