// Messages to bytes: untouched ones as they were read, the others by the tables of `descriptors.ts`.
import { graphDescriptor, modelDescriptor } from './descriptors';
import type { FieldDescriptor, MessageDescriptor } from './descriptors';
import type { Bytes, ModelProto } from './messages';
import { DecodedMessage } from './originalBytes';
import { WireType } from './wireReader';
import { WireWriter, varintSize } from './wireWriter';

/**
 * A model as pieces of bytes, in order; large untouched parts and tensors are views or slices of where they lie. A model
 * that was decoded and not changed gives exactly the bytes it came from. Known fields are written in number order, then
 * the unknown ones.
 */
export function encodePieces(model: ModelProto): readonly Bytes[] {
  const encoder = new Encoder();
  encoder.message(model as unknown as AnyMessage, modelDescriptor);
  return encoder.writer.pieces();
}

/** Bytes `encodePieces` would give, without making them. */
export function encodedSize(model: ModelProto): number {
  return new Encoder().sizeOf(model as unknown as AnyMessage, modelDescriptor);
}

type AnyMessage = Readonly<Record<string, unknown>>;

class Encoder {
  readonly writer = new WireWriter();
  /** A length stands before its message, so sizes come first; each is counted once. */
  private readonly sizes = new Map<object, number>();

  message(message: AnyMessage, descriptor: MessageDescriptor): void {
    const original = DecodedMessage.originalBytesOf(message);
    if (original !== undefined) {
      this.writer.bytes(original);
      return;
    }
    for (const field of descriptor.fields) {
      for (const value of presentValues(message, field)) {
        this.writer.varint(field.number * 8 + wireTypeOf(field));
        this.value(value, field);
      }
    }
    for (const bytes of unknownOf(message)) this.writer.bytes(bytes);
  }

  sizeOf(message: AnyMessage, descriptor: MessageDescriptor): number {
    const original = DecodedMessage.originalBytesOf(message);
    if (original !== undefined) return original.length;
    const known = this.sizes.get(message);
    if (known !== undefined) return known;
    let size = 0;
    for (const field of descriptor.fields) {
      const tagSize = varintSize(field.number * 8);
      for (const value of presentValues(message, field)) size += tagSize + this.valueSize(value, field);
    }
    for (const bytes of unknownOf(message)) size += bytes.length;
    this.sizes.set(message, size);
    return size;
  }

  private value(value: unknown, field: FieldDescriptor): void {
    const { writer } = this;
    switch (field.kind) {
      case 'string':
      case 'text': {
        const size = Buffer.byteLength(value as string);
        writer.varint(size);
        writer.text(value as string, size);
        return;
      }
      case 'int':
        if ((value as number) >= 0 && Number.isSafeInteger(value)) writer.varint(value as number);
        else writer.varint64(int64Of(value as number));
        return;
      case 'bigint':
        writer.varint64(value as bigint);
        return;
      case 'float':
        writer.float32(value as number);
        return;
      case 'message': {
        const descriptor = field.message ?? graphDescriptor;
        writer.varint(this.sizeOf(value as AnyMessage, descriptor));
        this.message(value as AnyMessage, descriptor);
        return;
      }
      default:
        writer.varint((value as Bytes).length);
        writer.bytes(value as Bytes);
    }
  }

  /** Bytes after the tag. */
  private valueSize(value: unknown, field: FieldDescriptor): number {
    switch (field.kind) {
      case 'string':
      case 'text':
        return withLength(Buffer.byteLength(value as string));
      case 'int':
        if ((value as number) >= 0 && Number.isSafeInteger(value)) return varintSize(value as number);
        return varint64Size(int64Of(value as number));
      case 'bigint':
        return varint64Size(value as bigint);
      case 'float':
        return 4;
      case 'message':
        return withLength(this.sizeOf(value as AnyMessage, field.message ?? graphDescriptor));
      default:
        return withLength((value as Bytes).length);
    }
  }
}

function* presentValues(message: AnyMessage, field: FieldDescriptor): Iterable<unknown> {
  const value = message[field.property];
  if (field.repeated) yield* value as readonly unknown[];
  else if (value !== undefined && (field.optional || (value !== '' && value !== 0))) yield value;
}

function unknownOf(message: AnyMessage): readonly Bytes[] {
  return (message['unknown'] as readonly Bytes[] | undefined) ?? [];
}

function withLength(size: number): number {
  return varintSize(size) + size;
}

function varint64Size(value: bigint): number {
  const bits = BigInt.asUintN(64, value);
  return bits < 0x80n ? 1 : Math.ceil(bits.toString(2).length / 7);
}

/** A number read from the file may be 2^63 after rounding: that was the largest 64-bit number. */
function int64Of(value: number): bigint {
  return value >= 2 ** 63 ? 2n ** 63n - 1n : BigInt(value);
}

/** Lists of numbers outside tensors are not packed: proto2's way, which every reader understands. */
function wireTypeOf(field: FieldDescriptor): number {
  switch (field.kind) {
    case 'int':
    case 'bigint':
      return WireType.varint;
    case 'float':
      return WireType.fixed32;
    default:
      return WireType.length;
  }
}
