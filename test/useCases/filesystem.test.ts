// The file browser: what is listed, what is marked as a model, and what nobody may see.
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { restrictedAccess } from '../../src/bench/fileAccess';
import { frozenGraph, ir } from '../formats/foreignFiles';
import { failureOf } from '../support/failureOf';
import { mnistFolder } from '../support/mnistTuning';
import { describeShared } from '../support/shared';
import { temporaryFolder } from '../support/temporaryFolder';
import { itWithPermissions } from '../support/permissions';
import { openTestBench } from './openTestBench';
import type { TestBench } from './openTestBench';

interface Listing {
  readonly path: string;
  readonly contents: readonly { readonly name: string; readonly type: string; readonly is_model: boolean }[];
  readonly message: string | null;
}

const place = temporaryFolder();
let workspace: string;
let outside: string;
let open: TestBench;

beforeAll(async () => {
  workspace = place.fresh();
  outside = place.fresh();
  writeFileSync(join(outside, 'secret.onnx'), 'x');
  for (const folder of ['b folder', 'a10', 'a2', '.hidden']) mkdirSync(join(workspace, folder));
  cpSync(join(mnistFolder, 'mnist_resnet.onnx'), join(workspace, 'model.onnx'));
  const files = {
    'frozen.pb': frozenGraph(),
    'net.xml': ir,
    'page.xml': '<?xml version="1.0"?><svg></svg>',
    'saved_model.pb': Uint8Array.of(8, 1, 18, 2, 10, 0),
    'picture.onnx': Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    'empty.onnx': '',
    'MODEL.ONNX.txt': 'x',
    'data.npz': 'PK',
    'set.yaml': 'dataset: {}',
    'notes.md': 'notes',
    '.secret': 'x',
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(workspace, name), content);
  symlinkSync('model.onnx', join(workspace, 'linked.onnx'));
  symlinkSync('a2', join(workspace, 'linked folder'));
  symlinkSync('nowhere', join(workspace, 'broken'));
  symlinkSync(join(outside, 'secret.onnx'), join(workspace, 'secret.onnx'));
  symlinkSync(outside, join(workspace, 'outside'));
  if (process.platform !== 'win32') execFileSync('mkfifo', [join(workspace, 'pipe')]);
  open = await openTestBench(workspace, { access: restrictedAccess(workspace, []) });
});
afterAll(() => open[Symbol.asyncDispose]());

async function list(request: object = {}, bench = open): Promise<Listing> {
  return (await bench.call('filesystem', request)) as Listing;
}

const shown = ({ contents }: Listing): string[] =>
  contents.map(
    ({ name, type, is_model }) => `${basename(name)}${type === 'directory' ? '/' : ''}${is_model ? ' *' : ''}`,
  );

describe('filesystem', () => {
  it('lists the workspace: folders first, names in their order, nothing hidden, broken or elsewhere', async () => {
    const listing = await list();
    expect(listing).toMatchObject({ path: open.bench.workspace, message: null });
    expect(shown(listing)).toEqual([
      'a2/',
      'a10/',
      'b folder/',
      'linked folder/',
      'data.npz',
      'empty.onnx',
      'frozen.pb *',
      'linked.onnx *',
      'model.onnx *',
      'MODEL.ONNX.txt',
      'net.xml *',
      'notes.md',
      'page.xml',
      'picture.onnx',
      'saved_model.pb',
      'set.yaml',
    ]);
    expect(listing.contents[0]).toEqual({ name: join(workspace, 'a2'), type: 'directory', is_model: false });
  });

  it.each([
    ['models', ['frozen.pb *', 'linked.onnx *', 'model.onnx *', 'net.xml *']],
    ['datasets', ['data.npz', 'MODEL.ONNX.txt', 'set.yaml']],
  ])('lists folders and %s only', async (filter, files) => {
    expect(shown(await list({ filter }))).toEqual(['a2/', 'a10/', 'b folder/', 'linked folder/', ...files]);
  });

  it('lists a folder by any way to it, and an empty one', async () => {
    for (const path of ['a2', './a2/', join(workspace, 'a2'), 'linked folder', 'b folder/../a2']) {
      expect(await list({ path, filter: 'all' })).toEqual({ path: join(workspace, 'a2'), contents: [], message: null });
    }
  });

  it('lists everything for a person at their own machine', async () => {
    await using own = await openTestBench(workspace);
    expect(shown(await list({}, own))).toEqual(expect.arrayContaining(['outside/', 'secret.onnx']) as unknown);
    expect(shown(await list({ path: outside }, own))).toEqual(['secret.onnx']);
  });

  it('says what of a huge folder it leaves out', async () => {
    const folder = join(workspace, 'a10', 'many');
    mkdirSync(folder);
    for (let index = 0; index < 2010; index++) writeFileSync(join(folder, `f${index}`), '');
    const { contents, message } = await list({ path: folder });
    expect(contents).toHaveLength(2000);
    expect(contents.at(-1)?.name).toBe(join(folder, 'f1999'));
    expect(message).toMatch(/^10 more entries are not listed\./);
  });

  it.each([
    ['..', 'access-denied'],
    ['a2/../../x', 'access-denied'],
    ['outside', 'access-denied'],
    ['secret.onnx', 'access-denied'],
    ['/etc', 'access-denied'],
    ['none', 'not-found'],
    ['model.onnx', 'client-error'],
    ['pipe', 'client-error'],
    ['a\0b', 'client-error'],
    ['a/'.repeat(5_000_000), 'client-error'],
    ['<script>', 'not-found'],
    [7, 'client-error'],
    [['a2'], 'client-error'],
    [{}, 'client-error'],
  ])('refuses the path %.40s', async (path, refusal) => {
    const failure = await failureOf(list({ path }));
    expect(failure).toMatchObject({ refusal });
    expect(failure.message.length).toBeLessThan(400);
  });

  it.each([['everything'], [1], ['__proto__'], [{}]])('refuses the filter %j', async (filter) => {
    expect(await failureOf(list({ filter }))).toMatchObject({ refusal: 'client-error' });
  });

  itWithPermissions('refuses a folder it cannot read', async () => {
    const folder = join(workspace, 'b folder');
    chmodSync(folder, 0o000);
    try {
      const failure = await failureOf(list({ path: folder }));
      expect(failure).toMatchObject({ name: 'RequestError' });
    } finally {
      chmodSync(folder, 0o755);
    }
  });
});

describeShared('models beside the project', (shared) => {
  it('are all marked', async () => {
    await using own = await openTestBench(place.fresh());
    const { contents } = await list({ path: join(shared, 'data', 'models') }, own);
    const models = contents.filter(({ name }) => name.endsWith('.onnx'));
    expect(models.length).toBeGreaterThan(15);
    expect(models.filter(({ is_model }) => !is_model)).toEqual([]);
  });
});
