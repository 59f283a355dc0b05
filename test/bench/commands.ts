// Runs whole commands for the benchmarks: wall time, peak memory of the process tree, JSON answer.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');

export interface CommandRun {
  readonly ms: number;
  /** Largest resident memory of any single process below the command; NaN when not looked at, or without /proc. */
  readonly peakBytes: number;
  readonly stdout: string;
}

/**
 * Runs a command to its end. Throws with its stderr when it fails.
 * `withMemory` looks at the memory of its processes all the time, which costs a good part of a core: not for timing.
 */
export async function runCommand(
  command: string,
  words: readonly string[],
  cwd: string,
  withMemory = false,
): Promise<CommandRun> {
  const began = performance.now();
  const child = spawn(command, words, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let peakBytes = NaN;
  const poll = setInterval(() => {
    if (child.pid === undefined || !withMemory) return;
    for (const pid of descendants(child.pid))
      peakBytes = Math.max(peakOf(pid), Number.isNaN(peakBytes) ? 0 : peakBytes);
  }, 10);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const code = await new Promise<number | null>((done, failed) => child.on('close', done).on('error', failed));
  clearInterval(poll);
  const ms = performance.now() - began;
  if (code !== 0) throw new Error(`${command} ${words.join(' ')} ended with ${String(code)}: ${stderr}`);
  return { ms, peakBytes, stdout };
}

/** Runs our command line; `--json` is added and its answer parsed. */
export async function runProduct(
  words: readonly string[],
  cwd: string,
  withMemory = false,
): Promise<CommandRun & { result: unknown }> {
  const run = await runCommand(process.execPath, [resolve(root, 'dist/cli.js'), ...words, '--json'], cwd, withMemory);
  return { ...run, result: JSON.parse(run.stdout) };
}

/** A process and everything below it, from /proc; jobs lead their own group but keep their parent. */
function descendants(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of safely(() => readdirSync('/proc'), [])) {
    if (!/^\d+$/.test(name)) continue;
    const stat = safely(() => readFileSync(`/proc/${name}/stat`, 'latin1'), '');
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const found = [pid];
  for (const next of found) found.push(...(children.get(next) ?? []));
  return found;
}

function peakOf(pid: number): number {
  const status = safely(() => readFileSync(`/proc/${pid}/status`, 'latin1'), '');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
}

function safely<Value>(read: () => Value, otherwise: Value): Value {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}
