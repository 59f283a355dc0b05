// Which files a server's clients may name: a table of hostile paths, and files that are swapped while they are opened.
import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, lstatSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAccess, openAllowed, restrictedAccess } from '../../src/bench/fileAccess';
import type { FileAccess } from '../../src/bench/fileAccess';
import { RequestError } from '../../src/bench/requestErrors';
import { temporaryFolder } from '../support/temporaryFolder';
import { itWithPermissions } from '../support/permissions';

const place = temporaryFolder();
const root = place.path;
const workspace = join(root, 'work');
const extra = join(root, 'extra');

let socket: Server;
let access: FileAccess;
beforeAll(async () => {
  for (const file of [
    'work/model.onnx',
    'work/sub/model.onnx',
    'work/größe 1.onnx',
    'work/...',
    'work/CON-figuration.txt',
    'extra/data.npy',
    'extra-other/secret.txt',
    'workshop/secret.txt',
    'secret.txt',
    'denied/secret.txt',
  ])
    place.write(file, 'content');
  const link = (target: string, path: string): void => symlinkSync(target, join(root, path));
  link('model.onnx', 'work/link-inside');
  link(extra, 'work/link-to-extra');
  link('/etc/hostname', 'work/link-absolute');
  link('../secret.txt', 'work/link-out');
  link('..', 'work/link-up');
  link('sub/../../secret.txt', 'work/link-through');
  link('missing', 'work/link-to-nothing');
  link('../missing', 'work/link-out-to-nothing');
  link('loop-b', 'work/loop-a');
  link('loop-a', 'work/loop-b');
  link('link-out', 'work/link-to-link-out');
  link('/proc/self/root/etc/hostname', 'work/link-proc');
  linkSync(join(root, 'secret.txt'), join(root, 'work/hard-link.txt'));
  mkdirSync(join(root, 'work/folder'));
  execFileSync('mkfifo', [join(root, 'work/pipe')]);
  link('pipe', 'work/link-to-pipe');
  link('/dev/zero', 'work/link-to-device');
  socket = createServer().listen(join(root, 'work/socket'));
  await new Promise((listening) => socket.once('listening', listening));
  mkdirSync(join(root, 'work/locked'));
  writeFileSync(join(root, 'work/locked/inside.txt'), 'x');
  chmodSync(join(root, 'work/locked'), 0);
  // The workspace itself is reached over a link, as it often is.
  link('work', 'by-link');
  access = restrictedAccess(join(root, 'by-link'), [extra]);
});
afterAll(() => {
  chmodSync(join(root, 'work/locked'), 0o700);
  socket.close();
});

/** What is done about a path: the refusal, or the real path it stands for, relative to the root. */
function about(named: string, by: FileAccess = access): string {
  try {
    const real = by.realPath(named);
    return real.startsWith(`${root}/`) ? real.slice(root.length + 1) : real;
  } catch (thrown) {
    if (thrown instanceof RequestError) return thrown.refusal;
    throw thrown;
  }
}

/** An absolute path as it is, or one below the root. */
const at = (path: string): string => join(root, path);

const allowed: readonly (readonly [named: string, real: string])[] = [
  ['model.onnx', 'work/model.onnx'],
  ['./model.onnx', 'work/model.onnx'],
  ['sub/../model.onnx', 'work/model.onnx'],
  ['sub//model.onnx', 'work/sub/model.onnx'],
  ['folder/', 'work/folder'],
  ['.', 'work'],
  ['sub/..', 'work'],
  ['größe 1.onnx', 'work/größe 1.onnx'],
  ['...', 'work/...'],
  ['CON-figuration.txt', 'work/CON-figuration.txt'],
  ['link-inside', 'work/model.onnx'],
  ['link-to-extra/data.npy', 'extra/data.npy'],
  ['../extra/data.npy', 'extra/data.npy'],
  ['../work/model.onnx', 'work/model.onnx'],
];

