// tf.train.Example in protobuf's wire format: named lists of bytes, floats or integers. Message:
// https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/example/example.proto
import { MemorySource } from '../../../onnx/byteSource';
import { ModelError } from '../../../onnx/modelErrors';
import { WireReader, WireType } from '../../../onnx/wireReader';
import { dataErrors } from '../../dataErrors';
import type { FoundRecord } from './recordFile';

/** Numbers of the fields of the messages. */
const fields = {
  features: 1,
  feature: 1,
  key: 1,
  value: 2,
  bytesList: 1,
  floatList: 2,
  int64List: 3,
  list: 1,
} as const;

/** What a feature holds; integers beyond 2⁵³ lose precision. */
export type Feature =
  | { readonly kind: 'bytes'; readonly values: readonly Uint8Array[] }
  | { readonly kind: 'floats' | 'integers'; readonly values: readonly number[] };

/** Features of a record by name. */
export class Example {
  constructor(
    private readonly record: FoundRecord,
    private readonly features: ReadonlyMap<string, Feature>,
  ) {}

  /** A list of bytes; undefined where there is none of that name. */
  bytes(name: string): readonly Uint8Array[] | undefined {
    const feature = this.features.get(name);
    if (feature === undefined) return undefined;
    if (feature.kind !== 'bytes') throw this.refusal(`its feature ${name} holds ${feature.kind}, not bytes`);
    return feature.values;
  }

  /** A list of numbers, in the same way. */
  numbers(name: string): readonly number[] | undefined {
    const feature = this.features.get(name);
    if (feature === undefined) return undefined;
    if (feature.kind === 'bytes') throw this.refusal(`its feature ${name} holds bytes, not numbers`);
    return feature.values;
  }

  /** The first value of a list of bytes that has to be there. */
  firstBytes(name: string): Uint8Array {
    const [first] = this.bytes(name) ?? [];
    if (first === undefined) throw this.missing(name);
    return first;
  }

  /** The first value as text; undefined where there is none. */
  text(name: string): string | undefined {
    const [first] = this.bytes(name) ?? [];
    return first === undefined ? undefined : new TextDecoder().decode(first);
  }

  /** File and record, for failures. */
  get place(): string {
    return `${this.record.file}: record ${this.record.index}`;
  }

  missing(name: string): Error {
    const names = [...this.features.keys()].slice(0, 12).map((each) => each.slice(0, 64));
    return this.refusal(`it has no feature ${name}; it has ${names.join(', ') || 'none'}`);
  }

  refusal(problem: string): Error {
    return dataErrors.badRecord(this.record.file, this.record.index, this.record.offset, problem);
  }
}

/** Throws a DataError naming the record for what is no such message. */
export function readExample(record: FoundRecord): Example {
  const features = new Map<string, Feature>();
  const reader = new WireReader(new MemorySource(record.bytes));
  try {
    eachField(reader, reader.limit, (field, wire) => {
      if (field !== fields.features || wire !== WireType.length) return false;
      eachField(reader, endOf(reader), (inner, innerWire) => {
        if (inner !== fields.feature || innerWire !== WireType.length) return false;
        readEntry(reader, features);
        return true;
      });
      return true;
    });
  } catch (thrown) {
    if (!(thrown instanceof ModelError)) throw thrown;
    throw dataErrors.badRecord(record.file, record.index, record.offset, 'it is no tf.train.Example');
  }
  return new Example(record, features);
}

/** Calls `take` at the payload of each field; one that it does not take is stepped over. */
function eachField(reader: WireReader, end: number, take: (field: number, wire: number) => boolean): void {
  const outer = reader.limit;
  reader.limit = end;
  while (reader.position < end) {
    const tag = reader.tag();
    if (!take(tag >>> 3, tag & 7)) reader.skipField(tag);
  }
  reader.limit = outer;
}

function endOf(reader: WireReader): number {
  const length = reader.length();
  return reader.position + length;
}

function readEntry(reader: WireReader, features: Map<string, Feature>): void {
  let key = '';
  let feature: Feature | undefined;
  eachField(reader, endOf(reader), (field, wire) => {
    if (wire !== WireType.length) return false;
    if (field === fields.key) key = reader.string(reader.length());
    else if (field === fields.value) feature = readFeature(reader);
    else return false;
    return true;
  });
  if (feature !== undefined) features.set(key, feature);
}

function readFeature(reader: WireReader): Feature | undefined {
  let feature: Feature | undefined;
  eachField(reader, endOf(reader), (field, wire) => {
    if (wire !== WireType.length) return false;
    if (field === fields.bytesList) feature = { kind: 'bytes', values: readBytes(reader) };
    else if (field === fields.floatList) {
      feature = { kind: 'floats', values: readNumbers(reader, WireType.fixed32, () => reader.float32()) };
    } else if (field === fields.int64List) {
      feature = { kind: 'integers', values: readNumbers(reader, WireType.varint, () => reader.int64()) };
    } else return false;
    return true;
  });
  return feature;
}

function readBytes(reader: WireReader): Uint8Array[] {
  const values: Uint8Array[] = [];
  eachField(reader, endOf(reader), (field, wire) => {
    if (field !== fields.list || wire !== WireType.length) return false;
    values.push(reader.bytes(reader.length()));
    return true;
  });
  return values;
}

/** One by one, or packed into one payload: a reader has to know both. */
function readNumbers(reader: WireReader, single: number, read: () => number): number[] {
  const values: number[] = [];
  eachField(reader, endOf(reader), (field, wire) => {
    if (field !== fields.list) return false;
    if (wire === single) values.push(read());
    else if (wire === WireType.length) {
      const end = endOf(reader);
      const outer = reader.limit;
      reader.limit = end;
      while (reader.position < end) values.push(read());
      reader.limit = outer;
    } else return false;
    return true;
  });
  return values;
}
