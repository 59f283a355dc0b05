// Other jobs of the product on this machine, whatever bench they are of: whoever measures time says that they ran as well.
//
// Each job leaves a note in the temporary folder of the user for as long as it runs. A note keeps nobody waiting.
import { randomUUID } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPlainText } from '../files/plainFile';
import { isProcessAlive, parseProcessRecord, processRecord } from '../files/processRecord';
import { becomeOutermostJob, outermostJobPid } from './jobEnvironment';

/** Where a neighbour works, by the name of its note. */
export type Neighbours = ReadonlyMap<string, string>;

/** More notes than this are not looked at: nobody runs as many jobs. */
const mostNotes = 64;
const longestNoteBytes = 4_096;

/** Of this user alone, on systems where all share one temporary folder. */
function notesFolder(): string {
  return join(tmpdir(), `compressor-bench-jobs-${process.getuid?.() ?? 'user'}`);
}

/** Notes that this job runs, until its process ends; a job within a job is part of that one. */
export function announceJob(jobFolder: string, folder: string = notesFolder()): void {
  if (!becomeOutermostJob()) return;
  const path = join(folder, `${process.pid}-${randomUUID()}.json`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (!isOwnFolder(folder)) return;
    writeFileSync(path, JSON.stringify({ ...processRecord(), place: placeOf(jobFolder) }), { flag: 'wx', mode: 0o600 });
    process.once('exit', () => takeBack(path, folder));
  } catch {
    // A courtesy to others: where nothing can be written, the job runs all the same.
  }
}

/** For who started a job and sees its end: one that was killed could not take its note back. */
export function forgetJob(pid: number, folder: string = notesFolder()): void {
  try {
    if (!isOwnFolder(folder)) return;
    for (const name of readdirSync(folder)) if (name.startsWith(`${pid}-`)) takeBack(join(folder, name), folder);
  } catch {
    // There is no note.
  }
}

/** The last one takes the folder along. */
function takeBack(path: string, folder: string): void {
  try {
    rmSync(path, { force: true });
    rmdirSync(folder);
  } catch {
    // There are others, or what is left is tidied away by the next one.
  }
}

/** The jobs besides the one this process belongs to; notes of processes that are gone are tidied away. */
export function neighbours(folder: string = notesFolder()): Neighbours {
  const found = new Map<string, string>();
  try {
    if (!isOwnFolder(folder)) return found;
    for (const name of readdirSync(folder).slice(0, mostNotes)) {
      const place = placeOfNote(join(folder, name));
      if (place !== undefined) found.set(name, place);
    }
  } catch {
    // No folder: no job has run here yet.
  }
  return found;
}

/** A sentence on the places that neighbours worked in, at any of the times somebody looked; none without neighbours. */
export function neighbourWarnings(looks: readonly Neighbours[]): string[] {
  const places = [...new Set(looks.flatMap((look) => [...look.values()]))];
  const [first, ...others] = places;
  if (first === undefined) return [];
  const more =
    others.length === 0 ? '' : ` and ${others.length === 1 ? '1 other place' : `${others.length} other places`}`;
  const who = others.length === 0 ? 'Another job' : 'Other jobs';
  return [
    `${who} of Compressor Bench ran on this machine at the same time (in ${first}${more}): each disturbs the times ` +
      'of the others. Measure again when nothing else runs.',
  ];
}

/** Undefined for what is no note of a job of others that runs. */
function placeOfNote(path: string): string | undefined {
  const text = readPlainText(path, longestNoteBytes) ?? '';
  const record = parseProcessRecord(text);
  if (record === undefined || record.pid === outermostJobPid()) return undefined;
  if (!isProcessAlive(record)) {
    rmSync(path, { force: true });
    return undefined;
  }
  const { place } = JSON.parse(text) as { readonly place?: unknown };
  return typeof place === 'string' ? place : undefined;
}

/** The folder that people know: that of the bench, where the job is of one. */
function placeOf(jobFolder: string): string {
  return jobFolder.replace(/[\\/]\.compressor-bench[\\/].*$/s, '');
}

/** Others could have put a folder or a link of theirs in its place. */
function isOwnFolder(folder: string): boolean {
  const stat = lstatSync(folder);
  return stat.isDirectory() && (process.getuid === undefined || stat.uid === process.getuid());
}
