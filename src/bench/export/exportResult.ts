// Takes a result out of the bench: a new folder with the model and a report, complete or not there at all.
import { constants, existsSync } from 'node:fs';
import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { readConfigText } from '../../config/configText';
import { movedConfigText } from '../../config/movedConfig';
import { replaceFile, temporaryName } from '../../files/atomicWrite';
import { fileErrorOf } from '../../files/fileErrors';
import { makeFolders } from '../../files/makeFolders';
import type { Exported, ExportRequest } from '../../protocol/exports';
import type { WorkContext } from '../../protocol/progress';
import type { Bench } from '../bench';
import { contentsOf } from './exportContents';
import type { ExportContents } from './exportContents';
import { reportText } from './reportText';

/** Writes the export. Throws RequestError where there is no result; nothing that exists is written over. */
export async function exportResult(
  bench: Bench,
  { kind, id, folder }: ExportRequest,
  { signal }: Pick<WorkContext, 'signal'>,
): Promise<Exported> {
  const contents = await contentsOf(bench, kind, id);
  const home = bench.access.realPath(folder);
  const hidden = join(home, temporaryName());
  try {
    await mkdir(hidden);
    const files = await writeContents(hidden, contents, { workspace: bench.workspace, signal });
    const place = freeFolder(home, contents.name);
    await rename(hidden, place);
    return { folder: place, files };
  } catch (thrown) {
    await rm(hidden, { recursive: true, force: true });
    throw thrown instanceof Error && 'code' in thrown && 'syscall' in thrown ? fileErrorOf(thrown, home) : thrown;
  }
}

async function writeContents(
  folder: string,
  { report, facts, copies, texts, configPath }: ExportContents,
  { workspace, signal }: { readonly workspace: string; readonly signal: AbortSignal },
): Promise<readonly string[]> {
  for (const { path, name } of copies) {
    signal.throwIfAborted();
    await makeFolders(dirname(join(folder, name)));
    await copyFile(path, join(folder, name), constants.COPYFILE_FICLONE);
  }
  // The folder is renamed, and stays where it is.
  const config =
    configPath !== undefined && existsSync(configPath)
      ? movedConfigText(readConfigText(configPath), configPath, join(folder, 'config.yaml'))
      : undefined;
  const written: Readonly<Record<string, string>> = {
    'report.md': reportText(withoutPlace(report, workspace)),
    'report.json': factsText(withoutPlace(facts, workspace)),
    ...(config === undefined ? {} : { 'config.yaml': config }),
    ...texts,
  };
  for (const [name, text] of Object.entries(written)) await replaceFile(join(folder, name), text);
  return [...copies.map(({ name }) => name), ...Object.keys(written)];
}

function factsText(facts: ExportContents['facts']): string {
  return `${JSON.stringify({ schemaVersion: 1, exportedAt: new Date().toISOString(), ...facts }, null, 2)}\n`;
}

/** Files of the workspace are named as they are called in it: where it lies is nothing for others to know. */
function withoutPlace<Value>(value: Value, workspace: string): Value {
  const named = (_: string, one: unknown): unknown =>
    typeof one === 'string' ? one.replaceAll(`${workspace}${sep}`, '') : one;
  return JSON.parse(JSON.stringify(value, named)) as Value;
}

/** The first of `name`, `name-2`, … that is not there. */
function freeFolder(home: string, name: string): string {
  for (let number = 1; ; number++) {
    const folder = join(home, number === 1 ? name : `${name}-${number}`);
    if (!existsSync(folder)) return folder;
  }
}
