// Made-up inputs: shapes, values, repeatability, and refusal of shapes nobody can run.
import { describe, expect, it } from 'vitest';
import { elementCount } from '../../src/onnx/tensor';
import type { TensorType } from '../../src/onnx/tensor';
import { randomFeeds } from '../../src/runtime/randomInputs';
import { RuntimeFailure } from '../../src/runtime/runtimeErrors';
import type { PortInfo } from '../../src/runtime/session';

function failureOf(ports: readonly PortInfo[], dimensions: Record<string, number> = {}): RuntimeFailure {
  try {
    randomFeeds(ports, dimensions, 1, 1);
  } catch (thrown) {
    if (thrown instanceof RuntimeFailure) return thrown;
    throw thrown;
  }
  throw new Error('it was expected to fail');
}

describe('randomFeeds', () => {
  it('closes an open first dimension with the batch size, others with the sizes given', () => {
    const feeds = randomFeeds(
      [
        { name: 'ids', type: 'int64', dims: ['N', 'seq'] },
        { name: 'image', type: 'float32', dims: [null, 3, 4, 4] },
        { name: 'pairs', type: 'float32', dims: [1, 'N', 'seq'] },
      ],
      { seq: 5 },
      2,
      1,
    );
    expect(Object.values(feeds).map((tensor) => tensor.dims)).toEqual([
      [2, 5],
      [2, 3, 4, 4],
      [1, 2, 5],
    ]);
  });

  it('names the open dimension and the option that closes it', () => {
    expect(failureOf([{ name: 'ids', type: 'int64', dims: ['N', 'seq'] }])).toMatchObject({
      code: 'engine-open-dimension',
      message: 'The size of dimension "seq" of the model\'s input "ids" is not known.',
      nextStep: 'Give it a size: --dim seq=N.',
    });
    expect(failureOf([{ name: 'ids', type: 'int64', dims: ['N', 'past + 1'] }]).nextStep).toContain(
      '--dim "past + 1"=N',
    );
    expect(failureOf([{ name: 'ids', type: 'int64', dims: ['N', null] }]).code).toBe('engine-open-dimension');
    expect(failureOf([{ name: 'ids', type: 'int64', dims: ['N', 'constructor'] }]).code).toBe('engine-open-dimension');
  });

  it('refuses inputs of more than 2 GB and inputs that are no tensors', () => {
    const huge = { name: 'x', type: 'float32', dims: [1, 1_000_000, 1_000_000] };
    expect(failureOf([huge])).toMatchObject({ code: 'engine-input-too-large', message: /\[1, 1000000, 1000000\]/ });
    expect(failureOf([{ name: 'x', type: 'float32', dims: ['N', 'a'] }], { a: 2 ** 31 }).code).toBe(
      'engine-input-too-large',
    );
    expect(failureOf([{ name: 'x', type: 'map', dims: [] }]).code).toBe('engine-input-kind');
    expect(failureOf([{ name: 'x', type: 'bfloat16', dims: [1] }]).code).toBe('engine-input-kind');
  });

  it.each<TensorType>([
    'float32',
    'float64',
    'float16',
    'uint8',
    'int8',
    'uint16',
    'int16',
    'int32',
    'uint32',
    'int64',
    'uint64',
    'bool',
    'string',
  ])('gives %s that differ within and are the same for the same seed', (type) => {
    const make = (seed: number): unknown => randomFeeds([{ name: 'x', type, dims: [4, 50] }], {}, 1, seed)['x'];
    const tensor = randomFeeds([{ name: 'x', type, dims: [4, 50] }], {}, 1, 7)['x'];
    expect(tensor?.data.length).toBe(elementCount([4, 50]));
    expect(make(7)).toEqual(make(7));
    if (type === 'string') return;
    expect(new Set<unknown>(tensor?.data).size).toBeGreaterThan(1);
    expect(make(8)).not.toEqual(make(7));
  });

  it('gives floats in [0, 1), bytes over their range, other integers 0 or 1', () => {
    const values = (type: TensorType): number[] => {
      const data = randomFeeds([{ name: 'x', type, dims: [2_000] }], {}, 1, 1)['x']?.data ?? [];
      return Array.from(data as ArrayLike<number | bigint>, Number);
    };
    for (const n of values('float32')) expect(n >= 0 && n < 1).toBe(true);
    for (const bits of values('float16')) expect(bits >= 0x0400 && bits < 0x3c00).toBe(true);
    expect(Math.max(...values('uint8'))).toBeGreaterThan(250);
    expect(Math.min(...values('int8'))).toBeLessThan(-120);
    expect(new Set(values('int64'))).toEqual(new Set([0, 1]));
  });
});
