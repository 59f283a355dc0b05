// Binding a new process to chosen CPUs. Node has no call for it; Linux has the program taskset.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Path of `taskset`, or undefined where processes cannot be bound (then say so instead of measuring unbound). */
export function affinityTool(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  if (process.platform !== 'linux') return undefined;
  const folders = (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, 'taskset')).find(isExecutable);
}

/** The CPU list as taskset writes it: `0,2,3`. */
export function cpuList(cpus: readonly number[]): string {
  return [...new Set(cpus)].sort((a, b) => a - b).join(',');
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