const hostile: readonly (readonly [named: string, refusal: string])[] = [
  // Out of the folder, by name.
  ['..', 'access-denied'],
  ['../', 'access-denied'],
  ['../secret.txt', 'access-denied'],
  ['./../secret.txt', 'access-denied'],
  ['sub/../../secret.txt', 'access-denied'],
  ['sub/../../work/../secret.txt', 'access-denied'],
  ['missing/../../secret.txt', 'access-denied'],
  ['../../../../../../../../etc/passwd', 'access-denied'],
  ['/etc/passwd', 'access-denied'],
  ['//etc/passwd', 'access-denied'],
  ['/', 'access-denied'],
  ['/proc/self/environ', 'access-denied'],
  ['/proc/self/root/etc/passwd', 'access-denied'],
  ['/dev/stdin', 'access-denied'],
  ['/dev/zero', 'access-denied'],
  ['../workshop/secret.txt', 'access-denied'],
  ['../extra-other/secret.txt', 'access-denied'],
  ['../extra/../secret.txt', 'access-denied'],
  // That there is nothing is not told, either.
  ['../missing.txt', 'access-denied'],
  ['/no/such/folder', 'access-denied'],
  ['link-up/missing.txt', 'access-denied'],
  ['link-out-to-nothing', 'not-found'],
  // Out of the folder, over links.
  ['link-out', 'access-denied'],
  ['link-absolute', 'access-denied'],
  ['link-up', 'access-denied'],
  ['link-up/secret.txt', 'access-denied'],
  ['link-up/work/link-up/secret.txt', 'access-denied'],
  ['link-through', 'access-denied'],
  ['link-to-link-out', 'access-denied'],
  ['link-proc', 'access-denied'],
  ['link-to-extra/../secret.txt', 'not-found'],
  ['link-inside/../../secret.txt', 'access-denied'],
  ['hard-link.txt', 'access-denied'],
  // Nowhere.
  ['missing.onnx', 'not-found'],
  ['model.onnx/inside', 'not-found'],
  ['link-to-nothing', 'not-found'],
  ['loop-a', 'not-found'],
  ['x'.repeat(300), 'not-found'],
  ['~/secret.txt', 'not-found'],
  ['~root/.profile', 'not-found'],
  ['$HOME/secret.txt', 'not-found'],
  ['%2e%2e/secret.txt', 'not-found'],
  ['..%2fsecret.txt', 'not-found'],
  ['．．/secret.txt', 'not-found'],
  ['file:///etc/passwd', 'not-found'],
  ['http://127.0.0.1/secret.txt', 'not-found'],
  ['MODEL.ONNX', 'not-found'],
  ['..\\secret.txt', 'not-found'],
  ['C:\\secret.txt', 'not-found'],
  // No file, or not one that can be read without harm.
  ['pipe', 'client-error'],
  ['link-to-pipe', 'client-error'],
  ['socket', 'client-error'],
  ['link-to-device', 'access-denied'],
  ['CON', 'client-error'],
  ['sub/nul', 'client-error'],
  ['aux.onnx', 'client-error'],
  ['COM1', 'client-error'],
  ['', 'client-error'],
  ['model.onnx\0.txt', 'client-error'],
  ['\0', 'client-error'],
  ['a/'.repeat(3000), 'client-error'],
];

describe('a server', () => {
  it.each(allowed)('lets its clients name %s', (named, real) => {
    expect(about(named)).toBe(real);
    expect(about(at(join('by-link', named)))).toBe(real);
  });

  it.each(hostile)('does not let its clients name %j', (named, refusal) => {
    expect(about(named)).toBe(refusal);
  });

  it('has hostile paths enough in this table', () => {
    expect(hostile.length).toBeGreaterThanOrEqual(40);
  });

  itWithPermissions('does not let its clients look into folders it may not read', () => {
    expect(about('locked/inside.txt')).toBe('access-denied');
  });

  it('takes absolute names like others', () => {
    expect(about(at('work/model.onnx'))).toBe('work/model.onnx');
    expect(about(at('extra'))).toBe('extra');
    expect(about(at('secret.txt'))).toBe('access-denied');
    expect(about(at('by-link/../secret.txt'))).toBe('access-denied');
  });

  it('does not tell whether a file exists that may not be named', () => {
    const messages = [at('secret.txt'), at('missing.txt')].map((named) => {
      try {
        return access.realPath(named);
      } catch (thrown) {
        return (thrown as RequestError).message.replace(named, 'NAME');
      }
    });
    expect(messages[0]).toBe(messages[1]);
  });

  it('shows a hostile name on one line, and not all of it', () => {
    const named = `../\u001b[31m\n${'x'.repeat(1000)}`;
    expect(() => access.realPath(named)).toThrow(/^Access to "[^\n\u001b]{1,240}" is not allowed\.$/);
  });

  it('offers its folders to a file browser', () => {
    expect(access.roots).toEqual([workspace, extra]);
  });
});

