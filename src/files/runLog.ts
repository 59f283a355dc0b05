// Reads what happened to a run of the bench from its run.jsonl, whole or torn.
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { RunSummary } from '../protocol/runs';
import { runLogName, summaryOfLines } from '../protocol/runs';
import { systemErrorCode } from './fileErrors';

/** A run has a handful of lines; of a longer file the rest is not a run's. */
export const longestRunLogBytes = 256 * 1024;

/**
 * What the run in a folder has come to; undefined for a folder without a run (no run.jsonl, or no line of one in it).
 *
 * @throws the system's error for a file that is there and cannot be read
 */
export function readRunSummary(folder: string): RunSummary | undefined {
  const text = readLog(join(folder, runLogName));
  return text === undefined ? undefined : summaryOfText(folder, text);
}

/** What the text of a run's log says; torn lines (their writer was killed) are passed over. */
export function summaryOfText(folder: string, text: string): RunSummary | undefined {
  return summaryOfLines(folder, text.split('\n').flatMap(parsedLine));
}

function parsedLine(line: string): unknown[] {
  try {
    return line === '' ? [] : [JSON.parse(line) as unknown];
  } catch {
    return [];
  }
}

/** Nothing that is put in the place of a log is followed or waited for. */
function readLog(path: string): string | undefined {
  // Windows has neither flag.
  const flags: Partial<typeof constants> = constants;
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | (flags.O_NOFOLLOW ?? 0) | (flags.O_NONBLOCK ?? 0));
  } catch (thrown) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO'].includes(systemErrorCode(thrown) ?? '')) return undefined;
    throw thrown;
  }
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile()) return undefined;
    const bytes = Buffer.alloc(Math.min(stats.size, longestRunLogBytes));
    return bytes.toString('utf8', 0, readSync(fd, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(fd);
  }
}
