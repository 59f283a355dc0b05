// How paths are kept in records, and found again.
import { isAbsolute, relative, resolve, sep } from 'node:path';

/** Relative to the workspace, with `/`, where it lies inside, so that it survives a move or a clone; else as it is. */
export function storedPath(workspace: string, path: string): string {
  const way = relative(workspace, path);
  const isInside = way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
  return isInside ? way.split(sep).join('/') : path;
}

/** The absolute path of one kept in a record. */
export function absolutePath(workspace: string, stored: string): string {
  return resolve(workspace, stored);
}
