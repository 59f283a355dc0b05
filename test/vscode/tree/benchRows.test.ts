// Which rows are told to the editor when something changed, and that they stay the same objects.
import { beforeEach, describe, expect, it } from 'vitest';
import { partsMethod, projectsMethod } from '../../../src/protocol/facts';
import type { ProjectListFacts, ProjectParts } from '../../../src/protocol/facts';
import type { BenchConnection } from '../../../src/vscode/bench/benchConnection';
import { AskAgain } from '../../../src/vscode/tree/askAgain';
import { BenchRows } from '../../../src/vscode/tree/benchRows';
import type { BenchNode, GroupNode, ProjectNode } from '../../../src/vscode/tree/nodes';
import { benchmark, optimization, parts, run } from './facts';

let list: ProjectListFacts;
let now: ProjectParts;
let asked: string[];
let rows: BenchRows;

beforeEach(() => {
  now = parts();
  list = { projects: [now.project], problems: [] };
  asked = [];
  const ask = (method: { readonly name: string }): Promise<unknown> => {
    asked.push(method.name);
    if (method.name === projectsMethod.name) return Promise.resolve(list);
    return method.name === partsMethod.name ? Promise.resolve(now) : Promise.reject(new Error(method.name));
  };
  // All of it that rows use.
  rows = new BenchRows({ ask } as unknown as BenchConnection);
});

async function opened(): Promise<{ project: ProjectNode; groups: GroupNode[] }> {
  const [project] = await rows.projects();
  if (project?.kind !== 'project') throw new Error('no project');
  const groups = (await rows.groups(project)).flatMap((node) => (node.kind === 'group' ? [node] : []));
  for (const group of groups) await rows.things(group);
  return { project, groups };
}

function names(changed: 'all' | readonly BenchNode[]): unknown {
  return changed === 'all' ? changed : changed.map((node) => (node.kind === 'group' ? `${node.part}s` : node.kind));
}

describe('the rows of a bench', () => {
  it('are asked for when they are opened, once', async () => {
    await opened();
    await opened();
    expect(asked).toEqual(['facts/projects', 'facts/parts']);
  });

  it('do not ask before they were shown', async () => {
    expect(await rows.refresh()).toEqual([]);
    expect(asked).toEqual([]);
  });

  it('tell nothing when nothing changed', async () => {
    await opened();
    expect(await rows.refresh()).toEqual([]);
  });

  it('tell a changed thing alone, as the object that is shown', async () => {
    const { groups } = await opened();
    const group = groups.find(({ part }) => part === 'benchmark');
    const [shown] = group === undefined ? [] : await rows.things(group);
    now = parts({ benchmarks: [benchmark({ run: run('success'), latencyMs: 1 })] });
    const changed = await rows.refresh();
    expect(changed).toEqual([shown]);
    expect((changed as BenchNode[])[0]).toBe(shown);
    expect(shown?.facts).toMatchObject({ latencyMs: 1 });
  });

  it('tell a group when things came, and its project when it was empty', async () => {
    await opened();
    now = parts({ benchmarks: [benchmark(), benchmark({ id: 2 })] });
    expect(names(await rows.refresh())).toEqual(['benchmarks']);
    now = parts({ benchmarks: [] });
    expect(names(await rows.refresh())).toEqual(['project']);
  });

  it('tell benchmarks when one of them was pinned', async () => {
    await opened();
    now = parts({ optimizations: [optimization({ performanceBenchmarkId: 1 })] });
    expect(names(await rows.refresh())).toEqual(['optimization', 'benchmark']);
  });

  it('tell a project that has another name, and all when projects came or went', async () => {
    const { project } = await opened();
    list = { ...list, projects: [{ ...now.project, name: 'other' }] };
    expect(await rows.refresh()).toEqual([project]);
    list = { ...list, problems: [{ path: '/x', message: 'x is broken.' }] };
    expect(await rows.refresh()).toBe('all');
    expect(names((await rows.projects()) as BenchNode[])).toEqual(['project', 'problem']);
    list = { projects: [], problems: [] };
    expect(await rows.refresh()).toBe('all');
    expect(rows.projectCount).toBe(0);
  });

  it('tell what cannot be read, in its project', async () => {
    const { project } = await opened();
    now = parts({ problems: [{ path: '/x', message: 'x is broken.' }] });
    expect(await rows.refresh()).toEqual([project]);
    expect(names((await rows.groups(project)) as BenchNode[])).toContain('problem');
  });

  it('do not ask for what was closed, until it is opened again', async () => {
    const { project } = await opened();
    rows.close(project.facts.id);
    asked = [];
    // The editor may hold old rows of it.
    expect(await rows.refresh()).toEqual([project]);
    expect(await rows.refresh()).toEqual([]);
    expect(asked).toEqual(['facts/projects', 'facts/projects']);
    await opened();
    expect(asked).toContain('facts/parts');
  });
});

describe('asking again', () => {
  it('does the work once for all who ask meanwhile, and never twice at a time', async () => {
    let running = 0;
    let times = 0;
    const again = new AskAgain(async () => {
      expect(++running).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      times++;
    });
    await Promise.all([again.request(), again.request(), again.request()]);
    expect(times).toBe(2);
    await again.request();
    expect(times).toBe(3);
  });

  it('goes on after a failure', async () => {
    let times = 0;
    const again = new AskAgain(() => (++times === 1 ? Promise.reject(new Error('no')) : Promise.resolve()));
    const [first, second] = await Promise.allSettled([again.request(), again.request()]);
    expect([first.status, second.status]).toEqual(['rejected', 'fulfilled']);
    await again.request();
    expect(times).toBe(3);
  });
});
