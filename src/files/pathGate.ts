// The one gate for paths that come from a model, a request or an agent: they stay inside their folder, or are refused.
//
// String checks are never enough, so there are four layers: the name itself, containment of the real path, an open that
// does not follow links, and a look at what was opened (the same file, regular, one name only).
import { closeSync, fstatSync, lstatSync, openSync, realpathSync } from 'node:fs';
import type { BigIntStats } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import { pathErrors } from './pathErrors';
import { systemErrorCode } from './fileErrors';
import { plainReading } from './plainFile';

/** A file the gate let through; whoever opened it closes `fd`. */
export interface OpenedInside {
  readonly fd: number;
  /** Real absolute path. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Stays the same as long as the name leads to the same file. */
  readonly identity: string;
}

/**
 * The real absolute path of a regular file that `namedPath` names inside `baseFolder`.
 * Refused with a PathError: NUL and control characters, absolute, drive, UNC and device names, anything whose real path
 * (links resolved) is outside the real folder, a file with a second hard link, whatever is not a regular file.
 */
export function resolveInside(baseFolder: string, namedPath: string): string {
  const { path, stats } = locate(baseFolder, namedPath);
  checkKind(stats, namedPath);
  return path;
}

/** Opens for reading what `resolveInside` would name, and makes sure that very file was opened. */
export function openInside(baseFolder: string, namedPath: string): OpenedInside {
  const { path, stats } = locate(baseFolder, namedPath);
  checkKind(stats, namedPath);
  const fd = openWithoutFollowing(path, namedPath);
  try {
    const opened = fstatSync(fd, { bigint: true });
    checkKind(opened, namedPath);
    // Somebody may have swapped the file, or a folder above it, between the look and the open.
    if (opened.ino !== stats.ino || opened.dev !== stats.dev) throw pathErrors.outside(namedPath, baseFolder);
    return { fd, path, sizeBytes: Number(opened.size), identity: `${opened.dev}:${opened.ino}` };
  } catch (thrown) {
    closeSync(fd);
    throw thrown;
  }
}

/** Names Windows gives to devices, with any extension, in any folder. */
const deviceName = /^(con|prn|aux|nul|clock\$|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;

/**
 * Why the name itself is refused, or undefined. The same on every system: a model must not be safe on one machine and a
 * trap on the next. A backslash separates folders on Windows only, so such a name never means one thing.
 */
function faultOfName(namedPath: string): string | undefined {
  if (namedPath === '') return 'is empty';
  if (/[\u0000-\u001f\u007f]/.test(namedPath)) return 'contains a control character';
  if (namedPath.length > 4096) return 'is longer than 4096 characters';
  if (/^[a-z][a-z0-9+.-]*:/i.test(namedPath)) return 'starts with a drive letter or a scheme';
  if (/^[/\\]/.test(namedPath) || isAbsolute(namedPath)) return 'is absolute';
  if (namedPath.startsWith('~')) return 'starts with ~, which some programs read as a home folder';
  if (namedPath.includes('\\')) return 'contains a backslash';
  for (const part of namedPath.split('/')) {
    if (part === '.' || part === '..' || part === '') continue;
    if (part.includes(':')) return 'contains a colon, which names a hidden stream on Windows';
    if (deviceName.test(part.trimEnd())) return 'names a device of Windows';
    if (/[. ]$/.test(part)) return 'has a part that ends with a dot or a space';
  }
  if (namedPath.endsWith('/')) return 'names a folder';
  return undefined;
}

function locate(baseFolder: string, namedPath: string): { path: string; stats: BigIntStats } {
  const fault = faultOfName(namedPath);
  if (fault !== undefined) throw pathErrors.malformed(namedPath, fault);
  const base = baseFolder === '' ? '.' : baseFolder;
  // `join` removes `a/..` before the system could follow a link `a`; climbing out is told before existence is.
  const joined = join(base, namedPath);
  if (!contains(base, joined)) throw pathErrors.outside(namedPath, baseFolder);
  try {
    const realBase = realpathSync.native(base);
    const path = realpathSync.native(joined);
    if (!contains(realBase, path)) throw pathErrors.outside(namedPath, baseFolder);
    return { path, stats: lstatSync(path, { bigint: true }) };
  } catch (thrown) {
    throw fromSystem(thrown, namedPath, baseFolder);
  }
}

/** Whether `path` is below `folder`, by path components (`/a/bc` is not below `/a/b`). */
function contains(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function checkKind(stats: BigIntStats, namedPath: string): void {
  if (!stats.isFile()) throw pathErrors.notRegular(namedPath, kindOf(stats));
  if (stats.nlink > 1n) throw pathErrors.hardLink(namedPath);
}

function kindOf(stats: BigIntStats): string {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a named pipe';
  if (stats.isSocket()) return 'a socket';
  if (stats.isSymbolicLink()) return 'a link';
  return 'a device';
}

function openWithoutFollowing(path: string, namedPath: string): number {
  // On Windows, which cannot open without following, the comparison after the open does the work.
  try {
    return openSync(path, plainReading);
  } catch (thrown) {
    throw fromSystem(thrown, namedPath, path);
  }
}

function fromSystem(thrown: unknown, namedPath: string, baseFolder: string): unknown {
  const systemCode = systemErrorCode(thrown);
  if (systemCode === undefined || !/^E[A-Z]+$/.test(systemCode)) return thrown;
  if (systemCode === 'ENOENT' || systemCode === 'ENOTDIR') return pathErrors.missing(namedPath, baseFolder);
  if (systemCode === 'ELOOP') return pathErrors.notRegular(namedPath, 'a link');
  return pathErrors.unreadable(namedPath, systemCode, thrown);
}
