// Axes of the charts: every figure lies on them, ticks are round and few, the front is what no point beats.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeAxis, paretoFront, percentUnit, sizeUnit, timeUnit } from '../../../webviews/kit/scales';

const figures = fc.array(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 30 });

describe('an axis', () => {
  it('has room for every figure', () => {
    fc.assert(
      fc.property(figures, fc.boolean(), fc.boolean(), (values, isLogarithmic, fromZero) => {
        const axis = makeAxis(values, { range: [0, 400], isLogarithmic, fromZero });
        for (const value of values) {
          expect(axis.place(value)).toBeGreaterThanOrEqual(-1e-6);
          expect(axis.place(value)).toBeLessThanOrEqual(400 + 1e-6);
        }
      }),
    );
  });

  it('has ticks inside it, in order', () => {
    fc.assert(
      fc.property(figures, (values) => {
        const { ticks } = makeAxis(values, { range: [0, 400] });
        const places = ticks.map(({ at }) => at);
        expect(places).toEqual([...places].sort((a, b) => a - b));
        for (const at of places) expect(at).toBeGreaterThanOrEqual(-1e-6);
      }),
    );
  });

  it('begins at zero where lengths are compared', () => {
    const axis = makeAxis([3, 7], { range: [0, 100], fromZero: true });
    expect(axis.domain[0]).toBe(0);
    expect(axis.place(0)).toBe(0);
  });

  it('labels its ticks in its unit', () => {
    const labels = makeAxis([0.9, 1], { range: [0, 300], unit: percentUnit }).ticks.map(({ label }) => label);
    expect(labels).toContain('96');
  });

  it('shows few ticks of many decades', () => {
    const labels = makeAxis([0.01, 1000], { range: [0, 300], isLogarithmic: true }).ticks.map(({ label }) => label);
    expect(labels).toEqual(['0.01', '0.1', '1', '10', '100', '1000']);
  });

  it.each([
    [[2.57e-5], ['0', '5e-6', '1e-5', '1.5e-5', '2e-5', '2.5e-5', '3e-5']],
    [[8e-4], ['0', '2e-4', '4e-4', '6e-4', '8e-4']],
    [[0.02], ['0.000', '0.005', '0.010', '0.015', '0.020']],
  ])('labels the small errors %j so that labels lie beside each other', (values, expected) => {
    const { ticks } = makeAxis(values, { range: [0, 400], fromZero: true });
    expect(ticks.map(({ label }) => label)).toEqual(expected);
  });

  it('can be made of nothing and of one figure', () => {
    expect(makeAxis([], { range: [0, 100] }).domain).toEqual([0, 1]);
    const { domain } = makeAxis([5], { range: [0, 100] });
    expect(domain[0]).toBeLessThan(5);
    expect(domain[1]).toBeGreaterThan(5);
  });

  it('passes over what is no number', () => {
    expect(makeAxis([NaN, 1, Infinity, 2], { range: [0, 100], fromZero: true }).domain).toEqual([0, 2]);
  });
});

describe('units', () => {
  it('fit what is shown', () => {
    expect(timeUnit([0.01, 0.09]).name).toBe('µs');
    expect(timeUnit([4, 20]).name).toBe('ms');
    expect(timeUnit([20_000]).name).toBe('s');
    expect(sizeUnit([213_000]).name).toBe('kB');
    expect(sizeUnit([13e6]).name).toBe('MB');
  });
});

describe('the front', () => {
  it('holds exactly the points that none beats', () => {
    const points = fc.array(fc.record({ x: fc.integer({ min: 0, max: 9 }), y: fc.integer({ min: 0, max: 9 }) }));
    fc.assert(
      fc.property(points, (all) => {
        const front = paretoFront(all);
        for (const one of front)
          expect(all.some(({ x, y }) => (x < one.x && y >= one.y) || (x <= one.x && y > one.y))).toBe(false);
        for (const one of all) expect(front.some(({ x, y }) => x <= one.x && y >= one.y)).toBe(true);
      }),
    );
  });
});
