// Who may write the next version of a file: claims beside it, of which one alone counts, and none after its process ended.
//
// The claims on version n are the folders `.<file>.v<n>.<k>`, k = 0, 1, …; whoever holds the one with the highest k may
// write. Claim k+1 is made only when claim k is over for good: released, or of a process that is gone. As long as the file
// has version n-1, no claim on n is removed, so that no number is given twice and what was seen to be over stays over.
// When the file has version n they are litter: whoever makes another one finds that out by reading the file again, which
// every claimant does. A claim appears together with the record of its holder: a folder that holds the record is renamed
// to its name, and a folder cannot be renamed over one that is not empty.
import { basename, dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { temporaryName } from '../files/atomicWrite';
import type { Disk } from '../files/disk';
import { systemErrorCode } from '../files/fileErrors';
import type { ProcessRecord } from '../files/processRecord';
import { isProcessAlive, parseProcessRecord, processRecord } from '../files/processRecord';
import { storeErrors } from './storeErrors';

const holderName = 'holder.json';
const releasedName = 'released.json';
const mostHolderBytes = 4096;

/** How long a claim of a living process is waited for; writing a record takes a few milliseconds. */
const mostWaitMs = 10_000;
const longestPauseMs = 12;

/** Gives the version a file has now; undefined for a file that is gone. */
type VersionOf = () => number | undefined;

/** Whoever took a claim ends it (`await using`), written or not. */
export class VersionClaim implements AsyncDisposable {
  private constructor(
    private readonly disk: Disk,
    private readonly file: string,
    private readonly versionOf: VersionOf,
    /** The version that may be written. */
    readonly version: number,
    private readonly path: string,
  ) {}

  /** Claims the next version of `file`, waiting for others; undefined when the file is gone. */
  static async take(disk: Disk, file: string, versionOf: VersionOf): Promise<VersionClaim | undefined> {
    const giveUpAt = Date.now() + mostWaitMs;
    for (;;) {
      const current = versionOf();
      if (current === undefined) return undefined;
      const claim = await VersionClaim.tryTake(disk, file, versionOf, current + 1);
      if (claim instanceof VersionClaim) {
        // Between the look at the version and the claim, another one may have written it.
        if (versionOf() === current) return claim;
        await claim.end();
      } else if (Date.now() > giveUpAt) {
        throw storeErrors.busy(file, claim.holder?.pid);
      } else {
        await setTimeout(Math.random() * longestPauseMs);
      }
    }
  }

  /** The claim, or who has it. */
  private static async tryTake(
    disk: Disk,
    file: string,
    versionOf: VersionOf,
    version: number,
  ): Promise<VersionClaim | { readonly holder: ProcessRecord | undefined }> {
    const highest = Math.max(-1, ...claimNumbers(disk, file, version));
    const before = claimPath(file, version, highest);
    if (highest >= 0 && !isOver(disk, before)) return { holder: holderOf(disk, before) };
    const path = claimPath(file, version, highest + 1);
    const isMine = await appear(disk, path).catch((thrown: unknown) => {
      // The folder was removed with the file: the next look at its version will tell.
      if (systemErrorCode(thrown) === 'ENOENT') return false;
      throw thrown;
    });
    return isMine ? new VersionClaim(disk, file, versionOf, version, path) : { holder: undefined };
  }

  /**
   * Lets others go on, whether the version was written, or not, or the file was removed. Never fails: where the
   * disk does not let it, others wait until this process has ended.
   */
  async end(): Promise<void> {
    try {
      const now = this.versionOf();
      // A file that somebody put back to an older version has claims of its own, which are not ours to remove.
      if (now === undefined || now >= this.version) await this.clear();
      // Needs no space on the disk, and leaves the name taken.
      else await this.disk.rename(join(this.path, holderName), join(this.path, releasedName));
    } catch {
      abandoned.add(this.path);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.end();
  }

  /**
   * Removes all claims on this version and older ones. What cannot be removed does no harm.
   *
   * @param file where the file is now, if it was moved together with its claims
   */
  async clear(file: string = this.file): Promise<void> {
    for (const name of claimNames(this.disk, file)) {
      const found = versionPattern.exec(name.slice(basename(file).length + 1));
      if (found !== null && Number(found[1]) <= this.version) {
        await dismantle(this.disk, join(dirname(file), name)).catch(() => undefined);
      }
    }
  }
}

/** Claims of this process that it could not release. */
const abandoned = new Set<string>();

const versionPattern = /^\.v(\d{1,15})\.(\d{1,15})$/;

function claimPath(file: string, version: number, number: number): string {
  return join(dirname(file), `.${basename(file)}.v${version}.${number}`);
}

function claimNames(disk: Disk, file: string): string[] {
  const start = `.${basename(file)}.v`;
  try {
    return disk.list(dirname(file)).flatMap(({ name }) => (name.startsWith(start) ? [name] : []));
  } catch (thrown) {
    // The folder was removed with the file.
    if (systemErrorCode(thrown) === 'ENOENT') return [];
    throw thrown;
  }
}

function claimNumbers(disk: Disk, file: string, version: number): number[] {
  return claimNames(disk, file).flatMap((name) => {
    const found = versionPattern.exec(name.slice(basename(file).length + 1));
    return found !== null && Number(found[1]) === version ? [Number(found[2])] : [];
  });
}

/** Makes a claim; false when somebody was first. */
async function appear(disk: Disk, path: string): Promise<boolean> {
  const temporary = join(dirname(path), temporaryName());
  try {
    await disk.makeFolder(temporary);
    const holder = await disk.createFile(join(temporary, holderName));
    try {
      await holder.write(`${JSON.stringify(processRecord())}\n`);
    } finally {
      await holder.close();
    }
    await disk.rename(temporary, path);
    return true;
  } catch (thrown) {
    await dismantle(disk, temporary).catch(() => undefined);
    if (isTaken(thrown)) return false;
    throw thrown;
  }
}

function isTaken(thrown: unknown): boolean {
  const code = systemErrorCode(thrown) ?? '';
  // Windows does not say more about a folder that is in the way.
  return code === 'EEXIST' || code === 'ENOTEMPTY' || (code === 'EPERM' && process.platform === 'win32');
}

/** Whether a claim was released, or its process is gone. What is no claim of ours (a file, nothing inside) holds nothing. */
function isOver(disk: Disk, path: string): boolean {
  if (abandoned.has(path)) return true;
  const holder = holderOf(disk, path);
  return holder === undefined || !isProcessAlive(holder);
}

function holderOf(disk: Disk, path: string): ProcessRecord | undefined {
  try {
    const { bytes } = disk.read(join(path, holderName), mostHolderBytes);
    return bytes === undefined ? undefined : parseProcessRecord(Buffer.from(bytes).toString('utf8'));
  } catch (thrown) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(systemErrorCode(thrown) ?? '')) return undefined;
    throw thrown;
  }
}

async function dismantle(disk: Disk, claim: string): Promise<void> {
  await disk.removeFile(join(claim, holderName));
  await disk.removeFile(join(claim, releasedName));
  await disk.removeEmptyFolder(claim);
}
