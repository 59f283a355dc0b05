// Reading files of a workspace that others may have made: a link, a pipe or a giant in their place does no harm.
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { systemErrorCode } from './fileErrors';

const flags: Partial<typeof constants> = constants;

/** Opens for reading without following a link in the last part of the path or waiting for a pipe. Windows has neither flag. */
export const plainReading = constants.O_RDONLY | (flags.O_NOFOLLOW ?? 0) | (flags.O_NONBLOCK ?? 0);

/** What says that no regular file has this name: nothing, a link, a socket. */
const nothingPlain: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'EMLINK', 'ENXIO']);

/**
 * The text of a regular file, of a longer one its first `mostBytes`; undefined where there is none.
 *
 * @throws the system's error for a file that is there and cannot be read
 */
export function readPlainText(path: string, mostBytes: number): string | undefined {
  const file = openPlainFile(path);
  if (file === undefined) return undefined;
  try {
    const bytes = Buffer.alloc(Math.min(fstatSync(file).size, mostBytes));
    let filled = 0;
    for (let count = -1; filled < bytes.length && count !== 0; filled += count) {
      count = readSync(file, bytes, filled, bytes.length - filled, filled);
    }
    return bytes.toString('utf8', 0, filled);
  } finally {
    closeSync(file);
  }
}

/** The same file as a descriptor, which the caller closes. */
export function openPlainFile(path: string): number | undefined {
  let file: number;
  try {
    file = openSync(path, plainReading);
  } catch (thrown) {
    if (nothingPlain.has(systemErrorCode(thrown) ?? '')) return undefined;
    throw thrown;
  }
  try {
    if (fstatSync(file).isFile()) return file;
  } catch (thrown) {
    closeSync(file);
    throw thrown;
  }
  closeSync(file);
  return undefined;
}
