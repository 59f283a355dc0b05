// A folder with one writer: whoever writes into it claims it, and a claim ends with its process.
//
// Each claimant first puts its own record into the folder and then looks for others. Of two that begin at once, the one
// that looks later sees the other, so that never both go on; a record whose process is gone counts for nothing.
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { replaceFile } from './atomicWrite';
import { fileErrorOf, fileErrors, systemErrorCode } from './fileErrors';

/** Content of a claim. */
interface ClaimRecord {
  readonly pid: number;
  /** ISO time. */
  readonly claimedAt: string;
  /** Boot of the machine and start of the process, where the system tells: another process may get the same number. */
  readonly process?: string;
}

interface FoundClaim {
  readonly name: string;
  /** Undefined when it cannot be read. */
  readonly record: ClaimRecord | undefined;
}

/** Two that began at once both step back, and try again at different times. */
const attempts = 4;
const longestPauseMs = 100;

/** Clocks are set now and then; a claim this much older than the last start of the machine is of an earlier one. */
const clockSlackMs = 60_000;

/** Made by `take`; whoever took it releases it, also by `await using`. */
export class FolderClaim implements AsyncDisposable {
  private constructor(private readonly path: string) {}

  /** Claims an existing folder. Throws FileError `file-in-use` while another process that is alive holds it. */
  static async take(folder: string): Promise<FolderClaim> {
    for (let attempt = 1; ; attempt++) {
      const own = `writer-${randomUUID()}.json`;
      const claim = new FolderClaim(join(folder, own));
      await replaceFile(claim.path, `${JSON.stringify(ownRecord())}\n`);
      const others = claimsIn(folder).filter(({ name }) => name !== own);
      const holder = others.find(({ record }) => record !== undefined && isAlive(record))?.record;
      if (holder === undefined) {
        for (const { name } of others) await rm(join(folder, name), { force: true });
        return claim;
      }
      await claim.release();
      if (attempt === attempts) throw fileErrors.inUse(folder, holder.pid, holder.claimedAt);
      await setTimeout(Math.random() * longestPauseMs);
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
  const holder = claimsIn(folder).find(({ record }) => record !== undefined && isAlive(record))?.record;
  if (holder !== undefined) throw fileErrors.inUse(folder, holder.pid, holder.claimedAt);
}

function ownRecord(): ClaimRecord {
  const identity = processIdentity(process.pid);
  return {
    pid: process.pid,
    claimedAt: new Date().toISOString(),
    ...(identity === undefined ? {} : { process: identity }),
  };
}

function claimsIn(folder: string): FoundClaim[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (thrown) {
    if (systemErrorCode(thrown) === 'ENOENT') return [];
    throw fileErrorOf(thrown, folder, 'read');
  }
  return names
    .filter((name) => /^writer-[0-9a-f-]{36}\.json$/.test(name))
    .map((name) => ({ name, record: readRecord(join(folder, name)) }));
}

/** Records appear whole: one that cannot be read was damaged after its writer was gone, or has been released. */
function readRecord(path: string): ClaimRecord | undefined {
  try {
    const { pid, claimedAt, process } = JSON.parse(readFileSync(path, 'utf8')) as Partial<ClaimRecord>;
    if (!Number.isSafeInteger(pid) || pid === undefined || pid < 1 || typeof claimedAt !== 'string') return undefined;
    return { pid, claimedAt, ...(typeof process === 'string' ? { process } : {}) };
  } catch {
    return undefined;
  }
}

function isAlive({ pid, claimedAt, process: identity }: ClaimRecord): boolean {
  if (!hasProcess(pid)) return false;
  const current = processIdentity(pid);
  if (identity !== undefined && current !== undefined) return identity === current;
  // Some systems do not tell when a process began; none of before the last start of the machine is alive.
  return Date.parse(claimedAt) > Date.now() - uptime() * 1000 - clockSlackMs;
}

function hasProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    // Of another user, but there.
    return systemErrorCode(thrown) === 'EPERM';
  }
}

/** Names the process for as long as the machine runs; `ended` for one that only waits to be noticed. */
function processIdentity(pid: number): string | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // proc(5): the name, in brackets, may hold anything; the state is the first field after it, the start the twentieth.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? 'ended' : `${boot} ${fields[19] ?? ''}`;
  } catch {
    return undefined;
  }
}
