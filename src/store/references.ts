// Which fields of records name other records by id, and how they follow one that got a new id.
import { dirname } from 'node:path';
import type { Disk } from '../files/disk';
import type { MergeSides, Rivals } from './mergeSides';
import type { PartKind } from './layout';
import { shelfFolder } from './layout';
import type { RecordKind, RecordsByKind } from './records';
import type { RecordWriter } from './recordWriter';
import type { Entry } from './shelf';
import { Shelf } from './shelf';

/** By the kind that is named: the kinds that name it, and in which fields. */
const naming: Readonly<Record<PartKind, readonly (readonly [PartKind, readonly string[]])[]>> = {
  model: [
    ['optimization', ['modelId', 'optimizedModelId']],
    ['benchmark', ['modelId']],
    ['profiling', ['modelId']],
    ['sensitivity', ['modelId']],
  ],
  dataset: [
    ['optimization', ['datasetId']],
    ['benchmark', ['datasetId']],
    ['profiling', ['datasetId']],
    ['sensitivity', ['datasetId']],
  ],
  optimization: [['model', ['madeBy.optimizationId']]],
  benchmark: [['optimization', ['accuracyBenchmarkId', 'performanceBenchmarkId']]],
  profiling: [],
  sensitivity: [],
};

/** Records that named one with a new id: those that name it by that now, those that mean another, and those that may. */
export interface Redirected {
  readonly followed: readonly Entry[];
  readonly left: readonly Entry[];
  readonly unclear: readonly Entry[];
}

/**
 * Lets the records of the same project that name \`renumbered\` by its old id name it by its new one.
 *
 * @param rivals where others in the project had the same id; then only those follow that mean this one
 */
export async function redirectReferences(
  { disk, writer, sides }: { readonly disk: Disk; readonly writer: RecordWriter; readonly sides: MergeSides },
  renumbered: Entry,
  newId: number,
  rivals: Rivals | undefined,
): Promise<Redirected> {
  const { kind, id, projectId, path } = renumbered;
  const followed: Entry[] = [];
  const left: Entry[] = [];
  const unclear: Entry[] = [];
  if (kind === 'project') return { followed, left, unclear };
  const project = dirname(dirname(path));
  for (const [namingKind, fields] of naming[kind]) {
    const shelf = new Shelf(disk, shelfFolder(project, namingKind), namingKind, projectId);
    shelf.refresh();
    const entries = [...shelf.entries];
    for (const entry of entries) {
      if (entry.record === undefined || changesOf(entry.record, fields, id, newId) === null) continue;
      const meant = rivals === undefined ? 'renumbered' : sides.meant(entry, entries, rivals);
      if (meant === 'unclear') unclear.push(entry);
      if (meant === 'other') left.push(entry);
      if (meant !== 'renumbered') continue;
      const keep = sides.keeping(entry);
      const { modifiedAt } = await writer.edit(
        namingKind,
        entry,
        (record) => changesOf(record, fields, id, newId),
        undefined,
      );
      keep(entry.path, modifiedAt);
      followed.push(entry);
    }
  }
  return { followed, left, unclear };
}

/** The changed fields; null for none. */
function changesOf(
  record: RecordsByKind[RecordKind],
  fields: readonly string[],
  id: number,
  newId: number,
): object | null {
  const changes: Record<string, unknown> = {};
  for (const field of fields) {
    const [outer = '', inner] = field.split('.');
    const value = (record as unknown as Readonly<Record<string, unknown>>)[outer];
    if (inner === undefined) {
      if (value === id) changes[outer] = newId;
    } else if (typeof value === 'object' && value !== null && (value as Record<string, unknown>)[inner] === id) {
      changes[outer] = { ...value, [inner]: newId };
    }
  }
  return Object.keys(changes).length === 0 ? null : changes;
}
