// Keeps the float model's accuracy between runs: the same model, data and metrics need not be evaluated twice.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import type { DatasetConfig } from '../../config/datasetFile';
import type { ChosenEntry } from '../../dictionary/entry';
import { replaceFile } from '../../files/atomicWrite';
import type { BaselineFigures } from './evaluator';
import { keyOf } from '../configKey';

/** Larger folders are not walked: then nothing is known of their state, and nothing is kept. */
const mostEntries = 50_000;

/** What a figure depends on besides the data. */
export interface BaselineIdentity {
  readonly modelSha256: string;
  readonly engineVersion: string;
  readonly metrics: readonly ChosenEntry[];
  readonly iterations: number | undefined;
  readonly batchSize: number;
}

/**
 * Gives the figures from the cache in `folder`, or measures and keeps them. Data that a user's own module makes, and
 * figures it measures, are never taken as known. The folder that holds `folder` is for caches alone.
 */
export async function cachedBaseline(
  folder: string,
  dataset: DatasetConfig,
  identity: BaselineIdentity,
  measure: () => Promise<BaselineFigures>,
): Promise<{ readonly figures: BaselineFigures; readonly isCached: boolean }> {
  const isOwnCode = [dataset.dataset, ...identity.metrics].some(({ name }) => name === 'custom');
  const state = isOwnCode ? undefined : stateOf(dataset);
  if (state === undefined) return { figures: await measure(), isCached: false };
  const { dataset: loader, transforms, filter, postprocess, lastBatch, shuffle } = dataset;
  const chosen = [loader, ...transforms, ...(filter === undefined ? [] : [filter]), ...postprocess];
  const entries = chosen.map(({ name, parameters }) => ({ name, parameters }));
  const path = join(folder, `${keyOf({ ...identity, entries, lastBatch, shuffle, state })}.json`);
  const known = readFigures(path);
  if (known !== undefined) return { figures: known, isCached: true };
  const figures = await measure();
  try {
    await mkdir(folder, { recursive: true });
    await keepOutOfGit(dirname(folder));
    await replaceFile(path, JSON.stringify(figures));
  } catch {
    // A cache that cannot be written costs time in the next run, and this one nothing.
  }
  return { figures, isCached: false };
}

/** Times of one machine are nothing for a repository. */
async function keepOutOfGit(cache: string): Promise<void> {
  // It may be there already.
  await writeFile(join(cache, '.gitignore'), '*\n', { flag: 'wx' }).catch(() => undefined);
}

/** Digest of names, sizes and times of all files the data may come from; undefined when that cannot be told. */
function stateOf(dataset: DatasetConfig): string | undefined {
  const hash = createHash('sha256');
  const paths = Object.values(dataset.dataset.parameters).filter(
    (value): value is string => typeof value === 'string' && isAbsolute(value),
  );
  let entries = 0;
  const pending = [...paths];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    // Folders count too: links among them may lead in circles.
    if (++entries > mostEntries) return undefined;
    try {
      const stat = statSync(path);
      if (stat.isDirectory()) {
        pending.push(
          ...readdirSync(path)
            .map((name) => join(path, name))
            .sort(),
        );
        continue;
      }
      hash.update(`${path}\0${stat.size}\0${stat.mtimeMs}\0`);
    } catch {
      // A link that leads nowhere: the loader will say so if it matters.
      hash.update(`${path}\0missing\0`);
    }
  }
  return hash.digest('hex');
}

function readFigures(path: string): BaselineFigures | undefined {
  try {
    const value = JSON.parse(readFileSync(path, 'utf8')) as Partial<BaselineFigures>;
    // What is no number is null in JSON: such figures are measured again.
    const isWhole =
      Array.isArray(value.values) &&
      value.values.every(Number.isFinite) &&
      Array.isArray(value.perSample) &&
      typeof value.samples === 'number';
    return isWhole ? (value as BaselineFigures) : undefined;
  } catch {
    return undefined;
  }
}
