// A record whose file cannot be read does not vanish in silence: questions for it and the lists that lack it name the file.
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../../src/store/openStore';
import { benchmarkDraft, datasetDraft, modelDraft, optimizationDraft, projectDraft } from '../store/drafts';
import { temporaryFolder } from '../support/temporaryFolder';
import { openTestBench } from './openTestBench';

const place = temporaryFolder();
const whole = place.fresh();

/** Two projects, the second with one thing of each kind. */
beforeAll(async () => {
  await using store = await openStore(whole);
  await store.create('project', projectDraft('first'));
  await store.create('project', projectDraft('second'));
  await store.create('model', modelDraft(2));
  await store.create('dataset', datasetDraft(2));
  await store.create('optimization', optimizationDraft(2, 1, 1));
  await store.create('benchmark', benchmarkDraft(2, 1));
  await store.create('profiling', { projectId: 2, name: 'times', modelId: 1, datasetId: 1, threads: 1 });
});

/** A copy, and a way to overwrite a file of it. */
function copy(): { workspace: string; breakFile: (path: string) => void } {
  const workspace = place.fresh();
  cpSync(whole, workspace, { recursive: true });
  return { workspace, breakFile: (path) => writeFileSync(join(workspace, '.compressor-bench', path), '{') };
}

const parts = [
  ['model', 'models/1.json'],
  ['dataset', 'datasets/1-dummy/dataset.json'],
  ['optimization', 'optimizations/1-int8/optimization.json'],
  ['benchmark', 'benchmarks/1-speed/benchmark.json'],
  ['profiling', 'profilings/1-times/profiling.json'],
] as const;

describe('a broken file', () => {
  it('of a project is named by the list that lacks it, and where it is asked for', async () => {
    const { workspace, breakFile } = copy();
    await using open = await openTestBench(workspace);
    expect(await open.call('project/list')).not.toHaveProperty('problems');
    const path = 'projects/2-second/project.json';
    breakFile(path);
    const message = `${path} is not JSON.`;
    for (let time = 1; time <= 2; time++) {
      expect(await open.call('project/list')).toMatchObject({ projects: [{ id: 1 }], problems: [{ path, message }] });
    }
    for (const question of ['project', 'dataset/list', 'benchmark/list']) {
      await expect(open.call(question, { id: 2, project_id: 2 })).rejects.toMatchObject({
        refusal: 'not-found',
        message: `Could not find project 2: ${message}`,
        nextStep: expect.stringContaining(path) as string,
      });
    }
    await expect(open.call('project', { id: 7 })).rejects.toMatchObject({ message: 'Could not find project 7.' });
    cpSync(join(whole, '.compressor-bench', path), join(workspace, '.compressor-bench', path));
    expect(await open.call('project/list')).not.toHaveProperty('problems');
    expect(await open.call('project', { id: 2 })).toMatchObject({ name: 'second' });
  });

  it.each(parts)('of a %s is named by the list of its project alone', async (kind, file) => {
    const { workspace, breakFile } = copy();
    await using open = await openTestBench(workspace);
    const path = `projects/2-second/${file}`;
    const list = (project: number): Promise<unknown> => open.call(`${kind}/list`, { project_id: project });
    expect(await list(2)).not.toHaveProperty('problems');
    breakFile(path);
    expect(await list(2)).toEqual({ [`${kind}s`]: [], problems: [{ path, message: `${path} is not JSON.` }] });
    expect(await list(1)).toEqual({ [`${kind}s`]: [] });
    await expect(open.bench.get(kind, 1)).rejects.toMatchObject({
      message: `Could not find ${kind} 1: ${path} is not JSON.`,
    });
    rmSync(join(workspace, '.compressor-bench', path, kind === 'model' ? '' : '..'), { recursive: true });
    expect(await list(2)).toEqual({ [`${kind}s`]: [] });
    await expect(open.bench.get(kind, 1)).rejects.toMatchObject({ message: `Could not find ${kind} 1.` });
  });

  it('of a data set is named where it is asked for', async () => {
    const { workspace, breakFile } = copy();
    await using open = await openTestBench(workspace);
    breakFile('projects/2-second/datasets/1-dummy/dataset.json');
    await expect(open.call('dataset', { id: 1 })).rejects.toMatchObject({
      message: 'Could not find dataset 1: projects/2-second/datasets/1-dummy/dataset.json is not JSON.',
    });
  });

  it('is told once to whoever watches', async () => {
    const { workspace, breakFile } = copy();
    await using open = await openTestBench(workspace);
    const told: string[] = [];
    open.bench.watchProblems(({ message }) => told.push(message));
    await open.call('project/list');
    breakFile('projects/1-first/project.json');
    await open.call('project/list');
    await open.call('project/list');
    await open.call('project', { id: 1 }).catch(() => undefined);
    expect(told).toEqual(['projects/1-first/project.json is not JSON.']);
  });

  it('costs a list no look at any file', async () => {
    const { workspace } = copy();
    await using store = await openStore(workspace);
    await store.list('dataset', { projectId: 2 });
    // Not even one that would find that everything is gone.
    rmSync(workspace, { recursive: true });
    expect(store.seenProblems('dataset', { projectId: 2 })).toEqual([]);
  });
});

describe('a name', () => {
  it.each([
    ['a sign nobody sees', 'a\u200bb'],
    ['a sign that turns the direction', 'a\u202etxt'],
    ['an isolate', 'a\u2066b'],
    ['half a character', 'a\ud800'],
    ['a line separator', 'a\u2028b'],
  ])('with %s is refused', async (_what, name) => {
    const { workspace } = copy();
    await using open = await openTestBench(workspace);
    await expect(open.call('project/delete', { id: 1, name })).rejects.toMatchObject({
      refusal: 'client-error',
      nextStep: expect.stringContaining('on one line') as string,
    });
  });

  it('with whole characters of any script is a name', async () => {
    const { workspace } = copy();
    await using open = await openTestBench(workspace);
    expect(await open.call('project/delete', { id: 1, name: '模型 👩‍🔬 עברית' })).toEqual({ id: null });
  });
});
