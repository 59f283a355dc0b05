// Finding the run that is to be gone on with: the newest that fits, past whatever else lies in the folder.
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newestRun } from '../../src/jobs/findRun';
import { temporaryFolder } from '../support/temporaryFolder';

const { path: workspace, write } = temporaryFolder();
const runs = '.compressor-bench/runs';

/** Writes the record of a run. */
function made(name: string, spec: object): string {
  return join(write(`${runs}/${name}/job.json`, JSON.stringify({ version: 1, spec })), '..');
}

const anyRun = (): boolean => true;

describe('the newest run', () => {
  it('is none in a workspace without runs', () => {
    expect(newestRun(join(workspace, 'elsewhere'), 'tune', anyRun)).toBeUndefined();
  });

  it('is the last in time of its verb, whatever else is there', () => {
    made('2026-01-01T10-00-00-tune', { verb: 'tune', configPath: '/old.yaml' });
    const newest = made('2026-01-02T09-00-00-tune', { verb: 'tune', configPath: '/new.yaml' });
    made('2026-01-03T09-00-00-quantize', { verb: 'quantize' });
    write(`${runs}/2026-01-04T09-00-00-tune/job.json`, '{"version": 1, "spec": {"verb": "tu');
    write(`${runs}/2026-01-05T09-00-00-tune/job.json`, 'null');
    mkdirSync(join(workspace, runs, '2026-01-06T09-00-00-tune'));
    write(`${runs}/2026-01-07T09-00-00-tune`, 'a file');
    expect(newestRun(workspace, 'tune', anyRun)).toEqual({
      folder: newest,
      spec: { verb: 'tune', configPath: '/new.yaml' },
    });
  });

  it('is none that writes elsewhere: a link in it, or in its place, was not made here', () => {
    const before = newestRun(workspace, 'tune', anyRun)?.folder ?? '';
    const outside = write('outside/job.json', JSON.stringify({ version: 1, spec: { verb: 'tune' } }));
    const linked = join(workspace, runs, '2026-01-08T09-00-00-tune');
    symlinkSync(join(outside, '..'), linked);
    const holding = made('2026-01-09T09-00-00-tune', { verb: 'tune' });
    symlinkSync(outside, join(holding, 'events.jsonl'));
    expect(newestRun(workspace, 'tune', anyRun)?.folder).toBe(before);
    rmSync(linked);
    rmSync(holding, { recursive: true });
  });

  it('has to fit', () => {
    const found = newestRun(workspace, 'tune', ({ configPath }) => configPath === '/old.yaml');
    expect(found?.folder).toMatch(/2026-01-01T10-00-00-tune$/);
    expect(newestRun(workspace, 'tune', () => false)).toBeUndefined();
  });
});
