// `npm run package [TARGET...]`: makes the extension's packages into .test-tools/packages, one a platform of the engine and
// one without it (`universal`: looking at models and benches), and prints their sizes and the licences of what is in them.
import { createHash } from 'node:crypto';
import {
  cpSync,
  createReadStream,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';
import { ensureBuilt, ensureInstalled, npm, root } from './setup.mjs';
import { ensureTools, toolsFolder } from './testTools.mjs';

const targets = ['linux-x64', 'linux-arm64', 'win32-x64', 'win32-arm64', 'darwin-arm64', 'universal'];
const folder = join(root, '.test-tools', 'packages');
const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
const fromTools = createRequire(join(toolsFolder, 'package.json'));

/** What the bundles do not hold: native code and what loads it. */
const loaders = ['onnxruntime-node', 'onnxruntime-common', 'sharp', '@img/colour', 'detect-libc', 'semver'];

/** What a package has of the repository as it is. */
const copied = [
  'media',
  'schemas',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  'NOTICE',
  '.vscodeignore',
  'package.nls.json',
];

/** Most bytes of a package or a bundle, where a goal says so. */
const limits = { vsix: 40e6, host: 400 * 1024, page: 300 * 1024 };

/** Makes the package for a target from dist/ as it is, and gives its path. */
export async function packageFor(target) {
  const reason = await ensureTools();
  if (reason !== undefined) throw new Error(reason);
  const packagePath = join(folder, `compressor-bench-${target}.vsix`);
  const stamp = `${packagePath}.sha256`;
  const contents = hashOfContents();
  if (existsSync(packagePath) && existsSync(stamp) && readFileSync(stamp, 'utf8') === contents) return packagePath;
  rmSync(stamp, { force: true });
  const stage = join(folder, target);
  rmSync(stage, { recursive: true, force: true });
  mkdirSync(join(stage, 'dist'), { recursive: true });
  for (const name of copied) cpSync(join(root, name), join(stage, name), { recursive: true });
  writeFileSync(join(stage, 'package.json'), JSON.stringify(manifestOf(target), null, 2));
  cpSync(join(root, 'dist'), join(stage, 'dist'), {
    recursive: true,
    filter: (path) => !/\.(?:map|sha256)$/.test(path),
  });
  if (target !== 'universal') await addEngine(join(stage, 'dist', 'node_modules'), target);
  // With it go the places where tests have installed it.
  for (const name of readdirSync(folder))
    if (name.startsWith(basename(packagePath))) rmSync(join(folder, name), { recursive: true });
  const { createVSIX } = fromTools('@vscode/vsce');
  await createVSIX({
    cwd: stage,
    packagePath,
    dependencies: false,
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
    ...(target === 'universal' ? {} : { target }),
  });
  rmSync(stage, { recursive: true, force: true });
  writeFileSync(stamp, contents);
  return packagePath;
}

/** A package is made again only when something that goes into it has changed. */
function hashOfContents() {
  const hash = createHash('sha256');
  for (const name of [...copied, 'dist', 'package.json', 'package-lock.json', 'src/build/packages.mjs']) {
    const path = join(root, name);
    const below = statSync(path).isDirectory()
      ? readdirSync(path, { recursive: true }).map((one) => join(path, one))
      : [path];
    for (const file of below.sort()) {
      if (!/\.(?:map|sha256)$/.test(file) && statSync(file).isFile())
        hash.update(`${file}\0`).update(readFileSync(file));
    }
  }
  return hash.digest('hex');
}

/** The manifest without what is for those who build it. */
function manifestOf(target) {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const key of ['scripts', 'files', 'dependencies', 'devDependencies', 'prettier', 'private'])
    delete manifest[key];
  if (target === 'universal') manifest.description += ' This package looks at models and results; it runs nothing.';
  return manifest;
}

/** Copies the engine and the image decoder of one platform beside the bundles, where these look for them. */
async function addEngine(modules, target) {
  const [platform, processor] = target.split('-');
  for (const name of loaders) copyPackage(join(root, 'node_modules', name), join(modules, name));
  const engine = join('onnxruntime-node', 'bin', 'napi-v6', platform, processor);
  cpSync(join(root, 'node_modules', engine), join(modules, engine), {
    recursive: true,
    // The same library under the name of its version: nothing asks for it.
    filter: (path) => !/\.\d+\.\d+\.\d+\.dylib$/.test(path),
  });
  for (const name of decodersOf(target))
    copyPackage(await unpacked(name, lock[`node_modules/${name}`]), join(modules, name));
}

/** The packages with the image decoder of a platform; on some, one holds all of it. */
function decodersOf(target) {
  const names = [`@img/sharp-${target}`, `@img/sharp-libvips-${target}`];
  return names.filter((name) => lock[`node_modules/${name}`] !== undefined);
}

/** What is in the packages beside the bundles, by name. */
export function shippedBeside() {
  return [...loaders, ...targets.flatMap(decodersOf)];
}

