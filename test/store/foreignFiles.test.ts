// Files that others made: edited by hand, merged by git, broken, hostile. What can be read is answered, the rest is named.
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { openStore } from '../../src/store/openStore';
import { recordKinds } from '../../src/store/records';
import type { Store } from '../../src/store/store';
import { temporaryFolder } from '../support/temporaryFolder';
import { itWithPermissions } from '../support/permissions';
import { benchmarkDraft, datasetDraft, modelDraft, optimizationDraft, projectDraft } from './drafts';

const folder = temporaryFolder();

/** Two projects, the first with one thing of each kind. */
async function filledBench(): Promise<{ workspace: string; bench: string; first: string }> {
  const workspace = folder.fresh();
  await using store = await openStore(workspace);
  await store.create('project', projectDraft('first'));
  await store.create('project', projectDraft('second'));
  await fill(store, 1);
  const bench = join(workspace, '.compressor-bench');
  return { workspace, bench, first: join(bench, 'projects', '1-first') };
}

async function fill(store: Store, projectId: number): Promise<void> {
  const model = await store.create('model', modelDraft(projectId));
  const dataset = await store.create('dataset', datasetDraft(projectId));
  await store.create('optimization', optimizationDraft(projectId, model.id, dataset.id));
  await store.create('benchmark', { ...benchmarkDraft(projectId, model.id), datasetId: dataset.id });
}

function rewrite(file: string, change: (record: Record<string, unknown>) => object): void {
  writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>)));
}

const pathsOf = async (store: Store): Promise<string[]> => (await store.problems()).map(({ path }) => path);

describe('an edit by hand', () => {
  it('is seen by the next question, also where the size and the second stay the same', async () => {
    const { workspace, first } = await filledBench();
    await using store = await openStore(workspace);
    const file = join(first, 'project.json');
    for (const notes of ['aaa', 'bbb', 'ccc']) {
      rewrite(file, (record) => ({ ...record, notes }));
      expect(await store.find('project', 1)).toMatchObject({ notes });
      expect((await store.list('project'))[0]).toMatchObject({ notes });
    }
    expect(await store.edit('project', 1, ({ notes }) => ({ name: `${notes}!` }))).toMatchObject({
      notes: 'ccc',
      name: 'ccc!',
    });
  });

  it('of the folders counts: moved away, moved back, renamed, moved to another project', async () => {
    const { workspace, bench, first } = await filledBench();
    await using store = await openStore(workspace);
    expect(await store.list('model')).toHaveLength(1);
    renameSync(first, join(workspace, 'elsewhere'));
    expect(await store.find('model', 1)).toBeUndefined();
    expect((await store.list('project')).map(({ id }) => id)).toEqual([2]);
    expect(await store.list('benchmark')).toEqual([]);
    const renamed = join(bench, 'projects', '1-other-name');
    renameSync(join(workspace, 'elsewhere'), renamed);
    expect(await store.find('model', 1)).toMatchObject({ projectId: 1 });
    expect(await store.folderOf('dataset', 1)).toBe(join(renamed, 'datasets', '1-dummy'));
    mkdirSync(join(bench, 'projects', '2-second', 'models'));
    renameSync(join(renamed, 'models', '1.json'), join(bench, 'projects', '2-second', 'models', '1.json'));
    expect(await store.list('model', { projectId: 1 })).toEqual([]);
    expect(await store.list('model', { projectId: 2 })).toMatchObject([{ id: 1, projectId: 2 }]);
    expect(await store.problems()).toEqual([]);
  });

  it('keeps fields that this version does not know', async () => {
    const { workspace, first } = await filledBench();
    rewrite(join(first, 'project.json'), (record) => ({ ...record, colour: 'red' }));
    await using store = await openStore(workspace);
    await store.edit('project', 1, () => ({ notes: 'x' }));
    expect(JSON.parse(readFileSync(join(first, 'project.json'), 'utf8'))).toMatchObject({ colour: 'red', notes: 'x' });
  });

  it('of an id is reported; the id in its place counts', async () => {
    const { workspace, first } = await filledBench();
    rewrite(join(first, 'project.json'), (record) => ({ ...record, id: 77 }));
    await using store = await openStore(workspace);
    expect((await store.list('project')).map(({ id }) => id)).toEqual([1, 2]);
    expect(await store.find('project', 77)).toBeUndefined();
    expect(await store.problems()).toEqual([
      {
        path: 'projects/1-first/project.json',
        message: 'projects/1-first/project.json says id 77; the id in its place, 1, counts.',
      },
    ]);
    await store.edit('project', 1, () => ({ notes: 'x' }));
    expect(await store.problems()).toEqual([]);
  });
});

