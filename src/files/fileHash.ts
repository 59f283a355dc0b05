// The SHA-256 of a file, by which results name the model they are about.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { fileErrorOf } from './fileErrors';

/** Hex digits of the SHA-256 of a file's bytes; read in chunks. Throws FileError when the file cannot be read. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path, { highWaterMark: 2 ** 20 }), hash);
  } catch (thrown) {
    throw fileErrorOf(thrown, path, 'read');
  }
  return hash.digest('hex');
}
