// Reads the few pickle opcodes that dictionaries of numbers, text, bytes and NumPy arrays need. Nothing is ever executed:
// the five NumPy and codec names such files refer to are answered by plain data, every other name is refused.
import { dataErrors } from '../dataErrors';

/** What such a pickle holds. Text and byte strings are both strings, bytes as latin-1. */
export type PickleValue = PlainValue | PickleValue[] | PickleMap;

type PlainValue = string | number | boolean | null | Uint8Array | PickleArray;

export type PickleMap = Map<PickleValue, PickleValue>;

/** A NumPy array of unsigned bytes. */
export class PickleArray {
  constructor(
    readonly dims: readonly number[],
    readonly bytes: Uint8Array,
  ) {}
}

/** A name of Python that was called or will be. */
class GlobalName {
  constructor(readonly name: string) {}
}

/** `numpy.ndarray` before its state is set. */
class EmptyArray {
  filled: PickleArray | undefined;
}

class ElementType {
  constructor(readonly code: string) {}
}

type Stacked = PlainValue | GlobalName | EmptyArray | ElementType | Stacked[] | Map<Stacked, Stacked>;

const mark = Symbol('mark');

// prettier-ignore
const knownGlobals = new Set([
  'numpy.core.multiarray _reconstruct', 'numpy._core.multiarray _reconstruct', 'numpy.core.numeric _frombuffer',
  'numpy._core.numeric _frombuffer', 'numpy ndarray', 'numpy dtype', '_codecs encode',
]);

/** Reads one pickled value of protocols 0x80 0x02 to 0x05 (PEP 307, 3154, 574). `file` is for sentences. */
export function unpickle(bytes: Uint8Array, file: string): PickleValue {
  const value = new Unpickler(bytes, file).run();
  return plainOf(value, file);
}

/**
 * The value without the helpers of reading. A list that stands in several places is converted once: otherwise a file of
 * a hundred bytes could ask for billions of elements.
 */
function plainOf(value: Stacked, file: string, done = new Map<Stacked, PickleValue>(), depth = 0): PickleValue {
  if (depth > 16) throw dataErrors.malformed(file, 'its pickle nests too deeply');
  if (value instanceof EmptyArray) return value.filled ?? refuse(file, 'an array without content');
  if (value instanceof GlobalName || value instanceof ElementType) return refuse(file, 'a Python name as a value');
  if (!Array.isArray(value) && !(value instanceof Map)) return value;
  const known = done.get(value);
  if (known !== undefined) return known;
  const convert = (each: Stacked): PickleValue => plainOf(each, file, done, depth + 1);
  const plain = Array.isArray(value)
    ? value.map(convert)
    : new Map([...value].map(([key, each]) => [convert(key), convert(each)]));
  done.set(value, plain);
  return plain;
}

function refuse(file: string, what: string): never {
  throw dataErrors.malformed(file, `its pickle holds ${what}; only the layout of the published batches is read`);
}

class Unpickler {
  private readonly stack: (Stacked | typeof mark)[] = [];
  private readonly memo = new Map<number, Stacked>();
  private readonly view: DataView;
  private position = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly file: string,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  run(): Stacked {
    if (this.bytes[0] !== 0x80) refuse(this.file, 'no protocol 2 or newer');
    for (;;) {
      const opcode = this.uint(1);
      if (opcode === 0x2e) return this.pop();
      const operation = this.operations[opcode];
      if (operation === undefined) return refuse(this.file, `the opcode 0x${opcode.toString(16)}`);
      operation();
    }
  }

  /** Numbers, text and bytes; lists, tuples and dictionaries; the memo; names, calls and states. */
  private readonly operations: Readonly<Record<number, () => unknown>> = {
    0x4e: () => this.stack.push(null),
    0x88: () => this.stack.push(true),
    0x89: () => this.stack.push(false),
    0x4b: () => this.stack.push(this.uint(1)),
    0x4d: () => this.stack.push(this.uint(2)),
    0x4a: () => this.stack.push(this.take(4, (at) => this.view.getInt32(at, true))),
    0x8a: () => this.stack.push(this.long(this.uint(1))),
    0x47: () => this.stack.push(this.take(8, (at) => this.view.getFloat64(at))),
    0x55: () => this.stack.push(this.text(this.uint(1), 'latin1')),
    0x54: () => this.stack.push(this.text(this.uint(4), 'latin1')),
    0x8c: () => this.stack.push(this.text(this.uint(1), 'utf-8')),
    0x58: () => this.stack.push(this.text(this.uint(4), 'utf-8')),
    0x8d: () => this.stack.push(this.text(this.uint(8), 'utf-8')),
    0x43: () => this.stack.push(this.slice(this.uint(1))),
    0x42: () => this.stack.push(this.slice(this.uint(4))),
    0x8e: () => this.stack.push(this.slice(this.uint(8))),
    0x96: () => this.stack.push(this.slice(this.uint(8))),
    0x80: () => this.uint(1),
    0x95: () => this.uint(8),
    0x28: () => this.stack.push(mark),
    0x5d: () => this.stack.push([]),
    0x29: () => this.stack.push([]),
    0x7d: () => this.stack.push(new Map<Stacked, Stacked>()),
    0x74: () => this.stack.push(this.popToMark()),
    0x85: () => this.stack.push([this.pop()]),
    0x86: () => this.stack.push(this.popMany(2)),
    0x87: () => this.stack.push(this.popMany(3)),
    0x61: () => this.append([this.pop()]),
    0x65: () => this.append(this.popToMark()),
    0x73: () => this.setItems(this.popMany(2)),
    0x75: () => this.setItems(this.popToMark()),
    0x71: () => this.remember(this.uint(1)),
    0x72: () => this.remember(this.uint(4)),
    0x94: () => this.remember(this.memo.size),
    0x68: () => this.stack.push(this.recall(this.uint(1))),
    0x6a: () => this.stack.push(this.recall(this.uint(4))),
    0x63: () => this.stack.push(this.global(this.line(), this.line())),
    0x93: () => {
      const [module, name] = this.popMany(2);
      this.stack.push(this.global(nameText(module), nameText(name)));
    },
    0x52: () => {
      const [called, given] = this.popMany(2);
      this.stack.push(this.call(called, given));
    },
    0x62: () => {
      const state = this.pop();
      this.build(this.stack.at(-1), state);
    },
  };

