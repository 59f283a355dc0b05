// Which of the files that a list names are there.
import { access } from 'node:fs/promises';

/** Files looked for at a time: enough to keep a disk busy, far below the limit of open files. */
const checkedAtOnce = 64;

/** Those of the files that exist, in the same order. */
export async function present<File extends { readonly path: string }>(files: readonly File[]): Promise<File[]> {
  const found: File[] = [];
  for (let start = 0; start < files.length; start += checkedAtOnce) {
    const some = files.slice(start, start + checkedAtOnce);
    const areThere = await Promise.all(some.map(({ path }) => exists(path)));
    found.push(...some.filter((_, index) => areThere[index]));
  }
  return found;
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
