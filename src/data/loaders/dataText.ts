// Text files of a data set, read whole: lists, annotations, vocabularies.
import { readFile, stat } from 'node:fs/promises';
import { fileErrorOf } from '../../files/fileErrors';
import { dataErrors } from '../dataErrors';

/** Throws a DataError for what is no UTF-8 text or larger than `mostBytes`, a FileError for what cannot be read. */
export async function readDataText(path: string, mostBytes: number): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > mostBytes) {
      const problem = `it has ${size} bytes, more than the ${mostBytes} that are read`;
      throw dataErrors.unsupported(path, problem, 'Check the path, or take a part of the file.');
    }
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch (thrown) {
    if (thrown instanceof TypeError) throw dataErrors.notText(path);
    throw fileErrorOf(thrown, path, 'read');
  }
}
