// What an index of records answers: where each lies, and which say they are the same.
import type { RecordKind } from './records';
import type { Entry, Shelf } from './shelf';

/** A place on a shelf. */
export interface Place {
  readonly shelf: Shelf;
  readonly name: string;
}

/** Several records that say they are the same. */
export interface DoubledId {
  readonly kind: RecordKind;
  readonly id: number;
  /** The eldest first: the one that keeps the id. All processes agree which one it is, whatever they read first. */
  readonly places: readonly Place[];
}

/** Made of the files, and never the only copy of anything. */
export interface RecordIndex {
  /** Grows with every change among the records of a kind, so that answers can be kept until then. */
  generation(kind: RecordKind): number;
  /** Takes over what has changed on shelves since it was taken over last. */
  update(shelves: Iterable<Shelf>): void;
  /** All records of a kind (of one project), one for each id, by id. */
  list(kind: RecordKind, projectId?: number): Entry[];
  locate(kind: RecordKind, id: number): Place | undefined;
  doubled(kind: RecordKind): DoubledId[];
}
