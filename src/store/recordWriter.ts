// Makes, replaces and removes the files of records, so that each is there whole or not at all, and for good once promised.
import { basename, dirname, join } from 'node:path';
import { replaceFile, temporaryName } from '../files/atomicWrite';
import { claimFolder } from '../files/disk';
import type { Disk } from '../files/disk';
import { fileErrorOf, systemErrorCode } from '../files/fileErrors';
import { DurableFolders } from './durableFolders';
import { IdClaims } from './idClaims';
import { Leftovers } from './leftovers';
import { entryName, recordFile, runsFolderName, shelfFolder, trashFolderName } from './layout';
import type { Change, Draft, RecordKind, RecordsByKind } from './records';
import { mostRecordBytes, readRecord, textOfRecord } from './recordText';
import { nextRunName, timeName } from './runNames';
import { ensureCurrentSchema } from './schema';
import type { Entry } from './shelf';
import { storeErrors } from './storeErrors';
import { VersionClaim } from './versionClaim';

export class RecordWriter {
  private readonly folders: DurableFolders;
  private readonly ids: IdClaims;
  private readonly leftovers: Leftovers;

  constructor(
    private readonly disk: Disk,
    private readonly benchFolder: string,
  ) {
    this.folders = new DurableFolders(disk);
    this.ids = new IdClaims(disk, benchFolder, this.folders);
    this.leftovers = new Leftovers(disk);
  }

  /** Makes bench.json where it is missing, and migrates an older bench: before any other change. */
  async prepare(): Promise<void> {
    await this.writing(this.benchFolder, () => ensureCurrentSchema(this.disk, this.benchFolder, this.folders));
  }

  /**
   * @param project where a part goes; undefined for a project
   * @param highestInUse the highest id among the records there are
   */
  async create<Kind extends RecordKind>(
    kind: Kind,
    draft: Draft<Kind>,
    project: Entry | undefined,
    highestInUse: number,
  ): Promise<RecordsByKind[Kind]> {
    const shelf = shelfFolder(project?.path ?? this.benchFolder, kind);
    const unplaced = { id: 1, version: 1, ...draft, createdAt: new Date().toISOString(), modifiedAt: null };
    checkedText(kind, unplaced as unknown as RecordsByKind[Kind]);
    return this.writing(shelf, async () => {
      const id = await this.ids.claim(kind, highestInUse);
      // A draft and what is added here make up the record.
      const record = { ...unplaced, id } as unknown as RecordsByKind[Kind];
      const text = checkedText(kind, record);
      await this.ensureShelf(shelf, project);
      const path = join(shelf, entryName(kind, id, draft.name));
      if (kind === 'model') await replaceFile(path, text, this.disk);
      else await this.putFolder(path, basename(recordFile(kind, path)), text);
      await this.leftovers.sweepAround(path);
      Object.freeze(record);
      return record;
    });
  }

  /** As `Store.edit`. */
  async edit<Kind extends RecordKind>(
    kind: Kind,
    entry: Entry,
    change: (record: RecordsByKind[Kind]) => Change<Kind> | null,
    expectedVersion: number | undefined,
  ): Promise<RecordsByKind[Kind]> {
    const changed = (before: RecordsByKind[Kind]): RecordsByKind[Kind] | null => {
      if (expectedVersion !== undefined && before.version !== expectedVersion) {
        throw storeErrors.stale(kind, entry.id, expectedVersion, before.version);
      }
      const changes = change(before);
      if (changes === null) return null;
      return { ...before, ...changes, version: before.version + 1, modifiedAt: new Date().toISOString() };
    };
    return this.writing(entry.file, async () => {
      for (;;) {
        // Nothing is claimed for what will be refused or has no effect.
        const before = this.current(kind, entry);
        if (changed(before) === null) return before;
        await using claim = await this.claim(kind, entry);
        const newest = this.current(kind, entry);
        const after = changed(newest);
        if (after === null) return newest;
        // Somebody edited the file by hand, in this very moment.
        if (claim.version !== after.version) continue;
        await replaceFile(entry.file, checkedText(kind, after), this.disk);
        await this.leftovers.sweepAround(entry.file);
        Object.freeze(after);
        return after;
      }
    });
  }

  /** Moves a thing to the trash. False when it is gone already. */
  async remove(entry: Entry): Promise<boolean> {
    return this.writing(entry.path, async () => {
      await using claim = await VersionClaim.take(this.disk, entry.file, () => this.versionOf(entry.kind, entry));
      if (claim === undefined) return false;
      const place = await this.trashPlace(entry);
      const target = join(place, basename(entry.path));
      await this.disk.rename(entry.path, target);
      // In this order a power cut leaves it in one place at least.
      await this.disk.syncFolder(place);
      await this.disk.syncFolder(dirname(entry.path));
      await claim.clear(entry.kind === 'model' ? entry.file : join(target, basename(entry.file)));
      return true;
    });
  }

