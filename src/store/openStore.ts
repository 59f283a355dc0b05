// Opens a bench folder as a store: answers from the files as they are now, changes that are there for good.
import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Disk } from '../files/disk';
import { systemDisk } from '../files/disk';
import { fileErrorOf } from '../files/fileErrors';
import type { RunSummary } from '../protocol/runs';
import { BenchReader } from './benchReader';
import { benchFolderName } from './layout';
import type { Change, Draft, RecordKind, RecordsByKind, RunnableKind } from './records';
import { RecordWriter } from './recordWriter';
import { Renumberings } from './renumberings';
import { currentSchema, schemaVersion } from './schema';
import type { Entry } from './shelf';
import type { ListFilter, ProblemFilter, Store, StoreProblem } from './store';
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
  private readonly reader: BenchReader;
  private readonly writer: RecordWriter;
  private readonly renumberings: Renumberings;
  private isClosed = false;

  constructor(
    private readonly disk: Disk,
    readonly workspace: string,
  ) {
    this.folder = join(workspace, benchFolderName);
    this.writer = new RecordWriter(disk, this.folder);
    this.renumberings = new Renumberings(disk, this.folder, this.writer);
    this.reader = new BenchReader(disk, this.folder, (doubled) =>
      this.renumberings.putRight(doubled, this.reader.highestId(doubled.kind)),
    );
  }

  async open(): Promise<void> {
    const mark = this.disk.look(this.folder);
    if (mark !== undefined && mark.kind !== 'folder') {
      throw storeErrors.notAFolder(this.folder, mark.kind === 'link' ? 'a link' : 'a file');
    }
    const version = schemaVersion(this.disk, this.folder);
    if (version !== undefined && version < currentSchema) await this.writer.prepare();
  }

  async problems(): Promise<readonly StoreProblem[]> {
    this.refuseClosed();
    const found = await this.reader.problems();
    return [...found, ...this.renumberings.problems()];
  }

  seenProblems(kind: RecordKind, filter: ProblemFilter = {}): readonly StoreProblem[] {
    this.refuseClosed();
    return [...this.reader.seenProblems(kind, filter), ...this.renumberings.seenProblems(kind, filter)];
  }

  async list<Kind extends RecordKind>(kind: Kind, filter?: ListFilter): Promise<readonly RecordsByKind[Kind][]> {
    this.refuseClosed();
    return this.reader.list(kind, filter?.projectId);
  }

  async find<Kind extends RecordKind>(kind: Kind, id: number): Promise<RecordsByKind[Kind] | undefined> {
    // What lies at a place for a kind is of that kind.
    return (await this.locate(kind, id))?.record as RecordsByKind[Kind] | undefined;
  }

  async create<Kind extends RecordKind>(kind: Kind, draft: Draft<Kind>): Promise<RecordsByKind[Kind]> {
    const projectId = 'projectId' in draft ? Number(draft.projectId) : undefined;
    const project = projectId === undefined ? undefined : await this.locate('project', projectId);
    if (projectId !== undefined && project === undefined) throw storeErrors.noProject(projectId);
    this.refuseClosed();
    await this.writer.prepare();
    return this.writer.create(kind, draft, project, this.reader.highestId(kind));
  }

  async edit<Kind extends RecordKind>(
    kind: Kind,
    id: number,
    change: (record: RecordsByKind[Kind]) => Change<Kind> | null,
    expectedVersion?: number,
  ): Promise<RecordsByKind[Kind]> {
    const entry = await this.located(kind, id);
    return this.writer.edit(kind, entry, change, expectedVersion);
  }

  async remove(kind: RecordKind, id: number): Promise<boolean> {
    const entry = await this.locate(kind, id);
    return entry === undefined ? false : this.writer.remove(entry);
  }

  async folderOf(kind: RecordKind, id: number): Promise<string | undefined> {
    const entry = await this.locate(kind, id);
    return entry === undefined || kind !== 'model' ? entry?.path : dirname(entry.path);
  }

  async runs(kind: RunnableKind, id: number): Promise<readonly RunSummary[]> {
    this.refuseClosed();
    return this.reader.runs(kind, id);
  }

  async newestRuns(kind: RunnableKind, filter?: ListFilter): Promise<ReadonlyMap<number, RunSummary>> {
    this.refuseClosed();
    return this.reader.newestRuns(kind, filter?.projectId);
  }

  async createRunFolder(kind: RunnableKind, id: number): Promise<string> {
    return this.writer.createRunFolder(await this.located(kind, id));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.isClosed = true;
    await this.reader[Symbol.asyncDispose]();
  }

  private locate(kind: RecordKind, id: number): Promise<Entry | undefined> {
    this.refuseClosed();
    return this.reader.locate(kind, id);
  }

  private async located(kind: RecordKind, id: number): Promise<Entry> {
    const entry = await this.locate(kind, id);
    if (entry === undefined) throw storeErrors.noRecord(kind, id);
    return entry;
  }

  private refuseClosed(): void {
    if (this.isClosed) throw storeErrors.closed(this.folder);
  }
}
