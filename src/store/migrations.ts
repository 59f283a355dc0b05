// What older layouts of the bench folder were like, each with the step to the next.
import { join } from 'node:path';
import { replaceFile } from '../files/atomicWrite';
import type { Disk } from '../files/disk';
import type { PartKind } from './layout';
import { idOfEntry, recordFile, shelfFolder } from './layout';
import { mostRecordBytes } from './recordText';
import type { RecordKind } from './records';
import { recordKinds } from './records';

/** Makes a folder of one version one of the next. Safe to repeat after it was ended half way. */
export type Migration = (disk: Disk, benchFolder: string) => Promise<void>;

/** From version 0, from version 1, …: the number of steps is the version of the layout they lead to. */
export const migrations: readonly Migration[] = [fromUnversioned];

/**
 * Version 0 had no bench.json and no versions of records, which could be edited by one process only; times were called
 * `created` and `modified`, and a project's text was its `comment`.
 */
async function fromUnversioned(disk: Disk, benchFolder: string): Promise<void> {
  for (const { kind, file } of recordFiles(disk, benchFolder)) {
    const old = objectIn(disk, file);
    if (old === undefined || Object.hasOwn(old, 'version')) continue;
    const { created, modified, comment, ...kept } = old;
    const { id, ...others } = kept;
    const record = {
      id,
      version: 1,
      ...others,
      createdAt: others['createdAt'] ?? created,
      modifiedAt: others['modifiedAt'] ?? modified ?? null,
      ...(kind === 'project' ? { notes: others['notes'] ?? comment ?? null } : {}),
    };
    await replaceFile(file, `${JSON.stringify(record, undefined, 2)}\n`, disk);
  }
}

function* recordFiles(disk: Disk, benchFolder: string): Generator<{ kind: RecordKind; file: string }> {
  for (const project of entries(disk, shelfFolder(benchFolder, 'project'), 'project')) {
    yield { kind: 'project', file: recordFile('project', project) };
    for (const kind of recordKinds.filter((one): one is PartKind => one !== 'project')) {
      for (const entry of entries(disk, shelfFolder(project, kind), kind))
        yield { kind, file: recordFile(kind, entry) };
    }
  }
}

function entries(disk: Disk, shelf: string, kind: RecordKind): string[] {
  if (disk.look(shelf)?.kind !== 'folder') return [];
  return disk
    .list(shelf)
    .filter(
      (entry) => idOfEntry(kind, entry.name) !== undefined && entry.kind === (kind === 'model' ? 'file' : 'folder'),
    )
    .map(({ name }) => join(shelf, name));
}

/** A file that cannot be read stays as it is, to be reported like any other. */
function objectIn(disk: Disk, file: string): Record<string, unknown> | undefined {
  if (disk.look(file)?.kind !== 'file') return undefined;
  const { bytes } = disk.read(file, mostRecordBytes);
  if (bytes === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
