// Names and claims the folder of a new run.
import { lstat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { claimFolder } from '../files/disk';
import { fileErrorOf, fileErrors } from '../files/fileErrors';
import { makeFolders } from '../files/makeFolders';

/** The folder in a workspace that holds everything the bench keeps (DESIGN §3). */
export const benchFolderName = '.compressor-bench';

/**
 * Makes `<workspace>/.compressor-bench/runs/<timestamp>-<verb>/` and returns its path. The folder is new: when two runs
 * begin in the same second, the later gets `-2`, `-3`, ….
 */
export async function createRunFolder(workspace: string, verb: string): Promise<string> {
  const runs = join(resolve(workspace), benchFolderName, 'runs');
  const name = `${timestamp(new Date())}-${verb}`;
  try {
    await makeFolders(runs);
    // In a workspace of others it may lead anywhere.
    if ((await lstat(runs)).isSymbolicLink()) throw fileErrors.linked(runs);
    for (let attempt = 1; ; attempt++) {
      const folder = join(runs, attempt === 1 ? name : `${name}-${attempt}`);
      if (await claimFolder(folder)) return folder;
    }
  } catch (thrown) {
    throw fileErrorOf(thrown, runs, 'make the folder');
  }
}

/** Local time as `2026-11-20T19-31-05`: sorts by age and is a legal name on every system. */
function timestamp(date: Date): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day}T${[two(date.getHours()), two(date.getMinutes()), two(date.getSeconds())].join('-')}`;
}