/**
 * A package without types, maps, sources and binaries of platforms. The bundles `import()` sharp, and require the others: of
 * each, the modules of the other kind are left out.
 */
function copyPackage(from, to) {
  const isLeftOut =
    /(?:\.d\.[cm]?ts|\.map|(?<!\/sharp\/dist\/\w+)\.mjs|\/sharp\/dist\/\w+\.cjs|\.cc|\.h|\.gyp|\/README\.md)$|\/onnxruntime-node\/(?:bin|lib|script)(?:\/|$)|\/dist\/esm(?:\/|$)|\/onnxruntime-common\/(?:lib|dist\/(?!cjs)[^/]+)(?:\/|$)|\/sharp\/(?:src|install|lib)(?:\/|$)/;
  cpSync(from, to, { recursive: true, filter: (path) => !isLeftOut.test(path.slice(root.length)) });
}

/** The folder of a package of the lock file, fetched from npm's registry and checked unless it is installed. */
async function unpacked(name, { version, integrity }) {
  const installed = join(root, 'node_modules', name);
  if (existsSync(installed)) return installed;
  const cache = join(root, '.test-tools', 'cache');
  const home = join(cache, `${basename(name)}-${version}`);
  if (existsSync(home)) return join(home, 'package');
  mkdirSync(cache, { recursive: true });
  const words = ['pack', `${name}@${version}`, '--pack-destination', cache, '--loglevel=error', '--force'];
  const exitCode = await npm(words, { stdio: ['ignore', 'ignore', 'inherit'] });
  const archive = join(cache, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`);
  if (exitCode !== 0 || !existsSync(archive)) throw new Error(`${name} ${version} could not be fetched`);
  const hash = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
  if (hash !== integrity) throw new Error(`${name} ${version} is not what package-lock.json says: ${hash}`);
  const partial = `${home}.${process.pid}`;
  await pipeline(createReadStream(archive), createGunzip(), fromTools('tar-fs').extract(partial));
  cpSync(partial, home, { recursive: true });
  rmSync(partial, { recursive: true, force: true });
  rmSync(archive);
  return join(home, 'package');
}

/** Prints sizes beside their goals; gives whether all are met. */
function printSizes(rows) {
  let isFine = true;
  for (const { name, bytes, limit } of rows) {
    const isMet = limit === undefined || bytes <= limit;
    isFine &&= isMet;
    const goal = limit === undefined ? '' : `≤ ${sizeText(limit)} ${isMet ? '✓' : '✗ TOO LARGE'}`;
    console.log(`  ${name.padEnd(38)} ${sizeText(bytes).padStart(9)}  ${goal}`);
  }
  return isFine;
}

const sizeText = (bytes) => (bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1024).toFixed(0)} KB`);

/** Bundles with a budget: that of the extension host, those of its pages. */
function bundleSizes() {
  const size = (path) => statSync(join(root, 'dist', path)).size;
  const pages = readdirSync(join(root, 'dist', 'webviews')).filter((name) => name.endsWith('.js'));
  return [
    { name: 'dist/extension.js', bytes: size('extension.js'), limit: limits.host },
    ...pages.map((page) => ({
      name: `dist/webviews/${page}`,
      bytes: size(join('webviews', page)),
      limit: limits.page,
    })),
  ];
}

/** Licences of everything that is in a package: what the product depends on, as the lock file has it. */
function printLicences() {
  const names = new Map();
  const shipped = shippedBeside();
  for (const [path, { license = 'MIT', dev, version, os, cpu }] of Object.entries(lock)) {
    const name = path.slice(path.lastIndexOf('node_modules/') + 13);
    const isOfOtherPlatform = (os !== undefined || cpu !== undefined) && !shipped.includes(name);
    if (path === '' || dev === true || isOfOtherPlatform) continue;
    names.set(license, [...(names.get(license) ?? []), `${name} ${version}`]);
  }
  console.log('\nLicences of what the packages are made of (NOTICE says who made them)');
  for (const [licence, packages] of [...names].sort()) console.log(`  ${licence}: ${packages.sort().join(', ')}`);
}

async function main() {
  const wanted = process.argv.slice(2);
  const unknown = wanted.find((name) => !targets.includes(name));
  if (unknown !== undefined) {
    console.error(`There is no package ${unknown}; there are ${targets.join(', ')}.`);
    return 2;
  }
  await ensureInstalled();
  await ensureBuilt();
  const rows = [];
  for (const target of wanted.length > 0 ? wanted : targets) {
    const path = await packageFor(target);
    const limit = target === 'linux-x64' ? limits.vsix : undefined;
    rows.push({ name: basename(path), bytes: statSync(path).size, limit });
  }
  printLicences();
  console.log('\nSizes of bundles');
  const bundlesFit = printSizes(bundleSizes());
  console.log(`\nSizes of packages, in ${folder}`);
  return printSizes(rows) && bundlesFit ? 0 : 1;
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url))
  process.exitCode = await main();
