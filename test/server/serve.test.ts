// `compressor-bench serve` as users start it: what it prints, how it ends, and why it may not start.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { request } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundlesForTest } from '../processes/bundle';
import { temporaryFolder } from '../support/temporaryFolder';
import { ask } from './httpClient';
import { makeCertificate } from './certificates';
import { Recorder } from './recorder';

const place = temporaryFolder();
let outdir = '';
beforeAll(async () => {
  outdir = await bundlesForTest({ cli: 'src/cli/main.ts', job: 'src/job.ts', queue: 'src/queue.ts' });
});
const running: ChildProcess[] = [];
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(outdir, { recursive: true, force: true });
});

interface Serving {
  readonly child: ChildProcess;
  /** The first line, and those after it so far. */
  readonly lines: readonly string[];
  readonly errors: () => string;
  readonly ended: Promise<number | null>;
}

/** Starts a server in a folder; resolves when it has printed its address, or ended. */
async function serve(words: readonly string[], cwd = place.fresh()): Promise<Serving> {
  const child = spawn(process.execPath, [join(outdir, 'cli.js'), 'serve', ...words], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const lines: string[] = [];
  const address = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      if (line.includes('://')) resolve();
    });
  });
  await Promise.race([address, ended]);
  return { child, lines, errors: () => errors, ended };
}

/** The object of `--json`. */
const factsOf = ({ lines }: Serving): Record<string, unknown> => JSON.parse(lines[0] ?? '') as Record<string, unknown>;

const emptyProject = JSON.stringify({
  id: 2,
  version: 1,
  name: 'late',
  createdAt: '2026-01-02T03:04:05.000Z',
  modifiedAt: null,
  uuid: 'uuid-2',
  notes: null,
});

describe('serve', () => {
  it('prints an address that is ready to open, and ends with Ctrl-C', async () => {
    const serving = await serve(['--port', '0']);
    const url = serving.lines.find((line) => line.includes('://'))?.trim() ?? '';
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/);
    expect((await ask(url)).text).toContain('Compressor Bench');
    expect((await ask(url.replace('/?', '/api/project/list?'))).text).toBe('{"projects":[]}');
    serving.child.kill('SIGINT');
    expect(await serving.ended).toBe(0);
    expect(serving.errors()).toBe('The server has stopped.\n');
    await expect(ask(url)).rejects.toThrow();
  });

  it('says once of a file that cannot be read that it is broken', async () => {
    const workspace = place.fresh();
    const projects = join(workspace, '.compressor-bench', 'projects');
    for (const name of ['1-early', '2-late']) {
      mkdirSync(join(projects, name), { recursive: true });
      writeFileSync(join(projects, name, 'project.json'), name === '1-early' ? '{' : emptyProject);
    }
    const serving = await serve(['--port', '0', '--json', '--token', 'none'], workspace);
    const list = async (): Promise<unknown> =>
      JSON.parse((await ask(`${String(factsOf(serving)['api'])}/project/list`)).text);
    expect(await list()).toMatchObject({
      projects: [{ id: 2 }],
      problems: [{ path: 'projects/1-early/project.json' }],
    });
    writeFileSync(join(projects, '2-late', 'project.json'), '{');
    for (let time = 1; time <= 2; time++) expect(await list()).toMatchObject({ projects: [], problems: [{}, {}] });
    serving.child.kill('SIGINT');
    await serving.ended;
    expect(serving.errors().split('\n')).toEqual([
      'note: projects/1-early/project.json is not JSON.',
      'note: projects/2-late/project.json is not JSON.',
      'The server has stopped.',
      '',
    ]);
  });

  it('prints one object for scripts', async () => {
    const workspace = place.fresh();
    const serving = await serve(['--port', '0', '--json', '--token', 'chosen-by-hand', '--url-prefix', 'b'], workspace);
    const facts = factsOf(serving);
    const port = Number(facts['port']);
    expect(facts).toEqual({
      url: `http://127.0.0.1:${port}/b/?token=chosen-by-hand`,
      api: `http://127.0.0.1:${port}/b/api`,
      socket_path: '/b/socket.io',
      token: 'chosen-by-hand',
      host: '127.0.0.1',
      port,
      pid: serving.child.pid,
      workspace,
    });
    const headers = { Authorization: 'chosen-by-hand' };
    expect((await ask(`${String(facts['api'])}/get_default_path`, { headers })).text).toContain(workspace);
    serving.child.kill('SIGTERM');
    expect(await serving.ended).toBe(0);
    expect(serving.lines).toHaveLength(1);
    expect(serving.errors()).not.toContain('chosen-by-hand');
  });

  it('leaves an empty folder empty until something is kept', async () => {
    const workspace = place.fresh();
    const serving = await serve(['--port', '0', '--json', '--token', 'none'], workspace);
    expect((await ask(`${String(factsOf(serving)['api'])}/project/list`)).status).toBe(200);
    serving.child.kill('SIGINT');
    await serving.ended;
    expect(existsSync(join(workspace, '.compressor-bench'))).toBe(false);
  });

  it('serves https with the files it is given', async () => {
    const { cert, key } = makeCertificate(place.fresh());
    const serving = await serve(['--port', '0', '--json', '--token', 'none', '--tls-cert', cert, '--tls-key', key]);
    const { api } = factsOf(serving) as { api: string };
    expect(api).toMatch(/^https:/);
    const status = await new Promise((resolve, reject) => {
      request(`${api}/project/list`, { rejectUnauthorized: false }, ({ statusCode }) => resolve(statusCode))
        .once('error', reject)
        .end();
    });
    expect(status).toBe(200);
    serving.child.kill('SIGINT');
    expect(await serving.ended).toBe(0);
  });
});

