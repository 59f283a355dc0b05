// Two clones that gave the same ids, merged by git: what each made still names what it named there.
import { cpSync, existsSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../src/store/openStore';
import type { Store } from '../../src/store/store';
import { temporaryFolder } from '../support/temporaryFolder';
import { benchmarkDraft, datasetDraft, modelDraft, projectDraft } from './drafts';

const folder = temporaryFolder();
const benchOf = (workspace: string): string => join(workspace, '.compressor-bench');

type Side = 'L' | 'R';
type Step = `${Side} ${'dataset' | 'benchmark'} ${string}`;

/** Lets two clones work in turns, and merges: the clone `at` has pulled what the other made, or is a new clone of both. */
async function merged(at: Side | 'new', steps: readonly Step[]): Promise<string> {
  const workspaces = { L: folder.fresh(), R: folder.fresh() };
  {
    await using store = await openStore(workspaces.L);
    await store.create('project', projectDraft('ex'));
    await store.create('model', modelDraft(1));
  }
  cpSync(benchOf(workspaces.L), benchOf(workspaces.R), { recursive: true });
  for (const step of steps) {
    const [side, kind, name] = step.split(' ') as [Side, string, string];
    await using store = await openStore(workspaces[side]);
    if (kind === 'dataset') await store.create('dataset', datasetDraft(1, name));
    else await store.create('benchmark', { ...benchmarkDraft(1, 1), name, datasetId: 1 });
    // No two of them are made in the same millisecond.
    await sleep(3);
  }
  const pull = (from: string, to: string): void => {
    const files = readdirSync(benchOf(from), { recursive: true, encoding: 'utf8' });
    const missing = files.filter((path) => path.endsWith('.json') && !existsSync(join(benchOf(to), path)));
    cpSync(benchOf(from), benchOf(to), { recursive: true, force: false });
    // As if a minute had passed since they were made.
    const pulledS = Date.now() / 1000 + 60;
    for (const path of missing) utimesSync(join(benchOf(to), path), pulledS, pulledS);
    rmSync(join(benchOf(to), 'ids'), { recursive: true, force: true });
  };
  if (at !== 'new') {
    pull(workspaces[at === 'L' ? 'R' : 'L'], workspaces[at]);
    return workspaces[at];
  }
  const fresh = folder.fresh();
  pull(workspaces.L, fresh);
  pull(workspaces.R, fresh);
  return fresh;
}

/** Names of benchmarks with the names of their data sets. */
async function measured(store: Store): Promise<Readonly<Record<string, string | undefined>>> {
  const benchmarks = await store.list('benchmark');
  const datasets = new Map((await store.list('dataset')).map(({ id, name }) => [id, name]));
  return Object.fromEntries(benchmarks.map(({ name, datasetId }) => [name, datasets.get(datasetId)]));
}

const inTurn: readonly Step[] = ['L dataset dsL', 'L benchmark bL', 'R dataset dsR', 'R benchmark bR'];
/** The side whose data set is older made the younger benchmark. */
const crossed: readonly Step[] = ['L dataset dsL', 'R dataset dsR', 'R benchmark bR', 'L benchmark bL'];

describe('benchmarks of two merged clones', () => {
  it.each(['L', 'R', 'new'] as const)('measure the data of their own clone, merged at: %s', async (at) => {
    await using store = await openStore(await merged(at, inTurn));
    expect(await measured(store)).toEqual({ bL: 'dsL', bR: 'dsR' });
    const [problem] = await store.problems();
    expect(problem?.message).toContain('projects/1-ex/benchmarks/1-br means it and was changed with it');
  });

  it.each(['L', 'R'] as const)('do so where both worked at the same time, merged at: %s', async (at) => {
    await using store = await openStore(await merged(at, crossed));
    expect(await measured(store)).toEqual({ bL: 'dsL', bR: 'dsR' });
  });

  it.each(['L', 'R'] as const)('do so where only one of them has one, merged at: %s', async (at) => {
    const steps = [...crossed, 'R benchmark b2'] as const;
    await using store = await openStore(await merged(at, steps));
    expect(await measured(store)).toEqual({ bL: 'dsL', bR: 'dsR', b2: 'dsR' });
    // It is kept in the files, and no more is to be done.
    await using other = await openStore(store.workspace);
    expect(await measured(other)).toEqual({ bL: 'dsL', bR: 'dsR', b2: 'dsR' });
    expect(await other.problems()).toEqual([]);
  });

  it('do so when the benchmarks are asked for first', async () => {
    const workspace = await merged('R', inTurn);
    await using store = await openStore(workspace);
    await store.list('benchmark');
    expect(await measured(store)).toEqual({ bL: 'dsL', bR: 'dsR' });
  });

  it('made before the younger data set keep the older one', async () => {
    await using store = await openStore(await merged('new', ['L dataset dsL', 'L benchmark b', 'R dataset dsR']));
    expect(await measured(store)).toEqual({ b: 'dsL' });
    expect((await store.problems())[0]?.message).toContain('were left as they are');
  });

  it('are named, with what to do, where nothing tells which data they mean', async () => {
    await using store = await openStore(await merged('new', ['L dataset dsL', 'R dataset dsR', 'R benchmark b']));
    expect(await measured(store)).toEqual({ b: 'dsL' });
    expect((await store.problems()).map(({ message }) => message)).toEqual([
      'projects/1-ex/datasets/1-dsr was given the id 1 a second time (git merges such things) and has the id 2 now; ' +
        'projects/1-ex/benchmarks/1-b may mean this one or the other, and was left with the other. ' +
        'Look which one each of these is to use, and edit those that are wrong.',
    ]);
  });
});
