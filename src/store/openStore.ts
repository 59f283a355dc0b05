// Opens a bench folder as a store: answers from the files as they are now, changes that are there for good.
import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Disk } from '../files/disk';
import { systemDisk } from '../files/disk';
import { fileErrorOf } from '../files/fileErrors';
import type { RunSummary } from '../protocol/runs';
import { BenchTree } from './benchTree';
import { benchFolderName } from './layout';
import type { Change, Draft, RecordKind, RecordsByKind, RunnableKind } from './records';
import { RecordWriter } from './recordWriter';
import { currentSchema, schemaVersion } from './schema';
import type { Entry } from './shelf';
import type { ListFilter, Store, StoreProblem } from './store';
import { storeErrors } from './storeErrors';

export interface StoreOptions {
  /** What stands in for the disk in tests. */
  readonly disk?: Disk;
}

/**
 * Opens the bench of a workspace; where there is none yet, the first change makes it. Rejects with StoreError for a bench
 * of a newer version of the program, and migrates one of an older.
 */
export async function openStore(workspace: string, options: StoreOptions = {}): Promise<Store> {
  const disk = options.disk ?? systemDisk;
  const real = options.disk === undefined ? realWorkspace(workspace) : workspace;
  const store = new FileStore(disk, real);
  await store.open();
  return store;
}

function realWorkspace(workspace: string): string {
  try {
    return realpathSync.native(workspace);
  } catch (thrown) {
    throw fileErrorOf(thrown, workspace, 'open the workspace');
  }
}

class FileStore implements Store {
  readonly folder: string;
  private readonly tree: BenchTree;
  private readonly writer: RecordWriter;
  private readonly asked = new Map<string, Promise<unknown>>();
  private isClosed = false;

  constructor(
    private readonly disk: Disk,
    readonly workspace: string,
  ) {
    this.folder = join(workspace, benchFolderName);
    this.tree = new BenchTree(disk, this.folder);
    this.writer = new RecordWriter(disk, this.folder);
  }

  async open(): Promise<void> {
    const mark = this.disk.look(this.folder);
    if (mark !== undefined && mark.kind !== 'folder') {
      throw storeErrors.notAFolder(this.folder, mark.kind === 'link' ? 'a link' : 'a file');
    }
    const version = schemaVersion(this.disk, this.folder);
    if (version !== undefined && version < currentSchema) await this.writer.prepare();
  }

  problems(): Promise<readonly StoreProblem[]> {
    return this.ask('problems', () => {
      this.tree.refreshAll();
      return [...this.tree.problems()];
    });
  }

  list<Kind extends RecordKind>(kind: Kind, filter?: ListFilter): Promise<readonly RecordsByKind[Kind][]> {
    return this.ask(`list ${kind} ${filter?.projectId ?? ''}`, () =>
      this.entries(kind, filter).map(({ record }) => record as RecordsByKind[Kind]),
    );
  }

  find<Kind extends RecordKind>(kind: Kind, id: number): Promise<RecordsByKind[Kind] | undefined> {
    return this.ask(`find ${kind} ${id}`, () => this.locate(kind, id)?.record as RecordsByKind[Kind] | undefined);
  }

  async create<Kind extends RecordKind>(kind: Kind, draft: Draft<Kind>): Promise<RecordsByKind[Kind]> {
    this.check();
    await this.writer.prepare();
    const project = 'projectId' in draft ? this.locate('project', draft.projectId as number) : undefined;
    if ('projectId' in draft && project === undefined) throw storeErrors.noProject(draft.projectId as number);
    return this.writer.create(kind, draft, project, this.highestId(kind));
  }

  async edit<Kind extends RecordKind>(
    kind: Kind,
    id: number,
    change: (record: RecordsByKind[Kind]) => Change<Kind> | null,
    expectedVersion?: number,
  ): Promise<RecordsByKind[Kind]> {
    this.check();
    const entry = this.locate(kind, id);
    if (entry === undefined) throw storeErrors.noRecord(kind, id);
    await this.writer.prepare();
    return this.writer.edit(kind, entry, change, expectedVersion);
  }

  async remove(kind: RecordKind, id: number): Promise<boolean> {
    this.check();
    const entry = this.locate(kind, id);
    if (entry === undefined) return false;
    await this.writer.prepare();
    return this.writer.remove(entry);
  }

  folderOf(kind: RecordKind, id: number): Promise<string | undefined> {
    return this.ask(`folder ${kind} ${id}`, () => {
      const entry = this.locate(kind, id);
      return entry === undefined || kind !== 'model' ? entry?.path : dirname(entry.path);
    });
  }

  runs(kind: RunnableKind, id: number): Promise<readonly RunSummary[]> {
    return this.ask(`runs ${kind} ${id}`, () => {
      const entry = this.locate(kind, id);
      return entry === undefined ? [] : this.tree.runsOf(entry).all();
    });
  }

  newestRuns(kind: RunnableKind, filter?: ListFilter): Promise<ReadonlyMap<number, RunSummary>> {
    return this.ask(`newest ${kind} ${filter?.projectId ?? ''}`, () => {
      const newest = new Map<number, RunSummary>();
      for (const entry of this.entries(kind, filter)) {
        const run = this.tree.runsOf(entry).newest();
        if (run !== undefined) newest.set(entry.id, run);
      }
      return newest;
    });
  }

  async createRunFolder(kind: RunnableKind, id: number): Promise<string> {
    this.check();
    const entry = this.locate(kind, id);
    if (entry === undefined) throw storeErrors.noRecord(kind, id);
    return this.writer.createRunFolder(entry);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }

  /** Questions of the same turn of the event loop share one look at the files, which comes after all of them. */
  private ask<Answer>(question: string, answer: () => Answer): Promise<Answer> {
    const asked = this.asked.get(question);
    // The same question has the same type of answer.
    if (asked !== undefined) return asked as Promise<Answer>;
    const answered = setImmediate().then(() => {
      this.asked.delete(question);
      this.check();
      return answer();
    });
    this.asked.set(question, answered);
    return answered;
  }

  private check(): void {
    if (this.isClosed) throw storeErrors.closed(this.folder);
    schemaVersion(this.disk, this.folder);
  }

  private entries(kind: RecordKind, filter?: ListFilter): Entry[] {
    const found: Entry[] = [];
    for (const shelf of this.tree.refreshed(kind, filter?.projectId)) {
      for (const entry of shelf.entries) if (entry.record !== undefined) found.push(entry);
    }
    return found.sort((a, b) => a.id - b.id);
  }

  private locate(kind: RecordKind, id: number): Entry | undefined {
    return this.entries(kind).find((entry) => entry.id === id);
  }

  private highestId(kind: RecordKind): number {
    let highest = 0;
    for (const shelf of this.tree.refreshedNames(kind)) {
      for (const { id } of shelf.entries) highest = Math.max(highest, id);
    }
    return highest;
  }
}
