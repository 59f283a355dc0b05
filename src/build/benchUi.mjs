// `npm run bench:ui`: installs, builds and packages where needed, then measures the installed package in VS Code's window.
import { join } from 'node:path';
import { packageFor } from './packages.mjs';
import { ensureBuilt, ensureInstalled, root, run } from './setup.mjs';
import { ensureTestHost } from './testTools.mjs';

await ensureInstalled();
await ensureBuilt();
const reason = await ensureTestHost();
if (reason !== undefined) {
  console.log(`Not measured: ${reason}.`);
} else {
  // Late: the bundler is one of the things that are installed.
  const { bundleEntries } = await import('./build.mjs');
  const outdir = join(root, '.test-tools', 'bench');
  await bundleEntries({
    entryPoints: ['test/bench/uiFigures.ts'],
    outdir,
    external: ['playwright-core'],
    define: { 'import.meta.dirname': '__dirname' },
  });
  const env = { ...process.env, COMPRESSOR_BENCH_VSIX: await packageFor('linux-x64') };
  process.exitCode = await run(process.execPath, [join(outdir, 'uiFigures.js')], { env });
}
