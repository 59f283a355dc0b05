// Bundles the product into dist/: programs (CommonJS for Node 20; native packages stay outside), extension, webviews.
import { build } from 'esbuild';
import { existsSync, readFileSync, readdirSync, realpathSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { ambientTypes } from './ambientTypes.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What every bundle of this repository has in common. */
const common = JSON.parse(readFileSync(new URL('bundle.json', import.meta.url), 'utf8'));

/** Bundles entry points of the repository as the product is bundled; gives esbuild's answer. */
export function bundleEntries(options) {
  return build({ absWorkingDir: root, logLevel: 'warning', metafile: true, ...common, ...options });
}

/**
 * Entry points: the command line, with all but commands on files apart; the process that works a queue; the job process;
 * the library of pipelines and its engine process.
 * What the editor itself waits for is below.
 */
const entryPoints = {
  cli: 'src/cli/start.ts',
  main: 'src/cli/main.ts',
  queue: 'src/queue.ts',
  job: 'src/job.ts',
  pipeline: 'src/library.ts',
  engineChild: 'src/engineChild.ts',
  scriptLoader: 'src/scriptLoader.ts',
  // As it is; loaded with the first script in TypeScript.
  typeStripper: 'amaro',
};

/** What the package sql.js loads when it is first used. */
const sqlWasm = resolve(root, 'node_modules', 'sql.js', 'dist', 'sql-wasm.wasm');

/** Bundles of the editor's own process and of its pages are small: they are loaded while somebody waits. */
const small = { minify: true, keepNames: false, legalComments: 'none' };

/** Files of webviews that are not bundled: by name in `dist/webviews/`, where they come from. */
const pageFiles = {
  'page.css': 'webviews/kit/page.css',
  'codicon.css': 'node_modules/@vscode/codicons/dist/codicon.css',
  'codicon.ttf': 'node_modules/@vscode/codicons/dist/codicon.ttf',
};

/** Builds dist/. A file appears whole, and only when it changed: a command that runs meanwhile is not disturbed. */
export async function buildProduct() {
  const built = await bundleAll();
  const copied = Object.entries({ ...prefixed('webviews', pageFiles), 'sql-wasm.wasm': sqlWasm }).map(
    async ([name, from]) => ({ path: resolve(root, 'dist', name), contents: await readFile(resolve(root, from)) }),
  );
  const types = declarationsOf('src/library.ts');
  const files = [...built.flatMap(({ outputFiles }) => outputFiles), ...(await Promise.all(copied)), ...types];
  for (const { path, contents } of files) {
    const present = await readFile(path).catch(() => undefined);
    if (present?.equals(contents) === true) continue;
    await mkdir(dirname(path), { recursive: true });
    const partial = `${path}.${process.pid}`;
    await writeFile(partial, contents);
    await rename(partial, path);
  }
}

/** The declarations of an entry point and of what they name, into `dist/types/`; there also all of them as one file. */
function declarationsOf(entry) {
  const { options } = ts.parseJsonConfigFileContent(
    { extends: './tsconfig.json', compilerOptions: { noEmit: false, noCheck: true }, files: [entry] },
    ts.sys,
    root,
  );
  const outDir = resolve(root, 'dist', 'types');
  const only = { declaration: true, emitDeclarationOnly: true, rootDir: resolve(root, 'src'), outDir };
  const texts = new Map();
  const program = ts.createProgram([resolve(root, entry)], { ...options, ...only });
  program.emit(undefined, (path, text) => texts.set(path, text));
  const reached = new Set([resolve(outDir, `${basename(entry, '.ts')}.d.ts`)]);
  for (const path of reached) {
    for (const { fileName } of ts.preProcessFile(texts.get(path) ?? '').importedFiles) {
      const target = `${resolve(dirname(path), fileName)}.d.ts`;
      if (texts.has(target)) reached.add(target);
    }
  }
  const declarations = new Map([...reached].map((path) => [path, texts.get(path) ?? '']));
  const byName = [...declarations].map(([path, text]) => [relative(outDir, path).replaceAll('\\', '/'), text]);
  declarations.set(resolve(outDir, 'ambient', 'compressor-bench.d.ts'), ambientTypes(byName, basename(entry)));
  return [...declarations].map(([path, text]) => ({ path, contents: Buffer.from(text) }));
}

/** Bundles all of the product; gives esbuild's answers. */
async function bundleAll() {
  const built = await Promise.all([
    bundleEntries({ write: false, entryPoints, outdir: 'dist', sourcemap: true }),
    ...bundleEditorProcesses(),
    bundleExtension(),
    bundleWebviews(),
  ]);
  return built.flat();
}

/** The packages of which something is in a bundle, by their places, such as `node_modules/yaml`. */
export async function bundledPackages() {
  const built = await bundleAll();
  const inputs = built.flatMap(({ metafile }) => Object.values(metafile.outputs).flatMap(({ inputs }) => [inputs]));
  const files = inputs.flatMap((all) => Object.keys(all).filter((file) => all[file].bytesInOutput > 0));
  return [...new Set(files.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? []))].sort();
}

/**
 * Large packages beside the processes of the editor, so that the bench's need not compile them before they are needed, and
 * the language server shares what is there.
 */
const besideThem = ['undici', 'yaml'];

/** The process that holds a bench is started while somebody waits for the tree, the language server with a config. */
function bundleEditorProcesses() {
  const beside = {
    name: 'beside',
    setup: ({ onResolve }) => {
      onResolve({ filter: new RegExp(`^(${besideThem.join('|')})$`) }, ({ path, kind }) =>
        kind === 'entry-point' ? undefined : { path: `./${path}.js`, external: true },
      );
    },
  };
  const options = { ...small, write: false, outdir: 'dist' };
  const processes = { bench: 'src/benchProcess.ts', languageServer: 'src/languageServer/main.ts' };
  return [
    bundleEntries({ ...options, entryPoints: processes, plugins: [beside], sourcemap: true }),
    bundleEntries({ ...options, entryPoints: Object.fromEntries(besideThem.map((name) => [name, name])) }),
  ];
}

function bundleExtension() {
  const external = [...common.external, 'vscode'];
  return bundleEntries({
    ...small,
    write: false,
    // The client of the language server is large and seldom needed: a bundle of its own, loaded late.
    entryPoints: { extension: 'src/extension.ts', languageClient: 'src/vscode/yaml/languageClient.ts' },
    outdir: 'dist',
    external,
    sourcemap: true,
  });
}

/** One bundle a folder of `webviews/` that has a `main.ts`; the source of its worker, if it has one, is a text in it. */
async function bundleWebviews() {
  const folders = readdirSync(resolve(root, 'webviews')).filter((name) =>
    existsSync(resolve(root, 'webviews', name, 'main.ts')),
  );
  const browser = { ...small, write: false, platform: 'browser', format: 'iife', target: 'es2022', external: [] };
  return Promise.all(
    folders.map(async (name) => {
      const worker = `webviews/${name}/worker.ts`;
      const define = existsSync(resolve(root, worker))
        ? {
            workerSource: JSON.stringify(
              (await bundleEntries({ ...browser, entryPoints: [worker] })).outputFiles[0].text,
            ),
          }
        : {};
      const entry = { [name]: `webviews/${name}/main.ts` };
      return bundleEntries({ ...browser, define, entryPoints: entry, outdir: 'dist/webviews', sourcemap: false });
    }),
  );
}

function prefixed(folder, files) {
  return Object.fromEntries(Object.entries(files).map(([name, from]) => [`${folder}/${name}`, from]));
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url))
  await buildProduct();
