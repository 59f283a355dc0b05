// Who may know whom (DESIGN §2, CONTRIBUTING.md): every import in src goes to its own room or to one listed here.
import { describe, expect, it } from 'vitest';
import type { Import } from './sources';
import { filesBelow, importsOf } from './sources';

const ground = ['sparsity', 'onnx', 'formats', 'config', 'dictionary', 'processes', 'files', 'protocol'];

/** Rooms that each room may import besides itself, floor by floor. */
const allowedRooms: Readonly<Record<string, readonly string[]>> = {
  // The editor: its own process and pages in it know the bench by questions over a pipe, never by its code.
  'extension.ts': ['vscode'],
  vscode: ['processes', 'protocol', 'files', 'config', 'dictionary'],
  'benchProcess.ts': ['bench', 'jobs', 'processes', 'protocol'],
  // Doors.
  languageServer: ground,
  cli: ['server', 'bench', 'store', 'jobs', ...ground],
  server: ['bench', 'store', 'jobs', ...ground],
  // The bench.
  bench: ['store', 'jobs', ...ground],
  store: ['files', 'protocol'],
  jobs: ground,
  'queue.ts': ['bench', 'jobs', ...ground],
  'job.ts': [
    ...['pipeline', 'tuning', 'pruning', 'diagnosis', 'profiling', 'optimization', 'quantization', 'benchmark'],
    ...['metrics', 'data', 'runtime', 'processes', 'protocol'],
  ],
  // The library of pipelines, and its engine process.
  'library.ts': ['pipeline', ...ground],
  'scriptLoader.ts': [],
  'engineChild.ts': ['runtime', ...ground],
  // The engine; runs only inside a job.
  pipeline: ['tuning', 'quantization', 'metrics', 'data', 'runtime', ...ground],
  tuning: [
    ...['diagnosis', 'profiling', 'optimization', 'quantization', 'benchmark', 'metrics', 'data', 'runtime'],
    ...ground,
  ],
  pruning: ['profiling', 'quantization', 'benchmark', 'metrics', 'data', 'runtime', ...ground],
  diagnosis: ['profiling', 'quantization', 'benchmark', 'data', 'runtime', ...ground],
  profiling: ['quantization', 'benchmark', 'data', 'runtime', ...ground],
  optimization: ['quantization', 'data', 'runtime', ...ground],
  benchmark: ['metrics', 'data', 'runtime', ...ground],
  quantization: ['data', 'runtime', ...ground],
  metrics: ['data', 'runtime', ...ground],
  data: ground,
  runtime: ground,
  // The ground.
  sparsity: ['onnx', 'dictionary', 'files', 'protocol'],
  formats: ['onnx', 'dictionary', 'files', 'protocol'],
  onnx: ['dictionary', 'files', 'protocol'],
  config: ['dictionary', 'files', 'protocol'],
  dictionary: ['protocol'],
  processes: ['files', 'protocol'],
  files: ['protocol'],
  protocol: [],
};

/** Rooms whose types, and only those, may be named besides. */
const allowedTypes: Readonly<Record<string, readonly string[]>> = {
  // The messages between processes carry recipes and ranges.
  protocol: ['config'],
};

/** Packages that one room alone may import, types included. */
const guardedPackages: Readonly<Record<string, string>> = {
  'onnxruntime-node': 'runtime',
  'onnxruntime-common': 'runtime',
  sharp: 'data',
  'sql.js': 'store',
  'socket.io': 'server',
  undici: 'bench',
  'vscode-languageclient': 'vscode',
  'vscode-languageserver': 'languageServer',
};

const sources = filesBelow('src').filter((path) => path.endsWith('.ts'));
const imports = sources.flatMap((path) => importsOf(path));

