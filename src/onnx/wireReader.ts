// Reads protobuf's wire format from memory or, through a small moving window, from a file.
import { MemorySource } from './byteSource';
import type { ByteSource } from './byteSource';
import type { Bytes } from './messages';
import { ModelError, modelErrors } from './modelErrors';

/** Wire types of protobuf; 6 and 7 do not exist. */
export const WireType = { varint: 0, fixed64: 1, length: 2, startGroup: 3, endGroup: 4, fixed32: 5 } as const;

/** Payloads of a file longer than this stay there as slices. */
const lazyBytes = 4096;
const smallestWindow = 4096;
const largestWindow = 256 * 1024;
const deepestGroup = 100;

/**
 * A position in a source and reads from it. `limit` ends the message being read; nothing beyond it is touched. All
 * failures are ModelErrors: running over the limit is `model-truncated`, anything else wrong `model-malformed`.
 */
export class WireReader {
  /** Absolute offset of the next byte. */
  position = 0;
  /** Absolute offset where the current message ends. */
  limit: number;
  /** Bits 32 to 63 of the last varint, as an unsigned number; bits 0 to 31 are its return value. */
  high = 0;

  private window: Uint8Array;
  private text: Buffer;
  private windowStart = 0;
  private windowSize = smallestWindow;
  private readonly inMemory: boolean;

  constructor(readonly source: ByteSource) {
    this.limit = source.sizeBytes;
    this.inMemory = source instanceof MemorySource;
    // Memory is one window; `read` gives a view.
    this.window = this.inMemory ? source.read(0, source.sizeBytes) : new Uint8Array(0);
    this.text = bufferOver(this.window);
  }

  /** Reads a varint of at most 10 bytes; returns its low 32 bits, unsigned, and leaves the others in `high`. */
  varint(): number {
    let at = this.need(1);
    const first = this.window[at] ?? 0;
    if (first < 0x80) {
      this.position += 1;
      this.high = 0;
      return first;
    }
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      at = this.need(1);
      this.position += 1;
      const byte = this.window[at] ?? 0;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >> 4;
      } else if (shift < 63) high |= bits << (shift - 32);
      else high |= bits << 31;
      if (byte < 0x80) {
        this.high = high >>> 0;
        return low >>> 0;
      }
    }
    throw modelErrors.malformed('a number is longer than ten bytes', this.position);
  }

  /** A field's tag; field number and wire type are in it. */
  tag(): number {
    const start = this.position;
    const tag = this.varint();
    if (this.high !== 0 || tag >>> 3 === 0) throw modelErrors.malformed('a field has no valid number', start);
    return tag;
  }

  /** A length that fits into what is left of the message. */
  length(): number {
    const start = this.position;
    const length = this.varint() + this.high * 2 ** 32;
    if (length > this.limit - this.position) throw modelErrors.truncated(start);
    return length;
  }

  /** A signed 64-bit varint as a number; beyond 2^53 it is rounded. */
  int64(): number {
    const low = this.varint();
    return (this.high | 0) * 2 ** 32 + low;
  }

  /** A signed 64-bit varint. */
  bigInt64(): bigint {
    const low = this.varint();
    if (this.high === 0) return BigInt(low);
    return BigInt.asIntN(64, (BigInt(this.high) << 32n) | BigInt(low));
  }

  float32(): number {
    const at = this.need(4);
    this.position += 4;
    return this.text.readFloatLE(at);
  }

  /** UTF-8 text. Throws when it is not, because two names must not become one by repair. */
  string(length: number): string {
    const start = this.position;
    const at = this.need(length);
    this.position += length;
    const text = this.text.toString('utf8', at, at + length);
    if (text.includes('\ufffd') && !Buffer.from(text).equals(this.text.subarray(at, at + length))) {
      throw modelErrors.malformed('a name is not UTF-8 text', start);
    }
    return text;
  }

  /** Text for people: what is not UTF-8 in it becomes the replacement character. */
  lenientText(length: number): string {
    const at = this.need(length);
    this.position += length;
    return this.text.toString('utf8', at, at + length);
  }

  /** Bytes in memory: a view if the source is memory, otherwise a copy. */
  bytes(length: number): Uint8Array {
    const at = this.need(length);
    this.position += length;
    return this.inMemory ? this.window.subarray(at, at + length) : this.window.slice(at, at + length);
  }

  /** Bytes that stay in the file when they are many. */
  lazyBytes(length: number): Bytes {
    if (this.inMemory || length <= lazyBytes) return this.bytes(length);
    const slice = { source: this.source, offset: this.position, length };
    this.skip(length);
    return slice;
  }

  /** Steps over the payload of a field with this tag. Groups are skipped without recursion. */
  skipField(tag: number): void {
    const openGroups: number[] = [];
    let next = tag;
    for (;;) {
      if ((next & 7) === WireType.startGroup) {
        if (openGroups.length >= deepestGroup) throw modelErrors.malformed('groups are nested too deep', this.position);
        openGroups.push(next >>> 3);
      } else if ((next & 7) === WireType.endGroup) {
        if (openGroups.pop() !== next >>> 3)
          throw modelErrors.malformed('a group ends that did not start', this.position);
      } else {
        this.skipPlain(next);
      }
      if (openGroups.length === 0) return;
      next = this.tag();
    }
  }

  private skipPlain(tag: number): void {
    switch (tag & 7) {
      case WireType.varint:
        this.varint();
        return;
      case WireType.fixed64:
        this.skip(8);
        return;
      case WireType.length:
        this.skip(this.length());
        return;
      case WireType.fixed32:
        this.skip(4);
        return;
      default:
        throw modelErrors.malformed(`there is no wire type ${tag & 7}`, this.position);
    }
  }

  private skip(length: number): void {
    if (length > this.limit - this.position) throw modelErrors.truncated(this.position);
    this.position += length;
  }

  /** Makes sure that `length` bytes from `position` are in the window; returns where in it they start. */
  private need(length: number): number {
    if (length > this.limit - this.position) throw modelErrors.truncated(this.position);
    const at = this.position - this.windowStart;
    if (at >= 0 && at + length <= this.window.length) return at;
    this.moveWindow(length);
    return 0;
  }

  /** Grows while reading goes straight on; small after a jump, so that skipped tensors are not read after all. */
  private moveWindow(length: number): void {
    const goesOn = this.position <= this.windowStart + this.window.length && this.position >= this.windowStart;
    this.windowSize = goesOn ? Math.min(this.windowSize * 2, largestWindow) : smallestWindow;
    const size = Math.min(Math.max(length, this.windowSize), this.source.sizeBytes - this.position);
    try {
      this.window = this.source.read(this.position, size);
    } catch (thrown) {
      if (thrown instanceof ModelError) throw thrown;
      throw modelErrors.sourceFailed(thrown instanceof Error ? thrown.message : String(thrown), thrown);
    }
    this.text = bufferOver(this.window);
    this.windowStart = this.position;
  }
}

function bufferOver(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