describe('an id given twice', () => {
  it('by two branches that git merged: the younger gets a new one, with all that names it', async () => {
    const { workspace, bench } = await filledBench();
    // What another clone made at the same time: the same ids, another project.
    const clone = folder.fresh();
    cpSync(bench, join(clone, '.compressor-bench'), { recursive: true });
    {
      await using ours = await openStore(workspace);
      await ours.create('project', projectDraft('ours'));
      await fill(ours, 3);
    }
    await using theirs = await openStore(clone);
    await theirs.create('project', projectDraft('theirs'));
    await fill(theirs, 3);
    cpSync(join(clone, '.compressor-bench', 'projects', '3-theirs'), join(bench, 'projects', '3-theirs'), {
      recursive: true,
    });
    // Git keeps no empty folders.
    rmSync(join(bench, 'ids'), { recursive: true });

    await using merged = await openStore(workspace);
    expect(
      (await merged.list('optimization')).map(({ id, projectId, modelId, datasetId }) => ({
        id,
        projectId,
        modelId,
        datasetId,
      })),
    ).toEqual([
      { id: 1, projectId: 1, modelId: 1, datasetId: 1 },
      { id: 2, projectId: 3, modelId: 2, datasetId: 2 },
      { id: 3, projectId: 4, modelId: 3, datasetId: 3 },
    ]);
    expect((await merged.list('project')).map(({ id, name }) => [id, name])).toEqual([
      [1, 'first'],
      [2, 'second'],
      [3, 'ours'],
      [4, 'theirs'],
    ]);
    expect((await merged.list('benchmark')).map(({ modelId }) => modelId)).toEqual([1, 2, 3]);
    const problems = await merged.problems();
    expect(problems.map(({ path }) => path)).toEqual([
      'projects/3-theirs',
      'projects/4-theirs/models/2.json',
      'projects/4-theirs/datasets/2-dummy',
      'projects/4-theirs/optimizations/2-int8',
      'projects/4-theirs/benchmarks/2-speed',
    ]);
    expect(problems[1]?.message).toContain('has the id 3 now; 2 references to it');
    // It is put right in the files: another store finds nothing left to do.
    await using other = await openStore(workspace);
    expect(await other.problems()).toEqual([]);
    expect((await other.create('model', modelDraft(4))).id).toBe(4);
  });

  it('in one project: references stay, and the report says so', async () => {
    const { workspace, first } = await filledBench();
    cpSync(join(first, 'datasets', '1-dummy'), join(first, 'datasets', '1-copy'), { recursive: true });
    rewrite(join(first, 'datasets', '1-copy', 'dataset.json'), (record) => ({
      ...record,
      createdAt: '2999-01-01T00:00:00.000Z',
    }));
    await using store = await openStore(workspace);
    expect(await store.find('optimization', 1)).toMatchObject({ datasetId: 1 });
    expect((await store.list('dataset')).map(({ id }) => id)).toEqual([1, 2]);
    expect(readdirSync(join(first, 'datasets')).sort()).toEqual(['1-dummy', '2-copy']);
    expect((await store.problems())[0]?.message).toContain('were left as they are');
  });

  it('while the store is open, by a copied folder', async () => {
    const { workspace, bench, first } = await filledBench();
    await using store = await openStore(workspace);
    expect(await store.list('project')).toHaveLength(2);
    cpSync(first, join(bench, 'projects', '1-first-copy'), { recursive: true });
    expect((await store.list('project')).map(({ id }) => id)).toEqual([1, 2, 3]);
    expect((await store.list('benchmark')).map(({ id, projectId }) => [id, projectId])).toEqual([
      [1, 1],
      [2, 3],
    ]);
    const made = await store.create('project', projectDraft('new'));
    expect(made.id).toBe(4);
  });

  itWithPermissions('is answered by the eldest where the folder cannot be written to', async () => {
    const { workspace, bench, first } = await filledBench();
    cpSync(first, join(bench, 'projects', '1-first-copy'), { recursive: true });
    chmodSync(join(bench, 'projects'), 0o555);
    await using store = await openStore(workspace);
    expect((await store.list('project')).map(({ id }) => id)).toEqual([1, 2]);
    expect((await store.problems())[0]?.message).toContain('could not get a new one');
    chmodSync(join(bench, 'projects'), 0o755);
  });
});

