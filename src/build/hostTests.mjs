// Tests in real VS Code: suites in its extension host (test/host), and its window driven by a browser (test/ui).
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { packageFor } from './packages.mjs';
import { root, run } from './setup.mjs';
import { ensureTestHost } from './testTools.mjs';
import { runVitest } from './vitest.mjs';

const folder = join(root, '.test-tools', 'host');

/** Found by the bundles where they are installed; `vscode` is the editor's own. */
const external = ['vscode', 'mocha', 'playwright-core', '@vscode/test-electron'];

/** Bundles programs that work with VS Code into .test-tools/host. */
async function bundle(paths) {
  const entryPoints = Object.fromEntries(paths.map((path) => [basename(path, '.ts'), path]));
  // Late: the bundler is one of the things that are installed.
  const { bundleEntries } = await import('./build.mjs');
  // CommonJS knows no import.meta; the bundles lie as deep in the repository as their sources.
  const define = { 'import.meta.dirname': '__dirname' };
  await bundleEntries({ entryPoints, outdir: folder, external, define, sourcemap: 'inline' });
}

/**
 * Runs the suites of test/host inside VS Code and counts their tests.
 *
 * @param only names of files, without ending; empty: all
 */
export async function runHostSuites(only = []) {
  const reason = await ensureTestHost();
  if (reason !== undefined && process.env.VSCODE_EXECUTABLE === undefined) return skipped('test/host', reason);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const suites = readdirSync(join(root, 'test', 'host')).filter((name) => name.endsWith('.host.ts'));
  const programs = ['test/host/mochaRun.ts', 'test/vscodeHost/runHostSuites.ts', 'test/vscodeHost/desktopShim.ts'];
  await bundle([...suites.map((name) => `test/host/${name}`), ...programs]);
  // What @vscode/test-electron takes for the editor.
  const start = `#!/bin/sh\nexec '${process.execPath}' '${join(folder, 'desktopShim.js')}' "$@"\n`;
  writeFileSync(join(folder, 'vscode'), start, { mode: 0o755 });
  await run(process.execPath, [join(folder, 'runHostSuites.js'), ...only]);
  try {
    return JSON.parse(readFileSync(join(folder, 'counts.json'), 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

/**
 * Installs the package for this platform into VS Code, works its window as a person does, and counts the tests of test/ui.
 *
 * @param only names of files, without ending; empty: all
 */
export async function runUiSuites(only = []) {
  const reason = await ensureTestHost();
  if (reason !== undefined) return skipped('test/ui', reason);
  const vsix = await packageFor('linux-x64');
  const filters = only.map((name) => `test/ui/${name}.ui.ts`);
  return runVitest('test/ui/vitest.config.mjs', filters, { COMPRESSOR_BENCH_VSIX: vsix });
}

function skipped(what, reason) {
  console.log(`- ${what}: skipped, ${reason}`);
  return { passed: 0, failed: 0, skipped: 1 };
}
