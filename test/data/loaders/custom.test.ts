// A user's own loader module: every way to write one, and every way to get it wrong.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { batches } from '../../../src/data/batches';
import type { DataLoader } from '../../../src/data/contracts';
import { openCustom } from '../../../src/data/loaders/custom';
import { temporaryFolder } from '../../support/temporaryFolder';

const folder = temporaryFolder();
const place = { file: join(folder.path, 'DATASET.yaml') };
let modules = 0;

async function load(code: string, parameters: Record<string, unknown> = {}): Promise<DataLoader> {
  // Modules are cached by name: each text gets its own.
  const path = folder.write(`loader${modules++}.mjs`, code);
  return (await openCustom({ path, ...parameters }, place)).loader;
}

async function idsOf(loader: DataLoader, limit?: number): Promise<string[]> {
  const ids: string[] = [];
  const options = { batchSize: 2, signal: new AbortController().signal, ...(limit === undefined ? {} : { limit }) };
  for await (const batch of batches(loader, options)) ids.push(...batch.ids);
  return ids;
}

const item = `{ id: String(i), inputs: { x: { type: 'float32', dims: [1], data: Float32Array.of(i) } }, annotation: i }`;

describe('a custom loader', () => {
  it.each([
    ['a class', `export default class Loader { constructor({ n }) { this.length = n; } get(i) { return ${item}; } }`],
    ['a function', `export default ({ n }) => ({ length: n, get: (i) => (${item}) });`],
    [
      'an async function',
      `export default async function make({ n }) { return { length: n, get: async (i) => (${item}) }; }`,
    ],
    ['an object', `export default { length: 3, get(i) { return ${item}; } };`],
    [
      'an async generator',
      `export default async function* items({ n }) { for (let i = 0; i < n; i++) yield ${item}; }`,
    ],
    ['a generator', `export default function* items({ n }) { for (let i = 0; i < n; i++) yield ${item}; }`],
    [
      'an iterable object',
      `export default { async *[Symbol.asyncIterator]() { for (let i = 0; i < 3; i++) yield ${item}; } };`,
    ],
    ['an array', `export default [0, 1, 2].map((i) => (${item}));`],
    ['get without length', `export default { get(i) { return i < 3 ? ${item} : undefined; } };`],
  ])('may be %s, and is read the same way twice', async (_name, code) => {
    const loader = await load(code, { n: 3 });
    expect(await idsOf(loader)).toEqual(['0', '1', '2']);
    expect(await idsOf(loader, 2)).toEqual(['0', '1']);
    await loader.close?.();
  });

  it('is given its parameters as written, and the folder of the data set file', async () => {
    const code = `export default (parameters, { folder }) => [{ id: JSON.stringify([parameters, folder]), inputs: { x: { dims: [], data: Int8Array.of(1) } } }];`;
    const [id] = await idsOf(await load(code, { split: 'test', sizes: [1, 2] }));
    expect(JSON.parse(id ?? '')).toEqual([{ split: 'test', sizes: [1, 2] }, folder.path]);
  });

  it('may leave out id and type', async () => {
    const loader = await load(`export default [{ inputs: { x: { dims: [2], data: Buffer.from([1, 2]) } } }];`);
    const given = await loader.get(0);
    expect(given).toEqual({
      id: '#0',
      inputs: { x: { type: 'uint8', dims: [2], data: Uint8Array.of(1, 2) } },
      annotation: undefined,
    });
    expect(Buffer.isBuffer(given.inputs['x']?.data)).toBe(false);
  });

  it('closes a generator that was not read to its end', async () => {
    const loader = await load(
      `export const seen = globalThis.closedLoaders = []; export default function* items() { try { for (let i = 0; ; i++) yield ${item}; } finally { seen.push('closed'); } }`,
    );
    expect(await idsOf(loader, 3)).toEqual(['0', '1', '2']);
    await loader.close?.();
    expect((globalThis as Record<string, unknown>)['closedLoaders']).toEqual(['closed']);
  });

  it.each([
    ['no default export', `export const x = 1;`, 'it has no default export'],
    ['a number', `export default 3;`, 'neither get(index) nor an iterable'],
    ['a wrong length', `export default { length: -1, get() {} };`, 'its length is -1'],
  ])('is refused for %s', async (_name, code, sentence) => {
    await expect(load(code)).rejects.toMatchObject({
      code: 'data-module-kind',
      message: expect.stringContaining(sentence) as string,
    });
  });

  it.each([
    ['nothing', `undefined`, 'it is undefined'],
    ['no inputs', `{ annotation: 1 }`, 'its "inputs" is undefined'],
    ['empty inputs', `{ inputs: {} }`, 'it has no inputs'],
    ['a plain list as data', `{ inputs: { x: { dims: [2], data: [1, 2] } } }`, 'its input "x" has no "data"'],
    ['no dims', `{ inputs: { x: { data: Int8Array.of(1) } } }`, 'has no "dims"'],
    ['a wrong shape', `{ inputs: { x: { dims: [2, 2], data: Int8Array.of(1) } } }`, 'has 1 value for the shape [2, 2]'],
    [
      'a wrong type',
      `{ inputs: { x: { type: 'float32', dims: [1], data: Int8Array.of(1) } } }`,
      'has the type float32, but its data is an Int8Array, not a Float32Array',
    ],
  ])('is told that an item is %s', async (_name, given, sentence) => {
    const loader = await load(`export default { length: 1, get() { return ${given}; } };`);
    await expect(Promise.resolve(loader.get(0))).rejects.toMatchObject({
      code: 'data-module-item',
      message: expect.stringContaining(sentence) as string,
    });
  });

  it('that throws is reported with its file and its own line', async () => {
    const loader = await load(
      `import fs from 'node:fs';\nexport default { length: 1, get() {\n  return fs.readFileSync('/nowhere/at/all');\n} };`,
    );
    await expect(Promise.resolve(loader.get(0))).rejects.toMatchObject({
      code: 'data-module-failed',
      place: expect.stringMatching(/loader\d+\.mjs:3:\d+$/) as string,
      message: expect.stringContaining('giving item 0: Error: ENOENT') as string,
    });
  });

  it('with a mistake in its syntax or its set-up is reported with its line', async () => {
    await expect(load(`const a = 1;\nexport default class {\n  get(i) { return i +; }\n}`)).rejects.toMatchObject({
      code: 'data-module-failed',
      message: expect.stringContaining('while being loaded') as string,
    });
    await expect(
      load(`export default class Loader {\n  constructor() { throw new Error('no data'); } }`),
    ).rejects.toMatchObject({
      place: expect.stringMatching(/\.mjs:2:\d+$/) as string,
      message: expect.stringContaining('being set up: Error: no data.') as string,
    });
  });

  it('of another kind, or missing, is refused with the reason', async () => {
    const open = (path: string): Promise<unknown> => openCustom({ path }, place);
    await expect(open(folder.write('loader.py', 'x = 1'))).rejects.toThrow('it is no TypeScript or JavaScript');
    await expect(open(join(folder.path, 'none.mjs'))).rejects.toMatchObject({ code: 'file-missing-folder' });
  });
});
