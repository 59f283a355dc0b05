// Operation filesystem: the folders and files a client may choose a model or data from (SYSTEMS §1.3).
import type { Dirent } from 'node:fs';
import { lstatSync } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { BenchError } from '../../protocol/benchError';
import { fileErrorOf } from '../../files/fileErrors';
import { couldBeModel, sniffedBytes } from '../../onnx/foreignFiles';
import type { Bench } from '../bench';
import { openAllowed } from '../fileAccess';
import type { Operation } from '../operation';
import { answeringNow } from '../operation';
import { requestErrors } from '../requestErrors';

/** What to leave out. */
type Filter = 'models' | 'datasets' | 'all';

interface BrowseRequest {
  /** As the client names it; absent: the workspace. */
  readonly path?: string;
  readonly filter: Filter;
}

interface EntryView {
  /** The full path. */
  readonly name: string;
  readonly type: 'directory' | 'file';
  readonly is_model: boolean;
}

interface FolderView {
  readonly path: string;
  readonly contents: readonly EntryView[];
  /** What is not in the list, as a sentence; null when all is. */
  readonly message: string | null;
}

/** Nobody reads a longer list. */
const mostShown = 2000;
/** Names looked at: sorting needs all of them, and a folder of millions must not fill the memory. */
const mostRead = 50_000;

export const filesystem: Operation<BrowseRequest, FolderView> = {
  path: 'filesystem',
  summary: 'List a folder: folders first, with models marked.',
  read: (parameters) => {
    const path = parameters.optionalText('path');
    return {
      ...(path === undefined || path === '' ? {} : { path }),
      filter: parameters.optionalChoice('filter', ['models', 'datasets', 'all']) ?? 'all',
    };
  },
  run: browse,
};

export const filesystemOperations = [answeringNow(filesystem)];

async function browse(bench: Bench, { path, filter }: BrowseRequest): Promise<FolderView> {
  const folder = bench.access.realPath(path ?? bench.workspace);
  if (!lstatSync(folder).isDirectory()) {
    throw requestErrors.refused(
      'not-a-folder',
      `${JSON.stringify((path ?? '').slice(0, 200))} is a file, not a folder.`,
    );
  }
  const { entries, isCut } = await visibleEntries(folder);
  const contents: EntryView[] = [];
  let left = 0;
  for (const entry of sorted(entries)) {
    if (contents.length >= mostShown) left++;
    else {
      const view = await entryView(bench, folder, entry, filter);
      if (view !== undefined) contents.push(view);
    }
  }
  return { path: folder, contents: foldersFirst(contents), message: messageOf(left, isCut) };
}

function messageOf(left: number, isCut: boolean): string | null {
  if (isCut) return `The folder has more than ${mostRead} entries; not all were looked at. Name a folder inside it.`;
  return left === 0
    ? null
    : `${left} more entries are not listed. Name a folder inside this one, or a file by its path.`;
}

async function visibleEntries(folder: string): Promise<{ entries: Dirent[]; isCut: boolean }> {
  const entries: Dirent[] = [];
  try {
    for await (const entry of await opendir(folder, { bufferSize: 256 })) {
      if (entry.name.startsWith('.')) continue;
      if (entries.length === mostRead) return { entries, isCut: true };
      entries.push(entry);
    }
  } catch (thrown) {
    const failure = fileErrorOf(thrown, folder, 'read');
    throw requestErrors.refused(failure.code, failure.message, failure.nextStep);
  }
  return { entries, isCut: false };
}

/** Folders first, as far as that is known before links are followed; then by name, `2` before `10`. */
function sorted(entries: readonly Dirent[]): Dirent[] {
  return entries.toSorted(
    (a, b) => Number(b.isDirectory()) - Number(a.isDirectory()) || byName.compare(a.name, b.name),
  );
}

const byName = new Intl.Collator('en', { numeric: true });

function foldersFirst(views: readonly EntryView[]): EntryView[] {
  return views.toSorted((a, b) => Number(b.type === 'directory') - Number(a.type === 'directory'));
}

/** Undefined for what is filtered out, cannot be used, or is not for this client. */
async function entryView(bench: Bench, folder: string, entry: Dirent, filter: Filter): Promise<EntryView | undefined> {
  const name = join(folder, entry.name);
  // By the name first: to look at each of thousands of pictures takes its time.
  if (entry.isFile() && !couldBeWanted(name, filter)) return undefined;
  const type = typeOf(bench, name, entry);
  if (type === undefined) return undefined;
  if (type === 'directory') return { name, type, is_model: false };
  const isModel = await isModelFile(bench, name);
  const isWanted = filter === 'models' ? isModel : couldBeWanted(name, filter);
  return isWanted ? { name, type, is_model: isModel } : undefined;
}

function couldBeWanted(name: string, filter: Filter): boolean {
  return filter === 'all' || (filter === 'models' ? modelFile : dataFile).test(name);
}

/** A link counts as what it leads to, where that may be named. */
function typeOf(bench: Bench, path: string, entry: Dirent): EntryView['type'] | undefined {
  if (entry.isDirectory()) return 'directory';
  if (!entry.isFile() && !entry.isSymbolicLink()) return undefined;
  try {
    return lstatSync(bench.access.realPath(path)).isDirectory() ? 'directory' : 'file';
  } catch (thrown) {
    if (thrown instanceof BenchError) return undefined;
    throw thrown;
  }
}

/** Files that a path parameter of a loader may name; pictures and the standard sets are named by their folder. */
const dataFile = /\.(?:npz|npy|ya?ml|txt|[mc]?js)$/i;
const modelFile = /\.(?:onnx|pb|xml)$/i;

/** By the name, and by the first bytes where the name is used for much else as well. */
async function isModelFile(bench: Bench, path: string): Promise<boolean> {
  if (!modelFile.test(path)) return false;
  try {
    await using file = await openAllowed(bench.access, path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(sniffedBytes), 0, sniffedBytes, 0);
    return couldBeModel(buffer.subarray(0, bytesRead));
  } catch {
    // Nothing to be offered: it cannot be read.
    return false;
  }
}
