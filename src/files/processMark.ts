// Names a process so that others can tell later whether it still runs, even when its number was given to another since.
import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { systemErrorCode } from './fileErrors';

/** What a process leaves in a claim. */
export interface ProcessMark {
  readonly pid: number;
  /** ISO time. */
  readonly claimedAt: string;
  /** Boot of the machine and start of the process, where the system tells: another process may get the same number. */
  readonly process?: string;
}

/** Clocks are set now and then; a claim this much older than the last start of the machine is of an earlier one. */
const clockSlackMs = 60_000;

/** The mark of this process, as of now. */
export function ownMark(): ProcessMark {
  const identity = processIdentity(process.pid);
  return {
    pid: process.pid,
    claimedAt: new Date().toISOString(),
    ...(identity === undefined ? {} : { process: identity }),
  };
}

/** The mark in the text of a claim; undefined when there is none to be read. */
export function readMark(text: string): ProcessMark | undefined {
  try {
    const { pid, claimedAt, process } = JSON.parse(text) as Partial<ProcessMark>;
    if (!Number.isSafeInteger(pid) || pid === undefined || pid < 1 || typeof claimedAt !== 'string') return undefined;
    return { pid, claimedAt, ...(typeof process === 'string' ? { process } : {}) };
  } catch {
    return undefined;
  }
}

/** Whether the process that left a mark still runs. Once false, it stays so. */
export function isAlive({ pid, claimedAt, process: identity }: ProcessMark): boolean {
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