const broken: Readonly<Record<string, { damage: (file: string) => void; fault: string }>> = {
  'cut off': { damage: (file) => truncateSync(file, 20), fault: 'is not JSON' },
  empty: { damage: (file) => writeFileSync(file, ''), fault: 'is not JSON' },
  'with a conflict of git': {
    damage: (file) => writeFileSync(file, '{\n<<<<<<< HEAD\n"id": 1\n=======\n"id": 2\n>>>>>>> theirs\n}\n'),
    fault: 'holds an unresolved conflict of git',
  },
  'a list': { damage: (file) => writeFileSync(file, '[]'), fault: 'is not a JSON object' },
  'with a wrong type': {
    damage: (file) => rewrite(file, (record) => ({ ...record, name: 7 })),
    fault: 'is no benchmark: "name" is not a text',
  },
  'without a field': {
    damage: (file) => rewrite(file, (record) => ({ ...record, mode: undefined })),
    fault: 'is no benchmark: "mode" is missing',
  },
  'with an id that is none': {
    damage: (file) => rewrite(file, (record) => ({ ...record, modelId: -1 })),
    fault: 'is no benchmark: "modelId" is not a whole number above 0',
  },
  'with a key __proto__': {
    damage: (file) =>
      writeFileSync(file, readFileSync(file, 'utf8').replace('{', '{"deep": [{"__proto__": {"id": 9}}],')),
    fault: 'is no benchmark: it has a key "__proto__"',
  },
  'nested very deep': {
    damage: (file) =>
      writeFileSync(file, readFileSync(file, 'utf8').replace('{', `{"deep": ${'['.repeat(5000)}${']'.repeat(5000)},`)),
    fault: 'is no benchmark: it is nested more than 50 levels deep',
  },
  'in another encoding': {
    damage: (file) => writeFileSync(file, Buffer.from([0xff, 0xfe, 0x7b, 0x00])),
    fault: 'is not text in UTF-8',
  },
  'of 100 MB': {
    damage: (file) => truncateSync(file, 100_000_000),
    fault: 'is too large for a record (100000000 bytes)',
  },
  'a link': {
    damage: (file) => {
      rmSync(file);
      symlinkSync('/etc/hostname', file);
    },
    fault: 'is a link, which is not followed',
  },
  'a folder': {
    damage: (file) => {
      rmSync(file);
      mkdirSync(file);
    },
    fault: 'is not a file',
  },
  missing: { damage: (file) => rmSync(file), fault: 'is missing' },
};

describe('a record file that is', () => {
  it.each(Object.entries(broken))('%s is reported by name; the rest opens', async (_name, { damage, fault }) => {
    const { workspace, first } = await filledBench();
    await using store = await openStore(workspace);
    expect(await store.find('benchmark', 1)).toBeDefined();
    const file = join(first, 'benchmarks', '1-speed', 'benchmark.json');
    const whole = readFileSync(file);
    damage(file);
    const path = 'projects/1-first/benchmarks/1-speed/benchmark.json';
    expect(await store.problems()).toEqual([{ path, message: `${path} ${fault}.` }]);
    expect(await store.find('benchmark', 1)).toBeUndefined();
    expect(await store.list('benchmark')).toEqual([]);
    expect(await store.list('optimization')).toHaveLength(1);
    await expect(store.edit('benchmark', 1, () => ({ name: 'x' }))).rejects.toMatchObject({ code: 'store-no-record' });
    // Its id is not given to another.
    expect((await store.create('benchmark', benchmarkDraft(1, 1))).id).toBe(2);
    // Put right again, it is back.
    rmSync(file, { recursive: true, force: true });
    writeFileSync(file, whole);
    expect(await store.problems()).toEqual([]);
    expect(await store.find('benchmark', 1)).toBeDefined();
  });
});

