// Where things lie in a bench folder (DESIGN §3).
import { join } from 'node:path';
import type { RecordKind } from './records';

/** The folder in a workspace that holds everything the bench keeps. */
export const benchFolderName = '.compressor-bench';
export const schemaFileName = 'bench.json';
export const projectsFolderName = 'projects';
export const idsFolderName = 'ids';
export const trashFolderName = '.trash';
export const runsFolderName = 'runs';

/** Kinds whose things lie in a project. */
export type PartKind = Exclude<RecordKind, 'project'>;

/** In a project: the folder for the things of a kind. */
const folderByKind: Readonly<Record<PartKind, string>> = {
  model: 'models',
  dataset: 'datasets',
  optimization: 'optimizations',
  benchmark: 'benchmarks',
  profiling: 'profilings',
  sensitivity: 'sensitivities',
};

/** The folder that holds the things of a kind: of the bench for projects, of a project for all others. */
export function shelfFolder(parent: string, kind: RecordKind): string {
  return join(parent, kind === 'project' ? projectsFolderName : folderByKind[kind]);
}

/** The entry for a thing on its shelf: its folder, or a model's file. It never changes with the name. */
export function entryName(kind: RecordKind, id: number, name: string): string {
  return kind === 'model' ? `${id}.json` : `${id}-${slug(name, kind)}`;
}

/** Absolute path of a record's file, from that of its entry. */
export function recordFile(kind: RecordKind, entryPath: string): string {
  return kind === 'model' ? entryPath : join(entryPath, `${kind}.json`);
}

/** The id an entry's name begins with; undefined for what is no entry of this kind. */
export function idOfEntry(kind: RecordKind, name: string): number | undefined {
  const found = (kind === 'model' ? /^([1-9]\d*)\.json$/ : /^([1-9]\d*)(?:-.*)?$/s).exec(name);
  const id = Number(found?.[1]);
  return Number.isSafeInteger(id) ? id : undefined;
}

const longestSlug = 40;

/** A name as a part of a path that is legal and plain on every system. */
function slug(name: string, otherwise: string): string {
  const plain = name
    .slice(0, 4 * longestSlug)
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, longestSlug)
    .replace(/^-+|-+$/g, '');
  return plain === '' ? otherwise : plain;
}
