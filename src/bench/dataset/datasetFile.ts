// A data set of the bench as a file that jobs are given, for as long as they need it.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileErrorOf } from '../../files/fileErrors';
import type { Bench } from '../bench';
import { datasetYaml } from './datasetConfig';

/** Whoever has it made removes it (`await using`). */
export interface TemporaryDatasetFile extends AsyncDisposable {
  readonly path: string;
}

/** Writes a DATASET.yaml of the data set into a temporary folder. */
export async function temporaryDatasetFile(bench: Bench, id: number): Promise<TemporaryDatasetFile> {
  const text = datasetYaml(bench, await bench.get('dataset', id));
  try {
    const folder = await mkdtemp(join(tmpdir(), 'compressor-bench-'));
    const path = join(folder, 'dataset.yaml');
    await writeFile(path, text);
    return {
      path,
      // What cannot be removed takes no answer with it: the system tidies its temporary folder.
      [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined),
    };
  } catch (thrown) {
    throw fileErrorOf(thrown, tmpdir(), 'make the folder');
  }
}
