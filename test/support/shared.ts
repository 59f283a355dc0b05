// The folder of real models and data beside the project; tests that need it are skipped, with a reason, where it is missing.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe } from 'vitest';

const beside = resolve(import.meta.dirname, '../../../shared');

/** `../shared` beside the project, or undefined on machines that do not have it. */
export const sharedFolder: string | undefined = existsSync(resolve(beside, 'data/MANIFEST.json')) ? beside : undefined;

/** `describe` for tests on real models; the callback gets the folder. */
export function describeShared(name: string, body: (folder: string) => void): void {
  if (sharedFolder === undefined) {
    console.warn(`skipped "${name}": the folder ../shared with real models is not on this machine`);
    describe.skip(name, () => body('../shared'));
    return;
  }
  const folder = sharedFolder;
  describe(name, () => body(folder));
}
