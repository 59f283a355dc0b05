// Folders that are made when they are first needed, and are there for good before anything in them is promised.
import { dirname } from 'node:path';
import type { Disk } from '../files/disk';
import { systemErrorCode } from '../files/fileErrors';
import { storeErrors } from './storeErrors';

/**
 * Makes folders durable once each. One that another process made is synced as well: that process may not have come to it
 * yet when this one promises what lies in the folder.
 */
export class DurableFolders {
  /** Path → inode of the folder that was made durable. */
  private readonly known = new Map<string, number>();

  constructor(private readonly disk: Disk) {}

  /** Makes a folder whose parent exists. Throws the system's ENOENT when the parent does not. */
  async ensure(path: string): Promise<void> {
    const found = this.disk.look(path);
    if (found?.kind === 'folder' && this.known.get(path) === found.inode) return;
    try {
      await this.disk.makeFolder(path);
    } catch (thrown) {
      if (systemErrorCode(thrown) !== 'EEXIST') throw thrown;
    }
    const made = this.disk.look(path);
    if (made !== undefined && made.kind !== 'folder') {
      throw storeErrors.notAFolder(path, made.kind === 'link' ? 'a link' : 'a file');
    }
    await this.disk.syncFolder(dirname(path));
    if (made !== undefined) this.known.set(path, made.inode);
  }
}
