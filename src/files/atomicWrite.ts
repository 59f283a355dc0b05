// Files that appear complete or not at all: written beside their place, synced, then renamed into it.
import { randomUUID } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import type { Disk, DiskFile } from './disk';
import { systemDisk } from './disk';
import { fileErrorOf } from './fileErrors';

/**
 * A file being written in chunks. Until `commit` the target is untouched; whoever creates it ends it with `commit` or
 * `discard` (a failed `write` or `commit` discards by itself). A process that is killed leaves at most the hidden
 * temporary file beside the target.
 */
export class AtomicFile {
  private handle: DiskFile | undefined;

  private constructor(
    /** Where the file will be. */
    readonly path: string,
    /** Where it is until then: a hidden file in the same folder, so that the rename stays on one disk. */
    readonly temporaryPath: string,
    handle: DiskFile,
    private readonly disk: Disk,
  ) {
    this.handle = handle;
  }

  /** Opens the temporary file. Throws FileError when the folder is missing or cannot be written to. */
  static async create(path: string, disk: Disk = systemDisk): Promise<AtomicFile> {
    const target = resolve(path);
    const temporary = join(dirname(target), temporaryName());
    try {
      return new AtomicFile(target, temporary, await disk.createFile(temporary), disk);
    } catch (thrown) {
      throw fileErrorOf(thrown, target);
    }
  }

  /** Appends bytes (UTF-8 for text). Throws FileError, after discarding, when the disk is full or fails. */
  async write(content: Uint8Array | string): Promise<void> {
    const handle = this.openHandle();
    await this.discardOnError(async () => {
      await handle.write(content);
    });
  }

  /**
   * Syncs the file, puts it in its place over whatever was there, and syncs the folder. Where only the last fails, the file
   * is in its place and whole, but may not survive a power cut.
   */
  async commit(): Promise<void> {
    const handle = this.openHandle();
    await this.discardOnError(async () => {
      await handle.sync();
      await this.close();
      await this.disk.rename(this.temporaryPath, this.path);
    });
    try {
      await this.disk.syncFolder(dirname(this.path));
    } catch (thrown) {
      throw fileErrorOf(thrown, this.path);
    }
  }

  /** Removes what was written. Does nothing after `commit` or a second time. */
  async discard(): Promise<void> {
    if (this.handle === undefined) return;
    await this.close().catch(() => undefined);
    await this.disk.removeFile(this.temporaryPath);
  }

  private openHandle(): DiskFile {
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
      await this.disk.removeFile(this.temporaryPath).catch(() => undefined);
      throw fileErrorOf(thrown, this.path);
    }
  }
}

/** Replaces (or makes) a file in one step: readers see the old content or the new one, also after a power cut. */
export async function replaceFile(path: string, content: string | Uint8Array, disk: Disk = systemDisk): Promise<void> {
  const file = await AtomicFile.create(path, disk);
  await file.write(content);
  await file.commit();
}

/** A hidden name that nothing else has, for what is not finished yet. */
export function temporaryName(): string {
  return `.compressor-bench-${randomUUID()}.tmp`;
}

/** Whether a name is one of `temporaryName`. */
export function isTemporaryName(name: string): boolean {
  return /^\.compressor-bench-[0-9a-f-]{36}\.tmp$/.test(name);
}
