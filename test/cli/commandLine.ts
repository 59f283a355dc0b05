// Runs the command line as users do: the real bundles, in processes of their own.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { bundlesForTest } from '../processes/bundle';

export interface CommandEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  /** Working folder of the process. */
  readonly cwd: string;
  /** Its temporary folder; one of this test file unless told: jobs of other files are no neighbours then. */
  readonly temporary?: string;
  /** Ctrl-C as soon as stdout or stderr has this text. */
  readonly interruptAt?: string;
  /** A file descriptor stdout goes to instead of being collected. */
  readonly stdout?: number;
}

/** Bundles command line, job and queue for the tests of one file; gives the function that runs a command. */
export function commandLine(): (words: readonly string[], options: CommandOptions) => Promise<CommandEnd> {
  let outdir: string;
  const own = mkdtempSync(join(tmpdir(), 'compressor-bench-'));
  beforeAll(async () => {
    outdir = await bundlesForTest({ cli: 'src/cli/main.ts', job: 'src/job.ts', queue: 'src/queue.ts' });
  });
  afterAll(() => {
    for (const made of [outdir, own]) rmSync(made, { recursive: true, force: true });
  });
  return (words, options) => runCommand([join(outdir, 'cli.js'), ...words], { temporary: own, ...options });
}

/** Runs Node with these words, a bundled command line first. */
export function runCommand(
  words: readonly string[],
  { cwd, temporary, interruptAt, stdout }: CommandOptions,
): Promise<CommandEnd> {
  const child = spawn(process.execPath, words, {
    cwd,
    env: { ...process.env, ...(temporary === undefined ? {} : { TMPDIR: temporary, TEMP: temporary }) },
    stdio: ['ignore', stdout ?? 'pipe', 'pipe'],
  });
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk;
      if (interruptAt !== undefined && !child.killed && text[name].includes(interruptAt)) child.kill('SIGINT');
    });
  }
  return new Promise((end, fail) => {
    child.once('error', fail);
    child.once('close', (code) => end({ code, ...text }));
  });
}

/** Runs with `--json`, expects success and gives the object. */
export function jsonOf({ code, stdout, stderr }: CommandEnd): Record<string, unknown> {
  if (code !== 0) throw new Error(`exit code ${code}: ${stderr}`);
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** Lines of a stack trace in what a command printed. */
export function stackLines({ stdout, stderr }: CommandEnd): string[] {
  return `${stdout}\n${stderr}`
    .split('\n')
    .filter((line) => /^\s+at .*\.[cm]?[jt]s:\d+:\d+\)?$|node:internal/.test(line));
}

/** Command lines of the processes of this machine that name `folder`; empty where the system does not tell. */
export function processesNaming(folder: string): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        return ''; // It has ended meanwhile.
      }
    })
    .filter((command) => command.includes(folder));
}
