// The path gate: nothing that a model names leads out of its folder, hangs, or opens anything but a plain file.
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PathError } from '../../src/files/pathErrors';
import { openInside, resolveInside } from '../../src/files/pathGate';

let root = '';
let folder = '';
beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'path-gate-')));
  folder = join(root, 'model');
  mkdirSync(join(folder, 'parts'), { recursive: true });
  mkdirSync(join(root, 'model-other'));
  writeFileSync(join(root, 'secret.bin'), 'secret');
  writeFileSync(join(root, 'model-other', 'secret.bin'), 'secret');
  writeFileSync(join(folder, 'weights.bin'), 'weights');
  writeFileSync(join(folder, 'parts', 'größe 1.bin'), 'part');
});
afterAll(() => rmSync(root, { recursive: true }));

function codeOf(namedPath: string, base = folder): string {
  for (const gate of [resolveInside, openAndClose]) {
    try {
      gate(base, namedPath);
    } catch (thrown) {
      if (thrown instanceof PathError) return thrown.code;
      throw thrown;
    }
  }
  return 'let through';
}

function openAndClose(base: string, namedPath: string): void {
  closeSync(openInside(base, namedPath).fd);
}

const hostile: readonly string[] = [
  '',
  '.',
  '..',
  './',
  '../',
  './.',
  '...',
  '/',
  '//',
  '~',
  '~/secret.bin',
  '~root/secret.bin',
  '../secret.bin',
  './../secret.bin',
  'parts/../../secret.bin',
  'parts/./../../secret.bin',
  'none/../../secret.bin',
  'weights.bin/../../secret.bin',
  '../model-other/secret.bin',
  '../model/../secret.bin',
  '../../../../../../../../etc/passwd',
  'parts//..//..//secret.bin',
  'parts/..',
  'parts',
  'parts/',
  'weights.bin/',
  'weights.bin/x',
  '.. /secret.bin',
  '.../secret.bin',
  '/etc/passwd',
  '//etc/passwd',
  '///etc/passwd',
  '/dev/zero',
  '/proc/self/environ',
  '/proc/self/fd/0',
  '\\etc\\passwd',
  '//server/share/file',
  '\\\\server\\share\\file',
  '\\\\?\\C:\\secret.bin',
  '\\\\.\\pipe\\name',
  '\\\\.\\PhysicalDrive0',
  '\\??\\C:\\secret.bin',
  'C:\\secret.bin',
  'C:/secret.bin',
  'C:secret.bin',
  'c:',
  'Z:\\',
  'file:///etc/passwd',
  'file:weights.bin',
  'http://host/weights.bin',
  '..\\secret.bin',
  'parts\\..\\..\\secret.bin',
  'parts\\../../secret.bin',
  '..\\/secret.bin',
  'parts\\weights.bin',
  'weights.bin\0',
  'weights.bin\0.png',
  '\0',
  '../secret.bin\0',
  'weights\n.bin',
  'weights.bin\r',
  '\u001b[31mweights.bin',
  'weights\u007f.bin',
  'con',
  'CON',
  'nul',
  'NUL.bin',
  'aux.txt',
  'prn',
  'com1',
  'COM9.data',
  'lpt1.bin',
  'com¹',
  'parts/nul',
  'parts/Con.bin',
  'conin$',
  'nul .bin',
  'weights.bin.',
  'weights.bin ',
  'parts./weights.bin',
  'parts /weights.bin',
  'weights.bin::$DATA',
  'weights.bin:stream',
  'parts:x/weights.bin',
  'none.bin',
  'parts/none.bin',
  'Weights.bin?',
  '%2e%2e/secret.bin',
  '..%2fsecret.bin',
  '\u2025/secret.bin',
  '\uff0e\uff0e/secret.bin',
  '..\u2215secret.bin',
  'x'.repeat(300),
  'x/'.repeat(3000) + 'x',
  '../'.repeat(1500) + 'secret.bin',
];

describe('hostile names', () => {
  it('are many', () => expect(new Set(hostile).size).toBeGreaterThanOrEqual(60));

  it.each(hostile.map((name) => [JSON.stringify(name.slice(0, 60)), name]))('%s is refused', (_, name) => {
    expect(codeOf(name)).toMatch(/^path-/);
  });

  it('error sentences are one short line however hostile the name', () => {
    for (const name of hostile) {
      try {
        resolveInside(folder, name);
      } catch (thrown) {
        expect((thrown as PathError).message).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
        expect((thrown as PathError).message.length).toBeLessThan(500);
      }
    }
  });

  it('climbing out is told from a missing file even when neither is there', () => {
    expect(codeOf('../none.bin')).toBe('path-outside');
    expect(codeOf('none.bin')).toBe('path-missing');
  });
});

