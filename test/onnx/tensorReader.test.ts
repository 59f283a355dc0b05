// Elements of tensors of every type, from every place they may lie in.
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataType } from '../../src/onnx/dataTypes';
import { makeTensor } from '../../src/onnx/makeMessages';
import type { TensorProto } from '../../src/onnx/messages';
import { ModelError } from '../../src/onnx/modelErrors';
import type { TensorData } from '../../src/onnx/tensor';
import { TensorReader } from '../../src/onnx/tensorReader';
import { varint } from './smallModels';

const reader = new TensorReader(undefined);
const varints = (values: readonly (number | bigint)[]): Uint8Array =>
  Uint8Array.from(values.flatMap((value) => varint(value)));

function tensorOf(dataType: number, count: number, fields: Partial<TensorProto>): TensorProto {
  const { rawData, ...rest } = makeTensor('t', DataType.uint8, [0], new Uint8Array(0));
  return rawData === undefined ? rest : { ...rest, dataType, dims: [count], ...fields };
}

function codeOf(read: () => unknown): string {
  try {
    read();
    return 'none';
  } catch (thrown) {
    if (thrown instanceof ModelError) return thrown.code;
    throw thrown;
  }
}

describe('values', () => {
  const arrays: [string, TensorData][] = [
    ['float32', new Float32Array([1.5, -2, NaN])],
    ['float64', new Float64Array([1e300, -2, Infinity])],
    ['uint8', new Uint8Array([0, 128, 255])],
    ['int8', new Int8Array([-128, 0, 127])],
    ['uint16', new Uint16Array([0, 65535, 7])],
    ['int16', new Int16Array([-32768, 32767, 0])],
    ['int32', new Int32Array([-(2 ** 31), 2 ** 31 - 1, 0])],
    ['uint32', new Uint32Array([0, 2 ** 32 - 1, 1])],
    ['int64', new BigInt64Array([-(2n ** 63n), 2n ** 63n - 1n, 0n])],
    ['uint64', new BigUint64Array([2n ** 64n - 1n, 0n, 1n])],
    ['bool', new Uint8Array([0, 1, 1])],
    ['float16', new Uint16Array([0x3c00, 0x8000, 0x7c00])],
    ['bfloat16', new Uint16Array([0x3f80, 0xff80, 0])],
    ['float8e4m3fn', new Uint8Array([1, 2, 255])],
    ['uint4', new Uint8Array([0, 15, 7])],
    ['int4', new Int8Array([-8, 7, -1])],
    ['float4e2m1', new Uint8Array([0, 15, 9])],
    ['string', ['', 'ä', 'text']],
  ];

  it.each(arrays)('%s comes back from raw data as it was put in', (type, data) => {
    const code = DataType[type as keyof typeof DataType];
    expect(reader.values(makeTensor('t', code, [3], data))).toEqual(data);
  });

  it.each([
    ['float32', { floatData: new Uint8Array(new Float32Array([1, -2, 3]).buffer) }, new Float32Array([1, -2, 3])],
    ['float64', { doubleData: new Uint8Array(new Float64Array([1, -2, 3]).buffer) }, new Float64Array([1, -2, 3])],
    ['int32', { int32Data: varints([-1, 0, 2 ** 31 - 1]) }, new Int32Array([-1, 0, 2 ** 31 - 1])],
    ['int8', { int32Data: varints([-128, 0, 127]) }, new Int8Array([-128, 0, 127])],
    ['uint8', { int32Data: varints([255, 0, 127]) }, new Uint8Array([255, 0, 127])],
    ['int16', { int32Data: varints([-5, 0, 5]) }, new Int16Array([-5, 0, 5])],
    ['uint16', { int32Data: varints([65535, 0, 5]) }, new Uint16Array([65535, 0, 5])],
    ['float16', { int32Data: varints([0x3c00, 0, 0xfc00]) }, new Uint16Array([0x3c00, 0, 0xfc00])],
    ['bool', { int32Data: varints([1, 0, 1]) }, new Uint8Array([1, 0, 1])],
    ['int4', { int32Data: varints([0x7f, 0x08]) }, new Int8Array([-1, 7, -8])],
    [
      'int64',
      { int64Data: varints([-(2n ** 63n), -1, 2n ** 63n - 1n]) },
      new BigInt64Array([-(2n ** 63n), -1n, 2n ** 63n - 1n]),
    ],
    ['uint32', { uint64Data: varints([2 ** 32 - 1, 0, 1]) }, new Uint32Array([2 ** 32 - 1, 0, 1])],
    ['uint64', { uint64Data: varints([2n ** 64n - 1n, 0, 1]) }, new BigUint64Array([2n ** 64n - 1n, 0n, 1n])],
  ])('%s comes from its typed list', (type, fields, expected) => {
    const tensor = tensorOf(DataType[type as keyof typeof DataType], 3, fields);
    expect(reader.values(tensor)).toEqual(expected);
    const raw = reader.rawBytes(tensor);
    const { int32Data, int64Data, uint64Data, floatData, doubleData, ...blank } = tensor;
    expect([int32Data, int64Data, uint64Data, floatData, doubleData].filter((data) => data !== undefined)).toHaveLength(
      1,
    );
    if (type !== 'int4') expect(reader.values({ ...blank, rawData: raw })).toEqual(expected);
  });

  it('4-bit elements of a typed list are raw bytes two by two, not one by one', () => {
    const tensor = tensorOf(DataType.int4, 3, { int32Data: varints([0x7f, 0x08]) });
    expect(reader.rawBytes(tensor)).toEqual(Uint8Array.from([0x7f, 0x08]));
  });

  it('reads data that does not start at a multiple of its element size', () => {
    const bytes = new Uint8Array(13);
    bytes.set(new Uint8Array(new Float32Array([1, 2, 3]).buffer), 1);
    expect(reader.values(tensorOf(DataType.float32, 3, { rawData: bytes.subarray(1) }))).toEqual(
      new Float32Array([1, 2, 3]),
    );
  });

  it('is a view where it can be', () => {
    const data = new Float32Array([1, 2, 3]);
    expect((reader.values(makeTensor('t', DataType.float32, [3], data)) as Float32Array).buffer).toBe(data.buffer);
  });

  it('int64 lists of any values come back (property)', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })), (values) => {
        const tensor = tensorOf(DataType.int64, values.length, { int64Data: varints(values) });
        expect(reader.values(tensor)).toEqual(BigInt64Array.from(values));
      }),
    );
  });

  it('reads scalars and empty tensors', () => {
    expect(reader.values({ ...makeTensor('t', DataType.int32, [], new Int32Array([7])) })).toEqual(new Int32Array([7]));
    expect(reader.values(tensorOf(DataType.float32, 0, {}))).toEqual(new Float32Array(0));
  });
});

