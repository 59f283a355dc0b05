// Which models of the bench a file is, and what the bench knows of it: profilings, optimizations, relatives.
import { realpathSync } from 'node:fs';
import type { ComparableModel } from '../../protocol/panels/graph';
import type { ModelRecord } from '../../store/records';
import type { Bench } from '../bench';
import { makersOf } from './floatCounterparts';

/** The records of a file: a model may be in several projects. */
export async function recordsOf(bench: Bench, path: string): Promise<readonly ModelRecord[]> {
  const real = bench.access.realPath(path);
  const records = await bench.store.list('model');
  return records.filter((record) => realPathOf(bench.absolutePath(record.path)) === real);
}

/** A file that is gone keeps its name. */
function realPathOf(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}

/** The other models of the projects that a file is in: the one they began with, and what optimizations made. */
export async function comparableWith(bench: Bench, path: string): Promise<readonly ComparableModel[]> {
  const own = await recordsOf(bench, path);
  const projects = [...new Set(own.map(({ projectId }) => projectId))];
  const lists = await Promise.all(projects.map((projectId) => relativesIn(bench, projectId)));
  const real = bench.access.realPath(path);
  const byPath = new Map(lists.flat().map((one) => [one.path, one]));
  return [...byPath.values()].filter((one) => realPathOf(one.path) !== real);
}

/** Whether the bench made one file from another one, in one step or several. */
export async function isMadeFrom(bench: Bench, path: string, from: string): Promise<boolean> {
  const real = bench.access.realPath(from);
  for (const record of await recordsOf(bench, path)) {
    for (const model of await makersOf(bench, record)) {
      if (realPathOf(bench.absolutePath(model.path)) === real) return true;
    }
  }
  return false;
}

async function relativesIn(bench: Bench, projectId: number): Promise<readonly ComparableModel[]> {
  const [project, models, optimizations] = await Promise.all([
    bench.store.find('project', projectId),
    bench.store.list('model', { projectId }),
    bench.store.list('optimization', { projectId }),
  ]);
  return models.map(({ name, path, madeBy }) => {
    const maker = madeBy === null ? undefined : optimizations.find(({ id }) => id === madeBy.optimizationId);
    const origin = maker === undefined ? 'input model' : `made by ${maker.name}`;
    return { path: bench.absolutePath(path), label: `${name} — ${origin}, project ${project?.name ?? projectId}` };
  });
}
