// Pickles written by Python (test/fixtures/numpy/make.py): read as data, never executed.
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PickleArray, unpickle } from '../../../src/data/loaders/pickle';

const fixture = (name: string): Uint8Array => readFileSync(resolve(import.meta.dirname, '../../fixtures/cifar', name));

describe('unpickle', () => {
  it.each(['python2', 'protocol2', 'protocol3', 'protocol4', 'protocol5'])('reads the batch of %s', (name) => {
    const batch = unpickle(fixture(name), name);
    if (!(batch instanceof Map)) throw new Error('no dictionary');
    const byText = new Map(
      [...batch].map(([key, value]) => [key instanceof Uint8Array ? Buffer.from(key).toString() : key, value]),
    );
    const data = byText.get('data');
    expect(data).toBeInstanceOf(PickleArray);
    expect((data as PickleArray).dims).toEqual([2, 3072]);
    expect([...(data as PickleArray).bytes.subarray(249, 253)]).toEqual([249, 250, 0, 1]);
    expect(byText.get('labels')).toEqual([7, 1]);
  });

  it('refuses a pickle that would run a command, and runs nothing', () => {
    expect(() => unpickle(fixture('evil'), 'evil')).toThrow(/Python name (posix|nt) system/);
    expect(existsSync('pwned')).toBe(false);
  });

  it('refuses any damage with a sentence, never with a crash', () => {
    const whole = fixture('protocol4');
    fc.assert(
      fc.property(fc.nat(250), fc.nat(255), fc.integer({ min: 1, max: whole.length }), (at, byte, length) => {
        const damaged = Uint8Array.from(whole.subarray(0, length));
        if (at < damaged.length) damaged[at] = byte;
        try {
          unpickle(damaged, 'batch');
        } catch (thrown) {
          expect(thrown).toMatchObject({ name: 'DataError', place: 'batch' });
        }
      }),
      { numRuns: 500 },
    );
  });

  it('reads lists that double 15 times without doubling the work', () => {
    // ] q\0 … then each list holds the one before twice: ] h\k a h\k a q\(k+1)
    const doubled = Array.from({ length: 15 }, (_, k) => [0x5d, 0x68, k, 0x61, 0x68, k, 0x61, 0x71, k + 1]).flat();
    const wide = [0x28, ...Array.from({ length: 1000 }, () => [0x68, 15]).flat(), 0x74, 0x2e];
    const list = unpickle(Uint8Array.of(0x80, 2, 0x5d, 0x71, 0, ...doubled, ...wide), 'bomb');
    expect(list).toHaveLength(1000);
  });

  it('refuses a list that holds itself', () => {
    // ]q\0 h\0 a .
    expect(() => unpickle(Uint8Array.of(0x80, 2, 0x5d, 0x71, 0, 0x68, 0, 0x61, 0x2e), 'loop')).toThrow(
      'nests too deeply',
    );
  });
});
