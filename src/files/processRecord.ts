// Names a process on disk so that another one can tell later whether it is still the same and alive.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { systemErrorCode } from './fileErrors';
import { readPlainText } from './plainFile';

/** A process, as it is noted in a file. */
export interface ProcessRecord {
  readonly pid: number;
  /** ISO time at which this was noted. */
  readonly claimedAt: string;
  /** Boot of the machine and start of the process, where the system tells: another process may get the same number. */
  readonly process?: string;
}

/** What is longer is no record. */
const longestRecordBytes = 4_096;

/** Clocks are set now and then; a record this much older than the last start of the machine is of an earlier one. */
const clockSlackMs = 60_000;

/** The record of a process that is known to run; this one unless told. */
export function processRecord(pid: number = process.pid): ProcessRecord {
  const identity = processIdentity(pid);
  return { pid, claimedAt: new Date().toISOString(), ...(identity === undefined ? {} : { process: identity }) };
}

/** The record in a file; undefined when there is none that can be read. */
export function readProcessRecord(path: string): ProcessRecord | undefined {
  try {
    return parseProcessRecord(readPlainText(path, longestRecordBytes) ?? '');
  } catch {
    return undefined;
  }
}

/** The record in the text of such a file; undefined when there is none that can be read. */
export function parseProcessRecord(text: string): ProcessRecord | undefined {
  try {
    const { pid, claimedAt, process } = JSON.parse(text) as Partial<ProcessRecord>;
    if (!Number.isSafeInteger(pid) || pid === undefined || pid < 1 || typeof claimedAt !== 'string') return undefined;
    return { pid, claimedAt, ...(typeof process === 'string' ? { process } : {}) };
  } catch {
    return undefined;
  }
}

/**
 * Whether the process of a record runs. Once false, it stays so. Where the system tells when a process began, a record that
 * does not name this moment was not made here: nobody can make a process that is always there stand for a writer.
 */
export function isProcessAlive({ pid, claimedAt, process: identity }: ProcessRecord): boolean {
  if (!hasProcess(pid)) return false;
  const current = processIdentity(pid);
  if (current !== undefined) return identity === current;
  const claimedMs = Date.parse(claimedAt);
  return claimedMs > lastBootMs() && claimedMs < Date.now() + clockSlackMs;
}

/** Whether the machine was started again since a record was made: then it took the process with it. */
export function wasMachineRestarted({ claimedAt, process: identity }: ProcessRecord): boolean {
  const boot = bootId();
  if (identity !== undefined && boot !== undefined) return !identity.startsWith(`${boot} `);
  return Date.parse(claimedAt) <= lastBootMs();
}

/** Some systems do not tell when a process began; none of before the last start of the machine is alive. */
function lastBootMs(): number {
  return Date.now() - uptime() * 1000 - clockSlackMs;
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
  if (process.platform === 'darwin') return identityByPs(pid);
  const boot = bootId();
  if (boot === undefined) return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // proc(5): the name, in brackets, may hold anything; the state is the first field after it, the start the twentieth.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? 'ended' : `${boot} ${fields[19] ?? ''}`;
  } catch {
    return undefined;
  }
}

function bootId(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** macOS tells the start of a process through its program `ps` alone. */
function identityByPs(pid: number): string | undefined {
  try {
    const fields = execFileSync('/bin/ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      env: { LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'ignore'],
      encoding: 'utf8',
    });
    const [state = '', ...start] = fields.trim().split(/\s+/);
    return state.startsWith('Z') ? 'ended' : start.join(' ');
  } catch {
    return undefined;
  }
}
