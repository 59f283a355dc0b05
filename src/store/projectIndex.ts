// The index for questions about projects alone: they all lie on one shelf, so that nothing has to be loaded to search it.
import type { DoubledId, Place, RecordIndex } from './recordIndex';
import type { RecordKind } from './records';
import type { Entry, Shelf } from './shelf';

export class ProjectIndex implements RecordIndex {
  private changes = 0;
  /** By id, the eldest first among those with the same. */
  private sorted: readonly Entry[] = [];

  constructor(private readonly shelf: Shelf) {}

  generation(): number {
    return this.changes;
  }

  update(): void {
    if (this.shelf.takeChanges().size === 0) return;
    this.changes++;
    const readable = [...this.shelf.entries].filter(({ record }) => record !== undefined);
    this.sorted = readable.sort((a, b) => a.id - b.id || compare(ageOf(a), ageOf(b)));
  }

  list(): Entry[] {
    return this.sorted.filter(({ id }, at) => this.sorted[at - 1]?.id !== id);
  }

  locate(_kind: RecordKind, id: number): Place | undefined {
    const entry = this.sorted.find((one) => one.id === id);
    return entry === undefined ? undefined : this.placeOf(entry);
  }

  doubled(): DoubledId[] {
    return this.list().flatMap(({ id }) => {
      const places = this.sorted.filter((one) => one.id === id).map((one) => this.placeOf(one));
      return places.length > 1 ? [{ kind: 'project', id, places }] : [];
    });
  }

  private placeOf({ name }: Entry): Place {
    return { shelf: this.shelf, name };
  }
}

/** Of two that say they are the same, the one made first counts; of two made at once, the one that is first by name. */
function ageOf({ record, path }: Entry): string {
  return `${record?.createdAt ?? ''}\0${path}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
