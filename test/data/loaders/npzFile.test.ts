// Archives written by NumPy itself (test/fixtures/numpy/make.py), and archives that lie.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openNpz } from '../../../src/data/loaders/npzFile';
import { temporaryFolder } from '../../support/temporaryFolder';

const fixtures = resolve(import.meta.dirname, '../../fixtures/numpy');

describe('openNpz', () => {
  const folder = temporaryFolder();

  it.each(['stored.npz', 'deflated.npz', 'zip64.npz'])('reads the arrays of %s', (name) => {
    const npz = openNpz(join(fixtures, name));
    try {
      expect(npz.names).toEqual(['x', 'mask', 'y']);
      expect(npz.array('x').row(2)).toEqual({
        type: 'float32',
        dims: [2, 2],
        data: Float32Array.of(2, 2.25, 2.5, 2.75),
      });
      expect(npz.array('y').row(0)).toEqual({ type: 'int64', dims: [], data: BigInt64Array.of(2n) });
    } finally {
      npz.close();
    }
  });

  it('names the nearest array when one is missing', () => {
    const npz = openNpz(join(fixtures, 'stored.npz'));
    try {
      expect(() => npz.array('msk')).toThrow('has no array "msk"; it has x, mask, y');
    } finally {
      npz.close();
    }
  });

  it('refuses an entry that claims to unpack to more than deflate can hold', () => {
    const bytes = readFileSync(join(fixtures, 'deflated.npz'));
    const directory = bytes.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));
    bytes.writeUInt32LE(0x7000_0000, directory + 24);
    expect(() => readAll(folder.write('bomb.npz', bytes))).toThrow('says it unpacks to 1879048192 bytes');
  });

  it('refuses what is no archive, and one whose end is missing', () => {
    expect(() => openNpz(folder.write('text.npz', 'just text, long enough to be looked at'))).toThrow('no zip archive');
    expect(() => openNpz(folder.write('empty.npz', ''))).toThrow('zip');
    const bytes = readFileSync(join(fixtures, 'stored.npz'));
    expect(() => openNpz(folder.write('half.npz', bytes.subarray(0, 600)))).toThrow('its end is missing');
  });

  it('refuses any damage with a sentence, never with a crash', () => {
    const whole = readFileSync(join(fixtures, 'zip64.npz'));
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
        const damaged = Buffer.from(whole);
        damaged[at] = byte;
        const path = folder.write('damaged.npz', damaged);
        try {
          readAll(path);
        } catch (thrown) {
          expect(thrown).toMatchObject({ name: 'DataError' });
          expect((thrown as Error).message).toContain(path);
        }
      }),
      { numRuns: 300 },
    );
  });
});

function readAll(path: string): void {
  const npz = openNpz(path);
  try {
    for (const name of npz.names) {
      const array = npz.array(name);
      for (let row = 0; row < Math.min(5, array.dims[0] ?? 0); row++) array.row(row);
    }
  } finally {
    npz.close();
  }
}
