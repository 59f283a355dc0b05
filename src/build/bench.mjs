// `npm run bench [SECTION...]`: installs and builds where needed, bundles the benchmarks, runs them, prints their tables.
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, root, run } from './setup.mjs';

await ensureInstalled();
await ensureBuilt();
// Late: the bundler is one of the things that are installed.
const { bundleEntries } = await import('./build.mjs');
await bundleEntries({
  entryPoints: {
    main: 'test/bench/main.ts',
    engine: 'test/bench/engineChild.ts',
    storeWriter: 'test/fixtures/processes/storeWriter.ts',
  },
  outdir: '.test-tools/bench',
  // CommonJS knows no import.meta: the sources find the repository by their own folder.
  define: { 'import.meta.dirname': JSON.stringify(join(root, 'test', 'bench')) },
});
const words = [join(root, '.test-tools', 'bench', 'main.js'), ...process.argv.slice(2)];
process.exit(await run(process.execPath, words, { stdio: 'inherit' }));
