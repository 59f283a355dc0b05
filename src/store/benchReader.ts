// Answers questions about a bench folder from its files as they are, looking only at those the answer depends on.
import { setImmediate } from 'node:timers/promises';
import type { Disk } from '../files/disk';
import { fileErrorOf } from '../files/fileErrors';
import type { RunSummary } from '../protocol/runs';
import { BenchTree } from './benchTree';
import { ProjectIndex } from './projectIndex';
import type { RecordKind, RecordsByKind, RunnableKind } from './records';
import { recordKinds } from './records';
import { QueryIndex } from './queryIndex';
import type { DoubledId, RecordIndex } from './recordIndex';
import { schemaVersion } from './schema';
import type { Entry, Shelf } from './shelf';
import type { ProblemFilter, StoreProblem } from './store';
import { storeErrors } from './storeErrors';

/** Gives all but the eldest of several records with the same id a new one; false when that cannot be done now. */
type Renumber = (doubled: DoubledId) => Promise<boolean>;

interface KeptAnswer {
  readonly generation: number;
  readonly records: readonly RecordsByKind[RecordKind][];
}

const mostKeptAnswers = 500;

/** After so long, others have their turn: a first look at a large bench takes a while. */
const longestTurnMs = 15;

/** Whoever made it closes it (`await using`). */
export class BenchReader implements AsyncDisposable {
  private readonly tree: BenchTree;
  private readonly projects: ProjectIndex;
  /** Of all that lies in projects; loaded when it is first needed. */
  private index: QueryIndex | undefined;
  private opening: Promise<QueryIndex> | undefined;
  /** Resolves when no id was given twice, as far as names tell. */
  private idsChecked: Promise<void> | undefined;
  private readonly asked = new Map<string, Promise<unknown>>();
  private readonly running = new Set<Promise<unknown>>();
  private readonly kept = new Map<string, KeptAnswer>();

  constructor(
    private readonly disk: Disk,
    private readonly benchFolder: string,
    private readonly renumber: Renumber,
  ) {
    this.tree = new BenchTree(disk, benchFolder);
    this.projects = new ProjectIndex(this.tree.projects);
  }

  /** Records of a kind, by id. The same list as before, as long as nothing has changed. */
  list<Kind extends RecordKind>(kind: Kind, projectId?: number): Promise<readonly RecordsByKind[Kind][]> {
    const question = `list ${kind} ${projectId ?? ''}`;
    return this.ask(question, async () => {
      const index = await this.refreshed(kind, projectId);
      const generation = index.generation(kind);
      const before = this.kept.get(question);
      const isKept = before?.generation === generation;
      const records = isKept ? before.records : recordsOf(index.list(kind, projectId));
      if (!isKept) this.keep(question, { generation, records });
      // Shelves of a kind hold records of that kind.
      return records as readonly RecordsByKind[Kind][];
    });
  }

  /** The place of a record that can be read. */
  locate(kind: RecordKind, id: number): Promise<Entry | undefined> {
    return this.ask(`locate ${kind} ${id}`, async () => {
      const known = this.known(kind, id);
      if (known !== undefined) return known;
      const place = (await this.refreshed(kind)).locate(kind, id);
      return place?.shelf.entry(place.name);
    });
  }

  /** All runs of a record, the newest first. */
  async runs(kind: RunnableKind, id: number): Promise<readonly RunSummary[]> {
    const entry = await this.locate(kind, id);
    return entry === undefined ? [] : this.tree.runsOf(entry).all();
  }

  newestRuns(kind: RunnableKind, projectId?: number): Promise<ReadonlyMap<number, RunSummary>> {
    return this.ask(`newest ${kind} ${projectId ?? ''}`, async () => {
      const newest = new Map<number, RunSummary>();
      const turn = new Turn();
      for (const entry of (await this.refreshed(kind, projectId)).list(kind, projectId)) {
        if (turn.isOver) await turn.next();
        const run = this.tree.runsOf(entry).newest();
        if (run !== undefined) newest.set(entry.id, run);
      }
      return newest;
    });
  }

  /** The highest id in the name of anything of a kind, readable or not. */
  highestId(kind: RecordKind): number {
    let highest = 0;
    for (const shelf of this.tree.refreshedNames(kind)) {
      for (const { id } of shelf.entries) highest = Math.max(highest, id);
    }
    return highest;
  }

  problems(): Promise<readonly StoreProblem[]> {
    return this.ask('problems', async () => {
      for (const kind of recordKinds) await this.refreshed(kind);
      return [...this.tree.problems()];
    });
  }

