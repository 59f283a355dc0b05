// Which files a door may name: a server those of the workspace and of allowed folders, a person all.
import { constants, lstatSync, realpathSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { systemErrorCode } from '../files/fileErrors';
import { requestErrors } from './requestErrors';

/** Decides about every path that came with a request. */
export interface FileAccess {
  /** Real absolute path of an existing file or folder. Throws RequestError, without telling whether a forbidden one exists. */
  realPath(named: string): string;
  /** Folders a file browser may begin at. */
  readonly roots: readonly string[];
}

/** For people at their own machine: relative paths are the workspace's, all may be named. */
export function openAccess(workspace: string): FileAccess {
  return {
    roots: [workspace],
    realPath: (named) => {
      const path = resolve(workspace, nameOf(named));
      try {
        const real = realpathSync.native(path);
        checkKind(lstatSync(real), named);
        return real;
      } catch (thrown) {
        throw fromSystem(thrown, named);
      }
    },
  };
}

/**
 * For servers: only what really (links resolved) lies in the workspace or in one of the folders, and has no second name
 * by which it may lie elsewhere as well (a hard link).
 */
export function restrictedAccess(workspace: string, folders: readonly string[]): FileAccess {
  const roots = [workspace, ...folders].map((folder) => realpathSync.native(folder));
  // As people write them, too: a workspace is often reached over a link.
  const writtenRoots = [...new Set([...roots, ...[workspace, ...folders].map((folder) => resolve(folder))])];
  return {
    roots,
    realPath: (named) => {
      const path = resolve(workspace, nameOf(named));
      // Before anything is touched: on Windows, even to look at \\host\share tells that host who we are.
      if (!writtenRoots.some((root) => contains(foldCase(root), foldCase(path))))
        throw requestErrors.accessDenied(named);
      try {
        const real = realpathSync.native(path);
        if (!roots.some((root) => contains(root, real))) throw requestErrors.accessDenied(named);
        const stats = lstatSync(real);
        checkKind(stats, named);
        if (stats.isFile() && stats.nlink > 1) throw requestErrors.accessDenied(named);
        return real;
      } catch (thrown) {
        if (isMissing(thrown) && !roots.some((root) => contains(root, nearestReal(path))))
          throw requestErrors.accessDenied(named);
        throw fromSystem(thrown, named);
      }
    },
  };
}

/**
 * Opens for reading a file that may be named, and makes sure that the very file that was looked at was opened: somebody
 * may swap it, or a folder above it, between the look and the open. Whoever opens it closes it.
 */
export async function openAllowed(access: FileAccess, named: string): Promise<FileHandle> {
  const real = access.realPath(named);
  if (!lstatSync(real).isFile()) throw requestErrors.refused('not-a-file', `${shown(named)} is a folder, not a file.`);
  const file = await openWithoutFollowing(real, named);
  try {
    const opened = await file.stat();
    // Looked at once more, and compared at once: what was swapped for the open alone is found.
    const isSameName = access.realPath(named) === real;
    const looked = lstatSync(real, { throwIfNoEntry: false });
    const isSame = isSameName && opened.ino === looked?.ino && opened.dev === looked.dev;
    if (!isSame) throw requestErrors.accessDenied(named);
    return file;
  } catch (thrown) {
    await file.close();
    throw thrown;
  }
}

async function openWithoutFollowing(path: string, named: string): Promise<FileHandle> {
  // Windows has neither flag; there the comparison after the open does the work.
  const flags: Partial<typeof constants> = constants;
  try {
    return await open(path, constants.O_RDONLY | (flags.O_NOFOLLOW ?? 0) | (flags.O_NONBLOCK ?? 0));
  } catch (thrown) {
    throw fromSystem(thrown, named);
  }
}

/** Names Windows gives to devices, with any extension, in any folder. */
const deviceName = /^(con|prn|aux|nul|clock\$|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;

/** The name, when it can be one. */
function nameOf(named: string): string {
  if (named === '' || named.includes('\0') || named.length > 4096)
    throw requestErrors.refused('path', `${shown(named)} is no path.`, 'Name a file or folder.');
  const parts = named.split(/[/\\]/);
  // Everywhere, so that no name is safe on one machine and a trap on the next.
  if (parts.some((part) => deviceName.test(part.trimEnd())))
    throw requestErrors.refused('path', `${shown(named)} names a device of Windows.`, 'Name a file or folder.');
  if (process.platform === 'win32' && parts.slice(1).some((part) => part.includes(':')))
    throw requestErrors.refused('path', `${shown(named)} names a hidden stream.`, 'Name a file or folder.');
  return named;
}

/** To open a pipe would wait for its other end, and with it everybody who uses this process. */
function checkKind(stats: Stats, named: string): void {
  if (stats.isFile() || stats.isDirectory()) return;
  throw requestErrors.refused('not-a-file', `${shown(named)} is neither a file nor a folder.`, 'Name a plain file.');
}

/** The real path of the nearest folder above that exists. */
function nearestReal(path: string): string {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    try {
      return realpathSync.native(folder);
    } catch (thrown) {
      if (!isMissing(thrown) || folder === dirname(folder)) return '';
    }
  }
}

/** ELOOP: links that lead to each other lead nowhere. */
function isMissing(thrown: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'].includes(systemErrorCode(thrown) ?? '');
}

function fromSystem(thrown: unknown, named: string): unknown {
  const systemCode = systemErrorCode(thrown);
  if (systemCode === 'EACCES' || systemCode === 'EPERM') return requestErrors.accessDenied(named);
  return isMissing(thrown) ? requestErrors.notFound('file', shown(named), 'Check the path.') : thrown;
}

/** Whether a path is a folder or below it, by path components (`/a/bc` is not below `/a/b`). */
function contains(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return path !== '' && (way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)));
}

/** Where volumes mostly ignore case, so does the first look; the second compares real names. */
function foldCase(path: string): string {
  return process.platform === 'darwin' || process.platform === 'win32' ? path.toLowerCase() : path;
}

/** A hostile name on one line, and not all of a long one. */
function shown(named: string): string {
  return JSON.stringify(named.slice(0, 200));
}
