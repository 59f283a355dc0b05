// All that is known of a bench folder: its projects, their parts, the runs of those; each looked at only when it is asked for.
import { dirname, join, relative, sep } from 'node:path';
import type { Disk } from '../files/disk';
import type { PartKind } from './layout';
import { shelfFolder } from './layout';
import type { RecordKind } from './records';
import { recordKinds, runnableKinds } from './records';
import { RunsShelf } from './runsShelf';
import type { Entry } from './shelf';
import { Shelf } from './shelf';
import type { ProblemFilter, StoreProblem } from './store';

export const partKinds = recordKinds.filter((kind): kind is PartKind => kind !== 'project');

export class BenchTree {
  readonly projects: Shelf;
  /** Path of a project's folder → its shelves. */
  private readonly parts = new Map<string, Map<PartKind, Shelf>>();
  /** Path of a record's folder → its runs. */
  private readonly runs = new Map<string, RunsShelf>();

  /** Which listing of `projects/` the rest was compared with. */
  private seen = 0;
  /** Shelves that are gone, until they are taken. */
  private gone: Shelf[] = [];

  constructor(
    private readonly disk: Disk,
    readonly benchFolder: string,
  ) {
    this.projects = new Shelf(disk, shelfFolder(benchFolder, 'project'), 'project', undefined);
  }

  /** The shelves that hold a kind, of one project or of all, as they are now; with a look at every file on them. */
  *refreshed(kind: RecordKind, projectId?: number): Generator<Shelf> {
    if (kind === 'project') {
      this.projects.refresh();
      yield this.projects;
      return;
    }
    for (const project of this.projectEntries(projectId)) {
      const shelf = this.part(project, kind);
      shelf.refresh();
      yield shelf;
    }
  }

  /** Looks at every file of a record. */
  refreshAll(): void {
    for (const kind of recordKinds) Array.from(this.refreshed(kind));
  }

  /** As `refreshed`, but only names are looked at. */
  *refreshedNames(kind: RecordKind): Generator<Shelf> {
    this.projects.refreshNames();
    if (kind === 'project') yield this.projects;
    else {
      for (const project of this.projectEntries()) {
        const shelf = this.part(project, kind);
        shelf.refreshNames();
        yield shelf;
      }
    }
  }

  /** Entries of a kind that are known, whether they still hold or not. */
  *knownShelves(kind: RecordKind): Generator<Shelf> {
    if (kind === 'project') yield this.projects;
    else for (const shelves of this.parts.values()) yield* [shelves.get(kind) ?? []].flat();
  }

  /** The shelves that went since this was asked last. */
  takeGone(): readonly Shelf[] {
    const taken = this.gone;
    if (taken.length > 0) this.gone = [];
    return taken;
  }

  runsOf(entry: Entry): RunsShelf {
    const known = this.runs.get(entry.path);
    if (known !== undefined) return known;
    const runs = new RunsShelf(this.disk, entry.path);
    this.runs.set(entry.path, runs);
    return runs;
  }

  /** What is wrong with what is known. */
  *problems(): Generator<StoreProblem> {
    for (const kind of recordKinds) {
      for (const shelf of this.knownShelves(kind)) yield* this.problemsOf(shelf);
    }
  }

  /** What is wrong with records of a kind, without a look at any file. */
  *seenProblems(kind: RecordKind, { projectId, id }: ProblemFilter): Generator<StoreProblem> {
    for (const shelf of this.knownShelves(kind)) {
      if (projectId !== undefined && shelf.projectId !== projectId) continue;
      if (id === undefined) for (const [name, fault] of shelf.faults) yield this.problem(join(shelf.path, name), fault);
      for (const name of shelf.faulty) {
        const entry = shelf.entry(name);
        if (entry?.fault === undefined || (id !== undefined && entry.id !== id)) continue;
        yield this.problem(entry.file, entry.fault);
      }
    }
  }

  private *problemsOf(shelf: Shelf): Generator<StoreProblem> {
    for (const [name, fault] of shelf.faults) yield this.problem(join(shelf.path, name), fault);
    const hasRuns = runnableKinds.some((kind) => kind === shelf.kind);
    for (const entry of shelf.entries) {
      if (entry.fault !== undefined) yield this.problem(entry.file, entry.fault);
      if (!hasRuns) continue;
      const runs = this.runsOf(entry);
      runs.all();
      for (const [name, fault] of runs.faults) yield this.problem(join(runs.path, name), fault);
    }
  }

  private problem(path: string, fault: string): StoreProblem {
    const shown = relative(this.benchFolder, path).split(sep).join('/');
    return { path: shown, message: `${shown} ${fault}.` };
  }

  private projectEntries(projectId?: number): Entry[] {
    this.projects.refreshNames();
    const entries = [...this.projects.entries];
    if (this.projects.namesSeen !== this.seen) {
      this.seen = this.projects.namesSeen;
      this.forget(new Set(entries.map(({ path }) => path)));
    }
    return projectId === undefined ? entries : entries.filter(({ id }) => id === projectId);
  }

  /** A project that is gone took its parts along. */
  private forget(present: ReadonlySet<string>): void {
    for (const [path, shelves] of this.parts) {
      if (present.has(path)) continue;
      this.parts.delete(path);
      for (const shelf of shelves.values()) {
        shelf.isGone = true;
        this.gone.push(shelf);
      }
    }
    for (const path of this.runs.keys()) if (!present.has(dirname(dirname(path)))) this.runs.delete(path);
  }

  private part(project: Entry, kind: PartKind): Shelf {
    const shelves = this.parts.get(project.path) ?? new Map<PartKind, Shelf>();
    this.parts.set(project.path, shelves);
    const known = shelves.get(kind);
    if (known !== undefined) return known;
    const shelf = new Shelf(this.disk, shelfFolder(project.path, kind), kind, project.id);
    shelves.set(kind, shelf);
    return shelf;
  }
}