  /**
   * Gives a thing a new id, which its place gets first: that is what counts. Gives the id, or undefined when the thing is
   * not there any more, as when another process was first.
   */
  async renumber(entry: Entry, highestInUse: number): Promise<number | undefined> {
    const { kind, path, file } = entry;
    return this.writing(path, async () => {
      await using claim = await VersionClaim.take(this.disk, file, () => this.versionOf(kind, entry));
      if (claim === undefined) return undefined;
      const id = await this.ids.claim(kind, highestInUse);
      const name = entry.name.replace(/^\d+/, String(id));
      const moved = { ...entry, id, name, path: join(dirname(path), name) };
      await this.disk.rename(path, moved.path);
      await this.disk.syncFolder(dirname(path));
      const movedFile = recordFile(kind, moved.path);
      const record = { ...this.current(kind, { ...moved, file: movedFile }), version: claim.version };
      await replaceFile(movedFile, checkedText(kind, record), this.disk);
      await claim.clear(kind === 'model' ? file : movedFile);
      return id;
    });
  }

  /** Makes the folder of a new run of a record. */
  async createRunFolder(entry: Entry): Promise<string> {
    const runs = join(entry.path, runsFolderName);
    return this.writing(runs, async () => {
      await this.folders.ensure(runs);
      for (;;) {
        const folder = join(runs, nextRunName(this.disk.list(runs), new Date()));
        if (!(await claimFolder(folder, this.disk))) continue;
        await this.disk.syncFolder(runs);
        return folder;
      }
    });
  }

  /** Claims the next version of a record that is there. */
  private async claim(kind: RecordKind, entry: Entry): Promise<VersionClaim> {
    const claim = await VersionClaim.take(this.disk, entry.file, () => this.versionOf(kind, entry));
    if (claim === undefined) throw storeErrors.noRecord(kind, entry.id);
    return claim;
  }

  private versionOf(kind: RecordKind, entry: Entry): number | undefined {
    try {
      const { bytes } = this.disk.read(entry.file, mostRecordBytes);
      return bytes === undefined ? undefined : readRecord(kind, bytes).record?.version;
    } catch (thrown) {
      if (systemErrorCode(thrown) === 'ENOENT') return undefined;
      throw thrown;
    }
  }

  /** The record as it is in its file now. */
  private current<Kind extends RecordKind>(kind: Kind, entry: Entry): RecordsByKind[Kind] {
    const { bytes } = this.disk.read(entry.file, mostRecordBytes);
    const record = bytes === undefined ? undefined : readRecord(kind, bytes).record;
    if (record === undefined) throw storeErrors.noRecord(kind, entry.id);
    // The id in its place counts, and so does the project it lies in.
    const place = entry.projectId === undefined ? { id: entry.id } : { id: entry.id, projectId: entry.projectId };
    return { ...record, ...place };
  }

  private async ensureShelf(shelf: string, project: Entry | undefined): Promise<void> {
    try {
      await this.folders.ensure(shelf);
    } catch (thrown) {
      if (project === undefined || systemErrorCode(thrown) !== 'ENOENT') throw thrown;
      throw storeErrors.noProject(project.id);
    }
  }

  /** Puts a folder with one file into its place, both at once. */
  private async putFolder(path: string, fileName: string, text: string): Promise<void> {
    const temporary = join(dirname(path), temporaryName());
    try {
      await this.disk.makeFolder(temporary);
      const file = await this.disk.createFile(join(temporary, fileName));
      try {
        await file.write(text);
        await file.sync();
      } finally {
        await file.close();
      }
      await this.disk.syncFolder(temporary);
      await this.disk.rename(temporary, path);
    } catch (thrown) {
      await this.disk.removeFile(join(temporary, fileName)).catch(() => undefined);
      await this.disk.removeEmptyFolder(temporary).catch(() => undefined);
      throw thrown;
    }
    await this.disk.syncFolder(dirname(path));
  }

  /** A new folder in the trash. */
  private async trashPlace(entry: Entry): Promise<string> {
    const trash = join(this.benchFolder, trashFolderName);
    await this.folders.ensure(trash);
    const name = `${timeName(new Date())}-${entry.kind}-${entry.id}`;
    for (let attempt = 1; ; attempt++) {
      const place = join(trash, attempt === 1 ? name : `${name}-${attempt}`);
      if (!(await claimFolder(place, this.disk))) continue;
      await this.disk.syncFolder(trash);
      return place;
    }
  }

  private async writing<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (thrown) {
      throw fileErrorOf(thrown, path);
    }
  }
}

/** The text of a record that can be read again. Throws StoreError for one that could not. */
function checkedText<Kind extends RecordKind>(kind: Kind, record: RecordsByKind[Kind]): string {
  const text = textOfRecord(record);
  const { fault } = readRecord(kind, Buffer.from(text));
  if (fault !== undefined) throw storeErrors.unreadable(kind, fault);
  return text;
}
