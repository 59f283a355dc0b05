// `npm run bench [SECTION...]`: builds the product and the benchmarks, runs them, prints their tables.
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildProduct } from './build.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
await buildProduct();
await build({
  absWorkingDir: root,
  entryPoints: { main: 'test/bench/main.ts', engine: 'test/bench/engineChild.ts' },
  outdir: '.test-tools/bench',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external: ['onnxruntime-node', 'sharp', 'vitest'],
  define: { 'import.meta.dirname': JSON.stringify(resolve(root, 'test/bench')) },
  logLevel: 'warning',
});
const run = spawnSync(process.execPath, ['.test-tools/bench/main.js', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
process.exit(run.status ?? 1);
