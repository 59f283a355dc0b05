// A NumPy .npz file: a zip archive with one .npy for each array.
import { nearestName } from '../../config/nearestName';
import { dataErrors } from '../dataErrors';
import { openNumpyArray } from './numpyArray';
import type { NumpyArray } from './numpyArray';
import { ZipFile } from './zipFile';

/** Arrays by name. Whoever opened it closes it, after the last row was read. */
export interface NpzFile {
  readonly names: readonly string[];
  array(name: string): NumpyArray;
  close(): void;
}

/**
 * Opens the archive; an array is read when it is first asked for.
 *
 * @param isSample each array is that of one sample, without an axis that counts samples
 */
export function openNpz(path: string, isSample = false): NpzFile {
  const zip = ZipFile.open(path);
  const names = zip.names.filter((name) => name.endsWith('.npy')).map((name) => name.slice(0, -'.npy'.length));
  return {
    names,
    array: (name) => {
      if (!names.includes(name)) throw dataErrors.arrayMissing(path, name, names, nearestName(name, names));
      return openNumpyArray(zip.content(`${name}.npy`), `${path}: ${name}`, isSample);
    },
    close: () => zip.close(),
  };
}
