// Loader `ImagenetRaw`: pictures named in a list file with lines "<relative image> <integer label>".
import { join, resolve } from 'node:path';
import { dataErrors } from '../dataErrors';
import { picturesOf } from './pictureFolders';
import type { PictureFile } from './pictureFolders';
import { exists, missingNote, present } from './presentFiles';
import type { PictureSource } from './sources';
import { readDataText } from './dataText';

const mostListBytes = 256 * 2 ** 20;

/**
 * Reads the list and leaves out pictures that are not there, saying how many.
 *
 * @throws DataError for a line that cannot be read (`data-label-line`), or when every picture is missing
 */
export async function openImagenetRaw(parameters: {
  data_path: string;
  image_list: string | undefined;
}): Promise<PictureSource> {
  const { data_path: folder } = parameters;
  const list = parameters.image_list ?? (await defaultList(folder));
  const named = linesOf(await readDataText(list, mostListBytes), list, folder);
  if (named.length === 0) throw dataErrors.noSamples(list, 'the list names no image', 'Name a list with images.');
  const found = await present(named);
  const [first] = named;
  if (found.length === 0 && first !== undefined) {
    throw dataErrors.imagesAllMissing(list, folder, named.length, first.path, 'data_path');
  }
  const missing = named.length - found.length;
  return picturesOf(found, missing === 0 ? [] : [missingNote(missing, named.length, list)]);
}

/** Neural Compressor's documentation and its code disagree about the name: both are tried. */
async function defaultList(folder: string): Promise<string> {
  for (const name of ['val.txt', 'val_map.txt']) {
    if (await exists(join(folder, name))) return join(folder, name);
  }
  throw dataErrors.noSamples(folder, 'it has neither val.txt nor val_map.txt', 'Name the list with image_list.');
}

/** The label is the last word; the name before it may hold spaces. */
function linesOf(text: string, list: string, folder: string): PictureFile[] {
  const files: PictureFile[] = [];
  text.split(/\r?\n/).forEach((line, index) => {
    if (line.trim() === '') return;
    const match = /^(.*\S)\s+(\S+)$/.exec(line.trim());
    const [, id, label] = match ?? [];
    if (id === undefined || label === undefined) {
      throw dataErrors.badLine(list, index + 1, 'it has no label after the name of the image');
    }
    if (!/^[-+]?\d{1,15}$/.test(label)) {
      throw dataErrors.badLine(list, index + 1, `"${label.slice(0, 40)}" is not a whole number`);
    }
    files.push({ id, path: resolve(folder, id), label: Number(label), place: `${list}:${index + 1}` });
  });
  return files;
}
