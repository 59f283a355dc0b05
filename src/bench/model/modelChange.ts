// Whether the file of a model is still the one that a result was found with: another model may lie at its path by now.
import { statSync } from 'node:fs';
import { FileError } from '../../files/fileErrors';
import { sha256OfFile } from '../../files/fileHash';
import type { Bench } from '../bench';

/** A hash, and the looks of the file that it is of. */
interface KnownHash {
  readonly looks: string;
  readonly sha256: Promise<string>;
}

/** By path; a file is read again only when it looks different. */
const hashes = new WeakMap<Bench, Map<string, KnownHash>>();

/** @param sha256 of the file that a result names; a file that is gone or cannot be read has not changed */
export async function isOtherModel(bench: Bench, path: string, sha256: string): Promise<boolean> {
  const looks = looksOf(path);
  if (looks === undefined) return false;
  const known = hashes.get(bench) ?? new Map<string, KnownHash>();
  hashes.set(bench, known);
  let found = known.get(path);
  if (found?.looks !== looks) {
    found = { looks, sha256: sha256OfFile(path) };
    known.set(path, found);
  }
  try {
    return (await found.sha256) !== sha256;
  } catch (thrown) {
    known.delete(path);
    if (thrown instanceof FileError) return false;
    throw thrown;
  }
}

function looksOf(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false, bigint: true });
  if (stats?.isFile() !== true) return undefined;
  return [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(' ');
}
