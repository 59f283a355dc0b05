// A disk in memory that fails, or loses power, at a chosen step, and remembers what had been synced until then.
import { dirname, basename } from 'node:path';
import type { Disk, DiskEntry, DiskFile, FileMark } from '../../src/files/disk';

interface FileNode {
  readonly kind: 'file';
  readonly inode: number;
  live: Buffer;
  durable: Buffer;
  changedMs: number;
}

interface FolderNode {
  readonly kind: 'folder';
  readonly inode: number;
  live: Map<string, Node>;
  durable: Map<string, Node>;
  changedMs: number;
}

type Node = FileNode | FolderNode;

/** What happens at the chosen step. A cut ends all that follows; a failure is the disk's, once. */
export type Fault = 'power cut' | 'ENOSPC' | 'EIO';

/** What a power cut leaves: what was synced; all names, with the content that was synced; everything (a killed process). */
export type Remains = 'synced' | 'names' | 'all';
export const allRemains: readonly Remains[] = ['synced', 'names', 'all'];

let lastInode = 0;

let ticks = 0;

/** Times long ago, each later than the one before: nothing that changes looks as it did. */
function tick(): number {
  return ++ticks;
}

function folderNode(entries: ReadonlyMap<string, Node> = new Map()): FolderNode {
  return {
    kind: 'folder',
    inode: ++lastInode,
    live: new Map(entries),
    durable: new Map(entries),
    changedMs: tick(),
  };
}

function fileNode(content: Buffer): FileNode {
  return { kind: 'file', inode: ++lastInode, live: content, durable: content, changedMs: tick() };
}

function failure(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}

export class PowerDisk implements Disk {
  /** Calls that were made. */
  steps = 0;
  private failAt = Infinity;
  private fault: Fault = 'EIO';
  private isOff = false;

  /** @param root what is below `/` */
  constructor(private readonly root: FolderNode = folderNode(new Map([['workspace', folderNode()]]))) {}

  /** Lets the n-th call from now on fail; of a power cut, the n-th that changes something. */
  failAtStep(n: number, fault: Fault): void {
    this.steps = 0;
    this.failAt = n;
    this.fault = fault;
  }

  /** The disk after the machine was started again; claims are of processes that are gone. */
  restarted(remains: Remains): PowerDisk {
    return new PowerDisk(survivor(this.root, remains) as FolderNode);
  }

  /** Puts JSON into a file, as a person would: the folders on the way are made, and what is there is written over. */
  put(path: string, value: unknown): void {
    let folder = this.root;
    for (const part of dirname(path).split('/').filter(Boolean)) {
      const next = folder.live.get(part) ?? folderNode();
      if (next.kind !== 'folder') throw failure('ENOTDIR', path);
      folder.live.set(part, next);
      folder.durable.set(part, next);
      folder = next;
    }
    const there = folder.live.get(basename(path));
    const content = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
    if (there?.kind === 'file') {
      there.live = there.durable = content;
      there.changedMs = tick();
      return;
    }
    const file = fileNode(content);
    folder.live.set(basename(path), file);
    folder.durable.set(basename(path), file);
    folder.changedMs = tick();
  }

  /** Whether any file holds this text. */
  holds(text: string, node: Node = this.root): boolean {
    if (node.kind === 'file') return node.live.includes(text);
    return [...node.live.values()].some((inner) => this.holds(text, inner));
  }

  look(path: string): FileMark | undefined {
    this.step(path);
    const node = this.find(path);
    return node === undefined ? undefined : markOf(node);
  }

  list(path: string): DiskEntry[] {
    this.step(path);
    return [...this.folder(path).live].map(([name, { kind }]) => ({ name, kind }));
  }

  read(path: string, mostBytes: number): ReturnType<Disk['read']> {
    this.step(path);
    const node = this.find(path);
    if (node === undefined) throw failure('ENOENT', path);
    const isFit = node.kind === 'file' && node.live.length <= mostBytes;
    return { mark: markOf(node), bytes: isFit ? node.live : undefined };
  }

  makeFolder(path: string): Promise<void> {
    return this.change(path, (parent, name) => {
      if (parent.live.has(name)) throw failure('EEXIST', path);
      const made = folderNode();
      parent.live.set(name, made);
    });
  }

