// A throw-away VS Code: code-server on 127.0.0.1 with settings, folders and extensions of its own.
import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { serverEntry, serverNode } from './installed';

export interface ServerOptions {
  /** A package that is installed in it. */
  readonly vsix?: string;
  /** Folder of extensions; absent: an empty one. */
  readonly extensions?: string;
  /** Settings of the user, beside those that keep the window quiet. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Variables that the extension host gets beside those of this process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Every folder is trusted, or none until somebody says so. */
  readonly trust?: 'all' | 'none';
  /** Lets a window load an extension under development and run tests in its host. It then draws no notifications. */
  readonly drivesTests?: boolean;
}

export interface CodeServer {
  readonly port: number;
  /** Holds everything of this server; `server.log` says what it did. */
  readonly home: string;
  readonly pid: number;
  /** Address of a window on a folder or a file that names several; `payload` is what a window under test is told. */
  windowUrl(folder: string, payload?: Readonly<Record<string, string>>): string;
  /** A file of this machine, as such a payload names it. */
  fileUri(path: string): string;
  /** Processes of its extension hosts. */
  extensionHosts(): readonly number[];
  /** Ends it with all its processes; its folder goes too unless it is kept. */
  stop(options?: { readonly keepHome?: boolean }): Promise<void>;
}

const startMs = 60_000;

/** Nothing that greets, updates, recommends or reports. */
const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'telemetry.telemetryLevel': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'chat.disableAIFeatures': true,
  'git.openRepositoryInParentFolders': 'never',
  'window.autoDetectColorScheme': false,
  'security.workspace.trust.startupPrompt': 'never',
  'task.problemMatchers.neverPrompt': true,
};

/** Starts a server; whoever does stops it. */
export async function startCodeServer(options: ServerOptions = {}): Promise<CodeServer> {
  const { vsix, settings = {}, environment = {}, trust = 'all', drivesTests = false, extensions } = options;
  const home = mkdtempSync(join(tmpdir(), 'compressor-bench-vscode-'));
  const user = join(home, 'data');
  mkdirSync(join(user, 'User'), { recursive: true });
  mkdirSync(join(home, 'extensions'));
  writeFileSync(join(home, 'config.yaml'), '');
  const trustSettings = { 'security.workspace.trust.enabled': trust === 'none' };
  writeFileSync(
    join(user, 'User', 'settings.json'),
    JSON.stringify({ ...quietSettings, ...trustSettings, ...settings }, null, 2),
  );
  const names = ['XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_STATE_HOME', 'XDG_CACHE_HOME', 'XDG_RUNTIME_DIR'];
  const env = { ...process.env, ...Object.fromEntries(names.map((name) => [name, home])), ...environment };
  const words = [serverEntry, '--config', join(home, 'config.yaml'), '--user-data-dir', user];
  words.push(
    '--extensions-dir',
    vsix === undefined ? (extensions ?? join(home, 'extensions')) : await installed(vsix, words, env),
  );
  const port = await freePort();
  words.push('--bind-addr', `127.0.0.1:${port}`, '--auth', 'none', '--disable-telemetry', '--disable-update-check');
  words.push('--disable-getting-started-override', '--ignore-last-opened');
  if (trust === 'all') words.push('--disable-workspace-trust');
  if (drivesTests) words.push('--vscode-option', 'enable-smoke-test-driver');
  const log = openSync(join(home, 'server.log'), 'w');
  // A process group of its own: whatever it has started ends with it.
  const child = spawn(serverNode, words, { env, stdio: ['ignore', log, log], detached: true });
  closeSync(log);
  await untilItAnswers(child, port, home);
  return {
    port,
    home,
    pid: child.pid ?? 0,
    windowUrl: (folder, payload = {}) => {
      const query = new URLSearchParams(folder.endsWith('.code-workspace') ? { workspace: folder } : { folder });
      if (Object.keys(payload).length > 0) query.set('payload', JSON.stringify(Object.entries(payload)));
      return `http://127.0.0.1:${port}/?${query.toString()}`;
    },
    fileUri: (path) => `vscode-remote://127.0.0.1:${port}${path}`,
    extensionHosts: () => descendants(child.pid ?? 0).filter(isExtensionHost),
    stop: async ({ keepHome = false } = {}) => {
      await end(child);
      if (!keepHome) rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

/** Installs a package, once for all servers; gives the folder of extensions in which it is. */
async function installed(vsix: string, words: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const folder = `${vsix}-${statSync(vsix).mtimeMs}`;
  const done = join(folder, '.installed');
  if (existsSync(done)) return folder;
  await promisify(execFile)(serverNode, [...words, '--extensions-dir', folder, '--install-extension', vsix], { env });
  writeFileSync(done, '');
  return folder;
}

async function untilItAnswers(child: ChildProcess, port: number, home: string): Promise<void> {
  const deadline = Date.now() + startMs;
  for (;;) {
    const isUp = await fetch(`http://127.0.0.1:${port}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return;
    if (child.exitCode !== null || Date.now() > deadline) {
      await end(child);
      throw new Error(`VS Code did not start: ${readFileSync(join(home, 'server.log'), 'utf8').slice(-2000)}`);
    }
    await sleep(50);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await Promise.race([exited, sleep(5000, undefined, { ref: false })]);
  }
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The group is gone already.
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** Processes that descend from one, on Linux, where these tests run. */
export function descendants(ancestor: number): number[] {
  const parents = new Map<number, number>();
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const parent = /\) \S (\d+) /.exec(readQuietly(`/proc/${entry}/stat`))?.[1];
    if (parent !== undefined) parents.set(Number(entry), Number(parent));
  }
  const isBelow = (pid: number | undefined): boolean =>
    pid !== undefined && pid > 1 && (parents.get(pid) === ancestor || isBelow(parents.get(pid)));
  return [...parents.keys()].filter(isBelow);
}

function isExtensionHost(pid: number): boolean {
  return readQuietly(`/proc/${pid}/cmdline`).includes('--type=extensionHost');
}

/** Text of a file of a process, which may end at any time. */
export function readQuietly(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
