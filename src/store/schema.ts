// Which version of the layout a bench folder has (bench.json), and how an older one becomes the current one.
import { join } from 'node:path';
import { replaceFile } from '../files/atomicWrite';
import type { Disk } from '../files/disk';
import { fileErrorOf } from '../files/fileErrors';
import type { DurableFolders } from './durableFolders';
import { idsFolderName, projectsFolderName, schemaFileName } from './layout';
import type { Migration } from './migrations';
import { migrations } from './migrations';
import { storeErrors } from './storeErrors';
import { VersionClaim } from './versionClaim';

/** Of the layout this program writes: one more than there are migrations from older ones. */
export const currentSchema = migrations.length;

const mostSchemaBytes = 64 * 1024;

/**
 * The version of a bench folder; undefined where nothing was kept yet (there may be run folders, which commands make that
 * work without a bench). Throws StoreError for a newer version and for one that cannot be told.
 */
export function schemaVersion(disk: Disk, benchFolder: string): number | undefined {
  const file = join(benchFolder, schemaFileName);
  const kind = disk.look(file)?.kind;
  if (kind === undefined) {
    // Before there was a bench.json, things were kept without one.
    const isKept = [projectsFolderName, idsFolderName].some((name) => disk.look(join(benchFolder, name)) !== undefined);
    return isKept ? 0 : undefined;
  }
  const bytes = kind === 'file' ? readOrThrow(disk, file) : undefined;
  if (bytes === undefined) throw storeErrors.brokenSchema(file, 'is no file of a few bytes');
  const version = versionIn(bytes, file);
  if (version > currentSchema) throw storeErrors.newerSchema(file, version, currentSchema);
  return version;
}

function readOrThrow(disk: Disk, file: string): Uint8Array | undefined {
  try {
    return disk.read(file, mostSchemaBytes).bytes;
  } catch (thrown) {
    throw fileErrorOf(thrown, file, 'read');
  }
}

function versionIn(bytes: Uint8Array, file: string): number {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    throw storeErrors.brokenSchema(file, 'is not JSON');
  }
  const version = typeof value === 'object' && value !== null && 'schemaVersion' in value ? value.schemaVersion : NaN;
  if (typeof version !== 'number' || !Number.isSafeInteger(version) || version < 0) {
    throw storeErrors.brokenSchema(file, 'names no schemaVersion');
  }
  return version;
}

/** Makes the bench folder and its bench.json where they are missing, and migrates an older one; then both are durable. */
export async function ensureCurrentSchema(disk: Disk, benchFolder: string, folders: DurableFolders): Promise<void> {
  await folders.ensure(benchFolder);
  const version = schemaVersion(disk, benchFolder);
  if (version === currentSchema) return;
  if (version === undefined) await writeSchema(disk, benchFolder, currentSchema);
  else await migrate(disk, benchFolder);
}

/**
 * Steps up one version at a time. One process alone does, since another that already works with the new version must not
 * find its changes undone. Every migration may have been done in part before, by a process that was ended.
 */
async function migrate(disk: Disk, benchFolder: string): Promise<void> {
  const file = join(benchFolder, schemaFileName);
  const olderVersion = (): number | undefined => {
    const version = schemaVersion(disk, benchFolder);
    return version === currentSchema ? undefined : version;
  };
  for (;;) {
    await using claim = await VersionClaim.take(disk, file, olderVersion);
    const step: Migration | undefined = claim === undefined ? undefined : migrations[claim.version - 1];
    // Another process was faster.
    if (claim === undefined || step === undefined) return;
    await step(disk, benchFolder);
    await writeSchema(disk, benchFolder, claim.version);
  }
}

function writeSchema(disk: Disk, benchFolder: string, version: number): Promise<void> {
  return replaceFile(join(benchFolder, schemaFileName), `${JSON.stringify({ schemaVersion: version })}\n`, disk);
}
