// The things of one kind in one place (`projects/`, or a project's `models/`): what is known of them, and whether it holds.
import { join } from 'node:path';
import type { Disk, DiskEntry, FileMark } from '../files/disk';
import { systemErrorCode } from '../files/fileErrors';
import type { TakenMark } from './fileMarks';
import { stillHolds, takenMark } from './fileMarks';
import { idOfEntry, recordFile } from './layout';
import type { RecordKind, RecordsByKind } from './records';
import { mostRecordBytes, readRecord } from './recordText';

export type AnyRecord = RecordsByKind[RecordKind];

/** A thing on a shelf. */
export interface Entry {
  readonly kind: RecordKind;
  /** The id in its name, which counts: it is what was claimed. */
  readonly id: number;
  readonly name: string;
  /** Of the project it lies in; undefined for a project. */
  readonly projectId: number | undefined;
  /** Absolute path of its folder, or of a model's file. */
  readonly path: string;
  /** Absolute path of the record's file. */
  readonly file: string;
  /** Undefined when it cannot be read. */
  readonly record: AnyRecord | undefined;
  /** What is wrong, behind the name of the file; there may be a record all the same. */
  readonly fault: string | undefined;
}

interface KnownEntry extends Entry {
  readonly mark: TakenMark | undefined;
  /** What was read, as long as only reading again can tell that it still holds. */
  readonly bytes: Uint8Array | undefined;
}

export class Shelf {
  private mark: TakenMark | undefined;
  private readonly known = new Map<string, KnownEntry>();
  /** What is wrong with the shelf itself, or with names on it: name (empty for the shelf) → fault. */
  readonly faults = new Map<string, string>();
  /** Names of things with a fault. */
  readonly faulty = new Set<string>();
  /** Set when the project it belongs to went. */
  isGone = false;
  /** How often the names were listed anew. */
  namesSeen = 0;
  /** Names that came, went or changed since `takeChanges`. */
  private changed = new Set<string>();

  /** @param projectId whose shelf it is: what its files say about that is not asked, for folders are moved and copied */
  constructor(
    private readonly disk: Disk,
    readonly path: string,
    readonly kind: RecordKind,
    readonly projectId: number | undefined,
  ) {}

  get entries(): Iterable<Entry> {
    return this.known.values();
  }

  entry(name: string): Entry | undefined {
    return this.known.get(name);
  }

  /** The names at which something has changed since this was asked last. */
  takeChanges(): ReadonlySet<string> {
    const taken = this.changed;
    if (taken.size > 0) this.changed = new Set();
    return taken;
  }

  /** Looks at the shelf and at every file on it. */
  refresh(): void {
    this.refreshNames();
    for (const name of this.known.keys()) this.refreshEntry(name);
  }

  /** Looks which things there are; what is in their files is as it was. */
  refreshNames(): void {
    const takenAtMs = Date.now();
    const mark = this.look(this.path);
    if (typeof mark === 'object' && stillHolds(this.mark, mark)) return;
    this.mark = typeof mark === 'object' ? takenMark(mark, takenAtMs) : undefined;
    this.namesSeen++;
    this.faults.clear();
    if (typeof mark === 'string') this.faults.set('', mark);
    const found = new Set(typeof mark === 'object' ? this.namesIn(mark) : []);
    for (const name of [...this.known.keys()]) {
      if (!found.has(name)) this.forget(name);
    }
    for (const name of found) {
      if (!this.known.has(name)) this.known.set(name, this.newEntry(name));
    }
  }

  /** Looks at one file; undefined when the thing is not there, as far as its file tells. */
  refreshEntry(name: string): Entry | undefined {
    const before = this.known.get(name);
    if (before === undefined) return undefined;
    const takenAtMs = Date.now();
    if (before.mark?.isSettled === true) {
      const mark = this.look(before.file);
      if (typeof mark === 'object' && stillHolds(before.mark, mark)) return before;
    }
    const now = this.read(before, takenAtMs);
    this.known.set(name, now);
    if (now.fault === undefined) this.faulty.delete(name);
    else this.faulty.add(name);
    if (now.record !== before.record) this.changed.add(name);
    return now;
  }

