// Loaders of picture files in folders: `images` (unlabelled) and `ImageFolder` (a class per sub-folder).
import { readdir, realpath, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileErrorOf } from '../../files/fileErrors';
import type { Annotation } from '../contracts';
import { DataError, dataErrors } from '../dataErrors';
import { decodeImage } from '../images/decodeImage';
import type { Sample } from '../transforms/sample';
import type { PictureSource } from './sources';

/** What the decoder reads. */
const pictureExtensions = ['.jpg', '.jpeg', '.png', '.webp', '.gif', '.tif', '.tiff', '.avif'] as const;
const knownExtensions: ReadonlySet<string> = new Set(pictureExtensions);

/** A picture file and its label. */
export interface PictureFile {
  /** Shown to people: the name inside the data set. */
  readonly id: string;
  readonly path: string;
  readonly label: Annotation;
  /** Where a list names it, as `list.txt:5`; absent where it was found in a folder. */
  readonly place?: string;
}

/** Decodes the files one by one as they are asked for. */
export function picturesOf(files: readonly PictureFile[], notes: readonly string[] = []): PictureSource {
  return {
    kind: 'pictures',
    length: files.length,
    notes,
    get: async (index) => {
      const file = files[index];
      if (file === undefined) throw dataErrors.end(index);
      return { id: file.id, image: await decoded(file), label: file.label };
    },
    known: (index) => {
      const file = files[index];
      return file === undefined ? undefined : { id: file.id, annotation: file.label };
    },
  };
}

async function decoded({ path, place }: PictureFile): Promise<Sample['image']> {
  try {
    return await decodeImage(path);
  } catch (thrown) {
    if (place === undefined || !(thrown instanceof DataError)) throw thrown;
    throw dataErrors.listed(thrown, place);
  }
}

/** The pictures of a folder, sorted by name; links are followed. */
export async function openImages(parameters: { path: string; recursive: boolean }): Promise<PictureSource> {
  const { path, recursive } = parameters;
  const names = await pictureNames(path, recursive);
  if (names.length === 0) {
    const nextStep = recursive
      ? 'Name a folder with pictures.'
      : 'Name a folder with pictures, or set recursive: true.';
    throw dataErrors.noSamples(path, `no file in it ends in ${pictureExtensions.join(', ')}`, nextStep);
  }
  return picturesOf(names.map((name) => ({ id: name, path: join(path, name), label: undefined })));
}

/** Pictures of class folders; the label is the index of the folder in sorted order, folders without pictures included. */
export async function openImageFolder(parameters: { root: string }): Promise<PictureSource> {
  const { root } = parameters;
  const classes = (await entriesOf(root)).filter(({ isFolder }) => isFolder);
  if (classes.length === 0) {
    throw dataErrors.noSamples(
      root,
      'it has no sub-folders, one for each class',
      'Use the loader "images" for pictures without labels.',
    );
  }
  const files: PictureFile[] = [];
  for (const [label, { name }] of classes.entries()) {
    const folder = join(root, name);
    for (const picture of await pictureNames(folder, true)) {
      files.push({ id: `${name}/${picture}`, path: join(folder, picture), label });
    }
  }
  if (files.length === 0) {
    throw dataErrors.noSamples(
      root,
      `no file in its sub-folders ends in ${pictureExtensions.join(', ')}`,
      'Put the pictures of each class into its folder.',
    );
  }
  return picturesOf(files);
}

/** Names of the pictures below a folder with `/` between folders, sorted by code unit. */
async function pictureNames(folder: string, recursive: boolean): Promise<string[]> {
  const names: string[] = [];
  const visit = async (path: string, prefix: string, above: readonly string[]): Promise<void> => {
    const real = await realpath(path).catch((thrown: unknown) => Promise.reject(fileErrorOf(thrown, path, 'read')));
    // A link to a folder above would lead round for ever.
    if (above.includes(real)) return;
    for (const { name, isFolder } of await entriesOf(path)) {
      if (!isFolder && knownExtensions.has(extname(name).toLowerCase())) names.push(prefix + name);
      if (isFolder && recursive) await visit(join(path, name), `${prefix}${name}/`, [...above, real]);
    }
  };
  await visit(folder, '', []);
  return names.sort();
}

/** Visible entries of a folder, sorted; a link counts as what it leads to, a broken one is left out. */
async function entriesOf(folder: string): Promise<{ name: string; isFolder: boolean }[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const visible = entries.filter(({ name }) => !name.startsWith('.'));
    const resolved = await Promise.all(
      visible.map(async (entry) => {
        if (!entry.isSymbolicLink()) return { name: entry.name, isFolder: entry.isDirectory() };
        const target = await stat(join(folder, entry.name)).catch(() => undefined);
        return target === undefined ? undefined : { name: entry.name, isFolder: target.isDirectory() };
      }),
    );
    const kept = resolved.filter((entry) => entry !== undefined);
    return kept.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (thrown) {
    throw fileErrorOf(thrown, folder, `read the folder`);
  }
}
