// A folder with one writer: claims are exclusive, end with their process, and leave nothing behind.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FolderClaim, refuseClaimedFolder } from '../../src/files/folderClaim';
import { processRecord } from '../../src/files/processRecord';
import { temporaryFolder } from '../support/temporaryFolder';

const base = temporaryFolder();
let folders = 0;
function emptyFolder(): string {
  const folder = join(base.path, `claimed-${++folders}`);
  mkdirSync(folder);
  return folder;
}

/** Puts the claim of another process into a folder. */
function writeClaim(folder: string, record: object): void {
  writeFileSync(join(folder, 'writer-00000000-0000-4000-8000-000000000000.json'), JSON.stringify(record));
}

const inUse = { code: 'file-in-use', message: expect.stringContaining(`(${process.pid}, since `) as string };

describe('a claim of a folder', () => {
  it('keeps others out until it is released, and leaves no file', async () => {
    const folder = emptyFolder();
    const claim = await FolderClaim.take(folder);
    await expect(FolderClaim.take(folder)).rejects.toMatchObject(inUse);
    expect(() => refuseClaimedFolder(folder)).toThrow(/is being written to by another process/);
    await claim.release();
    refuseClaimedFolder(folder);
    await using again = await FolderClaim.take(folder);
    expect(again).toBeInstanceOf(FolderClaim);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('is never given to two of many that ask at once', async () => {
    for (let round = 0; round < 5; round++) {
      const folder = emptyFolder();
      const asked = await Promise.allSettled(Array.from({ length: 6 }, () => FolderClaim.take(folder)));
      const held = asked.filter(({ status }) => status === 'fulfilled');
      expect(held.length).toBeLessThanOrEqual(1);
      expect(readdirSync(folder)).toHaveLength(held.length);
    }
  });

  it('of a process that is gone is taken over and tidied away', async () => {
    const folder = emptyFolder();
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    writeClaim(folder, { pid, claimedAt: new Date().toISOString() });
    refuseClaimedFolder(folder);
    await using claim = await FolderClaim.take(folder);
    expect(claim).toBeInstanceOf(FolderClaim);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('of an earlier start of the machine means nothing, though a process has the number today', async () => {
    const folder = emptyFolder();
    writeClaim(folder, { pid: process.pid, claimedAt: '2020-01-01T00:00:00.000Z' });
    await (await FolderClaim.take(folder)).release();
    writeClaim(folder, processRecord());
    await expect(FolderClaim.take(folder)).rejects.toMatchObject(inUse);
  });

  it.runIf(process.platform === 'linux')('of a process whose number another one has now means nothing', async () => {
    const folder = emptyFolder();
    writeClaim(folder, { pid: process.pid, claimedAt: new Date().toISOString(), process: `${hostname()} 1` });
    await (await FolderClaim.take(folder)).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('of a process that was killed means nothing', async () => {
    const folder = emptyFolder();
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 600000)'], { stdio: 'ignore' });
    const gone = new Promise((resolve) => child.once('exit', resolve));
    writeClaim(folder, processRecord(child.pid));
    await expect(FolderClaim.take(folder)).rejects.toMatchObject({ code: 'file-in-use' });
    child.kill('SIGKILL');
    await gone;
    await (await FolderClaim.take(folder)).release();
  });

  it.runIf(process.platform === 'linux')('that names a process which is always there keeps nobody out', async () => {
    const folder = emptyFolder();
    for (const claimedAt of [new Date().toISOString(), '2999-01-01T00:00:00.000Z']) {
      writeClaim(folder, { pid: 1, claimedAt });
      await (await FolderClaim.take(folder)).release();
    }
    execFileSync('mkfifo', [join(folder, 'writer-00000000-0000-4000-8000-000000000000.json')]);
    await (await FolderClaim.take(folder)).release();
    expect(readdirSync(folder)).toEqual([]);
    mkdirSync(join(folder, 'writer-00000000-0000-4000-8000-000000000000.json'));
    await (await FolderClaim.take(folder)).release();
  });

  it.each(['', '{', 'null', '{"pid":"1"}', '{"pid":-5,"claimedAt":"2026-01-01"}', '{"pid":0,"claimedAt":"x"}'])(
    'that is damaged (%j) keeps nobody out',
    async (text) => {
      const folder = emptyFolder();
      writeFileSync(join(folder, 'writer-00000000-0000-4000-8000-000000000000.json'), text);
      refuseClaimedFolder(folder);
      await (await FolderClaim.take(folder)).release();
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  it('needs a folder', async () => {
    const missing = join(base.path, 'missing');
    refuseClaimedFolder(missing);
    await expect(FolderClaim.take(missing)).rejects.toMatchObject({ code: 'file-missing-folder' });
  });
});
