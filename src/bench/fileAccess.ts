// Which files a door may name: a server those of the workspace and of allowed folders, a person all.
import { realpathSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
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
  return { roots: [workspace], realPath: (named) => existing(resolve(workspace, named), named) };
}

/** For servers: only what really (links resolved) lies in the workspace or in one of the folders. */
export function restrictedAccess(workspace: string, folders: readonly string[]): FileAccess {
  const roots = [workspace, ...folders].map((folder) => realpathSync.native(folder));
  return {
    roots,
    realPath: (named) => {
      const path = resolve(workspace, named);
      const isNamedInside = [...roots, resolve(workspace), ...folders.map((folder) => resolve(folder))].some((root) =>
        contains(root, path),
      );
      if (!isNamedInside || named.includes('\0')) throw requestErrors.accessDenied(named);
      const real = existing(path, named);
      if (!roots.some((root) => contains(root, real))) throw requestErrors.accessDenied(named);
      return real;
    },
  };
}

function existing(path: string, named: string): string {
  try {
    return realpathSync.native(path);
  } catch (thrown) {
    const code = systemErrorCode(thrown);
    if (code === 'EACCES' || code === 'EPERM') throw requestErrors.accessDenied(named);
    throw requestErrors.notFound('file', JSON.stringify(named.slice(0, 200)));
  }
}

function contains(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}
