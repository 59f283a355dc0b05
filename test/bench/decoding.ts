// How fast ImageFolder gives pictures, against a bare loop of the decoder over the same files with as many under way.
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { batches } from '../../src/data/batches';
import { openDataset } from '../../src/data/openDataset';
import { median } from './commands';
import { printTable } from './tables';

const turns = 9;
/** As many as `batches` asks for ahead. */
const underWay = 8;
const goal = 0.8;

export async function benchDecoding(shared: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-decoding-'));
  try {
    const pictures = join(shared, 'data', 'imagenet_sample', 'images');
    symlinkSync(pictures, join(folder, 'class'));
    const datasetPath = join(folder, 'dataset.yaml');
    writeFileSync(datasetPath, `dataset: {ImageFolder: {root: ${JSON.stringify(folder)}}}\nbatch_size: 1\n`);
    const paths = readdirSync(pictures).map((name) => join(pictures, name));
    const rates: Record<'bare' | 'loader', number[]> = { bare: [], loader: [] };
    await bareLoop(paths);
    for (let turn = 0; turn < turns; turn++) {
      const measures = [
        async () => rates.bare.push(await rateOf(paths.length, () => bareLoop(paths))),
        async () => rates.loader.push(await rateOf(paths.length, () => throughLoader(datasetPath))),
      ];
      for (const measure of turn % 2 === 0 ? measures : measures.toReversed()) await measure();
    }
    const [bare, loader] = [median(rates.bare), median(rates.loader)];
    const ratio = median(rates.loader.map((rate, turn) => rate / (rates.bare[turn] ?? NaN)));
    printTable(
      `Decoding ${paths.length} pictures of about 0.1 megapixels, ${underWay} under way (medians of ${turns} turns, interleaved)`,
      ['', 'bare sharp /s', 'ImageFolder /s', 'ratio', 'goal', ''],
      [['JPEG', bare.toFixed(0), loader.toFixed(0), ratio.toFixed(2), `≥ ${goal}`, ratio >= goal ? 'ok' : 'MISSED']],
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function rateOf(pictures: number, work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return (pictures * 1000) / (performance.now() - began);
}

async function bareLoop(paths: readonly string[]): Promise<void> {
  sharp.cache(false);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let path = paths[next++]; path !== undefined; path = paths[next++]) {
      await sharp(path).removeAlpha().toColourspace('srgb').raw().toBuffer();
    }
  };
  await Promise.all(Array.from({ length: underWay }, worker));
}

async function throughLoader(datasetPath: string): Promise<void> {
  const dataset = await openDataset(datasetPath);
  let read = 0;
  const { signal } = new AbortController();
  for await (const { ids } of batches(dataset.loader, { batchSize: 1, signal })) read += ids.length;
  await dataset.close();
  if (read !== dataset.loader.length) throw new Error(`${read} pictures were read`);
}
