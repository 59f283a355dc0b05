// The runs of one record: the folders in its `runs/`, and what the log in each says.
import { join } from 'node:path';
import type { Disk, FileMark } from '../files/disk';
import { systemErrorCode } from '../files/fileErrors';
import { longestRunLogBytes, summaryOfText } from '../files/runLog';
import type { RunSummary } from '../protocol/runs';
import { runLogName } from '../protocol/runs';
import type { TakenMark } from './fileMarks';
import { stillHolds, takenMark } from './fileMarks';
import { runsFolderName } from './layout';

interface KnownRun {
  readonly mark: TakenMark;
  readonly summary: RunSummary | undefined;
}

export class RunsShelf {
  readonly path: string;
  private mark: TakenMark | undefined;
  /** The newest first. */
  private names: readonly string[] = [];
  private readonly known = new Map<string, KnownRun>();
  /** What is wrong with the folder or with logs in it: path below it (empty for itself) → fault. */
  readonly faults = new Map<string, string>();

  /** @param entryPath the folder of the record */
  constructor(
    private readonly disk: Disk,
    entryPath: string,
  ) {
    this.path = join(entryPath, runsFolderName);
  }

  /** All runs as they are now, the newest first. A folder without a log is none (yet). */
  all(): RunSummary[] {
    this.refreshNames();
    return this.names.flatMap((name) => this.summary(name) ?? []);
  }

  /** The newest run as it is now. */
  newest(): RunSummary | undefined {
    this.refreshNames();
    for (const name of this.names) {
      const summary = this.summary(name);
      if (summary !== undefined) return summary;
    }
    return undefined;
  }

  private refreshNames(): void {
    const takenAtMs = Date.now();
    let mark: FileMark | undefined;
    try {
      mark = this.disk.look(this.path);
    } catch (thrown) {
      this.fail(thrown);
      return;
    }
    if (mark !== undefined && stillHolds(this.mark, mark)) return;
    this.mark = mark === undefined ? undefined : takenMark(mark, takenAtMs);
    this.names = [];
    this.faults.clear();
    if (mark === undefined) this.known.clear();
    else if (mark.kind !== 'folder') this.faults.set('', 'is no folder');
    else this.readNames();
  }

  private readNames(): void {
    try {
      const folders = this.disk.list(this.path).filter(({ kind, name }) => kind === 'folder' && !name.startsWith('.'));
      this.names = folders
        .map(({ name }) => name)
        .sort()
        .reverse();
    } catch (thrown) {
      this.fail(thrown);
    }
    const present = new Set(this.names);
    for (const name of [...this.known.keys()]) {
      if (!present.has(name)) this.known.delete(name);
    }
  }

  private fail(thrown: unknown): void {
    this.mark = undefined;
    this.names = [];
    this.faults.set('', `cannot be read (${systemErrorCode(thrown) ?? String(thrown)})`);
  }

  private summary(name: string): RunSummary | undefined {
    const folder = join(this.path, name);
    const file = join(folder, runLogName);
    const takenAtMs = Date.now();
    const before = this.known.get(name);
    if (before !== undefined && this.stillHolds(file, before)) return before.summary;
    const read = this.read(file, name);
    if (read === undefined) return undefined;
    const text = Buffer.from(read.bytes).toString('utf8');
    const known = { mark: takenMark(read.mark, takenAtMs), summary: summaryOfText(folder, text) };
    this.known.set(name, known);
    return known.summary;
  }

  private stillHolds(file: string, { mark }: KnownRun): boolean {
    if (!mark.isSettled) return false;
    try {
      const now = this.disk.look(file);
      return now !== undefined && stillHolds(mark, now);
    } catch {
      // Reading it will tell why.
      return false;
    }
  }

  private read(file: string, name: string): { mark: FileMark; bytes: Uint8Array } | undefined {
    const at = join(name, runLogName);
    this.faults.delete(at);
    try {
      const { mark, bytes } = this.disk.read(file, longestRunLogBytes);
      if (bytes !== undefined) return { mark, bytes };
      this.faults.set(at, mark.kind === 'file' ? `is too large for a log (${mark.sizeBytes} bytes)` : 'is no file');
    } catch (thrown) {
      const code = systemErrorCode(thrown);
      if (code !== 'ENOENT' && code !== 'ENOTDIR')
        this.faults.set(at, code === 'ELOOP' ? 'is a link' : `cannot be read (${code ?? '?'})`);
    }
    return undefined;
  }
}
