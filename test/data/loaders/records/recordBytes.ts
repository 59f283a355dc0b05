// TFRecord files and tf.train.Example messages as a writer of them makes them, byte by byte.
import { maskedCrc32c } from '../../../../src/data/loaders/records/crc32c';

/** Values of a feature. */
export type FeatureValues = readonly (Uint8Array | string)[] | Float32Array | readonly number[];

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Buffer.from(bytes);
}

/** A field whose payload has a length. */
export function field(number: number, payload: Uint8Array): Buffer {
  return Buffer.concat([varint(number * 8 + 2), varint(payload.length), payload]);
}

function featureBytes(values: FeatureValues): Buffer {
  if (values instanceof Float32Array) {
    const packed = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
    return field(2, field(1, packed));
  }
  if (values.every((value) => typeof value === 'number')) {
    // Packed from the second value on: readers have to know both forms.
    const [first, ...others] = values;
    const single = first === undefined ? [] : [varint(8), varint(first)];
    return field(3, Buffer.concat([...single, field(1, Buffer.concat(others.map(varint)))]));
  }
  const all = values as readonly (Uint8Array | string)[];
  return field(1, Buffer.concat(all.map((value) => field(1, typeof value === 'string' ? Buffer.from(value) : value))));
}

export function exampleBytes(features: Readonly<Record<string, FeatureValues>>): Buffer {
  const entries = Object.entries(features).map(([name, values]) =>
    field(1, Buffer.concat([field(1, Buffer.from(name)), field(2, featureBytes(values))])),
  );
  return field(1, Buffer.concat(entries));
}

export function recordFileBytes(records: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    records.flatMap((record) => {
      const header = Buffer.alloc(12);
      header.writeBigUInt64LE(BigInt(record.length));
      header.writeUInt32LE(maskedCrc32c(header.subarray(0, 8)), 8);
      const footer = Buffer.alloc(4);
      footer.writeUInt32LE(maskedCrc32c(record));
      return [header, record, footer];
    }),
  );
}