  private global(module: string, name: string): GlobalName {
    const full = `${module} ${name}`;
    if (!knownGlobals.has(full)) refuse(this.file, `the Python name ${full.slice(0, 80)}`);
    return new GlobalName(name);
  }

  private call(called: Stacked | undefined, given: Stacked | undefined): Stacked {
    if (!(called instanceof GlobalName) || !Array.isArray(given)) return refuse(this.file, 'a call of something else');
    switch (called.name) {
      case '_reconstruct':
        return new EmptyArray();
      case 'dtype':
        return new ElementType(nameText(given[0]));
      case 'encode':
        return latin1Bytes(nameText(given[0]));
      case '_frombuffer':
        return this.arrayOf(given[2], given[1], given[0], given[3] === 'F');
      default:
        return refuse(this.file, `a call of ${called.name}`);
    }
  }

  /** The state of an ndarray is (version, shape, dtype, Fortran order, content); that of a dtype changes nothing for bytes. */
  private build(target: Stacked | typeof mark | undefined, state: Stacked): void {
    if (target instanceof ElementType) return;
    if (!(target instanceof EmptyArray) || !Array.isArray(state))
      return refuse(this.file, 'the state of an unknown object');
    target.filled = this.arrayOf(state[1], state[2], state[4], state[3] === true);
  }

  private arrayOf(
    shape: Stacked | undefined,
    type: Stacked | undefined,
    content: Stacked | undefined,
    isFortran: boolean,
  ): PickleArray {
    const dims = Array.isArray(shape) ? shape.filter((dim) => typeof dim === 'number') : [];
    const bytes = typeof content === 'string' ? latin1Bytes(content) : content;
    const isBytes = type instanceof ElementType && /^[|<>=]?u1$/.test(type.code);
    if (!isBytes || isFortran || !(bytes instanceof Uint8Array)) {
      return refuse(this.file, 'an array of other elements than bytes in row order');
    }
    if (dims.reduce((product, dim) => product * dim, 1) !== bytes.length)
      refuse(this.file, 'an array of the wrong size');
    return new PickleArray(dims, bytes);
  }

  private append(values: readonly Stacked[]): void {
    const list = this.stack.at(-1);
    if (!Array.isArray(list)) return refuse(this.file, 'items without a list');
    for (const value of values) list.push(value);
  }

  private setItems(pairs: readonly Stacked[]): void {
    const map = this.stack.at(-1);
    if (!(map instanceof Map)) return refuse(this.file, 'keys without a dictionary');
    for (let index = 0; index + 1 < pairs.length; index += 2) map.set(pairs[index] ?? null, pairs[index + 1] ?? null);
  }

  private remember(slot: number): void {
    const top = this.stack.at(-1);
    if (top === undefined || top === mark) return refuse(this.file, 'a memo of nothing');
    this.memo.set(slot, top);
  }

  private recall(slot: number): Stacked {
    const value = this.memo.get(slot);
    return value === undefined ? refuse(this.file, 'a reference to nothing') : value;
  }

  private pop(): Stacked {
    const value = this.stack.pop();
    return value === undefined || value === mark ? refuse(this.file, 'an empty stack') : value;
  }

  private popMany(count: number): Stacked[] {
    return Array.from({ length: count }, () => this.pop()).reverse();
  }

  private popToMark(): Stacked[] {
    const start = this.stack.lastIndexOf(mark);
    if (start < 0) return refuse(this.file, 'an end without a begin');
    return this.stack.splice(start).slice(1) as Stacked[];
  }

  private take<Value>(length: number, read: (at: number) => Value): Value {
    const at = this.position;
    if (at + length > this.bytes.length) throw dataErrors.malformed(this.file, 'its pickle ends too early');
    this.position += length;
    return read(at);
  }

  /** A little-endian unsigned number of 1, 2, 4 or 8 bytes. */
  private uint(length: 1 | 2 | 4 | 8): number {
    return this.take(length, (at) => {
      if (length === 8) return Number(this.view.getBigUint64(at, true));
      return length === 1
        ? this.view.getUint8(at)
        : length === 2
          ? this.view.getUint16(at, true)
          : this.view.getUint32(at, true);
    });
  }

  /** A little-endian two's complement number (LONG1). */
  private long(length: number): number {
    const bytes = this.slice(length);
    const unsigned = bytes.reduceRight((sum, byte) => sum * 256 + byte, 0);
    return (bytes.at(-1) ?? 0) >= 128 ? unsigned - 256 ** length : unsigned;
  }

  private slice(length: number): Uint8Array {
    return this.take(length, (at) => this.bytes.subarray(at, at + length));
  }

  private text(length: number, encoding: 'latin1' | 'utf-8'): string {
    const bytes = this.slice(length);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString(encoding);
  }

  private line(): string {
    const end = this.bytes.indexOf(0x0a, this.position);
    if (end < 0) throw dataErrors.malformed(this.file, 'its pickle ends too early');
    const text = this.text(end - this.position, 'utf-8');
    this.position = end + 1;
    return text;
  }
}

function nameText(value: Stacked | undefined): string {
  return typeof value === 'string' ? value : '';
}

function latin1Bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'latin1'));
}
