// Bytes to messages, by the tables of `descriptors.ts`.
import type { ByteSource } from './byteSource';
import { readBytes } from './bytes';
import { graphDescriptor, modelDescriptor, nodeDescriptor } from './descriptors';
import type { FieldDescriptor, MessageDescriptor } from './descriptors';
import type { ModelLimits } from './limits';
import { defaultLimits } from './limits';
import type { Bytes, ModelProto } from './messages';
import { modelErrors } from './modelErrors';
import { DecodedMessage } from './originalBytes';
import { WireReader, WireType } from './wireReader';

/**
 * Decodes a whole model. Long tensor data stays where it is: as views of memory, or slices of an open file, which the
 * caller keeps open as long as the model is used. Throws a ModelError when the bytes are damaged or beyond the limits.
 */
export function decodeModel(source: ByteSource, limits: ModelLimits = defaultLimits): ModelProto {
  const decoder = new Decoder(source, limits);
  return decoder.message(modelDescriptor, source.sizeBytes, 0) as unknown as ModelProto;
}

type MutableMessage = Record<string, unknown>;

/** A graph in a graph is three messages deeper (node, attribute, graph); tensors and types end below the last one. */
const messagesPerGraphLevel = 3;
const messagesBelowLastGraph = 10;

class Decoder {
  private readonly reader: WireReader;
  private readonly mostDepth: number;
  private graphLevel = -1;
  private nodes = 0;
  private messages = 0;
  private listEntries = 0;

  constructor(
    private readonly source: ByteSource,
    private readonly limits: ModelLimits,
  ) {
    this.reader = new WireReader(source);
    this.mostDepth = limits.nestingLevels * messagesPerGraphLevel + messagesBelowLastGraph;
  }

  /** Recursion is bounded by `mostDepth`. */
  message(descriptor: MessageDescriptor, length: number, depth: number): MutableMessage {
    if (descriptor === graphDescriptor) this.graphLevel += 1;
    this.count(descriptor, depth);
    const { reader } = this;
    const start = reader.position;
    const outerLimit = reader.limit;
    reader.limit = start + length;
    const message: MutableMessage = Object.assign(new DecodedMessage(this.source, start, length), descriptor.blank);
    while (reader.position < reader.limit) {
      const fieldStart = reader.position;
      const tag = reader.tag();
      const field = descriptor.byNumber[tag >>> 3];
      if (field === undefined || !this.field(message, field, tag & 7, depth)) this.unknown(message, tag, fieldStart);
    }
    reader.limit = outerLimit;
    if (descriptor === graphDescriptor) this.graphLevel -= 1;
    return message;
  }

  private count(descriptor: MessageDescriptor, depth: number): void {
    const tooDeep = depth > this.mostDepth || this.graphLevel > this.limits.nestingLevels;
    if (tooDeep) throw modelErrors.tooDeep(this.limits.nestingLevels, this.reader.position);
    if (++this.messages > this.limits.messages) throw modelErrors.tooMany('parts', this.limits.messages);
    if (descriptor === nodeDescriptor && ++this.nodes > this.limits.nodes) {
      throw modelErrors.tooMany('nodes', this.limits.nodes);
    }
  }

  /** Reads a known field; false (and nothing read) when its wire type is not one of the field's. */
  private field(message: MutableMessage, field: FieldDescriptor, wireType: number, depth: number): boolean {
    if (field.mayBePacked && wireType === WireType.length) {
      this.packedNumbers(message, field);
      return true;
    }
    if (wireType !== field.wireType) return false;
    const value = this.value(message, field, depth);
    if (field.repeated) this.append(message, field, value);
    else message[field.property] = value;
    for (const other of field.excludes) if (message[other] !== undefined) Reflect.deleteProperty(message, other);
    return true;
  }