describe('floats and integers', () => {
  it('converts every float16 as the definition says', () => {
    const patterns = Uint16Array.from({ length: 65536 }, (_, index) => index);
    const floats = reader.floats(makeTensor('t', DataType.float16, [65536], patterns));
    const known: [number, number][] = [
      [0x3c00, 1],
      [0xc000, -2],
      [0x0001, 2 ** -24],
      [0x03ff, 1023 * 2 ** -24],
      [0x0400, 2 ** -14],
      [0x7bff, 65504],
      [0x7c00, Infinity],
      [0xfc00, -Infinity],
      [0x3555, 0.333251953125],
    ];
    for (const [pattern, value] of known) expect(floats[pattern], pattern.toString(16)).toBe(value);
    expect(Object.is(floats[0x8000], -0)).toBe(true);
    expect(floats[0x7e00]).toBeNaN();
  });

  it('converts bfloat16 and float64', () => {
    expect(reader.floats(makeTensor('t', DataType.bfloat16, [2], new Uint16Array([0x3f80, 0xc040])))).toEqual(
      new Float32Array([1, -3]),
    );
    expect(reader.floats(makeTensor('t', DataType.float64, [1], new Float64Array([0.1])))).toEqual(
      new Float32Array([0.1]),
    );
  });

  it('refuses floats of integers, integers of floats, and integers too large to count with', () => {
    const int64 = makeTensor('t', DataType.int64, [1], new BigInt64Array([2n ** 60n]));
    expect(codeOf(() => reader.floats(int64))).toBe('model-tensor-type');
    expect(codeOf(() => reader.integers(makeTensor('t', DataType.float16, [1], new Uint16Array(1))))).toBe(
      'model-tensor-type',
    );
    expect(codeOf(() => reader.integers(int64))).toBe('model-tensor-integer');
    expect(reader.integers(makeTensor('t', DataType.int64, [2], new BigInt64Array([-1n, 5n])))).toEqual([-1, 5]);
  });
});

describe('data that does not fit', () => {
  it.each([
    ['raw data shorter than the shape', DataType.float32, { rawData: new Uint8Array(8) }],
    ['raw data longer than the shape', DataType.float32, { rawData: new Uint8Array(16) }],
    ['no data', DataType.float32, {}],
    ['floats in the list of another type', DataType.int32, { floatData: new Uint8Array(12) }],
    ['too few numbers', DataType.int64, { int64Data: varints([300, 300]) }],
    ['too many numbers', DataType.int32, { int32Data: varints([1, 2, 3, 4]) }],
    ['a list that ends inside a number', DataType.int32, { int32Data: Uint8Array.from([1, 2, 3, 0x80]) }],
    ['an overlong number', DataType.int32, { int32Data: Uint8Array.from([1, 2, ...Array<number>(12).fill(0x80), 1]) }],
    ['too few strings', DataType.string, { stringData: [new Uint8Array(1)] }],
  ])('%s is refused', (_, dataType, fields) => {
    expect(codeOf(() => reader.values(tensorOf(dataType, 3, fields)))).toBe('model-tensor-data');
  });

  it('an unknown type has no values', () => {
    expect(codeOf(() => reader.values(tensorOf(99, 3, { rawData: new Uint8Array(3) })))).toBe('model-tensor-type');
  });

  it('makeTensor refuses an array that does not fit its shape', () => {
    expect(() => makeTensor('t', DataType.float32, [2], new Float32Array(3))).toThrow(RangeError);
    expect(() => makeTensor('t', DataType.float32, [2], new Float64Array(1))).not.toThrow();
    expect(() => makeTensor('t', DataType.string, [2], ['a'])).toThrow(RangeError);
  });
});

