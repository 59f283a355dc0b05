// Fault injection at every call of the file system (RELIABILITY P8): whichever fails, or is the last before a power cut, the
// bench opens clean, what was promised is there, and nothing is half there.
import { describe, expect, it } from 'vitest';
import { openStore } from '../../src/store/openStore';
import { recordKinds } from '../../src/store/records';
import type { Store } from '../../src/store/store';
import { benchmarkDraft, datasetDraft, modelDraft, optimizationDraft, projectDraft } from './drafts';
import type { Fault } from './powerDisk';
import { PowerDisk, allRemains } from './powerDisk';

interface StoreChange {
  readonly prepare: (store: Store) => Promise<unknown>;
  readonly change: (store: Store) => Promise<unknown>;
  /** A text that is somewhere on the disk whatever happens: what is removed is in the trash. */
  readonly kept?: string;
}

/** Every change a store can be asked for, after what is there before. */
const changes: Readonly<Record<string, StoreChange>> = {
  'the first project': {
    prepare: () => Promise.resolve(),
    change: (store) => store.create('project', projectDraft('first')),
  },
  'another project': {
    prepare: (store) => store.create('project', projectDraft('first')),
    change: (store) => store.create('project', projectDraft('second')),
  },
  'the first model of a project': {
    prepare: (store) => store.create('project', projectDraft('first')),
    change: (store) => store.create('model', modelDraft(1)),
  },
  'a data set': { prepare: filled, change: (store) => store.create('dataset', datasetDraft(1, 'second')) },
  'an edit of a project': { prepare: filled, change: (store) => store.edit('project', 1, () => ({ notes: 'new' })) },
  'an edit of a model': { prepare: filled, change: (store) => store.edit('model', 1, () => ({ precision: 'int8' })) },
  'an edit of an edited data set': {
    prepare: async (store) => {
      await filled(store);
      await store.edit('dataset', 1, () => ({ name: 'once' }));
    },
    change: (store) => store.edit('dataset', 1, () => ({ name: 'twice' })),
  },
  'the removal of a model': { prepare: filled, change: (store) => store.remove('model', 1), kept: modelDraft(1).path },
  'the removal of a project': {
    prepare: filled,
    change: (store) => store.remove('project', 1),
    kept: 'uuid of first',
  },
  'a run folder': { prepare: filled, change: (store) => store.createRunFolder('benchmark', 1) },
};

async function filled(store: Store): Promise<void> {
  await store.create('project', projectDraft('first'));
  await store.create('model', modelDraft(1));
  await store.create('dataset', datasetDraft(1));
  await store.create('optimization', optimizationDraft(1, 1, 1));
  await store.create('benchmark', benchmarkDraft(1, 1));
}

/** All there is, without the times at which it was made. */
async function contentOf(store: Store): Promise<string> {
  const lists = await Promise.all(recordKinds.map((kind) => store.list(kind)));
  return JSON.stringify(lists, (key, value: unknown) =>
    /(?:created|modified)At/.test(key) && value !== null ? '…' : value,
  );
}

