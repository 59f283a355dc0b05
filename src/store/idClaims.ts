// Ids that are given once in the life of a bench: each is a folder that only one claimant can make (DESIGN §3).
import { join } from 'node:path';
import { claimFolder } from '../files/disk';
import type { Disk } from '../files/disk';
import type { DurableFolders } from './durableFolders';
import { idsFolderName } from './layout';
import type { RecordKind } from './records';

export class IdClaims {
  /** The last id this process saw taken, by kind: where to begin to look for a free one. */
  private readonly last = new Map<RecordKind, number>();

  constructor(
    private readonly disk: Disk,
    private readonly benchFolder: string,
    private readonly folders: DurableFolders,
  ) {}

  /**
   * Claims an id above `highestInUse` that was never given before; durable when it resolves. Git keeps no empty folders, so
   * that in a clone the records alone tell which ids are taken.
   */
  async claim(kind: RecordKind, highestInUse: number): Promise<number> {
    const ids = join(this.benchFolder, idsFolderName);
    await this.folders.ensure(ids);
    const folder = join(ids, kind);
    await this.folders.ensure(folder);
    let id = Math.max(this.last.get(kind) ?? this.highestIn(folder), highestInUse) + 1;
    while (!(await claimFolder(join(folder, String(id)), this.disk))) id = Math.max(id, this.highestIn(folder)) + 1;
    this.last.set(kind, id);
    await this.disk.syncFolder(folder);
    return id;
  }

  private highestIn(folder: string): number {
    let highest = 0;
    for (const { name } of this.disk.list(folder)) {
      if (/^[1-9]\d{0,14}$/.test(name)) highest = Math.max(highest, Number(name));
    }
    return highest;
  }
}
