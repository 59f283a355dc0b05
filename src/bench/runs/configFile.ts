// The config.yaml beside the record of an optimization, a benchmark or a profiling: where it lies, and that it says what
// the record says.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../../files/atomicWrite';
import type { Draft, RecordsByKind, RunnableKind } from '../../store/records';
import type { Bench } from '../bench';
import { requestErrors } from '../requestErrors';

export const configFileName = 'config.yaml';

/** Absolute path of the config.yaml of a record. */
export async function configFileOf(bench: Bench, kind: RunnableKind, id: number): Promise<string> {
  const folder = await bench.store.folderOf(kind, id);
  if (folder === undefined) throw requestErrors.notFound(kind, id);
  return join(folder, configFileName);
}

/** For the check of one whose record has no folder yet: as deep as the real one; names of folders do not matter to it. */
export function configFileOfNew(bench: Bench, kind: RunnableKind): string {
  return join(bench.store.folder, 'projects', 'new', `${kind}s`, 'new', configFileName);
}

/** Makes the text of the config.yaml at `path` from its record. Throws RequestError where that cannot be. */
export type ConfigTextOf<Kind extends RunnableKind> = (
  bench: Bench,
  record: RecordsByKind[Kind],
  path: string,
) => Promise<string>;

/** Writes config.yaml as the newest version of the record has it: of two edits at once, none leaves an older one behind. */
export async function writeConfig<Kind extends RunnableKind>(
  bench: Bench,
  kind: Kind,
  id: number,
  textOf: ConfigTextOf<Kind>,
): Promise<string> {
  const path = await configFileOf(bench, kind, id);
  for (;;) {
    const record = await bench.get(kind, id);
    await replaceFile(path, await textOf(bench, record, path));
    if ((await bench.get(kind, id)).version === record.version) return path;
  }
}

/** The path of config.yaml, which is written where it is missing. */
export async function presentConfig<Kind extends RunnableKind>(
  bench: Bench,
  kind: Kind,
  id: number,
  textOf: ConfigTextOf<Kind>,
): Promise<string> {
  const path = await configFileOf(bench, kind, id);
  return existsSync(path) ? path : writeConfig(bench, kind, id, textOf);
}

/** Makes a record with its config.yaml: both, or nothing. */
export async function createWithConfig<Kind extends RunnableKind>(
  bench: Bench,
  kind: Kind,
  draft: Draft<Kind>,
  textOf: ConfigTextOf<Kind>,
): Promise<RecordsByKind[Kind]> {
  const record = await bench.store.create(kind, draft);
  try {
    await writeConfig(bench, kind, record.id, textOf);
  } catch (thrown) {
    await bench.store.remove(kind, record.id);
    throw thrown;
  }
  return record;
}