describe('jobs', () => {
  it('go on when the server stops, and are known to the next one', { timeout: 120_000 }, async () => {
    const workspace = place.fresh();
    const words = ['--port', '0', '--json', '--token', 'none'];
    const first = await serve(words, workspace);
    const { api } = factsOf(first) as { api: string };
    const post = async (path: string, body: object): Promise<void> => {
      const { status, text } = await ask(`${api}/${path}`, { method: 'POST', body });
      expect([status, text.includes('processing')]).toEqual([200, true]);
    };
    const example = { framework: 'ONNXRT', domain: 'Image Recognition', model: 'mnist_resnet' };
    const recorder = await Recorder.connect(api.replace('/api', ''));
    await post('examples/add', { request_id: 'example', name: 'Goes on', ...example });
    await recorder.until('example', 'create_example_project_finish');
    await post('benchmark/execute', { request_id: 'run', benchmark_id: 1 });
    await recorder.until('run', 'benchmark_start');
    recorder.close();
    first.child.kill('SIGINT');
    expect(await first.ended).toBe(0);
    expect(first.errors()).toMatch(/The server has stopped; one job goes on without it\.|The server has stopped\.\n/);
    const second = await serve(words, workspace);
    const again = (factsOf(second) as { api: string }).api;
    for (;;) {
      const { state, result } = JSON.parse((await ask(`${again}/benchmark?id=1`)).text) as Record<string, unknown>;
      if (state === 'queued' || state === 'running') {
        await new Promise((later) => setTimeout(later, 50));
        continue;
      }
      expect([state, typeof result]).toEqual(['success', 'object']);
      break;
    }
    second.child.kill('SIGINT');
    await second.ended;
  });
});

describe('serve does not start', () => {
  const other = createServer();
  beforeAll(() => new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve)));
  afterAll(() => other.close());

  const refused = async (words: readonly string[]): Promise<string> => {
    const serving = await serve(words);
    const code = await serving.ended;
    expect(serving.lines).toEqual([]);
    return `${code ?? 0} ${serving.errors()}`;
  };

  it('on a port that is in use', async () => {
    const { port } = other.address() as AddressInfo;
    expect(await refused(['--port', String(port)])).toMatch(
      /^1 error: Port \d+ of 127\.0\.0\.1 is in use by another program\.\n {2}next: .*--port/,
    );
  });

  it.each([
    [
      'an address of another machine',
      ['--host', '192.0.2.1'],
      /^1 error: "192\.0\.2\.1" is no address of this machine/,
    ],
    ['a name that is none', ['--host', 'no.such.host.invalid'], /^1 error: "no\.such\.host\.invalid" is no address/],
    ['a port that is none', ['--port', '70000'], /^2 error: --port is at most 65535/],
    ['no token for other machines', ['--host', '0.0.0.0', '--token', 'none'], /^1 error: --token none lets in/],
    ['a token that is easily guessed', ['--token', 'abc'], /^1 error: A token is 8 to 200/],
    ['a prefix that is no path', ['--url-prefix', '../x'], /^1 error: --url-prefix/],
    ['an origin that is none', ['--allow-origin', '*'], /^1 error: --allow-origin/],
    ['a folder that is not there', ['--allow', 'missing'], /^1 error: .*missing, given as --allow, does not exist/],
    [
      'a workspace that is not there',
      ['--workspace', 'gone'],
      /^1 error: .*gone, given as --workspace, does not exist/,
    ],
    ['a word too many', ['now'], /^2 error: "now" is one word too many/],
  ])('with %s', async (_what, words, message) => {
    expect(await refused(['--port', '0', ...words])).toMatch(message);
  });

  it('with TLS files that are no good', async () => {
    const folder = place.fresh();
    const { cert, key } = makeCertificate(folder);
    const second = join(folder, 'second');
    mkdirSync(second);
    const stranger = makeCertificate(second);
    const text = place.write('text.pem', 'no certificate');
    const tls = (certificate: string, ofKey: string): Promise<string> =>
      refused(['--port', '0', '--tls-cert', certificate, '--tls-key', ofKey]);
    expect(await refused(['--port', '0', '--tls-cert', cert])).toMatch(/^1 error: .*--tls-key is not given/);
    expect(await refused(['--port', '0', '--tls-key', key])).toMatch(/^1 error: .*--tls-cert is not given/);
    expect(await tls('missing.pem', key)).toMatch(/^1 error: Could not read .*missing\.pem/);
    expect(await tls(folder, key)).toMatch(/^1 error: Could not read .*it is a folder/);
    expect(await tls(text, key)).toMatch(/^1 error: .*text\.pem holds no certificate/);
    expect(await tls(cert, text)).toMatch(/^1 error: .*text\.pem holds no private key/);
    expect(await tls(cert, stranger.key)).toMatch(/^1 error: .* is not the key of the certificate/);
  });

  it('and says so as an object for scripts', async () => {
    const serving = await serve(['--json', '--token', 'abc']);
    expect(await serving.ended).toBe(1);
    expect(JSON.parse(serving.lines.join('\n'))).toMatchObject({ error: { code: 'server-token' } });
  });
});
