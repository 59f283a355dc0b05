// Fault injection: whichever step of an atomic write fails, the old file stays whole and nothing else is left.
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import type * as FileSystem from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { AtomicFile } from '../../src/files/atomicWrite';

const faults = vi.hoisted(() => ({ step: 0, failAt: Infinity }));

/** Counts the steps of writing; the chosen one fails as on a full disk. */
function step(): void {
  faults.step++;
  if (faults.step === faults.failAt) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
}

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof FileSystem>();
  return {
    ...real,
    open: async (...args: Parameters<typeof real.open>) => {
      step();
      return withFaults(await real.open(...args));
    },
    rename: (...args: Parameters<typeof real.rename>) => {
      step();
      return real.rename(...args);
    },
  };
});

function withFaults(handle: FileHandle): FileHandle {
  return new Proxy(handle, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return async (...args: unknown[]): Promise<unknown> => {
        // What was opened is released even where closing reports an error.
        const result: unknown = name === 'close' ? await Reflect.apply(value, target, args) : undefined;
        step();
        return name === 'close' ? result : Reflect.apply(value, target, args);
      };
    },
  });
}

async function writeAll(path: string): Promise<void> {
  const file = await AtomicFile.create(path);
  await file.write('new ');
  await file.write('content');
  await file.commit();
}

it('a full disk at any step leaves the old file or the new one, whole, and nothing else', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cb-faults-'));
  const path = join(folder, 'model.onnx');
  let failures = 0;
  for (let failAt = 1; failAt <= 10; failAt++) {
    writeFileSync(path, 'old');
    Object.assign(faults, { step: 0, failAt });
    const failure: unknown = await writeAll(path).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (failure !== undefined) failures++;
    if (failure !== undefined) expect(failure).toMatchObject({ code: 'file-disk-full', place: path });
    // open, two writes, sync, close, rename: until then nothing has changed.
    expect(readFileSync(path, 'utf8')).toBe(failAt <= 6 ? 'old' : 'new content');
    expect(readdirSync(folder)).toEqual(['model.onnx']);
  }
  // What follows syncs the folder: the file is in place, but that it stays there cannot be promised.
  expect(failures).toBe(9);
  rmSync(folder, { recursive: true });
});
