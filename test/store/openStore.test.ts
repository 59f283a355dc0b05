// The store on real files: what is made is found, changed, removed, and lies where DESIGN §3 says.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../src/store/openStore';
import { temporaryFolder } from '../support/temporaryFolder';
import { benchmarkDraft, modelDraft, projectDraft } from './drafts';

const folder = temporaryFolder();

describe('a store', () => {
  it('makes nothing until the first change', async () => {
    const workspace = folder.fresh();
    await using store = await openStore(workspace);
    expect(await store.list('project')).toEqual([]);
    expect(await store.find('model', 1)).toBeUndefined();
    expect(await store.remove('project', 1)).toBe(false);
    expect(await store.problems()).toEqual([]);
    expect(readdirSync(workspace)).toEqual([]);
  });

  it('keeps what is made where people find it', async () => {
    const workspace = folder.fresh();
    await using store = await openStore(workspace);
    const project = await store.create('project', projectDraft('Größe & Maß'));
    const model = await store.create('model', modelDraft(project.id));
    const benchmark = await store.create('benchmark', benchmarkDraft(project.id, model.id));
    const bench = join(workspace, '.compressor-bench');
    expect(readFileSync(join(bench, 'bench.json'), 'utf8')).toBe('{"schemaVersion":1}\n');
    expect(readdirSync(join(bench, 'ids', 'project'))).toEqual(['1']);
    const projectFolder = join(bench, 'projects', '1-gro-e-ma');
    expect(readdirSync(projectFolder).sort()).toEqual(['benchmarks', 'models', 'project.json']);
    expect(JSON.parse(readFileSync(join(projectFolder, 'models', '1.json'), 'utf8'))).toEqual(model);
    expect(await store.folderOf('benchmark', benchmark.id)).toBe(join(projectFolder, 'benchmarks', '1-speed'));
    expect(await store.folderOf('model', model.id)).toBe(join(projectFolder, 'models'));
    expect(await store.problems()).toEqual([]);
    await using other = await openStore(workspace);
    expect(await other.list('model', { projectId: project.id })).toEqual([model]);
    expect(await other.find('benchmark', 1)).toEqual(benchmark);
  });

  it('edits, one version at a time', async () => {
    await using store = await openStore(folder.fresh());
    const project = await store.create('project', projectDraft('one'));
    const edited = await store.edit('project', project.id, () => ({ notes: 'new' }));
    expect(edited).toMatchObject({ version: 2, notes: 'new', name: 'one' });
    expect(edited.modifiedAt).not.toBeNull();
    expect(await store.find('project', 1)).toEqual(edited);
    await expect(store.edit('project', 1, () => ({ notes: 'x' }), 1)).rejects.toMatchObject({ code: 'store-stale' });
    expect(await store.edit('project', 1, () => null)).toEqual(edited);
    await expect(store.edit('project', 2, () => null)).rejects.toMatchObject({ code: 'store-no-record' });
    expect(readdirSync((await store.folderOf('project', 1)) ?? '')).toEqual(['project.json']);
  });

  it('answers many first questions at once, also when it is closed meanwhile', async () => {
    const workspace = folder.fresh();
    await using store = await openStore(workspace);
    const { id } = await store.create('project', projectDraft('one'));
    const model = await store.create('model', modelDraft(id));
    const other = await openStore(workspace);
    const questions = Promise.all([
      other.list('model'),
      other.find('model', model.id),
      other.list('project'),
      other.list('model', { projectId: id }),
      other.newestRuns('benchmark'),
      other.folderOf('model', model.id),
    ]);
    await other[Symbol.asyncDispose]();
    const [models, one, projects, ofProject] = await questions;
    expect(models).toEqual([model]);
    expect(one).toEqual(model);
    expect(projects).toHaveLength(1);
    expect(ofProject).toEqual([model]);
    await expect(other.list('model')).rejects.toMatchObject({ code: 'store-closed' });
  });

  it('gives the same list again until something has changed', async () => {
    await using store = await openStore(folder.fresh());
    await store.create('project', projectDraft('one'));
    const first = await store.list('project');
    expect(await store.list('project')).toBe(first);
    await store.edit('project', 1, () => ({ notes: 'x' }));
    expect(await store.list('project')).not.toBe(first);
    expect(await store.list('project')).toMatchObject([{ notes: 'x' }]);
  });

  it('moves what is removed to the trash, and gives its id to nothing else', async () => {
    const workspace = folder.fresh();
    await using store = await openStore(workspace);
    const project = await store.create('project', projectDraft('one'));
    await store.create('model', modelDraft(project.id));
    const second = await store.create('model', modelDraft(project.id));
    expect(await store.remove('model', second.id)).toBe(true);
    expect(await store.remove('model', second.id)).toBe(false);
    expect((await store.create('model', modelDraft(project.id))).id).toBe(3);
    expect((await store.list('model')).map(({ id }) => id)).toEqual([1, 3]);
    expect(await store.remove('project', project.id)).toBe(true);
    expect(await store.list('model')).toEqual([]);
    await expect(store.create('model', modelDraft(project.id))).rejects.toMatchObject({ code: 'store-no-project' });
    const trash = readdirSync(join(workspace, '.compressor-bench', '.trash'));
    expect(trash.map((name) => name.slice(24))).toEqual(['model-2', 'project-1']);
  });

  it('knows the runs of a record by their folders', async () => {
    await using store = await openStore(folder.fresh());
    const project = await store.create('project', projectDraft('one'));
    const { id } = await store.create('benchmark', benchmarkDraft(project.id, 1));
    expect(await store.newestRuns('benchmark')).toEqual(new Map());
    const first = await store.createRunFolder('benchmark', id);
    const second = await store.createRunFolder('benchmark', id);
    expect(second > first).toBe(true);
    const line = (state: string): string =>
      `${JSON.stringify({ time: '2026-11-20T12:00:00.000Z', state, requestId: 'a' })}\n`;
    writeFileSync(join(first, 'run.jsonl'), line('queued') + line('running') + line('success'));
    expect((await store.newestRuns('benchmark')).get(id)).toMatchObject({ folder: first, state: 'success' });
    writeFileSync(join(second, 'run.jsonl'), `${line('queued')}{"time":"2026`);
    expect((await store.newestRuns('benchmark')).get(id)).toMatchObject({ folder: second, state: 'queued' });
    writeFileSync(join(second, 'run.jsonl'), line('queued') + line('running'));
    expect((await store.runs('benchmark', id)).map(({ state }) => state)).toEqual(['running', 'success']);
    mkdirSync(join(second, '..', '2999-01-01T00-00-00-000'));
    expect(await store.createRunFolder('benchmark', id)).toMatch(/2999-01-01T00-00-00-001$/);
  });
});
