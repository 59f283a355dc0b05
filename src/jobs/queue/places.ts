// The waiting line of a bench as files: `queue/<n>.json` is a place, the lowest number comes first.
//
// A place is claimed by exclusive create, once the run it is for has been recorded, and removed by the one process that
// works the queue when the end of the run has been recorded. It names the folder it was made in: a bench that was copied,
// cloned or unpacked brings no work with it, so that opening a folder of others never runs what they put there.
import { closeSync, fsyncSync, lstatSync, openSync, readFileSync, readdirSync, realpathSync } from 'node:fs';
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { isTemporaryName, replaceFile } from '../../files/atomicWrite';
import { systemDisk } from '../../files/disk';
import { fileErrorOf, fileErrors, systemErrorCode } from '../../files/fileErrors';
import { readPlainText } from '../../files/plainFile';
import { parseProcessRecord } from '../../files/processRecord';
import type { ProcessRecord } from '../../files/processRecord';
import { recordOf } from '../../protocol/rpcMessages';
import { queueErrors } from './queueErrors';
import type { RunSubject } from '../runQueue';

export interface Place {
  /** Absolute path of its file. */
  readonly path: string;
  readonly number: number;
  /** Absolute path of the run folder. */
  readonly folder: string;
  readonly subject: RunSubject;
  /** How often it was begun to take the result into the bench. */
  readonly finishes: number;
  /** The run is cancelled when this process is gone. */
  readonly owner?: ProcessRecord;
}

const placeName = /^([1-9]\d{0,14})\.json$/;
/** What is longer is no place. */
const longestPlaceBytes = 2 ** 16;
/** One that is torn for this long was left by a process that was killed while it wrote; nobody was promised anything. */
const longestWriteMs = 60_000;

/** The queue's folder in a bench folder. */
export function queueFolderOf(benchFolder: string): string {
  return join(benchFolder, 'queue');
}

/**
 * Throws QueueError `queue-outside` for a run folder that no place can name, and FileError `file-link` where a link, as a
 * folder of others may hold, would have the queue or the job write elsewhere.
 */
export function checkPlaceable(benchFolder: string, folder: string): void {
  if (pathInside(benchFolder, folder) === undefined) throw queueErrors.outside(folder, benchFolder);
  const queueFolder = queueFolderOf(benchFolder);
  if (lstatSync(queueFolder, { throwIfNoEntry: false })?.isSymbolicLink() === true)
    throw fileErrors.linked(queueFolder);
  try {
    const real = pathInside(realpathSync.native(benchFolder), realpathSync.native(folder));
    if (real === undefined) throw fileErrors.linked(folder);
  } catch (thrown) {
    throw fileErrorOf(thrown, folder, 'find the folder');
  }
}

/** Claims the place behind all others; durable when it returns. */
export async function claimPlace(
  benchFolder: string,
  run: Pick<Place, 'folder' | 'subject' | 'owner'>,
): Promise<Place> {
  const queueFolder = queueFolderOf(benchFolder);
  const folder = pathInside(benchFolder, run.folder);
  if (folder === undefined) throw queueErrors.outside(run.folder, benchFolder);
  let path = queueFolder;
  try {
    const { subject, owner } = run;
    const known = { subject, finishes: 0, ...(owner === undefined ? {} : { owner }) };
    const text = textOf({ ...known, folder, madeIn: identityOf(queueFolder) });
    // Behind the last that counts: other files with such names are stepped over and lead no number astray.
    for (let number = (placesIn(benchFolder).at(-1)?.number ?? 0) + 1; ; number++) {
      path = join(queueFolder, `${number}.json`);
      if (hasWritten(path, text)) {
        await systemDisk.syncFolder(queueFolder);
        return { ...known, path, number, folder: run.folder };
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
  const { subject, finishes, owner } = place;
  const madeIn = identityOf(queueFolderOf(benchFolder));
  const known = { folder, subject, finishes: finishes + 1, ...(owner === undefined ? {} : { owner }) };
  await replaceFile(place.path, textOf({ ...known, madeIn }));
}

export async function removePlace({ path }: Place): Promise<void> {
  await rm(path, { force: true });
}

/** Removes places that were never written to the end, or elsewhere, and what writers that were killed left. */
export async function removeTornFiles(benchFolder: string): Promise<void> {
  const queueFolder = queueFolderOf(benchFolder);
  const own = new Set(placesIn(benchFolder).map(({ path }) => path));
  for (const name of namesIn(queueFolder)) {
    const path = join(queueFolder, name);
    if (own.has(path) || !(placeName.test(name) || isTemporaryName(name))) continue;
    // One that cannot be removed is in nobody's way.
    if (ageMs(path) > longestWriteMs) await rm(path, { force: true }).catch(() => undefined);
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
  return namesIn(queueFolder)
    .flatMap((name) => placeName.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

function namesIn(queueFolder: string): string[] {
  try {
    return readdirSync(queueFolder);
  } catch (thrown) {
    if (['ENOENT', 'ENOTDIR'].includes(systemErrorCode(thrown) ?? '')) return [];
    throw fileErrorOf(thrown, queueFolder, 'read');
  }
}

/** One that is torn, gone, made elsewhere or names a folder outside is none. */
function readPlace(benchFolder: string, path: string, number: number, own: string): Place | undefined {
  try {
    const { folder, subject, finishes, owner, madeIn } = recordOf(
      JSON.parse(readPlainText(path, longestPlaceBytes) ?? ''),
      'a place',
    );
    if (madeIn !== own) return undefined;
    const { kind, id } = recordOf(subject, 'a subject');
    if (typeof folder !== 'string' || typeof kind !== 'string' || typeof id !== 'number') return undefined;
    const absolute = resolve(benchFolder, folder);
    if (pathInside(benchFolder, absolute) === undefined) return undefined;
    const asking = owner === undefined ? undefined : parseProcessRecord(JSON.stringify(owner));
    return {
      path,
      number,
      folder: absolute,
      subject: { kind, id },
      finishes: typeof finishes === 'number' ? finishes : 0,
      ...(asking === undefined ? {} : { owner: asking }),
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
  readonly owner?: ProcessRecord;
  readonly madeIn: string;
}

function textOf(file: PlaceFile): string {
  return `${JSON.stringify(file)}\n`;
}

/**
 * What no copy of a folder has and nobody can foresee. On Linux it is the moment it was made, which no program can choose.
 * Elsewhere archives may set that moment; then the folder's number belongs to it, as where the moment is not kept.
 */
export function identityOf(folder: string): string {
  const { birthtimeNs, ino } = statSync(folder, { bigint: true });
  return process.platform === 'linux' && birthtimeNs > 0n
    ? `made ${birthtimeNs}`
    : `made ${birthtimeNs}, number ${ino}`;
}

/** The way from the bench folder to a folder below it, with `/`. */
export function pathInside(benchFolder: string, folder: string): string | undefined {
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

function ageMs(path: string): number {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}
