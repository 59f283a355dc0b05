// What each entry point loads, directly or through others (DESIGN §2): the engine only ever inside a job process.
import { describe, expect, it } from 'vitest';
import { closureOf, filesBelow, importsOf } from './sources';

/** Doors, and the process that works the queue behind them. */
const doors = ['src/cli/start.ts', 'src/cli/main.ts', 'src/queue.ts', 'src/benchProcess.ts'];
/** What runs inside the editor, and its language server. */
const editorParts = ['src/extension.ts', 'src/languageServer/main.ts'];
/** These make files of the project (a test compares them) and are no part of the product: schemas/. */
const makers = ['src/config/datasetSchema.ts', 'src/config/pruningRecipeSchema.ts', 'src/config/tuningSchema.ts'];
/** The library of pipelines, its engine process, and what makes scripts find it. */
const libraryParts = ['src/library.ts', 'src/engineChild.ts', 'src/scriptLoader.ts'];
const engineRooms = [
  ...[
    'pipeline',
    'tuning',
    'diagnosis',
    'profiling',
    'optimization',
    'quantization',
    'benchmark',
    'metrics',
    'data',
    'runtime',
  ],
];
const nativePackages = ['onnxruntime-node', 'sharp'];

describe.each(doors)('the entry point %s', (entry) => {
  const { files, packages } = closureOf(entry);

  it('reaches jobs, which start processes of their own', () => {
    expect([...files].filter((path) => path.startsWith('src/jobs/'))).not.toEqual([]);
  });

  it('reaches no room of the engine', () => {
    expect([...files].filter((path) => engineRooms.some((room) => path.startsWith(`src/${room}/`)))).toEqual([]);
  });

  it('reaches nothing that loads native code', () => {
    expect([...packages].filter((name) => nativePackages.includes(name))).toEqual([]);
  });

  it('loads what only a bench or a server needs when it is come to, not before', () => {
    const atOnce = closureOf(entry, { late: false });
    expect([...atOnce.files].filter((path) => path.startsWith('src/server/'))).toEqual([]);
    expect([...atOnce.packages].filter((name) => ['socket.io', 'sql.js', 'undici'].includes(name))).toEqual([]);
  });

  it('does not reach the entry of the job process', () => {
    expect(files.has('src/job.ts')).toBe(false);
  });
});

describe.each(editorParts)('%s', (entry) => {
  const { files, packages } = closureOf(entry);

  it('reaches neither the engine nor what a bench is made of', () => {
    const rooms = [...engineRooms, 'bench', 'store', 'jobs', 'server', 'cli'];
    expect([...files].filter((path) => rooms.some((room) => path.startsWith(`src/${room}/`)))).toEqual([]);
    expect([...packages].filter((name) => [...nativePackages, 'sql.js', 'undici'].includes(name))).toEqual([]);
  });
});

it('the process that works the queue, which stays while jobs run, reads no config', () => {
  const { files, packages } = closureOf('src/queue.ts');
  expect([...packages].filter((name) => name === 'yaml')).toEqual([]);
  expect([...files].filter((path) => path.startsWith('src/config/'))).toEqual([]);
});

it('the editor is known to nothing but the extension', () => {
  const others = [...doors, 'src/job.ts', 'src/languageServer/main.ts'];
  expect(others.filter((entry) => closureOf(entry).packages.has('vscode'))).toEqual([]);
});

it('the command line can serve', () => {
  expect(closureOf('src/cli/main.ts').packages).toContain('socket.io');
});

describe('the library of pipelines', () => {
  it('loads no native code into the process of a script: its engine process does', () => {
    const { files, packages } = closureOf('src/library.ts');
    expect([...packages].filter((name) => nativePackages.includes(name))).toEqual([]);
    expect(files.has('src/runtime/onnxRuntimeNode.ts')).toBe(false);
    expect(closureOf('src/engineChild.ts').packages).toContain('onnxruntime-node');
  });
});

describe('the job process', () => {
  const { files, packages } = closureOf('src/job.ts');

  it('is the one that loads the engine', () => {
    expect([...files]).toContain('src/runtime/onnxRuntimeNode.ts');
    expect(packages).toContain('onnxruntime-node');
  });

  it('reaches no door', () => {
    expect([...files].filter((path) => /^src\/(?:cli|server|vscode|bench|jobs)\//.test(path))).toEqual([]);
  });

  it('loads the engine late: onnxruntime-node is imported by `import()` alone, types aside', () => {
    const early = [...files].flatMap((path) => importsOf(path)).filter((one) => !one.isTypeOnly && !one.isLate);
    expect(early.filter(({ specifier }) => specifier === 'onnxruntime-node')).toEqual([]);
  });
});

describe('every source file', () => {
  it('is reached from an entry point', () => {
    const reached = new Set(
      [...makers, ...libraryParts, 'src/job.ts', ...doors, ...editorParts].flatMap((entry) => [
        ...closureOf(entry, { types: true }).files,
      ]),
    );
    const sources = filesBelow('src').filter((path) => path.endsWith('.ts'));
    expect(sources.filter((path) => !reached.has(path))).toEqual([]);
  });
});