describe('honest names', () => {
  it.each(['weights.bin', './weights.bin', 'parts/größe 1.bin', 'parts/../weights.bin', 'parts//größe 1.bin'])(
    '%s is let through',
    (name) => {
      const opened = openInside(folder, name);
      try {
        expect(readFileSync(opened.fd, 'utf8')).toBe(name.includes('größe') ? 'part' : 'weights');
        expect(opened.path).toBe(resolveInside(folder, name));
        expect(opened.sizeBytes).toBe(name.includes('größe') ? 4 : 7);
      } finally {
        closeSync(opened.fd);
      }
    },
  );

  it('the folder itself may be a link, or relative', () => {
    symlinkSync(folder, join(root, 'link-to-model'));
    expect(resolveInside(join(root, 'link-to-model'), 'weights.bin')).toBe(join(folder, 'weights.bin'));
    const before = process.cwd();
    try {
      process.chdir(folder);
      expect(resolveInside('', 'weights.bin')).toBe(join(folder, 'weights.bin'));
      expect(codeOf('../secret.bin', '')).toBe('path-outside');
    } finally {
      process.chdir(before);
    }
  });

  it('a link to a file of the same folder is let through', () => {
    symlinkSync('weights.bin', join(folder, 'inner-link.bin'));
    expect(resolveInside(folder, 'inner-link.bin')).toBe(join(folder, 'weights.bin'));
  });
});

describe('what the name leads to', () => {
  it('a link to a file outside is refused', () => {
    symlinkSync('../secret.bin', join(folder, 'link.bin'));
    expect(codeOf('link.bin')).toBe('path-outside');
  });

  it('a link to a folder outside is refused, even with .. behind it', () => {
    symlinkSync('../model-other', join(folder, 'linked'));
    expect(codeOf('linked/secret.bin')).toBe('path-outside');
    expect(codeOf('linked/../secret.bin')).toBe('path-missing');
  });

  it('a link through the parent to a folder with the same beginning is refused', () => {
    symlinkSync(join(root, 'model-other', 'secret.bin'), join(folder, 'same-beginning.bin'));
    expect(codeOf('same-beginning.bin')).toBe('path-outside');
  });

  it('links in a circle, and links to nothing, are refused', () => {
    symlinkSync('circle-b.bin', join(folder, 'circle-a.bin'));
    symlinkSync('circle-a.bin', join(folder, 'circle-b.bin'));
    symlinkSync('nothing.bin', join(folder, 'dangling.bin'));
    expect(codeOf('circle-a.bin')).toMatch(/^path-/);
    expect(codeOf('dangling.bin')).toBe('path-missing');
  });

  it('a hard link is refused', () => {
    linkSync(join(root, 'secret.bin'), join(folder, 'hard.bin'));
    expect(codeOf('hard.bin')).toBe('path-hard-link');
  });

  it('a folder is refused', () => expect(codeOf('parts')).toBe('path-not-a-file'));

  it.skipIf(process.platform === 'win32')('a named pipe is refused without waiting for a writer', () => {
    execFileSync('mkfifo', [join(folder, 'pipe.bin')]);
    expect(codeOf('pipe.bin')).toBe('path-not-a-file');
  });

  it.skipIf(process.platform === 'win32')('a socket is refused', async () => {
    const server = createServer();
    await new Promise<void>((done) => server.listen(join(folder, 'socket.bin'), done));
    expect(codeOf('socket.bin')).toBe('path-not-a-file');
    await new Promise((done) => server.close(done));
  });

  it.skipIf(process.platform === 'win32')('a device is refused', () => {
    expect(codeOf('zero', '/dev')).toBe('path-not-a-file');
    symlinkSync('/dev/zero', join(folder, 'device.bin'));
    expect(codeOf('device.bin')).toBe('path-outside');
  });

  it('a missing base folder is refused', () => expect(codeOf('weights.bin', join(root, 'none'))).toBe('path-missing'));

  it('a file that took the place of another has another identity', () => {
    writeFileSync(join(folder, 'a.bin'), 'a');
    writeFileSync(join(folder, 'b.bin'), 'b');
    const first = openInside(folder, 'a.bin');
    renameSync(join(folder, 'b.bin'), join(folder, 'a.bin'));
    const second = openInside(folder, 'a.bin');
    expect(second.identity).not.toBe(first.identity);
    closeSync(first.fd);
    closeSync(second.fd);
  });
});
