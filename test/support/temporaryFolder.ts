// A folder for the files a test writes, removed when the test file has run.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';

export interface TemporaryFolder {
  readonly path: string;
  /** Puts a file into it, with the folders on the way, and gives its path. */
  readonly write: (name: string, content: string | Uint8Array) => string;
  /** Makes an empty folder in it, a new one each time, to see what is left there. */
  readonly fresh: () => string;
}

export function temporaryFolder(): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), 'compressor-bench-'));
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return {
    path,
    write: (name, content) => {
      const file = join(path, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
      return file;
    },
    fresh: () => mkdtempSync(join(path, 'fresh-')),
  };
}
