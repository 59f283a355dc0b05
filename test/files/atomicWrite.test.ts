// Files that appear complete or not at all.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AtomicFile, replaceFile } from '../../src/files/atomicWrite';
import { fileErrorOf } from '../../src/files/fileErrors';
import { failureOf } from '../support/failureOf';
import { itWithPermissions } from '../support/permissions';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cb-atomic-'));
});

afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true, force: true });
});

describe('replaceFile', () => {
  it('makes and replaces a file, and leaves nothing else', async () => {
    const path = join(folder, 'a.json');
    await replaceFile(path, 'one');
    await replaceFile(path, new TextEncoder().encode('zwölf'));
    expect(readFileSync(path, 'utf8')).toBe('zwölf');
    expect(readdirSync(folder)).toEqual(['a.json']);
  });

  it('names the path and the next step when the folder is missing', async () => {
    const path = join(folder, 'no', 'a.json');
    const failure = await failureOf(replaceFile(path, 'x'));
    expect(failure).toMatchObject({ code: 'file-missing-folder', place: path });
    expect(failure.message).toContain(path);
    expect(failure.nextStep).not.toBe('');
  });

  it('fails, and leaves nothing, when a folder is in the way', async () => {
    const path = join(folder, 'sub');
    mkdirSync(path);
    expect(await failureOf(replaceFile(path, 'x'))).toMatchObject({ code: 'file-is-folder' });
    expect(readdirSync(folder)).toEqual(['sub']);
  });

  itWithPermissions('fails in a folder without permission', async () => {
    chmodSync(folder, 0o500);
    expect(await failureOf(replaceFile(join(folder, 'a'), 'x'))).toMatchObject({ code: 'file-denied' });
  });
});

describe('AtomicFile', () => {
  it('shows nothing of what is written before the commit', async () => {
    const path = join(folder, 'model.onnx');
    writeFileSync(path, 'old');
    const file = await AtomicFile.create(path);
    await file.write('new ');
    await file.write(new Uint8Array(3_000_000).fill(65));
    expect(readFileSync(path, 'utf8')).toBe('old');
    await file.commit();
    expect(readFileSync(path, 'utf8')).toBe(`new ${'A'.repeat(3_000_000)}`);
    expect(readdirSync(folder)).toEqual(['model.onnx']);
  });

  it('leaves the old file and nothing else when discarded, once or twice', async () => {
    const path = join(folder, 'model.onnx');
    writeFileSync(path, 'old');
    const file = await AtomicFile.create(path);
    await file.write('new');
    await file.discard();
    await file.discard();
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['model.onnx']);
  });

  it('discard after commit keeps the file', async () => {
    const path = join(folder, 'a');
    const file = await AtomicFile.create(path);
    await file.write('x');
    await file.commit();
    await file.discard();
    expect(existsSync(path)).toBe(true);
  });

  it('leaves nothing when its folder disappears', async () => {
    const sub = join(folder, 'sub');
    mkdirSync(sub);
    const file = await AtomicFile.create(join(sub, 'a'));
    rmSync(sub, { recursive: true });
    expect(await failureOf(file.commit())).toMatchObject({ code: 'file-missing-folder' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is put in its place once', async () => {
    const file = await AtomicFile.create(join(folder, 'a'));
    await file.commit();
    await expect(file.commit()).rejects.toThrow();
    await expect(file.write('x')).rejects.toThrow();
  });
});

describe('fileErrorOf', () => {
  it.each([
    ['ENOSPC', 'file-disk-full'],
    ['EDQUOT', 'file-disk-full'],
    ['EROFS', 'file-read-only'],
    ['EACCES', 'file-denied'],
    ['ENOENT', 'file-missing-folder'],
    ['EWEIRD', 'file-io'],
  ])('%s is %s', (systemCode, code) => {
    const thrown = Object.assign(new Error('raw text'), { code: systemCode });
    const error = fileErrorOf(thrown, '/out/model.onnx');
    expect(error.code).toBe(code);
    expect(error.message).toContain('/out/model.onnx');
    expect(error.message).not.toContain('raw text');
    expect(error.cause).toBe(thrown);
  });

  it('leaves a typed error as it is', () => {
    const error = fileErrorOf(Object.assign(new Error(), { code: 'ENOSPC' }), '/a');
    expect(fileErrorOf(error, '/b')).toBe(error);
  });
});
