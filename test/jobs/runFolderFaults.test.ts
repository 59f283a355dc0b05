// What a person reads when the folder of a run cannot be made: the reason the system gives for the folder that exists.
import type * as FileSystem from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createRunFolder } from '../../src/jobs/runFolder';

const made: string[] = [];
let refusal: string;

vi.mock('node:fs/promises', async (original) => ({
  ...(await original<typeof FileSystem>()),
  /** Only `/existing` is there. As on a real read-only disk, the folder below it is refused for another reason. */
  mkdir: (path: string): Promise<void> => {
    made.push(path);
    const code = path === join('/existing', '.compressor-bench') ? refusal : 'ENOENT';
    return Promise.reject(Object.assign(new Error(code), { code }));
  },
}));

describe('a run folder that cannot be made', () => {
  beforeEach(() => void made.splice(0));

  it.each([
    ['EROFS', 'file-read-only'],
    ['EACCES', 'file-denied'],
    ['ENOSPC', 'file-disk-full'],
  ])('for %s is not said to be missing', async (code, expected) => {
    refusal = code;
    await expect(createRunFolder('/existing', 'demo')).rejects.toMatchObject({ code: expected });
  });

  it('is tried a limited number of times', async () => {
    refusal = 'ENOENT';
    await expect(createRunFolder('/existing', 'demo')).rejects.toMatchObject({ code: 'file-missing-folder' });
    expect(made.length).toBeLessThan(10);
  });
});
