// Arrays written by NumPy itself (test/fixtures/numpy/make.py), and damaged ones.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openNumpyArray } from '../../../src/data/loaders/numpyArray';
import { float16ToFloat32 } from '../../../src/onnx/halfFloat';
import { MemorySource } from '../../../src/onnx/byteSource';

const fixture = (name: string): Buffer => readFileSync(resolve(import.meta.dirname, '../../fixtures/numpy', name));
const open = (bytes: Uint8Array): ReturnType<typeof openNumpyArray> => openNumpyArray(new MemorySource(bytes), 'a.npy');

/** A header of format 1.0 before the given bytes. */
function npy(header: string, data: Uint8Array = new Uint8Array()): Buffer {
  const prefix = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 0, 0]);
  prefix.writeUInt16LE(header.length, 8);
  return Buffer.concat([prefix, Buffer.from(header, 'latin1'), data]);
}

describe('openNumpyArray', () => {
  it.each([
    ['f4', 'float32'],
    ['f8', 'float64'],
    ['i1', 'int8'],
    ['i2', 'int16'],
    ['i4', 'int32'],
    ['i8', 'int64'],
    ['u1', 'uint8'],
    ['u2', 'uint16'],
    ['u4', 'uint32'],
    ['u8', 'uint64'],
  ])('reads rows of %s as %s', (name, type) => {
    const array = open(fixture(`${name}.npy`));
    expect([array.type, array.dims]).toEqual([type, [2, 3]]);
    expect(array.row(1)).toMatchObject({ type, dims: [3] });
    expect(Array.from(array.row(1).data, Number)).toEqual([3, 4, 5]);
  });

  it('reads half precision as bit patterns and booleans as bytes', () => {
    const half = open(fixture('f2.npy')).row(1);
    expect(half.type).toBe('float16');
    expect([...float16ToFloat32(half.data as Uint16Array)]).toEqual([3, 4, 5]);
    expect(open(fixture('b1.npy')).row(0)).toEqual({ type: 'bool', dims: [3], data: Uint8Array.of(1, 0, 1) });
  });

  it('swaps the bytes of big-endian arrays', () => {
    expect(open(fixture('big_endian_f4.npy')).row(1).data).toEqual(Float32Array.of(3, 4e10));
    expect(open(fixture('big_endian_i8.npy')).row(1).data).toEqual(BigInt64Array.of(2n ** 40n, 4n));
  });

  it('gathers the rows of an array in column order', () => {
    const array = open(fixture('fortran.npy'));
    expect(array.row(1)).toEqual({
      type: 'int32',
      dims: [3, 4],
      data: Int32Array.from({ length: 12 }, (_, i) => 12 + i),
    });
  });

  it.each([
    ['Python objects', 'objects.npy', 'it holds Python objects'],
    ['records', 'record.npy', 'it holds elements of type a record'],
    ['text', 'text.npy', 'it holds elements of type <U3'],
  ])('refuses %s', (_name, file, sentence) => {
    expect(() => open(fixture(file))).toThrow(sentence);
  });

  it.each([
    ['a file that is cut off', fixture('f8.npy').subarray(0, 150), 'too few bytes'],
    ['a header that is cut off', fixture('f8.npy').subarray(0, 60), 'its header is cut off'],
    ['another format', Buffer.from('PNG, rather than NPY'), 'it is no NumPy array'],
    ['nothing', Buffer.alloc(0), 'too short'],
    [
      'a shape of 10^30 elements',
      npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000000, 1000000000000000)}"),
      'too few',
    ],
    ['a negative size', npy("{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 2), }"), 'its header is damaged'],
    [
      'a type named like a property',
      npy("{'descr': 'constructor', 'fortran_order': False, 'shape': (1,), }"),
      'elements of type',
    ],
  ])('refuses %s', (_name, bytes, sentence) => {
    expect(() => open(bytes)).toThrow(sentence);
  });

  it('refuses any damage with a sentence, never with a crash', () => {
    const whole = fixture('i4.npy');
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
        const damaged = Buffer.from(whole);
        damaged[at] = byte;
        try {
          open(damaged).row(0);
        } catch (thrown) {
          expect(thrown).toMatchObject({ name: 'DataError', place: 'a.npy' });
        }
      }),
      { numRuns: 300 },
    );
  });
});
