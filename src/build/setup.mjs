// Sets the project up by itself: installs what package-lock.json asks for, builds what has changed. Needs Node alone.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Installs with `npm ci` unless what is in node_modules is what package-lock.json asks for. Ends the process on failure. */
export async function ensureInstalled() {
  if (isInstalled()) return;
  console.error('Installing what package-lock.json asks for (npm ci) …');
  const exitCode = await npm(['ci', '--include=dev', '--include=optional', '--loglevel=error'], {
    stdio: ['ignore', 2, 2],
  });
  if (exitCode === 0) return;
  console.error('npm ci failed: see above. It needs the npm registry this machine is set to.');
  process.exit(exitCode);
}

/** Runs npm to its end and gives its exit code. */
export function npm(words, options) {
  // Under `npm run`, the npm that runs us; on Windows a bare `npm` is a script, which only a shell can start.
  const path = process.env.npm_execpath;
  return path !== undefined && basename(path).startsWith('npm')
    ? run(process.execPath, [path, ...words], options)
    : run('npm', words, { ...options, shell: process.platform === 'win32' });
}

/** Builds dist/ unless it was built from these very sources. */
export async function ensureBuilt() {
  const stamp = join(root, 'dist', 'sources.sha256');
  const sources = hashOfSources();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return;
  // Late: the bundler is one of the things that are installed.
  const { buildProduct } = await import('./build.mjs');
  await buildProduct();
  writeFileSync(stamp, sources);
}

/** Runs a program to its end and gives its exit code; an interrupt is left to the program, which gets it too. */
export function run(program, words, options = {}) {
  const ignore = () => undefined;
  process.on('SIGINT', ignore);
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], ...options });
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  }).finally(() => process.off('SIGINT', ignore));
}

/** npm records what it has installed in node_modules/.package-lock.json, once it is done. */
function isInstalled() {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = packagesIn(record);
  return Object.entries(packagesIn(join(root, 'package-lock.json'))).every(([path, wanted]) => {
    const present = installed[path];
    // The project itself is not in the record, and what is made for other platforms is not installed.
    if (present === undefined) return path === '' || wanted.optional === true;
    return present.version === wanted.version && present.integrity === wanted.integrity;
  });
}

function packagesIn(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages ?? {};
}

function hashOfSources() {
  const hash = createHash('sha256');
  for (const path of ['package.json', 'package-lock.json', ...filesBelow('src'), ...filesBelow('webviews')]) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0');
  }
  return hash.digest('hex');
}

function filesBelow(folder) {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)]));
}
