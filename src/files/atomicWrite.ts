// Files that appear complete or not at all: written beside their place, synced, then renamed into it.
import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileErrorOf } from './fileErrors';

/**
 * A file being written in chunks. Until `commit` the target is untouched; whoever creates it ends it with `commit` or
 * `discard` (a failed `write` or `commit` discards by itself). A process that is killed leaves at most the hidden
 * temporary file beside the target.
 */
export class AtomicFile {
  private handle: FileHandle | undefined;

  private constructor(
    /** Where the file will be. */
    readonly path: string,
    /** Where it is until then: a hidden file in the same folder, so that the rename stays on one disk. */
    readonly temporaryPath: string,
    handle: FileHandle,
  ) {
    this.handle = handle;
  }

  /** Opens the temporary file. Throws FileError when the folder is missing or cannot be written to. */
  static async create(path: string): Promise<AtomicFile> {
    const target = resolve(path);
    const temporary = join(dirname(target), `.compressor-bench-${randomUUID()}.tmp`);
    try {
      return new AtomicFile(target, temporary, await open(temporary, 'wx'));
    } catch (thrown) {
      throw fileErrorOf(thrown, target);
    }
  }

  /** Appends bytes (UTF-8 for text). Throws FileError, after discarding, when the disk is full or fails. */
  async write(content: Uint8Array | string): Promise<void> {
    const handle = this.openHandle();
    await this.discardOnError(async () => {
      // appendFile writes until everything is written; a bare write may stop short.
      await handle.appendFile(content);
    });
  }

  /** Syncs the file, puts it in its place over whatever was there, and syncs the folder. */
  async commit(): Promise<void> {
    const handle = this.openHandle();
    await this.discardOnError(async () => {
      await handle.sync();
      await this.close();
      await rename(this.temporaryPath, this.path);
    });
    await syncFolder(dirname(this.path));
  }

  /** Removes what was written. Does nothing after `commit` or a second time. */
  async discard(): Promise<void> {
    if (this.handle === undefined) return;
    await this.close().catch(() => undefined);
    await rm(this.temporaryPath, { force: true });
  }

  private openHandle(): FileHandle {
    if (this.handle === undefined) throw new Error(`${this.path} was committed or discarded already`);
    return this.handle;
  }

  private async close(): Promise<void> {
    const handle = this.handle;
    this.handle = undefined;
    await handle?.close();
  }

  private async discardOnError(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (thrown) {
      await this.close().catch(() => undefined);
      await rm(this.temporaryPath, { force: true }).catch(() => undefined);
      throw fileErrorOf(thrown, this.path);
    }
  }
}

/** Replaces (or makes) a file in one step: readers see the old content or the new one, also after a power cut. */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  const file = await AtomicFile.create(path);
  await file.write(content);
  await file.commit();
}

/** Makes a rename in this folder durable. Windows cannot open folders and does not need it. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // Some network and FUSE file systems refuse to sync a folder; the file itself is complete and in place.
  }
}