  async createFile(path: string): Promise<DiskFile> {
    const node = fileNode(Buffer.alloc(0));
    await this.change(path, (parent, name) => {
      if (parent.live.has(name)) throw failure('EEXIST', path);
      parent.live.set(name, node);
    });
    return {
      write: (content) => {
        const bytes = Buffer.from(content);
        const write = (length: number): void => {
          node.live = Buffer.concat([node.live, bytes.subarray(0, length)]);
          node.changedMs = tick();
        };
        // Half of it may be written.
        return this.stepped(
          path,
          () => write(bytes.length),
          () => write(bytes.length >> 1),
        );
      },
      sync: () => this.stepped(path, () => void (node.durable = node.live)),
      close: () => Promise.resolve(),
    };
  }

  rename(from: string, to: string): Promise<void> {
    return this.stepped(from, () => {
      const source = this.folder(dirname(from));
      const target = this.folder(dirname(to));
      const node = source.live.get(basename(from));
      if (node === undefined) throw failure('ENOENT', from);
      const there = target.live.get(basename(to));
      if (there?.kind === 'folder' && (node.kind !== 'folder' || there.live.size > 0)) throw failure('ENOTEMPTY', to);
      if (there?.kind === 'file' && node.kind === 'folder') throw failure('ENOTDIR', to);
      source.live.delete(basename(from));
      target.live.set(basename(to), node);
      source.changedMs = target.changedMs = tick();
    });
  }

  removeFile(path: string): Promise<void> {
    return this.change(path, (parent, name) => void parent.live.delete(name), true);
  }

  removeEmptyFolder(path: string): Promise<void> {
    return this.change(path, (parent, name) => {
      const node = parent.live.get(name);
      if (node?.kind !== 'folder') throw failure('ENOENT', path);
      if (node.live.size > 0) throw failure('ENOTEMPTY', path);
      parent.live.delete(name);
    });
  }

  syncFolder(path: string): Promise<void> {
    return this.stepped(path, () => {
      const folder = this.folder(path);
      folder.durable = new Map(folder.live);
    });
  }

  private change(path: string, work: (parent: FolderNode, name: string) => void, mayMiss = false): Promise<void> {
    return this.stepped(path, () => {
      if (mayMiss && this.find(path) === undefined) return;
      const parent = this.folder(dirname(path));
      work(parent, basename(path));
      parent.changedMs = tick();
    });
  }

  /** Counts a call, and lets it fail if it is its turn; then `halfDone` may have happened. */
  private step(path: string, isChange = false, halfDone: () => void = () => undefined): void {
    if (this.isOff) throw failure('EIO', path);
    // Whether the power goes before a look or after it makes no difference.
    if (this.fault === 'power cut' && !isChange) return;
    this.steps++;
    if (this.steps !== this.failAt) return;
    halfDone();
    if (this.fault === 'power cut') this.isOff = true;
    throw failure(this.fault === 'power cut' ? 'EIO' : this.fault, path);
  }

  private async stepped(path: string, work: () => void, halfDone?: () => void): Promise<void> {
    await Promise.resolve();
    this.step(path, true, halfDone);
    work();
  }

  private find(path: string): Node | undefined {
    let node: Node | undefined = this.root;
    for (const part of path.split('/').filter(Boolean)) {
      if (node?.kind !== 'folder') return undefined;
      node = node.live.get(part);
    }
    return node;
  }

  private folder(path: string): FolderNode {
    const node = this.find(path);
    if (node === undefined) throw failure('ENOENT', path);
    if (node.kind === 'file') throw failure('ENOTDIR', path);
    return node;
  }
}

function markOf(node: Node): FileMark {
  const sizeBytes = node.kind === 'file' ? node.live.length : 0;
  return { kind: node.kind, sizeBytes, inode: node.inode, modifiedMs: node.changedMs, changedMs: node.changedMs };
}

/** A copy of what is left: a folder that was moved may be left in both places. */
function survivor(node: Node, remains: Remains, name = ''): Node {
  if (node.kind === 'file') {
    const content = remains === 'all' ? node.live : node.durable;
    return fileNode(name === 'holder.json' && content.length > 0 ? holderThatIsGone : content);
  }
  const entries = remains === 'synced' ? node.durable : node.live;
  return folderNode(new Map([...entries].map(([inner, one]) => [inner, survivor(one, remains, inner)])));
}

/** No system gives this number to a process. */
const holderThatIsGone = Buffer.from(JSON.stringify({ pid: 2 ** 30, claimedAt: '2026-01-01T00:00:00.000Z' }));
