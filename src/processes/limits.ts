// The limits a job process gets where nobody chose others (RELIABILITY P2).
import { totalmem } from 'node:os';
import type { JobLimits } from '../protocol/jobs';

const leastMemoryBytes = 2 * 2 ** 30;

/** Half the machine's memory but at least 2 GB; two minutes without progress; no limit on the whole time. */
export function defaultLimits(): JobLimits {
  return { memoryBytes: Math.max(leastMemoryBytes, Math.floor(totalmem() / 2)), stallMs: 120_000 };
}

let own: JobLimits | undefined;

/** Remembers the limits this process runs under, for the jobs it forks itself. */
export function setOwnLimits(limits: JobLimits): void {
  own = limits;
}

/** Limits for a job forked by this process: those it runs under itself, or the defaults. */
export function inheritedLimits(): JobLimits {
  return own ?? defaultLimits();
}
