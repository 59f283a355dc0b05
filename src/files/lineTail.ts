// Reads a growing log of one JSON object a line, each time only what is new.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { systemErrorCode } from './fileErrors';

/** What is read at once at most; more is read in the next piece. */
const pieceBytes = 2 ** 20;

/** Holds no file open: logs may be removed and begun anew meanwhile, and are then read from their beginning. */
export class LineTail {
  /** Bytes before this one were given as lines. */
  private offset = 0;
  private file: { readonly device: number; readonly inode: number } | undefined;

  constructor(readonly path: string) {}

  /** Passes over what is there by now. */
  skip(): void {
    this.read();
  }

  /** Passes over all but about the last `bytes`. */
  skipAllBut(bytes: number): void {
    this.withFile((file, size) => {
      if (size <= bytes) return;
      this.offset = size - bytes;
      // The line in whose middle this lands is no line.
      this.readFrom(file, size, 1);
    });
  }

  /** The complete lines since the last time, parsed; torn ones are passed over, and so is what cannot be read. */
  read(): unknown[] {
    const lines: unknown[] = [];
    this.withFile((file, size) => {
      while (this.offset < size) {
        const found = this.readFrom(file, size);
        if (found === undefined) break;
        for (const line of found) lines.push(...parsed(line));
      }
    });
    return lines;
  }

  private withFile(work: (file: number, size: number) => void): void {
    let file: number;
    try {
      file = openSync(this.path, 'r');
    } catch (thrown) {
      if (systemErrorCode(thrown) === 'ENOENT') this.file = undefined;
      return;
    }
    try {
      const { size, dev, ino } = fstatSync(file);
      const isSame = this.file?.device === dev && this.file.inode === ino && size >= this.offset;
      if (!isSame) this.offset = 0;
      this.file = { device: dev, inode: ino };
      work(file, size);
    } catch {
      // What cannot be read now is read the next time.
    } finally {
      closeSync(file);
    }
  }

  /** Takes the complete lines of the next piece, or the first of them; undefined when there is none. */
  private readFrom(file: number, size: number, most = Number.POSITIVE_INFINITY): string[] | undefined {
    const bytes = Buffer.alloc(Math.min(size - this.offset, pieceBytes));
    const piece = bytes.subarray(0, readSync(file, bytes, 0, bytes.length, this.offset));
    const end = most === 1 ? piece.indexOf(0x0a) : piece.lastIndexOf(0x0a);
    if (end < 0) {
      if (piece.length < pieceBytes) return undefined;
      // A line as long as a piece is none of ours.
      this.offset += piece.length;
      return [];
    }
    this.offset += end + 1;
    return piece.toString('utf8', 0, end).split('\n');
  }
}

function parsed(line: string): unknown[] {
  try {
    return line === '' ? [] : [JSON.parse(line) as unknown];
  } catch {
    return [];
  }
}