  private value(message: MutableMessage, field: FieldDescriptor, depth: number): unknown {
    const { reader } = this;
    switch (field.kind) {
      case 'string':
        return reader.string(reader.length());
      case 'text':
        return reader.lenientText(reader.length());
      case 'bytes':
        return reader.bytes(reader.length());
      case 'data':
        return reader.lazyBytes(reader.length());
      case 'int':
        return reader.int64();
      case 'bigint':
        return reader.bigInt64();
      case 'float':
        return reader.float32();
      case 'message':
        return this.child(message, field, depth);
      case 'packed32':
        return this.joined(message, field, reader.bytes(4));
      case 'packed64':
        return this.joined(message, field, reader.bytes(8));
      case 'packedVarint':
        return this.joined(message, field, this.varintBytes());
    }
  }

  private child(message: MutableMessage, field: FieldDescriptor, depth: number): MutableMessage {
    const { reader } = this;
    // Protobuf would merge the two; some readers take the last. Nobody writes this but to have them disagree.
    if (!field.repeated && message[field.property] !== undefined) {
      throw modelErrors.malformed(`the field ${field.property} is there twice`, reader.position);
    }
    const length = reader.length();
    return this.message(field.message ?? graphDescriptor, length, depth + 1);
  }

  private append(message: MutableMessage, field: FieldDescriptor, value: unknown): void {
    if (++this.listEntries > this.limits.listEntries)
      throw modelErrors.tooMany('list entries', this.limits.listEntries);
    const list = message[field.property] as unknown[];
    // An absent list is one frozen array shared by all messages. Most others stay short, and an array that grows gets room
    // for 17 more.
    if (list.length === 0) message[field.property] = [value];
    else if (list.length === 1) message[field.property] = [list[0], value];
    else list.push(value);
  }

  /** A list of numbers in one run, or a chunk of one. */
  private packedNumbers(message: MutableMessage, field: FieldDescriptor): void {
    const { reader } = this;
    const length = reader.length();
    if (!field.repeated) {
      message[field.property] = this.joined(message, field, reader.lazyBytes(length));
      return;
    }
    const outerLimit = reader.limit;
    reader.limit = reader.position + length;
    while (reader.position < reader.limit) this.append(message, field, this.value(message, field, 0));
    reader.limit = outerLimit;
  }

  private varintBytes(): Uint8Array {
    const { reader } = this;
    const start = reader.position;
    reader.varint();
    const length = reader.position - start;
    reader.position = start;
    return reader.bytes(length);
  }

  /** Tensor data in pieces (not packed, or packed in chunks), put together. */
  private joined(message: MutableMessage, field: FieldDescriptor, piece: Bytes): Bytes {
    const before = message[field.property] as Bytes | undefined;
    return before === undefined ? piece : appendBytes(before, readBytes(piece));
  }

  private unknown(message: MutableMessage, tag: number, fieldStart: number): void {
    const { reader } = this;
    reader.skipField(tag);
    const length = reader.position - fieldStart;
    reader.position = fieldStart;
    if (++this.listEntries > this.limits.listEntries)
      throw modelErrors.tooMany('list entries', this.limits.listEntries);
    const list = message['unknown'] as Bytes[] | undefined;
    const bytes = reader.lazyBytes(length);
    if (list === undefined) message['unknown'] = [bytes];
    else list.push(bytes);
  }
}

/** Appends in a buffer twice as long as needed: a million single floats must not copy a million times. */
function appendBytes(before: Bytes, piece: Uint8Array): Uint8Array {
  const start = readBytes(before);
  const end = start.length + piece.length;
  const spare = spareRoom.get(start);
  if (spare !== undefined && spare.byteLength >= end) {
    const grown = new Uint8Array(spare, 0, end);
    grown.set(piece, start.length);
    spareRoom.delete(start);
    spareRoom.set(grown, spare);
    return grown;
  }
  const room = new ArrayBuffer(end * 2);
  const grown = new Uint8Array(room, 0, end);
  grown.set(start);
  grown.set(piece, start.length);
  spareRoom.set(grown, room);
  return grown;
}

/** Buffers of arrays made by `appendBytes`, which alone may write behind their ends. */
const spareRoom = new WeakMap<Uint8Array, ArrayBuffer>();
