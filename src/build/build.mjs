// Bundles the product's entry points into dist/ (CommonJS for Node 20; native packages stay outside).
import { build } from 'esbuild';
import { readFileSync, realpathSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What every bundle of this repository has in common. */
const common = JSON.parse(readFileSync(new URL('bundle.json', import.meta.url), 'utf8'));

/** Bundles entry points of the repository as the product is bundled; gives esbuild's answer. */
export function bundleEntries(options) {
  return build({ absWorkingDir: root, logLevel: 'warning', ...common, ...options });
}

/** Entry points: the command line, with all but commands on files apart; the process that works a queue; the job process. */
const entryPoints = { cli: 'src/cli/start.ts', main: 'src/cli/main.ts', queue: 'src/queue.ts', job: 'src/job.ts' };

/** What the package sql.js loads when it is first used. */
const sqlWasm = resolve(root, 'node_modules', 'sql.js', 'dist', 'sql-wasm.wasm');

/** Builds dist/. A file appears whole, and only when it changed: a command that runs meanwhile is not disturbed. */
export async function buildProduct() {
  const { outputFiles } = await bundleEntries({ write: false, entryPoints, outdir: 'dist', sourcemap: true });
  await mkdir(resolve(root, 'dist'), { recursive: true });
  // SQLite is looked for beside the bundles.
  const wasm = { path: resolve(root, 'dist', 'sql-wasm.wasm'), contents: await readFile(sqlWasm) };
  for (const { path, contents } of [...outputFiles, wasm]) {
    const present = await readFile(path).catch(() => undefined);
    if (present?.equals(contents) === true) continue;
    const partial = `${path}.${process.pid}`;
    await writeFile(partial, contents);
    await rename(partial, path);
  }
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url))
  await buildProduct();
