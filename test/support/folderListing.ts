// Everything that is in a folder, to see whether something changed it.
import { readdirSync, readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';

/** Paths below a folder with digests of the files, sorted; empty for no folder. */
export function folderListing(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        const digest = entry.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : 'folder';
        return `${path.slice(folder.length)} ${digest}`;
      })
      .sort();
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return [];
    throw thrown;
  }
}