describe.each(Object.entries(changes))('%s', (_name, { prepare, change, kept }) => {
  /** The disk before the change, to be copied, and what is on it before and after. */
  async function begin(): Promise<{ prepared: PowerDisk; before: string; after: string }> {
    const prepared = new PowerDisk();
    await using store = await openStore('/workspace', { disk: prepared });
    await prepare(store);
    const changed = prepared.restarted('all');
    await using other = await openStore('/workspace', { disk: changed });
    await change(other);
    return { prepared, before: await contentOf(store), after: await contentOf(other) };
  }

  /** True when it was promised that the change is there for good. */
  async function isPromised(store: Store): Promise<boolean> {
    return change(store).then(
      (answer) => answer !== false,
      () => false,
    );
  }

  it('survives a power cut at any step', async () => {
    const { prepared, before, after } = await begin();
    let hasEnded = false;
    for (let k = 1; !hasEnded; k++) {
      const disk = prepared.restarted('all');
      await using broken = await openStore('/workspace', { disk });
      disk.failAtStep(k, 'power cut');
      const expected = (await isPromised(broken)) ? [after] : [before, after];
      hasEnded = disk.steps < k;
      for (const remains of allRemains) {
        const restarted = disk.restarted(remains);
        if (kept !== undefined) expect([k, remains, restarted.holds(kept)]).toEqual([k, remains, true]);
        await using store = await openStore('/workspace', { disk: restarted });
        expect([k, remains, expected]).toEqual([k, remains, expect.arrayContaining([await contentOf(store)])]);
        expect([k, await store.problems()]).toEqual([k, []]);
        // Claims may be left by a process that was killed, and folders that were made but not synced.
        if (remains !== 'names') await goOn(store);
      }
    }
  });

  it.each<Fault>(['ENOSPC', 'EIO'])(
    'is done or undone when any step fails with %s; the store goes on',
    async (fault) => {
      const { prepared, before, after } = await begin();
      let hasEnded = false;
      for (let k = 1; !hasEnded; k++) {
        const disk = prepared.restarted('all');
        await using store = await openStore('/workspace', { disk });
        disk.failAtStep(k, fault);
        const expected = (await isPromised(store)) ? [after] : [before, after];
        hasEnded = disk.steps < k;
        disk.failAtStep(Infinity, fault);
        expect([k, expected]).toEqual([k, expect.arrayContaining([await contentOf(store)])]);
        expect([k, await store.problems()]).toEqual([k, []]);
        await goOn(store);
      }
    },
  );
});

/** Whatever happened before, everything can be changed, and new things are made. */
async function goOn(store: Store): Promise<void> {
  await store.create('project', projectDraft('next'));
  for (const kind of ['project', 'model', 'dataset'] as const) {
    for (const { id, version } of await store.list(kind)) {
      expect(await store.edit(kind, id, () => ({ name: 'later' }))).toMatchObject({ version: version + 1 });
    }
  }
}

describe('a new id for one that was given twice', () => {
  /** A project that somebody copied with all that is in it. */
  async function copied(): Promise<PowerDisk> {
    const disk = new PowerDisk();
    await using store = await openStore('/workspace', { disk });
    await filled(store);
    const copy = '/workspace/.compressor-bench/projects/1-copy';
    disk.put(`${copy}/project.json`, await store.find('project', 1));
    disk.put(`${copy}/models/1.json`, await store.find('model', 1));
    disk.put(`${copy}/optimizations/1-int8/optimization.json`, await store.find('optimization', 1));
    return disk;
  }

  it.each<Fault>(['power cut', 'ENOSPC', 'EIO'])(
    'is given in the end, whichever step fails with: %s',
    async (fault) => {
      const prepared = await copied();
      let hasEnded = false;
      for (let k = 1; !hasEnded; k++) {
        const disk = prepared.restarted('all');
        await using broken = await openStore('/workspace', { disk });
        disk.failAtStep(k, fault);
        await contentOf(broken).catch(() => undefined);
        hasEnded = disk.steps < k;
        disk.failAtStep(Infinity, fault);
        for (const remains of allRemains) {
          await using store = await openStore('/workspace', { disk: disk.restarted(remains) });
          for (const kind of ['project', 'model', 'optimization'] as const) {
            const ids = (await store.list(kind)).map(({ id }) => id);
            expect([k, kind, ids.length, new Set(ids).size]).toEqual([k, kind, 2, 2]);
          }
          const [first, second] = await store.list('model');
          expect([first?.projectId, second?.projectId].sort()).toEqual(
            (await store.list('project')).map(({ id }) => id),
          );
          // Nothing is left to be put right.
          await using after = await openStore('/workspace', { disk: disk.restarted('all') });
          await contentOf(after);
          await goOn(store);
        }
      }
    },
  );
});
