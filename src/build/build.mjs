// Bundles the product's entry points into dist/ (CommonJS for Node 20; native packages stay outside).
import { build } from 'esbuild';
import { realpathSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Entry points: the command line and the job process. */
const entryPoints = { cli: 'src/cli/main.ts', job: 'src/job.ts' };

/** Builds dist/. A file appears whole, and only when it changed: a command that runs meanwhile is not disturbed. */
export async function buildProduct() {
  const { outputFiles } = await build({
    write: false,
    absWorkingDir: root,
    entryPoints,
    outdir: 'dist',
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['onnxruntime-node', 'sharp'],
    sourcemap: true,
    logLevel: 'warning',
  });
  await mkdir(resolve(root, 'dist'), { recursive: true });
  for (const { path, contents } of outputFiles) {
    const present = await readFile(path).catch(() => undefined);
    if (present?.equals(contents) === true) continue;
    const partial = `${path}.${process.pid}`;
    await writeFile(partial, contents);
    await rename(partial, path);
  }
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url))
  await buildProduct();
