// Tests of what a file system refuses; they are skipped, with a printed reason, where the user may do everything.
import { it } from 'vitest';

const reason =
  process.platform === 'win32'
    ? 'Windows has permissions of another kind'
    : process.getuid?.() === 0
      ? 'root may read and write anywhere'
      : undefined;

/** A test that needs the permissions of files to be obeyed. */
export function itWithPermissions(name: string, run: () => void | Promise<void>): void {
  if (reason === undefined) {
    it(name, run);
    return;
  }
  const sentence = `skipped "${name}": ${reason}`;
  console.warn(sentence);
  it(name, ({ skip }) => skip(sentence));
}
