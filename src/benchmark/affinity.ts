// Which cores each instance of a benchmark keeps to.
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** The cores this process may use: in a container often neither all nor the first ones. */
export function allowedCores(): number[] {
  try {
    const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    if (list !== undefined) return parseCoreList(list);
  } catch {
    // Not Linux: a process there cannot choose its cores, only their number matters.
  }
  return Array.from({ length: availableParallelism() }, (_, core) => core);
}

/** `0-3,8` as numbers: the list format of cpuset(7). */
export function parseCoreList(list: string): number[] {
  return list.split(',').flatMap((range) => {
    const [from = NaN, to = from] = range.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, offset) => from + offset);
  });
}

/** Cores of each instance, `coresPerInstance` next to each other; the first ones again where there are too few. */
export function coresOfInstances(instances: number, coresPerInstance: number, cores: readonly number[]): number[][] {
  return Array.from({ length: instances }, (_, instance) => {
    const wanted = Array.from({ length: coresPerInstance }, (_unused, offset) => instance * coresPerInstance + offset);
    return [...new Set(wanted.flatMap((index) => cores[index % cores.length] ?? []))];
  });
}
