// Was the machine quiet while we measured? What can be known about it, as warnings for a person.
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { neighbours, neighbourWarnings } from '../processes/neighbours';
import type { Neighbours } from '../processes/neighbours';

/** Processor time so far, in milliseconds, and who else measures. */
export interface ProcessorTime {
  readonly wallMs: number;
  /** Of this process, all threads. */
  readonly ownMs: number;
  /** Of the whole machine, all cores. */
  readonly machineMs: number;
  /** Other jobs of the product that run now. */
  readonly neighbours: Neighbours;
}

/** Reads the clocks; two readings around the measuring tell what happened between them. */
export function processorTime(): ProcessorTime {
  const own = process.cpuUsage();
  const machineMs = cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
  return { wallMs: performance.now(), ownMs: (own.user + own.system) / 1000, machineMs, neighbours: neighbours() };
}

/** A process that computes without a pause gets nearly all of the time; below this share it was kept waiting. */
const leastOwnShare = 0.9;

/** Share of the machine that other programs may use: above, caches, memory and clock are shared with them. */
const largestOtherShare = 0.2;

/**
 * What two readings say about disturbances.
 *
 * @param options.isAlone no other process measures at the same time on our behalf: all other work is a disturbance
 */
export function disturbances(
  before: ProcessorTime,
  after: ProcessorTime,
  { isAlone, cores = availableParallelism() }: { isAlone: boolean; cores?: number },
): string[] {
  const wallMs = after.wallMs - before.wallMs;
  const ownCores = (after.ownMs - before.ownMs) / wallMs;
  const otherCores = (after.machineMs - before.machineMs) / wallMs - ownCores;
  const found = neighbourWarnings([before.neighbours, after.neighbours]);
  if (ownCores < leastOwnShare) {
    found.push('The measured models did not get a whole core all of the time: other work was in the way.');
  }
  if (isAlone && otherCores > largestOtherShare * cores) {
    found.push(`Other programs used ${otherCores.toFixed(1)} of ${cores} cores while the models were measured.`);
  }
  return found;
}

/** Whether the machine runs on battery, as far as Linux says so; false where nothing is known. */
export function isOnBattery(folder = '/sys/class/power_supply'): boolean {
  try {
    const supplies = readdirSync(folder).map((supply) => {
      const read = (name: string): string => readFileSync(join(folder, supply, name), 'utf8').trim();
      return read('type') === 'Mains' ? read('online') : undefined;
    });
    return supplies.includes('0') && !supplies.includes('1');
  } catch {
    return false;
  }
}
