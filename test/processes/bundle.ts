// Bundles entries for tests that fork real processes, as the product is bundled.
import type { BuildOptions } from 'esbuild';
import { build } from 'esbuild';
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { bundle, external, format, platform, target } from '../../src/build/bundle.json';

const root = resolve(import.meta.dirname, '../..');

/** Inside node_modules, from where the bundles find the packages that stay outside them. */
const cache = resolve(root, 'node_modules/.cache/compressor-bench');

/** Bundles entries (relative to the repository, by bundle name) into a folder of this process and gives the folder. */
export async function bundlesForTest(entryPoints: Readonly<Record<string, string>>): Promise<string> {
  const outdir = join(cache, `${Object.keys(entryPoints).join('-')}-${process.pid}`);
  const common = { bundle, external, format, platform, target };
  const options = { ...common, absWorkingDir: root, entryPoints, outdir, logLevel: 'error' } as BuildOptions;
  await build(options);
  return outdir;
}

/** The bundle of a job, the product's unless told, for the tests of one file. May be given to whatever starts a job. */
export function jobBundle(entry = 'src/job.ts'): { readonly entryPath: string } {
  const name = entry.replaceAll(/[^\w]+/g, '-');
  const job = { entryPath: '' };
  beforeAll(async () => {
    job.entryPath = join(await bundlesForTest({ [name]: entry }), `${name}.js`);
  });
  afterAll(() => rmSync(job.entryPath, { force: true }));
  return job;
}

/** The bundles that a queue works with, the product's unless told; to be given to `openRunQueue` and `openBench`. */
export function queueBundles({ queue = 'src/queue.ts', job = 'src/job.ts' } = {}): {
  readonly queueEntryPath: string;
  readonly jobEntryPath: string;
} {
  const [queueBundle, jobOfQueue] = [jobBundle(queue), jobBundle(job)];
  return {
    get queueEntryPath() {
      return queueBundle.entryPath;
    },
    get jobEntryPath() {
      return jobOfQueue.entryPath;
    },
  };
}
