// Running a job from a door: its folder, made and cleaned up, and the run folder of a workspace.
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../src/processes/limits';
import { createRunFolder } from '../../src/jobs/runFolder';
import { runJob } from '../../src/jobs/runJob';
import { testSpec } from '../fixtures/processes/testSpec';
import { jobBundle } from '../processes/bundle';
import { temporaryFolder } from '../support/temporaryFolder';

const bundled = jobBundle('test/fixtures/processes/testJob.ts');
const { path: base } = temporaryFolder();

async function folderOfFacts(folder?: string): Promise<string> {
  const job = runJob(testSpec('facts'), { ...bundled, ...(folder === undefined ? {} : { folder }) });
  const outcome = await job.outcome;
  if (outcome.state !== 'success') throw new Error(JSON.stringify(outcome));
  return (outcome.result as unknown as { folder: string }).folder;
}

describe('runJob', () => {
  it('makes the folder it is given and keeps it', async () => {
    const folder = join(base, 'deep', 'run');
    expect(await folderOfFacts(folder)).toBe(folder);
    expect(existsSync(join(folder, 'result.json'))).toBe(true);
  });

  it('removes the temporary folder of a job without one', async () => {
    expect(existsSync(await folderOfFacts())).toBe(false);
  });

  it('gives an outcome, not an exception, when the folder cannot be made', async () => {
    writeFileSync(join(base, 'file'), '');
    const job = runJob(testSpec('answer'), { ...bundled, folder: join(base, 'file', 'run') });
    expect(await job.outcome).toMatchObject({ state: 'error', failure: { code: 'file-missing-folder' } });
  });

  it('can be cancelled by its handle and by a signal', async () => {
    const byHandle = runJob(testSpec('cancellable'), bundled);
    setTimeout(() => byHandle.cancel(), 150);
    const bySignal = runJob(testSpec('cancellable'), { ...bundled, signal: AbortSignal.timeout(150) });
    expect(await byHandle.outcome).toEqual({ state: 'cancelled' });
    expect(await bySignal.outcome).toEqual({ state: 'cancelled' });
  });
});

describe('createRunFolder', () => {
  it('gives each run a folder of its own, also in the same second', async () => {
    const folders = await Promise.all([1, 2, 3, 4].map(() => createRunFolder(join(base, 'ws'), 'demo')));
    expect(new Set(folders).size).toBe(4);
    expect(readdirSync(join(base, 'ws', '.compressor-bench', 'runs')).sort()).toEqual(
      folders.map((folder) => basename(folder)).sort(),
    );
    for (const folder of folders) expect(basename(folder)).toMatch(/^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-demo(-\d)?$/);
  });

  it('says where it could not make it', async () => {
    writeFileSync(join(base, 'blocked'), '');
    await expect(createRunFolder(join(base, 'blocked'), 'demo')).rejects.toMatchObject({ code: 'file-missing-folder' });
  });
});

describe('defaultLimits', () => {
  it('allows half the memory of the machine but at least 2 GB, two minutes of silence, and any time', () => {
    const { memoryBytes, stallMs, timeoutMs } = defaultLimits();
    expect(memoryBytes).toBe(Math.max(2 * 2 ** 30, Math.floor(totalmem() / 2)));
    expect(stallMs).toBe(120_000);
    expect(timeoutMs).toBeUndefined();
  });
});
