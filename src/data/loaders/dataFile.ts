// Opens a file of a data set, to be read in parts.
import { fileErrorOf } from '../../files/fileErrors';
import { FileSource } from '../../onnx/byteSource';

/** Whoever opened it closes it. Throws a FileError that names the file. */
export function openDataFile(path: string): FileSource {
  try {
    return FileSource.open(path);
  } catch (thrown) {
    throw fileErrorOf(thrown, path, 'read');
  }
}
