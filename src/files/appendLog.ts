// Logs of one JSON object a line that several threads or processes may append to and that survive a kill.
import {
  appendFileSync,
  closeSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { readPlainText } from './plainFile';

/** Longer texts than this are none that Node could hold. */
const longestLogBytes = 2 ** 28;

/**
 * Appends one line. Synchronous on purpose: what is logged before a native call is on its way to the disk even when
 * that call never returns. Small appends by several writers do not mix (O_APPEND).
 *
 * @throws the system's error, `ENOSPC` and the like
 */
export function appendLine(path: string, value: object): void {
  appendFileSync(path, `${JSON.stringify(value)}\n`);
}

/**
 * Appends one line to a log that matters to nobody for long: begun anew when it is longer than `mostBytes`, and when what
 * has its name is no plain file of its own, so that a link which others put there leads no line elsewhere.
 *
 * @throws the system's error
 */
export function appendBounded(path: string, value: object, mostBytes: number): void {
  const there = lstatSync(path, { throwIfNoEntry: false });
  const isOwn = there?.isFile() === true && there.nlink === 1 && there.size <= mostBytes;
  if (there !== undefined && !isOwn) rmSync(path, { force: true });
  appendLine(path, value);
}

/**
 * Appends one line and has it on the disk before it returns: it survives a power cut. A torn line that a killed writer
 * left is ended first.
 *
 * @throws the system's error
 */
export function appendLineDurably(path: string, value: object): void {
  const file = openSync(path, 'a+');
  try {
    const { size } = fstatSync(file);
    const last = Buffer.alloc(1);
    const isTorn = size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last.toString() !== '\n';
    const bytes = Buffer.from(`${isTorn ? '\n' : ''}${JSON.stringify(value)}\n`);
    for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** All complete lines as parsed values; a torn line (its writer was killed) and a missing file are no error. */
export function readLines(path: string): unknown[] {
  return parsedLines(readPlainText(path, longestLogBytes) ?? '');
}

/** The values of the lines of a text; lines that are torn or no JSON are passed over. */
export function parsedLines(text: string): unknown[] {
  return text.split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [JSON.parse(line) as unknown];
    } catch {
      return [];
    }
  });
}
