// Which fields of records name other records by id, and how they follow one that got a new id.
import { dirname } from 'node:path';
import type { Disk } from '../files/disk';
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
  ],
  dataset: [
    ['optimization', ['datasetId']],
    ['benchmark', ['datasetId']],
    ['profiling', ['datasetId']],
  ],
  optimization: [['model', ['madeBy.optimizationId']]],
  benchmark: [['optimization', ['accuracyBenchmarkId', 'performanceBenchmarkId']]],
  profiling: [],
};

/** Lets the records of the same project that name `renumbered` by its old id name it by its new one; gives how many did. */
export async function redirectReferences(
  disk: Disk,
  writer: RecordWriter,
  renumbered: Entry,
  newId: number,
): Promise<number> {
  const { kind, id, projectId, path } = renumbered;
  if (kind === 'project') return 0;
  const project = dirname(dirname(path));
  let redirected = 0;
  for (const [namingKind, fields] of naming[kind]) {
    const shelf = new Shelf(disk, shelfFolder(project, namingKind), namingKind, projectId);
    shelf.refresh();
    for (const entry of shelf.entries) {
      if (entry.record === undefined || changesOf(entry.record, fields, id, newId) === null) continue;
      await writer.edit(namingKind, entry, (record) => changesOf(record, fields, id, newId), undefined);
      redirected++;
    }
  }
  return redirected;
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
