// Reads a growing log of one JSON object a line, each time only what is new.
import { closeSync, fstatSync, readSync } from 'node:fs';
import { parsedLines } from './appendLog';
import { openPlainFile } from './plainFile';

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
      this.readFrom(file, size, true);
    });
  }

  /** The complete lines since the last time, parsed; torn ones are passed over, and so is what cannot be read. */
  read(): unknown[] {
    const lines: unknown[] = [];
    this.withFile((file, size) => {
      while (this.offset < size) {
        const found = this.readFrom(file, size);
        if (found === undefined) break;
        for (const line of parsedLines(found)) lines.push(line);
      }
    });
    return lines;
  }

  private withFile(work: (file: number, size: number) => void): void {
    let file: number | undefined;
    try {
      file = openPlainFile(this.path);
      if (file === undefined) {
        this.file = undefined;
        return;
      }
      const { size, dev, ino } = fstatSync(file);
      const isSame = this.file?.device === dev && this.file.inode === ino && size >= this.offset;
      if (!isSame) this.offset = 0;
      this.file = { device: dev, inode: ino };
      work(file, size);
    } catch {
      // What cannot be read now is read the next time.
    } finally {
      if (file !== undefined) closeSync(file);
    }
  }

  /** Takes the complete lines of the next piece, or the first of them, as text; undefined when there is none. */
  private readFrom(file: number, size: number, onlyFirst = false): string | undefined {
    const bytes = Buffer.alloc(Math.min(size - this.offset, pieceBytes));
    const piece = bytes.subarray(0, readSync(file, bytes, 0, bytes.length, this.offset));
    const end = onlyFirst ? piece.indexOf(0x0a) : piece.lastIndexOf(0x0a);
    if (end < 0) {
      if (piece.length < pieceBytes) return undefined;
      // A line as long as a piece is none of ours.
      this.offset += piece.length;
      return '';
    }
    this.offset += end + 1;
    return piece.toString('utf8', 0, end);
  }
}
