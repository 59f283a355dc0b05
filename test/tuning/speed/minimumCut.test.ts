// Minimum cuts against all cuts of small random networks.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FlowNetwork } from '../../../src/tuning/speed/minimumCut';

interface Arc {
  readonly from: number;
  readonly to: number;
  readonly forward: number;
  readonly backward: number;
}

function cutOf(arcs: readonly Arc[], isSource: (vertex: number) => boolean): number {
  return arcs.reduce((sum, { from, to, forward, backward }) => {
    if (isSource(from) === isSource(to)) return sum;
    return sum + (isSource(from) ? forward : backward);
  }, 0);
}

/** The least sum over all ways to part the vertices; 0 is the source, 1 the sink. */
function leastCut(count: number, arcs: readonly Arc[]): number {
  let least = Infinity;
  for (let bits = 0; bits < 2 ** (count - 2); bits++) {
    const cut = cutOf(arcs, (vertex) => vertex === 0 || (vertex > 1 && ((bits >> (vertex - 2)) & 1) === 1));
    least = Math.min(least, cut);
  }
  return least;
}

function sideOf(count: number, arcs: readonly Arc[]): ReadonlySet<number> {
  const network = new FlowNetwork(count);
  for (const { from, to, forward, backward } of arcs) network.connect(from, to, forward, backward);
  return network.sourceSide(0, 1);
}

const networks = fc.integer({ min: 2, max: 8 }).chain((count) => {
  const vertex = fc.nat(count - 1);
  const capacity = fc.oneof(fc.nat(6), fc.double({ min: 0, max: 10, noNaN: true }));
  const arc = fc.record({ from: vertex, to: vertex, forward: capacity, backward: fc.oneof(fc.constant(0), capacity) });
  return fc.record({ count: fc.constant(count), arcs: fc.array(arc, { maxLength: 24 }) });
});

describe('FlowNetwork', () => {
  it('finds a cut as small as the least of all', () => {
    fc.assert(
      fc.property(networks, ({ count, arcs }) => {
        const side = sideOf(count, arcs);
        expect(side.has(0)).toBe(true);
        expect(side.has(1)).toBe(false);
        expect(cutOf(arcs, (vertex) => side.has(vertex))).toBeCloseTo(leastCut(count, arcs), 6);
      }),
      { numRuns: 400 },
    );
  });

  it('goes the ways of 10 000 vertices one after another', () => {
    const count = 10_000;
    const chain = Array.from({ length: count - 2 }, (_, index) => index + 2);
    const arcs = [0, ...chain].map((from, index) => ({
      from,
      to: chain[index] ?? 1,
      forward: index === 7_000 ? 1 : 5,
      backward: 0,
    }));
    expect(sideOf(count, arcs).size).toBe(7_001);
  });

  it('never parts what a very large capacity ties together', () => {
    const arcs = [
      { from: 0, to: 2, forward: 0.001, backward: 0 },
      { from: 2, to: 3, forward: 1e9, backward: 1e9 },
      { from: 3, to: 1, forward: 0.002, backward: 0 },
    ];
    expect([...sideOf(4, arcs)]).toEqual([0]);
  });
});
