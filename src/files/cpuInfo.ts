// What the system says of the processor: Linux writes it into /proc/cpuinfo, other systems have no such file.
import { readFileSync } from 'node:fs';

/** The text of /proc/cpuinfo; empty where the system has no such file. */
export function readCpuInfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}

/** Instruction sets of the first processor in the text of /proc/cpuinfo, in its order (x86, then arm64). */
export function cpuFlagsIn(cpuInfo: string): string[] {
  const flags = /^(?:flags|Features)\s*:(.*)$/m.exec(cpuInfo)?.[1] ?? '';
  return flags.split(/\s+/).filter((flag) => flag !== '');
}
