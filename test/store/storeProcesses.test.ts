// Several processes on one bench: nothing promised is lost, no id is given twice, and one that is killed holds up nobody.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../../src/store/openStore';
import type { WriterLine } from '../fixtures/processes/storeWriter';
import { bundlesForTest } from '../processes/bundle';
import { temporaryFolder } from '../support/temporaryFolder';
import { projectDraft } from './drafts';

const folder = temporaryFolder();
let program = '';

beforeAll(async () => {
  const bundles = await bundlesForTest({ storeWriter: 'test/fixtures/processes/storeWriter.ts' });
  program = join(bundles, 'storeWriter.js');
});

interface Writer {
  readonly kill: () => void;
  /** Resolves when it has promised a few things. */
  readonly atWork: Promise<void>;
  /** Everything it promised, when it has ended. */
  readonly told: Promise<readonly WriterLine[]>;
}

function startWriter(workspace: string, turns: number): Writer {
  const child = spawn(process.execPath, [program, workspace, String(turns)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  const atWork = new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.split('\n').length > 4) resolve();
    });
  });
  const told = new Promise<readonly WriterLine[]>((resolve) => {
    child.once('close', () => {
      // What comes after the last line feed was not told to its end.
      const lines = text.split('\n').slice(0, -1);
      resolve(lines.map((line) => JSON.parse(line) as WriterLine));
    });
  });
  return { kill: () => void child.kill('SIGKILL'), atWork, told };
}

async function freshWorkspace(): Promise<string> {
  const workspace = folder.fresh();
  await using store = await openStore(workspace);
  await store.create('project', { ...projectDraft('counter'), notes: '0' });
  return workspace;
}

const created = (lines: readonly WriterLine[]): number[] =>
  lines.flatMap((line) => ('created' in line ? [line.created] : []));
const counted = (lines: readonly WriterLine[]): number[] =>
  lines.flatMap((line) => ('counted' in line ? [line.counted] : []));

describe('processes that write to one bench at once', () => {
  it('give each id once, and lose no change of a record they all change', async () => {
    const workspace = await freshWorkspace();
    const turns = 15;
    const writers = [1, 2, 3].map(() => startWriter(workspace, turns));
    const told = (await Promise.all(writers.map((writer) => writer.told))).flat();
    const ids = created(told);
    expect(ids).toHaveLength(3 * turns);
    expect(new Set(ids).size).toBe(3 * turns);
    // Each count was promised to one writer alone.
    expect([...counted(told)].sort((a, b) => a - b)).toEqual(Array.from({ length: 3 * turns }, (_, i) => i + 1));
    await using store = await openStore(workspace);
    expect((await store.list('project')).map(({ id }) => id)).toEqual([1, ...ids].sort((a, b) => a - b));
    expect(await store.find('project', 1)).toMatchObject({ notes: String(3 * turns), version: 3 * turns + 1 });
    expect(await store.problems()).toEqual([]);
    expect(readdirSync((await store.folderOf('project', 1)) ?? '')).toEqual(['project.json']);
  });

  it('lose nothing that was promised when they are killed, and hold up nobody', async () => {
    const workspace = await freshWorkspace();
    const ids = new Set<number>([1]);
    let highestCount = 0;
    for (let round = 0; round < 4; round++) {
      const writers = [startWriter(workspace, Infinity), startWriter(workspace, Infinity)];
      await Promise.all(writers.map((writer) => writer.atWork));
      await setTimeout(Math.random() * 200);
      for (const writer of writers) writer.kill();
      const told = (await Promise.all(writers.map((writer) => writer.told))).flat();
      for (const id of created(told)) ids.add(id);
      highestCount = Math.max(highestCount, ...counted(told));
      await using store = await openStore(workspace);
      const found = (await store.list('project')).map(({ id }) => id);
      expect([...ids].filter((id) => !found.includes(id))).toEqual([]);
      expect(new Set(found).size).toBe(found.length);
      const { notes } = await store.edit('project', 1, (project) => ({ notes: String(Number(project.notes) + 1) }));
      expect(Number(notes)).toBeGreaterThan(highestCount);
      expect(await store.problems()).toEqual([]);
    }
    expect(highestCount).toBeGreaterThan(0);
  });
});