describe('a file that is opened', () => {
  it('is the one that was named', async () => {
    await using opened = closing(await openAllowed(access, 'link-inside'));
    expect(await opened.file.readFile('utf8')).toBe('content');
  });

  it.each([
    ['folder', 'client-error'],
    ['link-out', 'access-denied'],
    ['hard-link.txt', 'access-denied'],
    ['pipe', 'client-error'],
    ['missing', 'not-found'],
  ])('is never %s', async (named, refusal) => {
    await expect(openAllowed(access, named)).rejects.toMatchObject({ refusal });
  });

  it('is not one that was put in its place, or in the place of its folder, meanwhile', async () => {
    const swaps: readonly (() => void)[] = [
      () => {
        rmSync(at('work/swap/file.txt'));
        symlinkSync(at('secret.txt'), at('work/swap/file.txt'));
      },
      () => {
        renameSync(at('work/swap'), at('work/swapped-away'));
        symlinkSync(at('elsewhere'), at('work/swap'));
      },
      () => {
        rmSync(at('work/swap/file.txt'));
        execFileSync('mkfifo', [at('work/swap/file.txt')]);
      },
    ];
    place.write('elsewhere/file.txt', 'secret');
    for (const swap of swaps) {
      for (const left of ['work/swap', 'work/swapped-away']) rmSync(at(left), { recursive: true, force: true });
      place.write('work/swap/file.txt', 'content');
      let looks = 0;
      const racing: FileAccess = {
        roots: access.roots,
        realPath: (named) => {
          const real = access.realPath(named);
          if (++looks === 1) swap();
          return real;
        },
      };
      await expect(openAllowed(racing, 'swap/file.txt')).rejects.toBeInstanceOf(RequestError);
    }
  });

  it('is not one that was in its place for the moment of the open alone', async () => {
    for (const left of ['work/swap', 'work/swapped-away']) rmSync(at(left), { recursive: true, force: true });
    place.write('work/swap/file.txt', 'content');
    place.write('elsewhere/file.txt', 'secret');
    let looks = 0;
    const racing: FileAccess = {
      roots: access.roots,
      realPath: (named) => {
        if (++looks === 2) {
          rmSync(at('work/swap'));
          renameSync(at('work/swapped-away'), at('work/swap'));
        }
        const real = access.realPath(named);
        if (looks === 1) {
          renameSync(at('work/swap'), at('work/swapped-away'));
          symlinkSync(at('elsewhere'), at('work/swap'));
        }
        return real;
      },
    };
    await expect(openAllowed(racing, 'swap/file.txt')).rejects.toMatchObject({ refusal: 'access-denied' });
    expect(looks).toBe(2);
  });
});

describe('a person', () => {
  const own = openAccess(workspace);

  it.each([
    ['../secret.txt', 'secret.txt'],
    ['model.onnx', 'work/model.onnx'],
    ['hard-link.txt', 'work/hard-link.txt'],
    ['link-out', 'secret.txt'],
    ['missing', 'not-found'],
    ['pipe', 'client-error'],
    ['', 'client-error'],
  ])('may name %j', (named, answer) => {
    expect(about(named, own)).toBe(answer);
  });

  it('may name folders of the system', () => {
    expect(about(tmpdir(), own)).not.toBe('access-denied');
    expect(lstatSync(at('work/pipe')).isFIFO()).toBe(true);
  });
});

function closing(file: Awaited<ReturnType<typeof openAllowed>>): { file: typeof file } & AsyncDisposable {
  return { file, [Symbol.asyncDispose]: () => file.close() };
}
