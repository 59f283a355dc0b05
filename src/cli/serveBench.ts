// The work of `compressor-bench serve`: settings from options, the address and the good-bye for people and for scripts.
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Bench } from '../bench/bench';
import { restrictedAccess } from '../bench/fileAccess';
import { openBench } from '../bench/openBench';
import { operations } from '../bench/operations';
import { failureRecordOf } from '../protocol/benchError';
import { checkedOrigin, isLoopback } from '../server/doorkeeper';
import { keepMemorySmall } from '../server/frugalMemory';
import { serverErrors } from '../server/serverErrors';
import type { ServerSettings } from '../server/startServer';
import { startServer } from '../server/startServer';
import { readTlsFiles } from '../server/tlsFiles';
import { checkedToken, newToken } from '../server/token';
import { checkedPrefix } from '../server/urlPrefix';
import { exitCodes } from './command';
import type { ParsedCommand } from './options';
import { plain, printFailure, printLine, printNote, styled } from './terminal';

/** Serves until the signal is aborted; the exit code. */
export async function serveBench(parsed: ParsedCommand, signal: AbortSignal): Promise<number> {
  const settings = settingsOf(parsed);
  const workspace = resolve(parsed.text('workspace') ?? '.');
  const allowed = parsed.texts('allow').map((folder) => resolve(folder));
  await checkFolder('--workspace', workspace);
  for (const folder of allowed) await checkFolder('--allow', folder);
  keepMemorySmall();
  await using bench = await openBench(workspace, { access: restrictedAccess(workspace, allowed) });
  bench.watchProblems(({ message }) => printNote(`note: ${message}`));
  {
    await using server = await startServer(bench, operations, settings);
    announce(parsed, { ...server, workspace, settings });
    bench.later(() => tellOfBrokenProjects(bench));
    if (!signal.aborted) await new Promise((stop) => signal.addEventListener('abort', stop, { once: true }));
  }
  printNote(await farewell(bench));
  return exitCodes.done;
}

/** What cannot be read is told when it is met; of the projects at once, as no client may ask for one that it cannot see. */
async function tellOfBrokenProjects(bench: Bench): Promise<void> {
  try {
    bench.withProblems(await bench.store.list('project'), 'project');
  } catch {
    // Whoever asks for them is told.
  }
}

function settingsOf(parsed: ParsedCommand): ServerSettings {
  const token = parsed.text('token');
  const tls = tlsOf(parsed);
  return {
    host: parsed.text('host') ?? '127.0.0.1',
    port: parsed.number('port') ?? 5000,
    token: token === undefined ? newToken() : token === 'none' ? null : checkedToken(token),
    allowedOrigins: parsed.texts('allow-origin').map(checkedOrigin),
    urlPrefix: checkedPrefix(parsed.text('url-prefix') ?? ''),
    ...(tls === undefined ? {} : { tls }),
    onFailure: (thrown, path) => {
      printNote(`request ${path}:`);
      printFailure(failureRecordOf(thrown));
      if (parsed.flag('verbose') && thrown instanceof Error) process.stderr.write(`${thrown.stack ?? ''}\n`);
    },
  };
}

function tlsOf(parsed: ParsedCommand): ServerSettings['tls'] {
  const cert = parsed.text('tls-cert');
  const key = parsed.text('tls-key');
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined) throw serverErrors.tlsIncomplete('--tls-cert');
  if (key === undefined) throw serverErrors.tlsIncomplete('--tls-key');
  return readTlsFiles(resolve(cert), resolve(key));
}

async function checkFolder(option: string, folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found === undefined) throw serverErrors.folder(option, folder, 'does not exist');
  if (!found.isDirectory()) throw serverErrors.folder(option, folder, 'is a file, not a folder');
}

interface Announcement {
  readonly url: string;
  readonly port: number;
  readonly workspace: string;
  readonly settings: ServerSettings;
}

/** The one place where the token is shown. */
function announce(parsed: ParsedCommand, { url, port, workspace, settings }: Announcement): void {
  const { host, token, tls, urlPrefix } = settings;
  if (parsed.flag('json')) {
    // On one line, so that a script can read it while the server runs.
    const base = url.replace(/\/\?.*$|\/$/, '');
    const [api, socket_path] = [`${base}/api`, `${urlPrefix}/socket.io`];
    printLine(JSON.stringify({ url, api, socket_path, token, host, port, pid: process.pid, workspace }));
    return;
  }
  printLine(`Serving the bench of ${plain(workspace)} at`);
  printLine(`  ${styled('bold', url)}`);
  printLine(token === null ? 'Every program on this machine may use it.' : 'Whoever knows this address may use it.');
  if (tls === undefined && !isLoopback(host))
    printLine('What is sent, the token too, can be read on the way: --tls-cert and --tls-key encrypt it.');
  printLine('Ctrl-C stops the server; jobs that run go on.');
}

async function farewell(bench: Bench): Promise<string> {
  const runs = (await bench.queue.list()).length;
  if (runs === 0) return 'The server has stopped.';
  return `The server has stopped; ${runs === 1 ? 'one job goes' : `${runs} jobs go`} on without it.`;
}