describe('a folder that is a link', () => {
  it.each(['projects', 'projects/2-second', 'projects/1-first/models', 'projects/1-first/benchmarks/1-speed/runs'])(
    'is not followed: %s',
    async (name) => {
      const { workspace, bench } = await filledBench();
      const outside = folder.fresh();
      const path = join(bench, name);
      rmSync(path, { recursive: true, force: true });
      symlinkSync(outside, path);
      await using store = await openStore(workspace);
      const kinds = name === 'projects' ? [] : recordKinds;
      for (const kind of kinds) expect(await store.list(kind)).toBeDefined();
      if (name === 'projects') await expect(store.list('project')).rejects.toMatchObject({ code: 'store-unreadable' });
      else expect(await pathsOf(store)).toEqual([name]);
      const write = name.endsWith('runs')
        ? store.createRunFolder('benchmark', 1)
        : name.endsWith('models')
          ? store.create('model', modelDraft(1))
          : store.create(
              name === 'projects' ? 'project' : 'model',
              name === 'projects' ? projectDraft('x') : modelDraft(2),
            );
      await expect(write).rejects.toMatchObject({ code: expect.stringMatching(/^store-/) as string });
      expect(readdirSync(outside)).toEqual([]);
    },
  );

  it('is refused as the bench itself', async () => {
    const workspace = folder.fresh();
    symlinkSync(folder.fresh(), join(workspace, '.compressor-bench'));
    await expect(openStore(workspace)).rejects.toMatchObject({ code: 'store-no-folder' });
  });
});

describe('names that are not ours', () => {
  it('are nobody’s fault, unless they hold a record', async () => {
    const { workspace, bench, first } = await filledBench();
    writeFileSync(join(bench, 'projects', 'README.md'), 'notes');
    writeFileSync(join(bench, 'projects', '.DS_Store'), '');
    mkdirSync(join(bench, 'projects', 'drafts'));
    cpSync(first, join(bench, 'projects', 'copy'), { recursive: true });
    writeFileSync(join(first, 'models', 'resnet.json'), '{}');
    await using store = await openStore(workspace);
    expect(await store.problems()).toEqual([
      {
        path: 'projects/copy',
        message: 'projects/copy is not used: its name does not begin with the id of a project.',
      },
      {
        path: 'projects/1-first/models/resnet.json',
        message: 'projects/1-first/models/resnet.json is not used: its name does not begin with the id of a model.',
      },
    ]);
    expect(await store.list('project')).toHaveLength(2);
  });
});

describe('what a killed process left half done', () => {
  it('is tidied away when it is old, and nothing else is', async () => {
    const { workspace, first } = await filledBench();
    const left = (letter: string): string =>
      join(first, `.compressor-bench-${letter.repeat(8)}-0000-4000-8000-000000000000.tmp`);
    writeFileSync(left('a'), 'half');
    mkdirSync(left('b'));
    writeFileSync(join(left('b'), 'holder.json'), '{}');
    await using store = await openStore(workspace);
    await store.edit('project', 1, () => ({ notes: 'x' }));
    expect(readdirSync(first).filter((name) => name.startsWith('.'))).toHaveLength(2);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3 * 60 * 60 * 1000 });
    try {
      await using later = await openStore(workspace);
      await later.edit('project', 1, () => ({ notes: 'y' }));
      expect(readdirSync(first).filter((name) => name.startsWith('.'))).toEqual([]);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('what cannot be kept', () => {
  it.each([
    ['a key __proto__', { parameters: JSON.parse('{"__proto__": {"a": 1}}') as Record<string, unknown> }],
    ['4 MB', { parameters: { text: 'x'.repeat(5_000_000) } }],
    ['a wrong type', { name: 7 as never }],
  ])('is refused, and nothing is made: %s', async (_name, change) => {
    const workspace = folder.fresh();
    await using store = await openStore(workspace);
    await store.create('project', projectDraft('one'));
    await expect(store.create('dataset', { ...datasetDraft(1), ...change })).rejects.toMatchObject({
      code: 'store-unfit',
    });
    expect(readdirSync(join(workspace, '.compressor-bench', 'projects', '1-one'))).toEqual(['project.json']);
    await store.create('dataset', datasetDraft(1));
    await expect(store.edit('dataset', 1, () => change)).rejects.toMatchObject({ code: 'store-unfit' });
    expect(await store.find('dataset', 1)).toMatchObject({ name: 'dummy', version: 1 });
  });
});
