// A folder with one writer: whoever writes into it claims it, and a claim ends with its process.
//
// Each claimant first puts its own record into the folder and then looks for others. Of two that begin at once, the one
// that looks later sees the other, so that never both go on; a record whose process is gone counts for nothing.
import { randomUUID } from 'node:crypto';
import { lstatSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { replaceFile } from './atomicWrite';
import { fileErrorOf, fileErrors, systemErrorCode } from './fileErrors';
import { isProcessAlive, processRecord, readProcessRecord } from './processRecord';
import type { ProcessRecord } from './processRecord';

interface FoundClaim {
  readonly name: string;
  /** Undefined when it cannot be read. */
  readonly record: ProcessRecord | undefined;
}

/** Two that began at once both step back, and try again at different times. */
const attempts = 4;
const longestPauseMs = 100;

/** Made by `take`; whoever took it releases it, also by `await using`. */
export class FolderClaim implements AsyncDisposable {
  private constructor(private readonly path: string) {}

  /** Claims an existing folder. Throws FileError `file-in-use` while another process that is alive holds it. */
  static async take(folder: string): Promise<FolderClaim> {
    for (let attempt = 1; ; attempt++) {
      const own = `writer-${randomUUID()}.json`;
      const claim = new FolderClaim(join(folder, own));
      await replaceFile(claim.path, `${JSON.stringify(processRecord())}\n`);
      const others = claimsIn(folder).filter(({ name }) => name !== own);
      const holder = livingHolder(others);
      if (holder === undefined) {
        // Tidying up: one that cannot be removed counts for nothing all the same.
        for (const { name } of others) await rm(join(folder, name), { force: true }).catch(() => undefined);
        return claim;
      }
      await claim.release();
      if (attempt === attempts) throw fileErrors.inUse(folder, holder.pid, holder.claimedAt);
      await setTimeout(Math.random() * longestPauseMs);
    }
  }

  /** Whether the claim is still there: a folder can be removed together with its claim. */
  get isHeld(): boolean {
    try {
      return lstatSync(this.path, { throwIfNoEntry: false }) !== undefined;
    } catch {
      // That it cannot be looked at now does not say that it is gone.
      return true;
    }
  }

  /** Lets others claim the folder. */
  async release(): Promise<void> {
    await rm(this.path, { force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }
}

/** Throws FileError `file-in-use` when a process that is alive holds the folder; claims nothing. */
export function refuseClaimedFolder(folder: string): void {
  const holder = folderHolder(folder);
  if (holder !== undefined) throw fileErrors.inUse(folder, holder.pid, holder.claimedAt);
}

/** The living process that holds a folder; undefined for none, also where there is no such folder. */
export function folderHolder(folder: string): ProcessRecord | undefined {
  return livingHolder(claimsIn(folder));
}

function livingHolder(claims: readonly FoundClaim[]): ProcessRecord | undefined {
  return claims.find(({ record }) => record !== undefined && isProcessAlive(record))?.record;
}

function claimsIn(folder: string): FoundClaim[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (thrown) {
    if (systemErrorCode(thrown) === 'ENOENT') return [];
    throw fileErrorOf(thrown, folder, 'read');
  }
  return (
    names
      .filter((name) => /^writer-[0-9a-f-]{36}\.json$/.test(name))
      // Records appear whole: one that cannot be read was damaged after its writer was gone, or has been released.
      .map((name) => ({ name, record: readProcessRecord(join(folder, name)) }))
  );
}
