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

/** For people: `Of 5 pictures of list.txt, 1 is missing and was left out.` */
export function missingNote(missing: number, wanted: number, list: string): string {
  return `Of ${wanted} pictures of ${list}, ${missing === 1 ? '1 is missing and was' : `${missing} are missing and were`} left out.`;
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
