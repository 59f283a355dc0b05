// The files of a new data set: both or none, and never over another.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeNewDataset } from '../../src/bench/dataset/newDataset';
import type { NewDatasetRequest } from '../../src/protocol/ownCode';
import { newDatasetMethod } from '../../src/protocol/ownCode';
import { temporaryFolder } from '../support/temporaryFolder';

const place = temporaryFolder();
const model = resolve(import.meta.dirname, '../../media/examples/mnist/mnist_resnet.onnx');

function request(folder: string, rest: Partial<NewDatasetRequest> = {}): NewDatasetRequest {
  return { folder, name: 'mine', kind: 'data', language: 'typescript', modelPath: null, ...rest };
}

describe('a new data set', () => {
  it('is a module for the model, and a file that names it', async () => {
    const folder = place.fresh();
    const paths = await writeNewDataset(request(folder, { modelPath: model }));
    expect(paths).toEqual({
      modulePath: join(folder, 'mine.ts'),
      datasetPath: join(folder, 'mine.dataset.bench.yaml'),
    });
    expect(readFileSync(paths.modulePath, 'utf8')).toContain('dims: [1, 28, 28]');
    expect(readFileSync(paths.datasetPath, 'utf8')).toContain('path: mine.ts');
  });

  it.each(['mine.ts', 'mine.dataset.bench.yaml'])('is refused where %s is there already', async (name) => {
    const folder = place.fresh();
    place.write(join(folder.slice(place.path.length + 1), name), 'mine');
    await expect(writeNewDataset(request(folder))).rejects.toMatchObject({
      code: 'file-exists',
      place: join(folder, name),
    });
    expect(readdirSync(folder)).toEqual([name]);
    expect(readFileSync(join(folder, name), 'utf8')).toBe('mine');
  });

  it('is refused with a name that is none, in a folder that is none, and for a model that is none', async () => {
    const folder = place.fresh();
    await expect(writeNewDataset(request(folder, { name: '../x' }))).rejects.toThrow('"../x" cannot be the name');
    await expect(writeNewDataset(request(join(folder, 'gone')))).rejects.toMatchObject({ code: 'file-missing-folder' });
    await expect(writeNewDataset(request(folder, { modelPath: join(folder, 'no.onnx') }))).rejects.toThrow(
      'no model file',
    );
    expect(readdirSync(folder)).toEqual([]);
    expect(existsSync(join(folder, '..', 'x.ts'))).toBe(false);
  });

  it('is asked for in words that are checked', () => {
    expect(newDatasetMethod.params(request('/w'))).toEqual(request('/w'));
    expect(() => newDatasetMethod.params({ ...request('/w'), kind: 'all' })).toThrow(
      '"kind" is one of data, metric, both',
    );
    expect(() => newDatasetMethod.params({ ...request('/w'), language: 'python' })).toThrow('"language" is one of');
  });
});
