// A bench in memory, for tests of the server alone: projects, no runs, and operations made up to see how they are served.
import { restrictedAccess } from '../../src/bench/fileAccess';
import { Bench } from '../../src/bench/bench';
import type { RunQueue } from '../../src/jobs/runQueue';
import type { ProjectRecord } from '../../src/store/records';
import type { Store } from '../../src/store/store';

/** A store that holds projects of the given names. Whatever else is asked of it is an error of the test. */
function fakeStore(workspace: string, names: readonly string[]): Store {
  const projects = new Map(names.map((name, index) => [index + 1, projectOf(index + 1, name)]));
  const known: Partial<Store> = {
    workspace,
    list: ((kind: string) => Promise.resolve(kind === 'project' ? [...projects.values()] : [])) as Store['list'],
    seenProblems: () => [],
    find: ((_kind: string, id: number) => Promise.resolve(projects.get(id))) as Store['find'],
    edit: ((_kind: string, id: number, change: (record: ProjectRecord) => Partial<ProjectRecord>) => {
      const record = projects.get(id)!;
      projects.set(id, { ...record, ...change(record) });
      return Promise.resolve(projects.get(id));
    }) as Store['edit'],
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return onlyKnown(known as Store);
}

function projectOf(id: number, name: string): ProjectRecord {
  const createdAt = '2026-01-02T03:04:05.000Z';
  return { id, version: 1, name, createdAt, modifiedAt: null, uuid: `uuid-${id}`, notes: null };
}

function onlyKnown<Part extends object>(part: Part): Part {
  return new Proxy(part, {
    get: (target, name) => {
      if (!(name in target) && name !== 'then') throw new Error(`the fake has no ${String(name)}`);
      return Reflect.get(target, name) as unknown;
    },
  });
}

/** A bench over a real folder whose files may be named. */
export function fakeBench(workspace: string, names: readonly string[] = ['first', 'second']): Bench {
  const queue: Partial<RunQueue> = {
    list: () => Promise.resolve([]),
    watch: () => ({ [Symbol.dispose]: () => undefined }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return new Bench({
    store: fakeStore(workspace, names),
    queue: onlyKnown(queue as RunQueue),
    access: restrictedAccess(workspace, []),
  });
}
