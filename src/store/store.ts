// The store: everything a bench keeps, as plain files, with an index for questions (DESIGN §3).
import type { RunSummary } from '../protocol/runs';
import type { Change, Draft, RecordKind, RecordsByKind, RunnableKind } from './records';

/** Something in the bench folder that could not be read, or was put right. The rest works on. */
export interface StoreProblem {
  /** Relative to the bench folder. */
  readonly path: string;
  /** What is wrong, or what was done, in a sentence. */
  readonly message: string;
}

/** Which records problems are asked of. */
export interface ProblemFilter {
  readonly projectId?: number | undefined;
  readonly id?: number;
}

export interface ListFilter {
  readonly projectId?: number;
}

/**
 * One bench folder, open. Every answer reflects the files as they are when it is asked, also those that other processes
 * or people changed. Whoever opens a store closes it (`await using`).
 */
export interface Store extends AsyncDisposable {
  /** Absolute path of the workspace. */
  readonly workspace: string;
  /** Absolute path of `<workspace>/.compressor-bench`. */
  readonly folder: string;

  /** What was found broken, or put right, as of now. */
  problems(): Promise<readonly StoreProblem[]>;

  /**
   * What is wrong with records of a kind, as of the last question about them: it looks at no file, so that every list can
   * tell what it lacks. With `id`: why one that was not found is none.
   */
  seenProblems(kind: RecordKind, filter?: ProblemFilter): readonly StoreProblem[];

  /** All records of a kind, by id. The same array as before as long as none of them has changed. */
  list<Kind extends RecordKind>(kind: Kind, filter?: ListFilter): Promise<readonly RecordsByKind[Kind][]>;

  /** One record; undefined when there is none. */
  find<Kind extends RecordKind>(kind: Kind, id: number): Promise<RecordsByKind[Kind] | undefined>;

  /** Claims an id and makes the file; durable when it resolves. Rejects with StoreError `store-no-project`. */
  create<Kind extends RecordKind>(kind: Kind, draft: Draft<Kind>): Promise<RecordsByKind[Kind]>;

  /**
   * Replaces a record by its next version. `change` is computed from the newest version, and again if another writer was
   * first; give `expectedVersion` to be refused with StoreError `store-stale` instead. Null: nothing is to be changed.
   */
  edit<Kind extends RecordKind>(
    kind: Kind,
    id: number,
    change: (record: RecordsByKind[Kind]) => Change<Kind> | null,
    expectedVersion?: number,
  ): Promise<RecordsByKind[Kind]>;

  /** Moves the record with all that is in its folder to `.trash/`; a project takes its parts along. False: no such record. */
  remove(kind: RecordKind, id: number): Promise<boolean>;

  /** Absolute path of the folder of a record (of a model: the folder its file lies in); undefined when there is none. */
  folderOf(kind: RecordKind, id: number): Promise<string | undefined>;

  /** The runs of a record, the newest first. */
  runs(kind: RunnableKind, id: number): Promise<readonly RunSummary[]>;

  /** The newest run of each record of a kind, by id; records that never ran are not in it. */
  newestRuns(kind: RunnableKind, filter?: ListFilter): Promise<ReadonlyMap<number, RunSummary>>;

  /** Makes the folder of a new run, empty, and gives its absolute path. */
  createRunFolder(kind: RunnableKind, id: number): Promise<string>;
}
