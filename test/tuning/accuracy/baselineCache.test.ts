// When the figures of the float model are taken from an earlier run, and when not.
import { mkdirSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DatasetConfig } from '../../../src/config/datasetFile';
import { parseDatasetFile } from '../../../src/config/datasetFile';
import { cachedBaseline } from '../../../src/tuning/accuracy/baselineCache';
import type { BaselineIdentity } from '../../../src/tuning/accuracy/baselineCache';
import type { BaselineFigures } from '../../../src/tuning/accuracy/evaluator';
import { temporaryFolder } from '../../support/temporaryFolder';

const folder = temporaryFolder();
const figures: BaselineFigures = { values: [0.9], samples: 2, perSample: [[1, 0.8]] };
const identity: BaselineIdentity = {
  modelSha256: 'm',
  engineVersion: '1',
  metrics: [{ name: 'topk', parameters: { k: 1 } }],
  iterations: undefined,
  batchSize: 4,
};

let made = 0;

/** A data set of one file, and a cache of its own. */
function place(): { cache: string; data: string; dataset: DatasetConfig } {
  const name = `set${++made}`;
  const data = folder.write(`${name}/x.npy`, 'first');
  folder.write(`${name}/y.npy`, 'labels');
  const path = join(folder.path, name, 'DATASET.yaml');
  const dataset = parseDatasetFile('dataset: {npy: {path: x.npy, labels: y.npy}}\n', path);
  return { cache: join(folder.path, name, 'cache'), data, dataset };
}

/** Whether the figures came from the cache. */
async function isCached(
  cache: string,
  dataset: DatasetConfig,
  changes: Partial<BaselineIdentity> = {},
  result: BaselineFigures = figures,
): Promise<boolean> {
  let measured = 0;
  const answer = await cachedBaseline(cache, dataset, { ...identity, ...changes }, () => {
    measured++;
    return Promise.resolve(result);
  });
  expect(answer.figures).toEqual(result);
  expect(measured).toBe(answer.isCached ? 0 : 1);
  return answer.isCached;
}

it('are nothing for git: a bench that is committed keeps its times to itself', async () => {
  const { cache, dataset } = place();
  await isCached(join(cache, 'baselines'), dataset);
  expect(readFileSync(join(cache, '.gitignore'), 'utf8')).toBe('*\n');
});

describe('cachedBaseline', () => {
  it('measures once for the same model, data and metrics', async () => {
    const { cache, dataset } = place();
    expect(await isCached(cache, dataset)).toBe(false);
    expect(await isCached(cache, dataset)).toBe(true);
    expect(await isCached(cache, { ...dataset, path: '/elsewhere/config.yaml' })).toBe(true);
  });

  it("always measures with a metric of one's own: what its module does may change", async () => {
    const { cache, dataset } = place();
    const metrics = [{ name: 'custom', parameters: { path: '/metric.mjs' } }];
    expect(await isCached(cache, dataset, { metrics })).toBe(false);
    expect(await isCached(cache, dataset, { metrics })).toBe(false);
  });

  it.each<Partial<BaselineIdentity>>([
    { modelSha256: 'x' },
    { engineVersion: '2' },
    { metrics: [{ name: 'topk', parameters: { k: 5 } }] },
    { iterations: 10 },
    { batchSize: 8 },
  ])('measures again with another %j', async (changes) => {
    const { cache, dataset } = place();
    await isCached(cache, dataset);
    expect(await isCached(cache, dataset, changes)).toBe(false);
  });

  it('measures again when a file of the data has another size or time', async () => {
    const { cache, data, dataset } = place();
    await isCached(cache, dataset);
    writeFileSync(data, 'of another length');
    expect(await isCached(cache, dataset)).toBe(false);
    expect(await isCached(cache, dataset)).toBe(true);
    utimesSync(data, 1, 1);
    expect(await isCached(cache, dataset)).toBe(false);
  });

  it('measures again with other transforms or another order', async () => {
    const { cache, dataset } = place();
    await isCached(cache, dataset);
    const transforms = [
      { name: 'Rescale', parameters: {}, line: 1, column: 1 },
    ] as unknown as DatasetConfig['transforms'];
    expect(await isCached(cache, { ...dataset, transforms })).toBe(false);
    expect(await isCached(cache, { ...dataset, shuffle: true })).toBe(false);
    expect(await isCached(cache, { ...dataset, lastBatch: 'discard' })).toBe(false);
  });

  it('never takes what a module of the user makes as known', async () => {
    const { cache } = place();
    const path = folder.write('loader.mjs', 'export default {};');
    const dataset = parseDatasetFile(
      `dataset: {custom: {path: ${JSON.stringify(path)}}}\n`,
      join(folder.path, 'c.yaml'),
    );
    expect(await isCached(cache, dataset)).toBe(false);
    expect(await isCached(cache, dataset)).toBe(false);
  });

  it('looks into folders, and not for ever where links lead in circles', async () => {
    const pictures = join(folder.path, 'pictures');
    mkdirSync(join(pictures, 'cats'), { recursive: true });
    writeFileSync(join(pictures, 'cats', '1.png'), '1');
    const path = join(folder.path, 'pictures.yaml');
    const dataset = parseDatasetFile('dataset: {ImageFolder: {root: pictures}}\n', path);
    const cache = join(folder.path, 'pictures cache');
    await isCached(cache, dataset);
    expect(await isCached(cache, dataset)).toBe(true);
    writeFileSync(join(pictures, 'cats', '2.png'), '2');
    expect(await isCached(cache, dataset)).toBe(false);
    for (const name of ['a', 'b']) symlinkSync(pictures, join(pictures, name));
    expect(await isCached(cache, dataset)).toBe(false);
    expect(await isCached(cache, dataset)).toBe(false);
  });

  it.each(['', '{', 'null', '{"values":[null],"samples":2,"perSample":[[]]}', '{"values":[1]}'])(
    'measures again where the file of the cache is %j',
    async (text) => {
      const { cache, dataset } = place();
      await isCached(cache, dataset);
      const [name = ''] = readdirSync(cache);
      writeFileSync(join(cache, name), text);
      expect(await isCached(cache, dataset)).toBe(false);
      expect(await isCached(cache, dataset)).toBe(true);
    },
  );

  it('gives the figures where nothing can be written', async () => {
    const { dataset } = place();
    const file = folder.write('no folder', '');
    expect(await isCached(join(file, 'cache'), dataset)).toBe(false);
  });
});
