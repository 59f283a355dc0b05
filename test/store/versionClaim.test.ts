// Claims on the next version of a file: one holder at a time, whoever died, gave up or came late.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { replaceFile } from '../../src/files/atomicWrite';
import { systemDisk } from '../../src/files/disk';
import { VersionClaim } from '../../src/store/versionClaim';
import { temporaryFolder } from '../support/temporaryFolder';

const base = temporaryFolder();

function versionedFile(): { file: string; versionOf: () => number } {
  const file = join(base.fresh(), 'record.json');
  writeFileSync(file, '1');
  return { file, versionOf: () => Number(readFileSync(file, 'utf8')) };
}

/** The claim of a process that does not exist. */
function deadClaim(file: string, version: number, number: number, holder = 'holder.json'): void {
  const claim = join(file, '..', `.record.json.v${version}.${number}`);
  mkdirSync(claim);
  writeFileSync(join(claim, holder), JSON.stringify({ pid: 2 ** 30, claimedAt: '2026-01-01T00:00:00.000Z' }));
}

const take = (file: string, versionOf: () => number | undefined): Promise<VersionClaim | undefined> =>
  VersionClaim.take(systemDisk, file, versionOf);

describe('a claim on the next version', () => {
  it('is waited for, and leaves nothing when the version was written', async () => {
    const { file, versionOf } = versionedFile();
    const first = await take(file, versionOf);
    expect(first?.version).toBe(2);
    let hasSecond = false;
    const second = take(file, versionOf).then((claim) => {
      hasSecond = true;
      return claim;
    });
    await setTimeout(60);
    expect(hasSecond).toBe(false);
    await replaceFile(file, '2');
    await first?.end();
    expect((await second)?.version).toBe(3);
    await replaceFile(file, '3');
    await (await second)?.end();
    expect(readdirSync(join(file, '..'))).toEqual(['record.json']);
  });

  it('goes to others when nothing was written, by a new number', async () => {
    const { file, versionOf } = versionedFile();
    await (await take(file, versionOf))?.end();
    await using second = await take(file, versionOf);
    expect(second?.version).toBe(2);
    expect(readdirSync(join(file, '..')).sort()).toEqual(['.record.json.v2.0', '.record.json.v2.1', 'record.json']);
    await replaceFile(file, '2');
  });

  it.each([
    ['of a process that is gone', (file: string) => deadClaim(file, 2, 0)],
    [
      'taken over by another that is gone too',
      (file: string) => [0, 1].forEach((number) => deadClaim(file, 2, number)),
    ],
    ['without a holder', (file: string) => mkdirSync(join(file, '..', '.record.json.v2.0'))],
    ['that is a file', (file: string) => writeFileSync(join(file, '..', '.record.json.v2.0'), '')],
    ['that was released', (file: string) => deadClaim(file, 2, 0, 'released.json')],
  ])('%s holds up nobody, and goes to one of many', async (_name, before) => {
    const { file, versionOf } = versionedFile();
    before(file);
    const written: number[] = [];
    const writeNext = async (): Promise<void> => {
      await using claim = await take(file, versionOf);
      await setTimeout(2);
      written.push(claim?.version ?? NaN);
      await replaceFile(file, String(claim?.version));
    };
    await Promise.all(Array.from({ length: 8 }, writeNext));
    expect(written).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
    expect(versionOf()).toBe(9);
  });

  it('is none for a file that is gone', async () => {
    const { file, versionOf } = versionedFile();
    expect(await take(file, () => undefined)).toBeUndefined();
    expect(versionOf()).toBe(1);
  });

  it('made by one who saw an old version is given back', async () => {
    const { file, versionOf } = versionedFile();
    // Between its look at the version and its claim, somebody else writes two versions.
    let looks = 0;
    const late = (): number => {
      if (looks++ === 0) {
        writeFileSync(file, '3');
        return 1;
      }
      return versionOf();
    };
    await using claim = await take(file, late);
    expect(claim?.version).toBe(4);
    expect(readdirSync(join(file, '..')).sort()).toEqual(['.record.json.v4.0', 'record.json']);
  });
});
