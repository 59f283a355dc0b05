// Notes of jobs that run on the machine: seen by jobs of other benches, gone with their process, and trusted only so far.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { processRecord } from '../../src/files/processRecord';
import { announceJob, forgetJob, neighbours, neighbourWarnings } from '../../src/processes/neighbours';
import { temporaryFolder } from '../support/temporaryFolder';

const temporary = temporaryFolder();
const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
let folder = '';

beforeEach(() => {
  folder = temporary.fresh();
});
afterAll(() => other.kill('SIGKILL'));

function note(name: string, record: object): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(record));
  return path;
}

const running = (): object => ({ ...processRecord(other.pid), place: '/home/me/other' });

describe('jobs of others', () => {
  it('are seen while their process runs, and named once for each place', () => {
    note('a.json', running());
    note('b.json', running());
    const look = neighbours(folder);
    expect([...look.values()]).toEqual(['/home/me/other', '/home/me/other']);
    expect(neighbourWarnings([look, look])).toEqual([expect.stringContaining('(in /home/me/other)') as string]);
    const looks = ['/a', '/b', '/c'].map((place) => new Map([[place, place]]));
    expect(neighbourWarnings(looks)).toEqual([expect.stringContaining('(in /a and 2 other places)') as string]);
    expect(neighbourWarnings([])).toEqual([]);
  });

  it('are not this one, nor any whose process is gone, whose note is tidied away', () => {
    const pid = Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }));
    note('own.json', { ...processRecord(), place: '/home/me/own' });
    const gone = note('gone.json', { ...processRecord(), pid, place: '/home/me/gone' });
    expect(neighbours(folder).size).toBe(0);
    expect(existsSync(gone)).toBe(false);
  });

  it('are nothing that is no note', () => {
    writeFileSync(join(folder, 'text.json'), 'no JSON');
    note('nobody.json', { place: '/home/me/x' });
    note('nowhere.json', { ...running(), place: 7 });
    mkdirSync(join(folder, 'folder.json'));
    symlinkSync(note('real.txt', running()), join(folder, 'link.json'));
    expect([...neighbours(folder).keys()]).toEqual(['real.txt']);
    expect(neighbours(join(folder, 'none')).size).toBe(0);
  });

  it('are not looked for behind a link', () => {
    note('a.json', running());
    const link = join(temporary.path, 'linked');
    symlinkSync(folder, link);
    expect(neighbours(link).size).toBe(0);
  });
});

it('the note of a job that was killed is taken back by who started it, the last one with the folder', () => {
  note('7-a.json', running());
  const stays = note('77-b.json', running());
  forgetJob(7, folder);
  expect([...neighbours(folder).keys()]).toEqual(['77-b.json']);
  rmSync(stays);
  note('7-c.json', running());
  forgetJob(7, folder);
  expect(existsSync(folder)).toBe(false);
  forgetJob(7, folder);
});

it('a process that is no job leaves no note', () => {
  announceJob('/home/me/a/.compressor-bench/runs/1', folder);
  expect(neighbours(folder).size).toBe(0);
});
