// The few calls of the file system on which durable records rest, as an interface: a test stands in for a disk that fails
// or loses power at any of them.
import type { Dirent, Stats } from 'node:fs';
import { closeSync, fstatSync, lstatSync, openSync, readSync, readdirSync } from 'node:fs';
import { mkdir, open, rename, rm, rmdir } from 'node:fs/promises';
import { systemErrorCode } from './fileErrors';
import { plainReading } from './plainFile';

type EntryKind = 'file' | 'folder' | 'link' | 'other';

/** What tells one state of a file or folder from another without reading it. */
export interface FileMark {
  readonly kind: EntryKind;
  readonly sizeBytes: number;
  readonly inode: number;
  readonly modifiedMs: number;
  /** Of the last change of content, name or rights: tools that set `modifiedMs` back cannot set this. */
  readonly changedMs: number;
}

/** A name in a folder. */
export interface DiskEntry {
  readonly name: string;
  readonly kind: EntryKind;
}

/** A file being written; whoever made it closes it. */
export interface DiskFile {
  /** Appends all of it. */
  write(content: string | Uint8Array): Promise<void>;
  /** Resolves when what was written survives a power cut (its name may not: `Disk.syncFolder`). */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Questions are synchronous: thousands of them are asked at a time, and a promise costs more than the system's answer.
 * All calls throw the system's error; links are never followed in the last part of a path.
 */
export interface Disk {
  /** Undefined when nothing is there. */
  look(path: string): FileMark | undefined;
  /** What is in a folder, in any order. */
  list(folder: string): readonly DiskEntry[];
  /** The mark of what was opened, and its bytes unless it is no regular file or larger than `mostBytes`. */
  read(path: string, mostBytes: number): { readonly mark: FileMark; readonly bytes: Uint8Array | undefined };

  /** Fails with EEXIST when something has this name: of several that make a folder, one succeeds. */
  makeFolder(path: string): Promise<void>;
  /** Fails with EEXIST when something has this name. */
  createFile(path: string): Promise<DiskFile>;
  /** Puts a file over whatever file is there; a folder over nothing but an empty folder. */
  rename(from: string, to: string): Promise<void>;
  /** Does nothing when it is not there. */
  removeFile(path: string): Promise<void>;
  removeEmptyFolder(path: string): Promise<void>;
  /** Resolves when the names in the folder survive a power cut. */
  syncFolder(path: string): Promise<void>;
}

const quietly = { throwIfNoEntry: false } as const;

/** The disk of this machine. */
export const systemDisk: Disk = {
  look: (path) => {
    const stats = lstatSync(path, quietly);
    return stats === undefined ? undefined : markOf(stats);
  },
  list,
  read,
  makeFolder: (path) => mkdir(path),
  createFile: async (path) => {
    const handle = await open(path, 'wx');
    return {
      // appendFile writes until everything is written; a bare write may stop short.
      write: (content) => handle.appendFile(content),
      sync: () => handle.sync(),
      close: () => handle.close(),
    };
  },
  rename: (from, to) => rename(from, to),
  removeFile: (path) => rm(path, { force: true }),
  removeEmptyFolder: (path) => rmdir(path),
  syncFolder,
};

/** The same disk for files that go with the job that makes them: nobody looks for them after a power cut. */
export const scratchDisk: Disk = {
  ...systemDisk,
  createFile: async (path) => ({ ...(await systemDisk.createFile(path)), sync: () => Promise.resolve() }),
  syncFolder: () => Promise.resolve(),
};

function kindOf(one: Stats | Dirent): EntryKind {
  if (one.isFile()) return 'file';
  if (one.isDirectory()) return 'folder';
  return one.isSymbolicLink() ? 'link' : 'other';
}

function list(folder: string): DiskEntry[] {
  return readdirSync(folder, { withFileTypes: true }).map((entry) => ({ name: entry.name, kind: kindOf(entry) }));
}

function markOf(stats: Stats): FileMark {
  return {
    kind: kindOf(stats),
    sizeBytes: stats.size,
    inode: stats.ino,
    modifiedMs: stats.mtimeMs,
    changedMs: stats.ctimeMs,
  };
}

function read(path: string, mostBytes: number): { mark: FileMark; bytes: Uint8Array | undefined } {
  const fd = openSync(path, plainReading);
  try {
    const mark = markOf(fstatSync(fd));
    if (mark.kind !== 'file' || mark.sizeBytes > mostBytes) return { mark, bytes: undefined };
    const bytes = Buffer.allocUnsafe(mark.sizeBytes);
    let filled = 0;
    while (filled < bytes.length) {
      const count = readSync(fd, bytes, filled, bytes.length - filled, filled);
      if (count === 0) break;
      filled += count;
    }
    return { mark, bytes: bytes.subarray(0, filled) };
  } finally {
    closeSync(fd);
  }
}

/** Some network and FUSE file systems refuse to sync a folder, and Windows cannot open one; there is no better promise. */
const cannotSync = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EISDIR', 'EPERM', 'EACCES', 'EBADF']);

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (thrown) {
    if (!cannotSync.has(systemErrorCode(thrown) ?? '')) throw thrown;
  }
}

/** Makes a folder; false when something has this name already: of several that make it, one is told true. */
export async function claimFolder(path: string, disk: Pick<Disk, 'makeFolder'> = systemDisk): Promise<boolean> {
  try {
    await disk.makeFolder(path);
    return true;
  } catch (thrown) {
    if (systemErrorCode(thrown) === 'EEXIST') return false;
    throw thrown;
  }
}
