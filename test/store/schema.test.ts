// The version of a bench folder: newer ones are refused, older ones migrated, by whichever process comes first.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../src/store/openStore';
import { temporaryFolder } from '../support/temporaryFolder';
import { datasetDraft, modelDraft, projectDraft } from './drafts';
import { PowerDisk, allRemains } from './powerDisk';

const folder = temporaryFolder();

function workspaceWith(files: Readonly<Record<string, string>>): string {
  const workspace = folder.fresh();
  for (const [name, text] of Object.entries(files)) {
    const path = join(workspace, '.compressor-bench', name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text);
  }
  return workspace;
}

/** A bench of version 0: no bench.json, no versions, other names of fields. */
const old: Readonly<Record<string, object>> = {
  'projects/1-first/project.json': {
    id: 1,
    name: 'first',
    uuid: 'u',
    comment: 'hello',
    created: '2025-01-01T00:00:00.000Z',
    modified: '2025-02-01T00:00:00.000Z',
  },
  'projects/1-first/models/1.json': { id: 1, ...modelDraft(1), created: '2025-01-01T00:00:00.000Z', modified: null },
  'projects/1-first/datasets/1-d/dataset.json': { id: 1, ...datasetDraft(1), created: '2025-01-01T00:00:00.000Z' },
};
const oldFiles = Object.fromEntries(Object.entries(old).map(([name, value]) => [name, JSON.stringify(value)]));

const migratedProject = {
  id: 1,
  version: 1,
  name: 'first',
  uuid: 'u',
  notes: 'hello',
  createdAt: '2025-01-01T00:00:00.000Z',
  modifiedAt: '2025-02-01T00:00:00.000Z',
};

describe('a bench', () => {
  it.each([
    ['of a newer version', '{"schemaVersion":2}', 'store-newer', /says schema version 2; this program knows 1/],
    ['of no version', '{}', 'store-schema-broken', /names no schemaVersion/],
    ['of a version that is none', '{"schemaVersion":"1"}', 'store-schema-broken', /names no schemaVersion/],
    ['whose bench.json is broken', '{"schemaVer', 'store-schema-broken', /is not JSON/],
  ])('%s is refused with a sentence and a next step, and left as it is', async (_name, text, code, message) => {
    const workspace = workspaceWith({ 'bench.json': text });
    const refusal = { code, message: expect.stringMatching(message) as string, nextStep: expect.any(String) as string };
    await expect(openStore(workspace)).rejects.toMatchObject(refusal);
    expect(readFileSync(join(workspace, '.compressor-bench', 'bench.json'), 'utf8')).toBe(text);
    expect(readdirSync(join(workspace, '.compressor-bench'))).toEqual(['bench.json']);
  });

  it('that a newer program migrates while it is open is refused from then on', async () => {
    const workspace = folder.fresh();
    await using store = await openStore(workspace);
    await store.create('project', projectDraft('one'));
    writeFileSync(join(workspace, '.compressor-bench', 'bench.json'), '{"schemaVersion":2}');
    await expect(store.list('project')).rejects.toMatchObject({ code: 'store-newer' });
    await expect(store.edit('project', 1, () => ({ notes: 'x' }))).rejects.toMatchObject({ code: 'store-newer' });
    await expect(store.create('project', projectDraft('two'))).rejects.toMatchObject({ code: 'store-newer' });
  });

  it('with nothing but run folders of commands is no old one', async () => {
    const workspace = workspaceWith({ 'runs/2026-01-01T00-00-00-tune/job.json': '{}' });
    await using store = await openStore(workspace);
    expect(await store.list('project')).toEqual([]);
    expect(readdirSync(join(workspace, '.compressor-bench'))).toEqual(['runs']);
  });

  it('of version 0 is migrated when it is opened', async () => {
    const workspace = workspaceWith({ ...oldFiles, 'projects/1-first/models/2.json': 'broken' });
    await using store = await openStore(workspace);
    expect(readFileSync(join(workspace, '.compressor-bench', 'bench.json'), 'utf8')).toBe('{"schemaVersion":1}\n');
    expect(await store.list('project')).toEqual([migratedProject]);
    expect(await store.find('model', 1)).toMatchObject({ version: 1, modifiedAt: null });
    expect(await store.find('dataset', 1)).toMatchObject({ version: 1, modifiedAt: null });
    expect((await store.problems()).map(({ path }) => path)).toEqual(['projects/1-first/models/2.json']);
    expect(await store.edit('project', 1, () => ({ notes: 'new' }))).toMatchObject({ version: 2, notes: 'new' });
    expect((await store.create('project', projectDraft('second'))).id).toBe(2);
    await using other = await openStore(workspace);
    expect(await other.find('project', 1)).toMatchObject({ version: 2, notes: 'new' });
  });

  it('of version 0 is migrated once by many that open it', async () => {
    const workspace = workspaceWith(oldFiles);
    const stores = await Promise.all(Array.from({ length: 6 }, () => openStore(workspace)));
    for (const store of stores) {
      expect(await store.list('project')).toEqual([migratedProject]);
      await store[Symbol.asyncDispose]();
    }
    expect(readdirSync(join(workspace, '.compressor-bench')).sort()).toEqual(['bench.json', 'projects']);
  });

  it('of version 0 is migrated to its end after a power cut at any step', async () => {
    let hasEnded = false;
    for (let k = 1; !hasEnded; k++) {
      const disk = new PowerDisk();
      for (const [name, value] of Object.entries(old)) disk.put(`/workspace/.compressor-bench/${name}`, value);
      disk.failAtStep(k, 'power cut');
      await openStore('/workspace', { disk }).then(
        (store) => store[Symbol.asyncDispose](),
        () => undefined,
      );
      hasEnded = disk.steps < k;
      for (const remains of allRemains) {
        await using store = await openStore('/workspace', { disk: disk.restarted(remains) });
        expect([k, await store.list('project')]).toEqual([k, [migratedProject]]);
        expect(await store.find('model', 1)).toMatchObject({ version: 1, createdAt: '2025-01-01T00:00:00.000Z' });
        expect(await store.problems()).toEqual([]);
      }
    }
  });
});
