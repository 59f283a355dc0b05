// Tests on the real models beside the project; they are skipped, with a printed reason, where those are missing.
import { describe, it } from 'vitest';
import { sharedFolder } from './sharedFolder';

export { sharedFolder } from './sharedFolder';

/** `describe` for tests on real models; the callback gets the folder. */
export function describeShared(name: string, body: (folder: string) => void): void {
  const folder = sharedFolder;
  if (folder !== undefined) {
    describe(name, () => body(folder));
    return;
  }
  // The body reads the folder while tests are collected: it must not run.
  const reason = `skipped "${name}": the folder ../shared with real models is not on this machine`;
  console.warn(reason);
  it(name, ({ skip }) => skip(reason));
}