  /** Why it cannot be looked at, as a text: one that is forbidden must not keep the others from being read. */
  private look(path: string): FileMark | undefined | string {
    try {
      return this.disk.look(path);
    } catch (thrown) {
      return cannotBeRead(thrown);
    }
  }

  private namesIn(mark: FileMark): string[] {
    if (mark.kind !== 'folder') {
      this.faults.set('', mark.kind === 'link' ? 'is a link, which is not followed' : 'is not a folder');
      return [];
    }
    let entries: readonly DiskEntry[];
    try {
      entries = this.disk.list(this.path);
    } catch (thrown) {
      if (systemErrorCode(thrown) === 'ENOENT') return [];
      this.mark = undefined;
      this.faults.set('', cannotBeRead(thrown));
      return [];
    }
    return entries.flatMap((entry) => (this.isThing(entry) ? [entry.name] : []));
  }

  /** Names that are not ours at all are nobody's fault. */
  private isThing({ name, kind }: DiskEntry): boolean {
    const expected = this.kind === 'model' ? 'file' : 'folder';
    if (name.startsWith('.')) return false;
    if (idOfEntry(this.kind, name) === undefined) {
      const isMeant =
        this.kind === 'model' ? name.endsWith('.json') : this.look(recordFile(this.kind, join(this.path, name)));
      if (isMeant === true || (typeof isMeant === 'object' && kind === 'folder')) {
        this.faults.set(name, `is not used: its name does not begin with the id of a ${this.kind}`);
      }
      return false;
    }
    // Some file systems do not tell kinds in a listing.
    const actual = kind === 'other' ? this.kindOf(name) : kind;
    if (actual === expected) return true;
    this.faults.set(name, actual === 'link' ? 'is a link, which is not followed' : `is not a ${expected}`);
    return false;
  }

  private kindOf(name: string): FileMark['kind'] {
    const mark = this.look(join(this.path, name));
    return typeof mark === 'object' ? mark.kind : 'other';
  }

  private newEntry(name: string): KnownEntry {
    const path = join(this.path, name);
    // `isThing` let it through.
    const id = idOfEntry(this.kind, name) ?? 0;
    const file = recordFile(this.kind, path);
    const place = { kind: this.kind, id, name, projectId: this.projectId, path, file };
    return { ...place, record: undefined, fault: undefined, mark: undefined, bytes: undefined };
  }

  private forget(name: string): void {
    this.known.delete(name);
    this.faulty.delete(name);
    this.changed.add(name);
  }

  private read(before: KnownEntry, takenAtMs: number): KnownEntry {
    let read: ReturnType<Disk['read']>;
    try {
      read = this.disk.read(before.file, mostRecordBytes);
    } catch (thrown) {
      if (systemErrorCode(thrown) === 'ENOENT') return without(before, 'is missing');
      return without(
        before,
        systemErrorCode(thrown) === 'ELOOP' ? 'is a link, which is not followed' : cannotBeRead(thrown),
      );
    }
    const mark = takenMark(read.mark, takenAtMs);
    const bytes = mark.isSettled ? undefined : read.bytes;
    if (read.bytes === undefined) {
      const isFile = read.mark.kind === 'file';
      const fault = isFile ? `is too large for a record (${read.mark.sizeBytes} bytes)` : 'is not a file';
      return { ...before, record: undefined, fault, mark, bytes };
    }
    if (before.bytes !== undefined && Buffer.compare(before.bytes, read.bytes) === 0) return { ...before, mark, bytes };
    return { ...before, ...this.checked(before.id, read.bytes), mark, bytes };
  }

  private checked(id: number, bytes: Uint8Array): Pick<Entry, 'record' | 'fault'> {
    const { record, fault } = readRecord(this.kind, bytes);
    if (record === undefined) return { record, fault };
    const placed = this.projectId === undefined ? { ...record, id } : { ...record, id, projectId: this.projectId };
    const isOtherId = record.id !== id;
    return {
      record: placed,
      fault: isOtherId ? `says id ${record.id}; the id in its place, ${id}, counts` : undefined,
    };
  }
}

function without(before: KnownEntry, fault: string): KnownEntry {
  return { ...before, record: undefined, fault, mark: undefined, bytes: undefined };
}

function cannotBeRead(thrown: unknown): string {
  return `cannot be read (${systemErrorCode(thrown) ?? String(thrown)})`;
}
