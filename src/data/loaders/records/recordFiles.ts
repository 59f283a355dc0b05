// The TFRecord files of a data set as one list of records.
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileErrorOf } from '../../../files/fileErrors';
import { dataErrors } from '../../dataErrors';
import { readExample } from './example';
import type { Example } from './example';
import { RecordFile } from './recordFile';

/** How the files of a folder are named: `train-00000-of-01024`, `part.tfrecord`. */
const recordName = /(-of-\d+|\.tfrecords?|\.record)$/i;

/** Records of all files, in order of the names. */
export interface RecordFiles {
  readonly length: number;
  /** What a record says, and a name for it. */
  read(index: number): { readonly name: string; readonly example: Example };
}

/** `root` is a file, or a folder of files. */
export async function openRecordFiles(root: string): Promise<RecordFiles> {
  const files = (await recordPaths(root)).map((path) => RecordFile.open(path));
  const length = files.reduce((sum, file) => sum + file.length, 0);
  if (length === 0) throw dataErrors.noSamples(root, 'its files hold no record', 'Name files with records.');
  return {
    length,
    read: (index) => {
      const { file, record } = placeOf(files, index);
      const example = readExample(file.read(record));
      return { name: example.text('image/filename') ?? `${basename(file.path)}#${record}`, example };
    },
  };
}

function placeOf(files: readonly RecordFile[], index: number): { file: RecordFile; record: number } {
  let record = index;
  for (const file of files) {
    if (record < file.length) return { file, record };
    record -= file.length;
  }
  throw dataErrors.end(index);
}

async function recordPaths(root: string): Promise<string[]> {
  try {
    if (!(await stat(root)).isDirectory()) return [root];
    const names = (await readdir(root)).filter((name) => !name.startsWith('.') && recordName.test(name)).sort();
    if (names.length > 0) return names.map((name) => join(root, name));
  } catch (thrown) {
    throw fileErrorOf(thrown, root, 'read');
  }
  throw dataErrors.noSamples(
    root,
    'no file in it ends in .tfrecord, .tfrecords, .record or -of-<number>',
    'Name the file itself, or the folder of the records.',
  );
}
