// What happens when an id is given twice, as by two branches that git merged: the younger record gets a new one.
import { relative, sep } from 'node:path';
import type { Disk } from '../files/disk';
import { failureRecordOf } from '../protocol/benchError';
import type { DoubledId } from './recordIndex';
import type { RecordWriter } from './recordWriter';
import { redirectReferences } from './references';
import type { Entry, Shelf } from './shelf';
import type { StoreProblem } from './store';

export class Renumberings {
  /** What was done, and what could not be, since the store was opened: path → problem. */
  private readonly found = new Map<string, StoreProblem>();

  constructor(
    private readonly disk: Disk,
    private readonly benchFolder: string,
    private readonly writer: RecordWriter,
  ) {}

  problems(): Iterable<StoreProblem> {
    return this.found.values();
  }

  /** Gives all but the eldest a new id, above \`highestInUse\`; false when nothing could be done. */
  async putRight({ id, places }: DoubledId, highestInUse: number): Promise<boolean> {
    let isDone = false;
    for (const { shelf, name } of places.slice(1)) {
      const entry = shelf.entry(name);
      if (entry !== undefined) isDone = (await this.renumber(entry, shelf, highestInUse)) || isDone;
    }
    const eldest = places[0]?.shelf.entry(places[0].name);
    if (!isDone && eldest !== undefined) this.report(eldest.path, `has the id ${id}, as another has`);
    return isDone;
  }

  private async renumber(entry: Entry, shelf: Shelf, highestInUse: number): Promise<boolean> {
    try {
      const newId = await this.writer.renumber(entry, highestInUse);
      if (newId === undefined) return true;
      const isOnlyOne = [...shelf.entries].filter(({ id }) => id === entry.id).length === 1;
      const redirected = isOnlyOne ? await redirectReferences(this.disk, this.writer, entry, newId) : 0;
      const references = isOnlyOne
        ? `${redirected} references to it in its project were changed with it`
        : 'references to it in its project were left as they are, since they may mean the other one';
      const done = `was given the id ${entry.id} a second time (git merges such things) and has the id ${newId} now`;
      this.report(entry.path, `${done}; ${entry.kind === 'project' ? 'what is in it came along' : references}`);
      return true;
    } catch (thrown) {
      this.report(
        entry.path,
        `has an id that another has, and could not get a new one: ${failureRecordOf(thrown).message}`,
      );
      return false;
    }
  }

  private report(path: string, what: string): void {
    const shown = relative(this.benchFolder, path).split(sep).join('/');
    this.found.set(shown, { path: shown, message: `${shown} ${what.replace(/\.$/, '')}.` });
  }
}
