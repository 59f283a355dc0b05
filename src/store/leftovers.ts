// Tidies away what processes that were killed have left half done, hidden and of no effect.
import { dirname, join } from 'node:path';
import { isTemporaryName } from '../files/atomicWrite';
import type { Disk } from '../files/disk';

/** Nothing takes so long to be written, unless the machine sleeps meanwhile; then it is refused when it wakes. */
const leftAfterMs = 60 * 60 * 1000;

export class Leftovers {
  private readonly swept = new Set<string>();

  constructor(private readonly disk: Disk) {}

  /** Looks once at the folder in which `path` lies. What cannot be removed is left. */
  async sweepAround(path: string): Promise<void> {
    const folder = dirname(path);
    if (this.swept.has(folder)) return;
    this.swept.add(folder);
    try {
      for (const { name } of this.disk.list(folder)) {
        if (isTemporaryName(name)) await this.remove(join(folder, name));
      }
    } catch {
      // It does no harm where it is.
    }
  }

  private async remove(path: string): Promise<void> {
    const mark = this.disk.look(path);
    if (mark === undefined || mark.changedMs > Date.now() - leftAfterMs) return;
    if (mark.kind !== 'folder') {
      await this.disk.removeFile(path);
      return;
    }
    for (const { name } of this.disk.list(path)) await this.disk.removeFile(join(path, name));
    await this.disk.removeEmptyFolder(path);
  }
}
