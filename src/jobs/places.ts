// The waiting line of a bench as files: `queue/<n>.json` is a place, the lowest number comes first.
//
// A place is claimed by exclusive create, once the run it is for has been recorded, and removed by the one process that
// works the queue when the end of the run has been recorded. It names the folder it was made in: a bench that was copied,
// cloned or unpacked brings no work with it, so that opening a folder of others never runs what they put there.
import { closeSync, fsyncSync, openSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { replaceFile } from '../files/atomicWrite';
import { fileErrorOf, systemErrorCode } from '../files/fileErrors';
import { recordOf } from '../protocol/rpcMessages';
import { queueErrors } from './queueErrors';
import type { RunSubject } from './runQueue';

export interface Place {
  /** Absolute path of its file. */
  readonly path: string;
  readonly number: number;
  /** Absolute path of the run folder. */
  readonly folder: string;
  readonly subject: RunSubject;
  /** How often it was begun to take the result into the bench. */
  readonly finishes: number;
}

/** One that is torn for this long was left by a process that was killed while it wrote; nobody was promised anything. */
const longestWriteMs = 60_000;

/** The queue's folder in a bench folder. */
export function queueFolderOf(benchFolder: string): string {
  return join(benchFolder, 'queue');
}

/** Throws QueueError `queue-outside` for a run folder that no place can name. */
export function checkPlaceable(benchFolder: string, folder: string): void {
  if (pathInside(benchFolder, folder) === undefined) throw queueErrors.outside(folder, benchFolder);
}

/** Claims the place behind all others; durable when it returns. */
export function claimPlace(benchFolder: string, run: { readonly folder: string; readonly subject: RunSubject }): Place {
  const queueFolder = queueFolderOf(benchFolder);
  const folder = pathInside(benchFolder, run.folder);
  if (folder === undefined) throw queueErrors.outside(run.folder, benchFolder);
  let path = queueFolder;
  try {
    const text = textOf({ folder, subject: run.subject, finishes: 0, madeIn: identityOf(queueFolder) });
    for (let number = Math.max(0, ...numbersIn(queueFolder)) + 1; ; number++) {
      path = join(queueFolder, `${number}.json`);
      if (hasWritten(path, text)) {
        syncFolder(queueFolder);
        return { path, number, folder: run.folder, subject: run.subject, finishes: 0 };
      }
    }
  } catch (thrown) {
    throw fileErrorOf(thrown, path);
  }
}

/** All places that can be read, in order. */
export function placesIn(benchFolder: string): Place[] {
  return placesWhere(benchFolder, Number.POSITIVE_INFINITY);
}

/** The first place that can be read; undefined for an empty queue. */
export function firstPlace(benchFolder: string): Place | undefined {
  return placesWhere(benchFolder, 1)[0];
}

/** Counts one more attempt at taking the result into the bench. */
export async function countFinish(benchFolder: string, place: Place): Promise<void> {
  const folder = pathInside(benchFolder, place.folder) ?? '';
  const { subject, finishes } = place;
  const madeIn = identityOf(queueFolderOf(benchFolder));
  await replaceFile(place.path, textOf({ folder, subject, finishes: finishes + 1, madeIn }));
}

export async function removePlace({ path }: Place): Promise<void> {
  await rm(path, { force: true });
}

/** Removes places that were never written to the end, or elsewhere. */
export async function removeTornPlaces(benchFolder: string): Promise<void> {
  for (const number of numbersIn(queueFolderOf(benchFolder))) {
    const path = join(queueFolderOf(benchFolder), `${number}.json`);
    const place = readPlace(benchFolder, path, number, identityOf(queueFolderOf(benchFolder)));
    if (place === undefined && ageMs(path) > longestWriteMs) await rm(path, { force: true });
  }
}

function placesWhere(benchFolder: string, most: number): Place[] {
  const queueFolder = queueFolderOf(benchFolder);
  const places: Place[] = [];
  const numbers = numbersIn(queueFolder);
  const madeIn = numbers.length === 0 ? '' : identityOf(queueFolder);
  for (const number of numbers) {
    const place = readPlace(benchFolder, join(queueFolder, `${number}.json`), number, madeIn);
    if (place !== undefined && places.push(place) >= most) break;
  }
  return places;
}

function numbersIn(queueFolder: string): number[] {
  try {
    return readdirSync(queueFolder)
      .flatMap((name) => /^([1-9]\d{0,14})\.json$/.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  } catch (thrown) {
    if (['ENOENT', 'ENOTDIR'].includes(systemErrorCode(thrown) ?? '')) return [];
    throw fileErrorOf(thrown, queueFolder, 'read');
  }
}

/** One that is torn, gone, made elsewhere or names a folder outside is none. */
function readPlace(benchFolder: string, path: string, number: number, own: string): Place | undefined {
  try {
    const { folder, subject, finishes, madeIn } = recordOf(JSON.parse(readFileSync(path, 'utf8')), 'a place');
    if (madeIn !== own) return undefined;
    const { kind, id } = recordOf(subject, 'a subject');
    if (typeof folder !== 'string' || typeof kind !== 'string' || typeof id !== 'number') return undefined;
    const absolute = resolve(benchFolder, folder);
    if (pathInside(benchFolder, absolute) === undefined) return undefined;
    return {
      path,
      number,
      folder: absolute,
      subject: { kind, id },
      finishes: typeof finishes === 'number' ? finishes : 0,
    };
  } catch {
    return undefined;
  }
}

interface PlaceFile {
  /** Relative to the bench folder, with `/`. */
  readonly folder: string;
  readonly subject: RunSubject;
  readonly finishes: number;
  readonly madeIn: string;
}

function textOf(file: PlaceFile): string {
  return `${JSON.stringify(file)}\n`;
}

/** What no copy of a folder has and nobody can foresee: the moment it was made or, where that is not kept, its number. */
export function identityOf(folder: string): string {
  const { birthtimeNs, ino } = statSync(folder, { bigint: true });
  return birthtimeNs > 0n ? `made ${birthtimeNs}` : `number ${ino}`;
}

/** The way from the bench folder to a folder below it, with `/`. */
function pathInside(benchFolder: string, folder: string): string | undefined {
  const way = relative(benchFolder, folder);
  if (way === '' || way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)) return undefined;
  return way.split(sep).join('/');
}

/** Makes the file with this text; false when there is one already. */
function hasWritten(path: string, text: string): boolean {
  let file: number;
  try {
    file = openSync(path, 'wx');
  } catch (thrown) {
    if (systemErrorCode(thrown) === 'EEXIST') return false;
    throw thrown;
  }
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } catch (thrown) {
    rmSync(path, { force: true });
    throw thrown;
  } finally {
    closeSync(file);
  }
  // A machine that slept in the middle of this may find that it was taken for torn.
  return readFileSync(path, 'utf8') === text;
}

/** Windows cannot open folders and does not need it; some network file systems refuse. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const file = openSync(folder, 'r');
  try {
    fsyncSync(file);
  } catch {
    // The file itself is complete and in place.
  } finally {
    closeSync(file);
  }
}

function ageMs(path: string): number {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}
