// Bundles an entry for tests that fork real processes, as the product is bundled.
import { build } from 'esbuild';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/** Bundles `entry` (relative to the repository) and returns the path of the bundle, from where npm packages resolve. */
export async function bundleForTest(entry: string): Promise<string> {
  const name = entry.replaceAll(/[^\w]+/g, '-');
  const outfile = resolve(root, 'node_modules/.cache/compressor-bench', `${name}-${process.pid}.js`);
  await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['onnxruntime-node', 'sharp'],
    logLevel: 'error',
  });
  return outfile;
}
