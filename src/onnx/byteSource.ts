// Where the bytes of a model come from: memory, or an open file that is read piece by piece.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Random access to bytes. `read` returns exactly `length` bytes or throws a RangeError. */
export interface ByteSource {
  readonly sizeBytes: number;
  read(offset: number, length: number): Uint8Array;
  close(): void;
}

/** Bytes already in memory; `read` returns views, never copies. */
export class MemorySource implements ByteSource {
  readonly sizeBytes: number;

  constructor(private readonly bytes: Uint8Array) {
    this.sizeBytes = bytes.byteLength;
  }

  read(offset: number, length: number): Uint8Array {
    assertInside(offset, length, this.sizeBytes);
    return this.bytes.subarray(offset, offset + length);
  }

  close(): void {
    // Memory is released with the object.
  }
}

/** An open file. Whoever opens it closes it; reads after `close` throw. */
export class FileSource implements ByteSource {
  readonly sizeBytes: number;
  private closed = false;

  /** Takes over `fd`. */
  constructor(private readonly fd: number) {
    this.sizeBytes = fstatSync(fd).size;
  }

  /** Opens `path` for reading. */
  static open(path: string): FileSource {
    return new FileSource(openSync(path, 'r'));
  }

  read(offset: number, length: number): Uint8Array {
    assertInside(offset, length, this.sizeBytes);
    if (this.closed) throw new RangeError('read from a closed file');
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const count = readSync(this.fd, bytes, filled, length - filled, offset + filled);
      if (count === 0) throw new RangeError(`file ended at byte ${offset + filled}`);
      filled += count;
    }
    return bytes;
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    closeSync(this.fd);
  }
}

function assertInside(offset: number, length: number, sizeBytes: number): void {
  if (offset < 0 || length < 0 || offset + length > sizeBytes) {
    throw new RangeError(`bytes ${offset}..${offset + length} are outside 0..${sizeBytes}`);
  }
}
