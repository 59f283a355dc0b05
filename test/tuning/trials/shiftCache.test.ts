// Shifts of biases are measured once for each layer as it is quantized.
import { describe, expect, it } from 'vitest';
import type { QuantizationParts } from '../../../src/quantization/qdq';
import { ShiftCache } from '../../../src/tuning/trials/shiftCache';
import { node } from '../../quantization/rewritingModels';

type Parts = Pick<QuantizationParts, 'plan' | 'activations' | 'constants'>;

/** Layers called after their inputs, with the scale of each. */
function partsOf(scales: Readonly<Record<string, number>>): Parts {
  const nodes = Object.keys(scales).map((name) => ({ ...node('Conv', [name, 'w'], `${name}_out`), name }));
  const activations = Object.entries(scales).map(([name, scale]) => [name, { scale, zeroPoint: 0 }] as const);
  return {
    plan: { quantizedNodes: new Set(nodes) },
    activations: new Map(activations),
    constants: new Map(),
  } as unknown as Parts;
}

describe('ShiftCache', () => {
  it('measures for new layers, scales and keys alone, and gives the shifts of the layers that are quantized', async () => {
    const cache = new ShiftCache();
    let measured = 0;
    const measure = (): Promise<ReadonlyMap<string, Float32Array>> => {
      measured++;
      return Promise.resolve(new Map([['a', Float32Array.of(measured)]]));
    };
    const namesOf = async (key: string, parts: Parts): Promise<string[]> => [
      ...(await cache.of({ key, dependsOnInput: true }, parts, measure)).keys(),
    ];
    expect(await namesOf('k', partsOf({ a: 1, b: 1 }))).toEqual(['a']);
    // b takes no shift; with a float, there is none.
    expect(await namesOf('k', partsOf({ b: 1 }))).toEqual([]);
    expect(await namesOf('k', partsOf({ a: 1 }))).toEqual(['a']);
    expect(measured).toBe(1);
    await namesOf('k', partsOf({ a: 2 }));
    await namesOf('other', partsOf({ a: 1 }));
    expect(measured).toBe(3);
    const known = { key: 'k', dependsOnInput: true };
    expect((await cache.of(known, partsOf({ a: 2 }), measure)).get('a')).toEqual(Float32Array.of(2));
  });

  it('keeps shifts that do not depend on the scale of the input', async () => {
    const cache = new ShiftCache();
    const shifts = [1, 2].map((value) => new Map([['a', Float32Array.of(value)]]));
    const of = async (scale: number): Promise<Float32Array | undefined> =>
      (
        await cache.of({ key: 'k', dependsOnInput: false }, partsOf({ a: scale }), () =>
          Promise.resolve(shifts.shift() ?? new Map<string, Float32Array>()),
        )
      ).get('a');
    expect(await of(1)).toEqual(Float32Array.of(1));
    expect(await of(2)).toEqual(Float32Array.of(1));
  });
});
