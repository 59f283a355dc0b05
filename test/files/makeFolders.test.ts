// Folders with those on the way to them; a place where none can be made ends with the system's error.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFolders } from '../../src/files/makeFolders';
import { temporaryFolder } from '../support/temporaryFolder';

const place = temporaryFolder();

describe('making folders', () => {
  it('makes those on the way, and leaves what is there', async () => {
    const path = join(place.path, 'a', 'b', 'c');
    await makeFolders(path);
    await makeFolders(path);
    expect(existsSync(path)).toBe(true);
  });

  it('refuses where a file stands', async () => {
    const path = place.write('file', '');
    await expect(makeFolders(path)).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(makeFolders(join(path, 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  it.runIf(existsSync('/proc/self'))(
    'ends below /proc, where the system says that there is no such folder',
    async () => {
      await expect(makeFolders('/proc/nowhere/at/all')).rejects.toMatchObject({ code: 'ENOENT' });
    },
  );
});
