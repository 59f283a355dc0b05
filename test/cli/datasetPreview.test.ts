// `datasets preview` as people call it: on a file, on a data set of the bench, and on more data than fits into memory.
import { closeSync, ftruncateSync, openSync, readFileSync, readdirSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DatasetPreview } from '../../src/protocol/preview';
import { temporaryFolder } from '../support/temporaryFolder';
import { commandLine, jsonOf, stackLines } from './commandLine';
import type { CommandEnd } from './commandLine';

const evaluation = resolve(import.meta.dirname, '../../media/examples/mnist/evaluation.yaml');
const run = commandLine();
const folder = temporaryFolder();
const inFolder = (...words: string[]): Promise<CommandEnd> =>
  run(['datasets', 'preview', ...words], { cwd: folder.path });

/** An .npy of uint8 [rows, bytes] whose zeros take no room on the disk. */
function sparseArray(name: string, rows: number, bytes: number): string {
  const header = `{'descr': '|u1', 'fortran_order': False, 'shape': (${rows}, ${bytes}), }`.padEnd(117) + '\n';
  const path = folder.write(name, '');
  const file = openSync(path, 'w');
  writeSync(
    file,
    Buffer.concat([Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length, 0]), Buffer.from(header)]),
  );
  ftruncateSync(file, 10 + header.length + rows * bytes);
  closeSync(file);
  return path;
}

describe('datasets preview', () => {
  it('shows samples of a file as a table, and writes their pictures', async () => {
    const end = await inFolder(evaluation, '--samples', '2', '-o', 'pictures');
    expect(end).toMatchObject({ code: 0 });
    expect(end.stdout).toContain('MNIST, ');
    expect(end.stdout).toMatch(
      /\nt10k-images-idx3-ubyte#0 {2}label 4\n {2}step +input +type +shape +min +max +mean +first values\n {2}MNIST +image +uint8 +28 × 28 × 1 /,
    );
    const names = readdirSync(join(folder.path, 'pictures'));
    expect(names.filter((name) => name.startsWith('0001'))).toEqual([
      '0001-t10k-images-idx3-ubyte_1.1-Rescale.png',
      '0001-t10k-images-idx3-ubyte_1.2-Normalize.png',
      '0001-t10k-images-idx3-ubyte_1.3-Transpose.png',
      '0001-t10k-images-idx3-ubyte_1.png',
    ]);
    expect(
      readFileSync(join(folder.path, 'pictures', names[0] ?? ''))
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
  });

  it('gives the same as an object, without the pixels', async () => {
    const preview = jsonOf(await inFolder(evaluation, '--samples', '1', '--json')) as unknown as DatasetPreview;
    expect(preview).toMatchObject({ loader: 'MNIST', readable: 1, problem: null });
    expect(preview.samples[0]?.steps[0]).toMatchObject({ name: 'MNIST', label: '4', picture: null });
  });

  it('answers 1 with place and next step where a sample cannot be used', async () => {
    folder.write('torn/a/1.png', 'no picture');
    folder.write('torn.yaml', 'dataset: {ImageFolder: torn}\n');
    const end = await inFolder('torn.yaml', '--check');
    expect(end.code).toBe(1);
    expect(end.stdout).toContain('cannot be used');
    expect(end.stderr).toMatch(/error: The picture .*1\.png could not be read: .*\n {2}at .*1\.png\n {2}next: /);
    expect(stackLines(end)).toEqual([]);
    const nothing = await inFolder('gone.yaml');
    expect(nothing).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('gone.yaml') as string });
  });

  it('reads all of a data set that is larger than the memory it may use', async () => {
    const rows = 900;
    sparseArray('large.npy', rows, 2 ** 20);
    folder.write('large.yaml', 'dataset: {npy: large.npy}\nbatch_size: 16\n');
    const end = await inFolder('large.yaml', '--samples', '1', '--check', '--memory-limit', '450', '--json');
    expect(jsonOf(end)).toMatchObject({ length: rows, readable: rows, problem: null });
  });
});
