// Two stores on one bench against a model of a few lines: whatever is done through either, or by hand, both answer alike.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openStore } from '../../src/store/openStore';
import type { RecordKind, RunnableKind } from '../../src/store/records';
import { recordKinds, runnableKinds } from '../../src/store/records';
import type { AnyRecord } from '../../src/store/shelf';
import type { Store } from '../../src/store/store';
import { benchmarkDraft, datasetDraft, modelDraft, optimizationDraft, projectDraft, sensitivityDraft } from './drafts';
import { PowerDisk } from './powerDisk';

/** Something to do: through which of the stores, to what kind, to which of those there are. */
interface Action {
  readonly type: 'create' | 'edit' | 'stale edit' | 'remove' | 'edit by hand' | 'break by hand' | 'run';
  readonly store: number;
  readonly kind: RecordKind;
  readonly pick: number;
}

const actions: fc.Arbitrary<Action[]> = fc.array(
  fc.record({
    type: fc.constantFrom<Action['type'][]>(
      ...([
        'create',
        'create',
        'create',
        'edit',
        'stale edit',
        'remove',
        'edit by hand',
        'break by hand',
        'run',
      ] as const),
    ),
    store: fc.nat(1),
    kind: fc.constantFrom(...recordKinds),
    pick: fc.nat(20),
  }),
  { minLength: 5, maxLength: 25 },
);

/** What there should be. */
class Model {
  readonly records = new Map<string, AnyRecord>();
  readonly runs = new Map<string, number>();
  private readonly highest = new Map<RecordKind, number>();

  of(kind: RecordKind): AnyRecord[] {
    const found = [...this.records].filter(([key]) => key.startsWith(`${kind} `)).map(([, record]) => record);
    return found.sort((a, b) => a.id - b.id);
  }

  add(kind: RecordKind, record: AnyRecord): void {
    expect(record.id).toBe((this.highest.get(kind) ?? 0) + 1);
    this.highest.set(kind, record.id);
    this.records.set(`${kind} ${record.id}`, record);
  }

  remove(kind: RecordKind, id: number): void {
    this.records.delete(`${kind} ${id}`);
    this.runs.delete(`${kind} ${id}`);
    if (kind !== 'project') return;
    for (const part of recordKinds) {
      for (const record of this.of(part)) {
        if ('projectId' in record && record.projectId === id) this.remove(part, record.id);
      }
    }
  }
}

function create(store: Store, kind: RecordKind, projectId: number): Promise<AnyRecord> {
  switch (kind) {
    case 'project':
      return store.create(kind, projectDraft('a project'));
    case 'model':
      return store.create(kind, modelDraft(projectId));
    case 'dataset':
      return store.create(kind, datasetDraft(projectId));
    case 'optimization':
      return store.create(kind, optimizationDraft(projectId, 1, 1));
    case 'benchmark':
      return store.create(kind, benchmarkDraft(projectId, 1));
    case 'profiling':
      return store.create(kind, { projectId, name: 'times', modelId: 1, datasetId: 1, threads: 1 });
    case 'sensitivity':
      return store.create(kind, sensitivityDraft(projectId, 1));
  }
}

function isRunnable(kind: RecordKind): kind is RunnableKind {
  return runnableKinds.some((one) => one === kind);
}

async function fileOf(store: Store, kind: RecordKind, id: number): Promise<string> {
  return `${await store.folderOf(kind, id)}/${kind === 'model' ? id : kind}.json`;
}

async function act(action: Action, stores: readonly Store[], disk: PowerDisk, model: Model): Promise<void> {
  const { type, kind, pick } = action;
  const store = stores[action.store]!;
  if (type === 'create') {
    const projects = model.of('project');
    const projectId = projects[pick % Math.max(1, projects.length)]?.id ?? 99;
    const made = create(store, kind, projectId);
    if (kind !== 'project' && projects.length === 0)
      await expect(made).rejects.toMatchObject({ code: 'store-no-project' });
    else model.add(kind, await made);
    return;
  }
  const before = model.of(kind)[pick % Math.max(1, model.of(kind).length)];
  if (before === undefined) {
    expect(await store.remove(kind, 99)).toBe(false);
    return;
  }
  const key = `${kind} ${before.id}`;
  switch (type) {
    case 'edit': {
      const after = await store.edit(kind, before.id, ({ name }) => ({ name: `${name}+` }), before.version);
      expect(after).toEqual({
        ...before,
        name: `${before.name}+`,
        version: before.version + 1,
        modifiedAt: after.modifiedAt,
      });
      model.records.set(key, after);
      return;
    }
    case 'stale edit':
      await expect(store.edit(kind, before.id, () => ({ name: 'never' }), before.version + 1)).rejects.toMatchObject({
        code: 'store-stale',
      });
      return;
    case 'remove':
      expect(await store.remove(kind, before.id)).toBe(true);
      model.remove(kind, before.id);
      return;
    case 'edit by hand': {
      const after = { ...before, name: `${before.name}!` };
      disk.put(await fileOf(store, kind, before.id), after);
      model.records.set(key, after);
      return;
    }
    case 'break by hand':
      // What is broken is not there; what it holds still is.
      disk.put(await fileOf(store, kind, before.id), '{');
      model.records.delete(key);
      model.runs.delete(key);
      return;
    case 'run':
      if (!isRunnable(kind)) return;
      disk.put(`${await store.createRunFolder(kind, before.id)}/run.jsonl`, {
        time: '2026-11-20T12:00:00.000Z',
        state: 'queued',
        requestId: null,
      });
      model.runs.set(key, (model.runs.get(key) ?? 0) + 1);
  }
}

async function expectAlike(store: Store, model: Model): Promise<void> {
  for (const kind of recordKinds) {
    expect(await store.list(kind)).toEqual(model.of(kind));
    const one = model.of(kind).at(-1);
    if (one !== undefined) expect(await store.find(kind, one.id)).toEqual(one);
    if (one !== undefined && 'projectId' in one) {
      const siblings = model.of(kind).filter((record) => 'projectId' in record && record.projectId === one.projectId);
      expect(await store.list(kind, { projectId: one.projectId })).toEqual(siblings);
    }
    if (!isRunnable(kind)) continue;
    const newest = await store.newestRuns(kind);
    expect([...newest.keys()].sort()).toEqual(
      model
        .of(kind)
        .flatMap(({ id }) => (model.runs.has(`${kind} ${id}`) ? [id] : []))
        .sort(),
    );
    for (const [id, run] of newest) {
      const runs = await store.runs(kind, id);
      expect(runs).toHaveLength(model.runs.get(`${kind} ${id}`) ?? 0);
      expect(runs[0]).toEqual(run);
    }
  }
}

it('two stores on one bench answer as the model does, after every step', async () => {
  await fc.assert(
    fc.asyncProperty(actions, async (steps) => {
      const disk = new PowerDisk();
      await using one = await openStore('/workspace', { disk });
      await using other = await openStore('/workspace', { disk });
      const model = new Model();
      for (const step of steps) {
        await act(step, [one, other], disk, model);
        await expectAlike(one, model);
        await expectAlike(other, model);
      }
      await using third = await openStore('/workspace', { disk });
      await expectAlike(third, model);
    }),
    { numRuns: 25 },
  );
});
