// Folders, with those on the way to them.
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemErrorCode } from './fileErrors';

/**
 * Makes a folder with those on the way to it; one that is there already is left as it is. Node's own recursive mkdir says
 * "does not exist" where the file system is read-only, and never ends where a system refuses with it (below /proc).
 *
 * @throws the system's error
 */
export async function makeFolders(path: string): Promise<void> {
  try {
    await makeFolder(path);
  } catch (thrown) {
    if (systemErrorCode(thrown) !== 'ENOENT' || dirname(path) === path) throw thrown;
    await makeFolders(dirname(path));
    await makeFolder(path);
  }
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (thrown) {
    if (systemErrorCode(thrown) !== 'EEXIST' || !(await stat(path)).isDirectory()) throw thrown;
  }
}
