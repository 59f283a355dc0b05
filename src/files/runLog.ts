// Reads what happened to a run of the bench from its run.jsonl, whole or torn.
import { join } from 'node:path';
import type { RunSummary } from '../protocol/runs';
import { runLogName, summaryOfLines } from '../protocol/runs';
import { parsedLines } from './appendLog';
import { readPlainText } from './plainFile';

/** A run has a handful of lines; of a longer file the rest is not a run's. */
export const longestRunLogBytes = 256 * 1024;

/**
 * What the run in a folder has come to; undefined for a folder without a run (no run.jsonl, or no line of one in it).
 *
 * @throws the system's error for a file that is there and cannot be read
 */
export function readRunSummary(folder: string): RunSummary | undefined {
  const text = readPlainText(join(folder, runLogName), longestRunLogBytes);
  return text === undefined ? undefined : summaryOfText(folder, text);
}

/** What the text of a run's log says; torn lines (their writer was killed) are passed over. */
export function summaryOfText(folder: string, text: string): RunSummary | undefined {
  return summaryOfLines(folder, parsedLines(text));
}