describe('external data', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tensor-reader-'));
    for (let file = 0; file < 70; file++)
      writeFileSync(join(folder, `w${file}.bin`), new Uint8Array(new Float32Array([file, 1, 2, 3]).buffer));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const external = (entries: Record<string, string>, count = 2): TensorProto =>
    tensorOf(DataType.float32, count, {
      dataLocation: 1,
      externalData: Object.entries(entries).map(([key, value]) => ({ key, value })),
    });

  it('reads from offset and length, or the rest of the file; ignores a checksum', () => {
    const files = new TensorReader(folder);
    expect(files.values(external({ location: 'w0.bin', offset: '4', length: '8' }))).toEqual(new Float32Array([1, 2]));
    expect(files.values(external({ location: 'w0.bin', offset: '8', checksum: 'wrong' }))).toEqual(
      new Float32Array([2, 3]),
    );
    expect(files.values(external({ location: 'w0.bin', offset: '0', length: '8' }))).toEqual(new Float32Array([0, 1]));
    expect(files.externalFiles).toEqual([join(folder, 'w0.bin')]);
    expect(files.externalBytes).toBe(16);
    files.close();
  });

  it.each([
    ['no location', { offset: '0' }],
    ['a negative offset', { location: 'w0.bin', offset: '-8', length: '8' }],
    ['a fractional offset', { location: 'w0.bin', offset: '1.5', length: '8' }],
    ['a hexadecimal offset', { location: 'w0.bin', offset: '0x8', length: '8' }],
    ['a huge length', { location: 'w0.bin', offset: '0', length: '4611686018427387904' }],
    ['an end beyond the file', { location: 'w0.bin', offset: '12', length: '8' }],
    ['an offset beyond the file', { location: 'w0.bin', offset: '17' }],
    ['a missing file', { location: 'none.bin' }],
    ['a file outside', { location: '../w0.bin' }],
  ])('%s is refused', (_, entries) => {
    const files = new TensorReader(folder);
    expect(codeOf(() => files.check(external(entries as Record<string, string>)))).toBe('model-external-data');
    files.close();
  });

  it('refuses a length other than the shape needs, a key given twice, and external strings', () => {
    const files = new TensorReader(folder);
    expect(codeOf(() => files.check(external({ location: 'w0.bin', length: '12' })))).toBe('model-tensor-data');
    const twice = external({ location: 'w0.bin', length: '8' });
    const entry = { key: 'location', value: 'w1.bin' };
    expect(codeOf(() => files.check({ ...twice, externalData: [...twice.externalData, entry] }))).toBe(
      'model-external-data',
    );
    expect(codeOf(() => files.check({ ...twice, dataType: DataType.string }))).toBe('model-external-data');
    files.close();
  });

  it('a model from bytes has no folder', () => {
    expect(codeOf(() => reader.check(external({ location: 'w0.bin', length: '8' })))).toBe('model-external-data');
  });

  it('reads a file a tensor of a model with more files than it keeps open, in any order', () => {
    const files = new TensorReader(folder);
    const first = external({ location: 'w0.bin', length: '8' });
    for (let file = 0; file < 70; file++) {
      expect(files.values(external({ location: `w${file}.bin`, length: '8' }))).toEqual(new Float32Array([file, 1]));
    }
    expect(files.values(first)).toEqual(new Float32Array([0, 1]));
    files.close();
    expect(codeOf(() => files.values(first))).toBe('model-io');
  });

  it('does not read from a file that took the place of the one it checked', () => {
    const files = new TensorReader(folder);
    const first = external({ location: 'w0.bin', length: '8' });
    files.check(first);
    for (let file = 1; file < 70; file++) files.check(external({ location: `w${file}.bin`, length: '8' }));
    writeFileSync(join(folder, 'other.bin'), readFileSync(join(folder, 'w0.bin')));
    renameSync(join(folder, 'other.bin'), join(folder, 'w0.bin'));
    expect(codeOf(() => files.values(first))).toBe('model-io');
    files.close();
  });
});
