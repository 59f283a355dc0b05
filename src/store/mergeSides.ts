// Which of two records with the same id is meant by one that names it: after a merge by git each clone means its own.
import type { Disk } from '../files/disk';
import type { Entry } from './shelf';

/** Whether a record that names a doubled id means the one that got a new id. */
export type Meant = 'renumbered' | 'other' | 'unclear';

/** A record is written at once when its times are taken; git writes a file of another clone later. */
const writtenWithinMs = 1000;
/** A pull writes its files within so long. */
const longestPullMs = 10_000;

/** When a record was last written: as it says, and as its file says. */
interface Written {
  readonly saidMs: number;
  readonly fileMs: number | undefined;
}

interface KnownWritten extends Written {
  /** The file as it was left then. */
  readonly modifiedAt: string | null;
}

/** Two with the same id: the one that gets a new one, and the other. */
export interface Rivals {
  readonly renumbered: Entry;
  readonly other: Entry | undefined;
  readonly renumberedWritten: Written;
  readonly otherWritten: Written | undefined;
}

export class MergeSides {
  /** Path of a record that was written while ids were put right → when it had been written before. */
  private readonly before = new Map<string, KnownWritten>();
  /** Path of a record that got a new id → the one it had. */
  private readonly oldIds = new Map<string, number>();

  constructor(private readonly disk: Disk) {}

  rivals(renumbered: Entry, others: readonly Entry[]): Rivals {
    // Of three or more, any may be meant.
    const other = others.length === 1 ? others[0] : undefined;
    return {
      renumbered,
      other,
      renumberedWritten: this.written(renumbered),
      otherWritten: other === undefined ? undefined : this.written(other),
    };
  }

  /** To be called before a record is written; the answer, with its time as it was left, afterwards. */
  keeping(entry: Entry): (path: string, modifiedAt: string | null, oldId?: number) => void {
    const written = this.written(entry);
    return (path, modifiedAt, oldId) => {
      this.before.delete(entry.path);
      this.before.set(path, { ...written, modifiedAt });
      if (oldId !== undefined) this.oldIds.set(path, oldId);
    };
  }

  /** @param shelf all records of the kind and project of `naming` */
  meant(naming: Entry, shelf: readonly Entry[], rivals: Rivals): Meant {
    const madeMs = Date.parse(rivals.renumbered.record?.createdAt ?? '');
    const isEarlier = (written: Written): boolean => written.saidMs < madeMs;
    if (isEarlier(this.written(naming))) return 'other';
    if (rivals.other === undefined) return 'unclear';
    const twins = shelf.filter((one) => one.path !== naming.path && this.oldId(one) === this.oldId(naming));
    if (twins.length > 1) return 'unclear';
    const [twin] = twins;
    const bySide = this.bySide(naming, twin, rivals);
    if (bySide !== 'unclear' || twin === undefined) return bySide;
    // Each of two with the same id names that of its own clone.
    if (isEarlier(this.written(twin))) return 'renumbered';
    return isYounger(naming, twin) ? 'renumbered' : 'other';
  }

  /** As files tell where they were made. */
  private bySide(naming: Entry, twin: Entry | undefined, { renumberedWritten, otherWritten }: Rivals): Meant {
    if (otherWritten === undefined || isHere(renumberedWritten) === isHere(otherWritten)) return 'unclear';
    const written = this.written(naming);
    const isOwn = isHere(written);
    if (twin !== undefined && isHere(this.written(twin)) === isOwn) return 'unclear';
    const pulled = isHere(renumberedWritten) ? otherWritten : renumberedWritten;
    if (twin === undefined && !isOwn && !cameTogether(written, pulled)) return 'unclear';
    return isOwn === isHere(renumberedWritten) ? 'renumbered' : 'other';
  }

  private oldId({ path, id }: Entry): number {
    return this.oldIds.get(path) ?? id;
  }

  private written({ path, file, record }: Entry): Written {
    const known = this.before.get(path);
    const modifiedAt = record?.modifiedAt ?? null;
    if (known?.modifiedAt === modifiedAt) return known;
    const times = [record?.createdAt, modifiedAt].map((time) => Date.parse(time ?? '')).filter(Number.isFinite);
    let fileMs: number | undefined;
    try {
      fileMs = this.disk.look(file)?.modifiedMs;
    } catch {
      // Then the file tells nothing.
    }
    return { saidMs: Math.max(...times), fileMs };
  }
}

function isHere({ saidMs, fileMs }: Written): boolean {
  return fileMs !== undefined && Math.abs(fileMs - saidMs) <= writtenWithinMs;
}

function cameTogether(one: Written, two: Written): boolean {
  return one.fileMs !== undefined && two.fileMs !== undefined && Math.abs(one.fileMs - two.fileMs) <= longestPullMs;
}

/** As indices decide which of two gets a new id. */
function isYounger(one: Entry, two: Entry): boolean {
  const [made, other] = [one.record?.createdAt ?? '', two.record?.createdAt ?? ''];
  return made === other ? one.path > two.path : made > other;
}
