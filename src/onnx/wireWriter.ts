// Collects encoded bytes as a list of pieces: small ones put together, large ones by reference.
import type { ByteSource } from './byteSource';
import type { ByteSlice, Bytes } from './messages';
import { WireReader } from './wireReader';

/** Runs of at most this many bytes are copied into a piece; larger ones become a piece of their own. */
const copiedBytes = 4096;
const blockBytes = 64 * 1024;

/** Bytes a varint of an unsigned number below 2^53 takes. */
export function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 0x80; rest /= 128) size += 1;
  return size;
}

/** Output in order. `pieces` hands over what was written; nothing is read from disk but small untouched messages. */
export class WireWriter {
  private readonly done: Bytes[] = [];
  private block = new Uint8Array(blockBytes);
  private blockBuffer = Buffer.from(this.block.buffer);
  private used = 0;
  private started = 0;
  /** Small slices of a file come one after the other: read through a window, not one by one. */
  private readonly windows = new Map<ByteSource, WireReader>();

  /** An unsigned number below 2^53. */
  varint(value: number): void {
    this.room(10);
    let rest = value;
    while (rest >= 0x80) {
      this.block[this.used++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    this.block[this.used++] = rest;
  }

  /** A signed 64-bit number in two's complement. */
  varint64(value: bigint): void {
    this.room(10);
    let rest = BigInt.asUintN(64, value);
    while (rest >= 0x80n) {
      this.block[this.used++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.block[this.used++] = Number(rest);
  }

  float32(value: number): void {
    this.room(4);
    this.blockBuffer.writeFloatLE(value, this.used);
    this.used += 4;
  }

  /** Text as UTF-8; `size` is its length in bytes. */
  text(text: string, size: number): void {
    if (size > copiedBytes) {
      this.bytes(Buffer.from(text));
      return;
    }
    this.room(size);
    this.blockBuffer.write(text, this.used);
    this.used += size;
  }

  bytes(bytes: Bytes): void {
    if (bytes.length > copiedBytes) {
      this.endPiece();
      this.done.push(bytes);
      return;
    }
    this.room(bytes.length);
    this.block.set(bytes instanceof Uint8Array ? bytes : this.readSmall(bytes), this.used);
    this.used += bytes.length;
  }

  /** Everything written, in order. */
  pieces(): readonly Bytes[] {
    this.endPiece();
    return this.done;
  }

  private readSmall(slice: ByteSlice): Uint8Array {
    let window = this.windows.get(slice.source);
    if (window === undefined) {
      window = new WireReader(slice.source);
      this.windows.set(slice.source, window);
    }
    window.position = slice.offset;
    return window.bytes(slice.length);
  }

  private room(size: number): void {
    if (this.used + size <= this.block.length) return;
    this.endPiece();
    this.block = new Uint8Array(blockBytes);
    this.blockBuffer = Buffer.from(this.block.buffer);
    this.used = 0;
    this.started = 0;
  }

  private endPiece(): void {
    if (this.used > this.started) this.done.push(this.block.subarray(this.started, this.used));
    this.started = this.used;
  }
}