/** `src/onnx/shapes/conv.ts` is in the room `onnx`; a file beside the rooms is a room by itself. */
function roomOf(path: string): string {
  return path.split('/')[1] ?? path;
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function isAllowed({ from, target, isTypeOnly }: Import): boolean {
  if (target === undefined || target === 'package.json') return true;
  const room = roomOf(from);
  const rooms = [room, ...(allowedRooms[room] ?? []), ...(isTypeOnly ? (allowedTypes[room] ?? []) : [])];
  return target.startsWith('src/') && rooms.includes(roomOf(target));
}

/** Pages share a kit, the protocol, and the RPC, none of which needs Node. */
function isAllowedInWebview(from: string, target: string): boolean {
  const own = `${from.split('/').slice(0, 2).join('/')}/`;
  return [own, 'webviews/kit/', 'src/protocol/', 'src/processes/rpc.ts'].some((place) => target.startsWith(place));
}

const written = ({ from, specifier }: Import): string => `${from} imports ${specifier}`;

describe('imports', () => {
  it('are found at all', () => {
    expect(sources.length).toBeGreaterThan(50);
    expect(imports.length).toBeGreaterThan(200);
    expect(imports.some(({ target }) => target === 'src/quantization/runQuantize.ts')).toBe(true);
    expect(imports.some(({ isTypeOnly }) => isTypeOnly)).toBe(true);
  });

  it('come from rooms that are on the plan', () => {
    const rooms = new Set(sources.map(roomOf));
    expect([...rooms].filter((room) => !Object.hasOwn(allowedRooms, room))).toEqual([]);
  });

  it('go to the same room or to one it may know', () => {
    expect(imports.filter((one) => !isAllowed(one)).map(written)).toEqual([]);
  });

  it('name a file that exists, without an extension', () => {
    const broken = imports.filter(
      ({ target }) => target !== undefined && !target.endsWith('.ts') && target !== 'package.json',
    );
    expect(broken.map(written)).toEqual([]);
    expect(
      imports.filter(({ specifier }) => /\.[jt]s$/.test(specifier) && specifier.startsWith('.')).map(written),
    ).toEqual([]);
  });

  it('know the editor in the extension alone, and its entry by type', () => {
    const knowing = imports.filter(({ specifier }) => specifier === 'vscode').map(({ from }) => from);
    expect(knowing.filter((from) => roomOf(from) !== 'vscode' && from !== 'src/extension.ts')).toEqual([]);
  });

  it('of webviews go to their own folder, the kit, and what runs in a browser', () => {
    const outside = filesBelow('webviews')
      .filter((path) => path.endsWith('.ts'))
      .flatMap((path) => importsOf(path))
      .filter(({ from, target }) => target !== undefined && !isAllowedInWebview(from, target));
    expect(outside.map(written)).toEqual([]);
  });

  it('reach each guarded package from its own room only', () => {
    const guarded = imports.filter(({ specifier }) => Object.hasOwn(guardedPackages, packageOf(specifier)));
    expect(
      guarded.filter((one) => roomOf(one.from) !== guardedPackages[packageOf(one.specifier)]).map(written),
    ).toEqual([]);
    expect(guarded.length).toBeGreaterThan(0);
  });

  it('do not run in circles', () => {
    expect(circles(imports)).toEqual([]);
  });
});

describe('the plan itself', () => {
  it('has no room that may know a room that may know it', () => {
    const reaches = (from: string, to: string, seen = new Set<string>()): boolean =>
      (allowedRooms[from] ?? []).some((next) => {
        if (next === to) return true;
        if (seen.has(next)) return false;
        seen.add(next);
        return reaches(next, to, seen);
      });
    expect(Object.keys(allowedRooms).filter((room) => reaches(room, room))).toEqual([]);
  });

  it.each([
    ['src/onnx/readModel.ts', 'src/runtime/session.ts', true],
    ['src/cli/main.ts', 'src/runtime/onnxRuntimeNode.ts', false],
    ['src/jobs/runJob.ts', 'src/quantization/runQuantize.ts', false],
    ['src/metrics/evaluate.ts', 'src/benchmark/runCheck.ts', false],
    ['src/protocol/jobs.ts', 'src/config/recipe.ts', false],
    ['src/data/batches.ts', 'test/support/shared.ts', false],
  ])('refuses that %s imports %s', (from, target, isTypeOnly) => {
    expect(isAllowed({ from, target, specifier: '', isTypeOnly, isLate: false })).toBe(false);
  });
});

/** Files that import each other in a circle, types aside: what each finds of the others then depends on who is first. */
function circles(all: readonly Import[]): string[] {
  const targets = new Map<string, string[]>();
  for (const { from, target, isTypeOnly } of all) {
    if (target !== undefined && !isTypeOnly) targets.set(from, [...(targets.get(from) ?? []), target]);
  }
  const state = new Map<string, 'open' | 'done'>();
  const found: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (state.get(file) === 'done') return;
    if (state.get(file) === 'open') {
      found.push([...path.slice(path.indexOf(file)), file].join(' → '));
      return;
    }
    state.set(file, 'open');
    for (const next of targets.get(file) ?? []) visit(next, [...path, file]);
    state.set(file, 'done');
  };
  for (const file of targets.keys()) visit(file, []);
  return found;
}
