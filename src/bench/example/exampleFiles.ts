// Where the files of examples are put: `<bench folder>/examples/<model>/`, so that projects outlive an update of the product.
import { existsSync, statSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../../files/atomicWrite';
import { fileErrorOf } from '../../files/fileErrors';
import { sha256OfFile } from '../../files/fileHash';
import { FolderClaim } from '../../files/folderClaim';
import { download } from './download';
import type { ExampleModel } from './exampleModel';
import { bundledFolder } from './examples';

/** What is known while files are put in place. */
export interface PlacingOptions {
  readonly signal: AbortSignal;
  /** How much of the model is there. */
  readonly onBytes: (bytes: number) => void;
}

/** One file of an example. */
interface ExampleFile {
  readonly name: string;
  /** Where it is copied from; absent: it is downloaded. */
  readonly sourcePath?: string;
  readonly sha256: string;
}

/** The same example is put in place once at a time: two projects may begin with it at once. */
const turns = new Map<string, Promise<unknown>>();

/**
 * Puts the files of an example in place, if they are not there, and gives their folder. A file that somebody changed or
 * put there is left alone: the example then goes into a folder beside it.
 *
 * @throws DownloadError, FileError (`file-in-use` while another process does the same), or what the signal was aborted with
 */
export async function placeExample(
  benchFolder: string,
  example: ExampleModel,
  options: PlacingOptions,
): Promise<string> {
  const home = join(benchFolder, 'examples');
  const key = join(home, example.model);
  const before = turns.get(key) ?? Promise.resolve();
  const turn = before.then(
    () => place(home, example, options),
    () => place(home, example, options),
  );
  turns.set(key, turn);
  try {
    return await turn;
  } finally {
    if (turns.get(key) === turn) turns.delete(key);
  }
}

async function place(home: string, example: ExampleModel, options: PlacingOptions): Promise<string> {
  options.signal.throwIfAborted();
  await prepareHome(home);
  const files = await filesOf(example);
  const folder = await freeFolder(home, example.model, files);
  await makeFolder(folder);
  await using claim = await FolderClaim.take(folder);
  for (const file of files) {
    const path = join(folder, file.name);
    if (existsSync(path)) continue;
    await bring(file, example, path, options);
  }
  options.onBytes(example.sizeBytes);
  await claim.release();
  return folder;
}

async function bring(file: ExampleFile, example: ExampleModel, path: string, options: PlacingOptions): Promise<void> {
  options.signal.throwIfAborted();
  if (file.sourcePath !== undefined) {
    await replaceFile(path, await readFile(file.sourcePath));
  } else if (example.source.kind === 'download') {
    await download({ ...example, urls: example.source.urls }, path, options);
  }
}

async function filesOf({ source, fileName, sha256 }: ExampleModel): Promise<readonly ExampleFile[]> {
  if (source.kind === 'download') return [{ name: fileName, sha256 }];
  const folder = bundledFolder(source.folder);
  const names = [fileName, ...(source.dataset?.files ?? [])];
  return Promise.all(
    names.map(async (name) => {
      const sourcePath = join(folder, name);
      return { name, sourcePath, sha256: await sha256OfFile(sourcePath) };
    }),
  );
}

/** The first of `model`, `model-2`, … in which none of the files is another one. */
async function freeFolder(home: string, model: string, files: readonly ExampleFile[]): Promise<string> {
  for (let number = 1; ; number++) {
    const folder = join(home, number === 1 ? model : `${model}-${number}`);
    const fits = await Promise.all(files.map(({ name, sha256 }) => isFreeFor(join(folder, name), sha256)));
    if (isFolderOrFree(folder) && fits.every((each) => each)) return folder;
  }
}

function isFolderOrFree(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? true;
}

/** Nothing is there, or the very file. */
async function isFreeFor(path: string, sha256: string): Promise<boolean> {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return true;
  return stats.isFile() && (await sha256OfFile(path)) === sha256;
}

/** What can be fetched again is nothing for a repository. */
async function prepareHome(home: string): Promise<void> {
  await makeFolder(home);
  const path = join(home, '.gitignore');
  if (!existsSync(path))
    await replaceFile(path, '# Examples come from the product or the network; add them again after a clone.\n*\n');
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (thrown) {
    throw fileErrorOf(thrown, path, 'make the folder');
  }
}
