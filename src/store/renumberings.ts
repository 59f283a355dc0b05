// What happens when an id is given twice, as by two branches that git merged: the younger record gets a new one.
import { dirname, join, relative, sep } from 'node:path';
import type { Disk } from '../files/disk';
import { failureRecordOf } from '../protocol/benchError';
import type { Rivals } from './mergeSides';
import { MergeSides } from './mergeSides';
import type { DoubledId } from './recordIndex';
import type { RecordKind } from './records';
import type { RecordWriter } from './recordWriter';
import type { Redirected } from './references';
import { redirectReferences } from './references';
import type { Entry, Shelf } from './shelf';
import type { ProblemFilter, StoreProblem } from './store';

interface Found {
  readonly kind: RecordKind;
  readonly projectId: number | undefined;
  readonly problem: StoreProblem;
}

export class Renumberings {
  /** What was done, and what could not be, since the store was opened: path → problem. */
  private readonly found = new Map<string, Found>();
  readonly sides: MergeSides;

  constructor(
    readonly disk: Disk,
    private readonly benchFolder: string,
    readonly writer: RecordWriter,
  ) {
    this.sides = new MergeSides(disk);
  }

  problems(): Iterable<StoreProblem> {
    return [...this.found.values()].map(({ problem }) => problem);
  }

  /** As `Store.seenProblems`; what was put right is no reason why a record was not found. */
  seenProblems(kind: RecordKind, { projectId, id }: ProblemFilter): StoreProblem[] {
    if (this.found.size === 0 || id !== undefined) return [];
    const isAsked = (one: Found): boolean =>
      one.kind === kind && (projectId === undefined || one.projectId === projectId);
    return [...this.found.values()].filter(isAsked).map(({ problem }) => problem);
  }

  /** Gives all but the eldest a new id, above \`highestInUse\`; false when nothing could be done. */
  async putRight({ id, places }: DoubledId, highestInUse: number): Promise<boolean> {
    let isDone = false;
    for (const { shelf, name } of places.slice(1)) {
      const entry = shelf.entry(name);
      if (entry !== undefined) isDone = (await this.renumber(entry, shelf, highestInUse)) || isDone;
    }
    const eldest = places[0]?.shelf.entry(places[0].name);
    if (!isDone && eldest !== undefined) this.report(eldest, `has the id ${id}, as another has`);
    return isDone;
  }

  private async renumber(entry: Entry, shelf: Shelf, highestInUse: number): Promise<boolean> {
    try {
      const others = [...shelf.entries].filter(({ id, name }) => id === entry.id && name !== entry.name);
      const rivals = others.length === 0 ? undefined : this.sides.rivals(entry, others);
      const keep = this.sides.keeping(entry);
      const newId = await this.writer.renumber(entry, highestInUse);
      if (newId === undefined) return true;
      const newName = entry.name.replace(/^\d+/, String(newId));
      keep(join(dirname(entry.path), newName), entry.record?.modifiedAt ?? null, entry.id);
      const redirected = await redirectReferences(this, entry, newId, rivals);
      const done = `was given the id ${entry.id} a second time (git merges such things) and has the id ${newId} now`;
      const rest = entry.kind === 'project' ? 'what is in it came along' : this.whatFollowed(redirected, rivals);
      this.report(entry, `${done}; ${rest}`);
      return true;
    } catch (thrown) {
      this.report(entry, `has an id that another has, and could not get a new one: ${failureRecordOf(thrown).message}`);
      return false;
    }
  }

  /** What became of the records that named a part by the id it had. */
  private whatFollowed({ followed, left, unclear }: Redirected, rivals: Rivals | undefined): string {
    if (rivals === undefined) return `${followed.length} references to it in its project were changed with it`;
    const others = followed.length + unclear.length === 0 ? '' : 'other ';
    const parts = [
      ...followed.map((entry) => `${this.shown(entry)} means it and was changed with it`),
      ...(left.length === 0
        ? []
        : [`${others}references to its old id were left as they are: they mean the other one`]),
      ...unclear.map((entry) => `${this.shown(entry)} may mean this one or the other, and was left with the other`),
    ];
    if (parts.length === 0) return 'nothing else names it';
    const step = unclear.length === 0 ? '' : '. Look which one each of these is to use, and edit those that are wrong';
    return parts.join('; ') + step;
  }

  private shown({ path }: Entry): string {
    return relative(this.benchFolder, path).split(sep).join('/');
  }

  private report(entry: Entry, what: string): void {
    const path = this.shown(entry);
    const message = `${path} ${what.replace(/\.$/, '')}.`;
    this.found.set(path, { kind: entry.kind, projectId: entry.projectId, problem: { path, message } });
  }
}
