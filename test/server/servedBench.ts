// The product's own server on a bench of its own: the real bundles, in processes of their own, as a user starts them.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll } from 'vitest';
import { bundlesForTest } from '../processes/bundle';
import { ask } from './httpClient';
import type { HttpAnswer } from './httpClient';

export interface ServedBench {
  /** Such as `http://127.0.0.1:34567`. */
  readonly base: string;
  readonly workspace: string;
  /** One request of the API; parameters as JSON. */
  readonly ask: (path: string, parameters?: unknown) => Promise<HttpAnswer>;
  /** The same, for an answer that has to be JSON. */
  readonly get: (path: string, parameters?: unknown) => Promise<Record<string, unknown>>;
  /** Ends the server as Ctrl-C does; gives what it said on stderr. */
  readonly stop: () => Promise<string>;
}

type Serve = (workspace: string, words?: readonly string[]) => Promise<ServedBench>;

/** Bundles the product for the tests of one file; gives the function that starts its server. */
export function servedBenches(): Serve {
  const running: (() => Promise<string>)[] = [];
  let outdir = '';
  beforeAll(async () => {
    outdir = await bundlesForTest({ cli: 'src/cli/main.ts', job: 'src/job.ts', queue: 'src/queue.ts' });
  });
  afterAll(async () => {
    await Promise.all(running.map((stop) => stop()));
    rmSync(outdir, { recursive: true, force: true });
  });
  return async (workspace, words = ['--token', 'none']) => {
    const served = await serve(join(outdir, 'cli.js'), workspace, words);
    running.push(served.stop);
    return served;
  };
}

async function serve(program: string, workspace: string, words: readonly string[]): Promise<ServedBench> {
  const all = [program, 'serve', '--json', '--port', '0', '--workspace', workspace, ...words];
  const child = spawn(process.execPath, all, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = new Promise((resolve) => child.once('close', resolve));
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    void ended.then(() => reject(new Error(`the server ended: ${said}`)));
  });
  const { api } = JSON.parse(line) as { api: string };
  const question = (path: string, parameters?: unknown): Promise<HttpAnswer> =>
    ask(`${api}/${path}`, parameters === undefined ? {} : { method: 'POST', body: parameters });
  return {
    base: api.replace(/\/api$/, ''),
    workspace,
    ask: question,
    get: async (path, parameters) => {
      const { status, text } = await question(path, parameters);
      if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
      return JSON.parse(text) as Record<string, unknown>;
    },
    stop: async () => {
      child.kill('SIGINT');
      await ended;
      return said;
    },
  };
}

/** Every file below a folder with the hash of its bytes. */
export function contentsOf(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path.slice(folder.length + 1), createHash('sha256').update(readFileSync(path)).digest('hex')]),
  );
}