  /** As `Store.seenProblems`, of files alone. */
  seenProblems(kind: RecordKind, filter: ProblemFilter): Iterable<StoreProblem> {
    return this.tree.seenProblems(kind, filter);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Questions that were asked before are answered.
    await Promise.all(this.running);
    this.index?.[Symbol.dispose]();
    this.index = undefined;
  }

  /** Questions of the same turn of the event loop share one look at the files, which comes after all of them. */
  private ask<Answer>(question: string, answer: () => Promise<Answer>): Promise<Answer> {
    const asked = this.asked.get(question);
    // The same question has the same type of answer.
    if (asked !== undefined) return asked as Promise<Answer>;
    const answered = setImmediate().then(async () => {
      this.asked.delete(question);
      try {
        schemaVersion(this.disk, this.benchFolder);
        return await answer();
      } catch (thrown) {
        throw fileErrorOf(thrown, this.benchFolder, 'read');
      }
    });
    this.asked.set(question, answered);
    const settled = answered.then(ignore, ignore).finally(() => this.running.delete(settled));
    this.running.add(settled);
    return answered;
  }

  private keep(question: string, answer: KeptAnswer): void {
    if (this.kept.size >= mostKeptAnswers) this.kept.clear();
    this.kept.set(question, answer);
  }

  /** A record whose place is known, after a look at its file alone. */
  private known(kind: RecordKind, id: number): Entry | undefined {
    const place = (kind === 'project' ? this.projects : this.index)?.locate(kind, id);
    const entry = place?.shelf.refreshEntry(place.name);
    return entry?.record === undefined ? undefined : entry;
  }

  /** The index after a look at all records of a kind (in a project), when no id is given twice any more. */
  private async refreshed(kind: RecordKind, projectId?: number): Promise<RecordIndex> {
    // Of all kinds before the first answer: records name those of other kinds by id. Projects name none, and are listed
    // at once in a bench of any size: theirs are checked below.
    if (kind !== 'project') {
      await (this.idsChecked ??= this.checkIds().catch((thrown: unknown) => {
        this.idsChecked = undefined;
        throw thrown;
      }));
    }
    const index = await this.indexOf(kind);
    if (!(await this.lookAt(index, kind, projectId))) return index;
    this.idsChecked = undefined;
    return this.refreshed(kind, projectId);
  }

  private async indexOf(kind: RecordKind): Promise<RecordIndex> {
    if (kind === 'project') return this.projects;
    // One index, however many questions are first: what it was told of the files is not told a second one.
    this.opening ??= QueryIndex.open().then(
      (index) => (this.index = index),
      (thrown: unknown) => {
        this.opening = undefined;
        throw thrown;
      },
    );
    return this.opening;
  }

  private async checkIds(): Promise<void> {
    const turn = new Turn();
    for (const kind of recordKinds) {
      const ids = new Set<number>();
      let isDoubled = false;
      for (const shelf of this.tree.refreshedNames(kind)) {
        if (turn.isOver) await turn.next();
        for (const { id } of shelf.entries) {
          isDoubled ||= ids.has(id);
          ids.add(id);
        }
      }
      // One that got a new id is looked at again, to be sure.
      while (isDoubled) isDoubled = await this.lookAt(await this.indexOf(kind), kind);
    }
  }

  /** Brings the index up to date; true when an id that was given twice was put right. */
  private async lookAt(index: RecordIndex, kind: RecordKind, projectId?: number): Promise<boolean> {
    const looked: Shelf[] = [];
    const turn = new Turn();
    for (const shelf of this.tree.refreshed(kind, projectId)) {
      looked.push(shelf);
      if (turn.isOver) await turn.next();
    }
    // Parts that cannot be read are a problem of theirs; without the projects there is no answer at all.
    const fault = this.tree.projects.faults.get('');
    if (fault !== undefined) throw storeErrors.brokenFolder(this.tree.projects.path, fault);
    const before = index.generation(kind);
    this.index?.drop(this.tree.takeGone());
    index.update(looked);
    return index.generation(kind) !== before && this.hasRenumbered(kind, index);
  }

  private async hasRenumbered(kind: RecordKind, index: RecordIndex): Promise<boolean> {
    let isDone = false;
    for (const doubled of index.doubled(kind)) isDone = (await this.renumber(doubled)) || isDone;
    return isDone;
  }
}

const ignore = (): void => undefined;

function recordsOf(entries: readonly Entry[]): readonly RecordsByKind[RecordKind][] {
  return Object.freeze(entries.flatMap(({ record }) => record ?? []));
}

/** Lets others have their turn when this one took long. */
class Turn {
  private beganMs = performance.now();

  get isOver(): boolean {
    return performance.now() - this.beganMs > longestTurnMs;
  }

  async next(): Promise<void> {
    await setImmediate();
    this.beganMs = performance.now();
  }
}
