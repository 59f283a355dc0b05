// Downloads from a server that breaks, lies and hangs: what arrives is the known file, or nothing is left.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { download } from '../../src/bench/example/download';
import type { DownloadOptions, KnownFile } from '../../src/bench/example/download';
import { failureOf } from '../support/failureOf';
import { temporaryFolder } from '../support/temporaryFolder';
import { FileServer, TunnelProxy, sha256Of, someBytes } from './fileServer';
import type { ServedFile } from './fileServer';

const folder = temporaryFolder();
const content = someBytes(300_000);
const never = new AbortController().signal;
const quick = { idleTimeoutMs: 20_000, pauseMs: 5 };

let server: FileServer;
beforeEach(async () => {
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy']) {
    vi.stubEnv(name, undefined);
  }
  server = await FileServer.start();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server[Symbol.asyncDispose]();
});

const known = (...urls: string[]): KnownFile => ({ urls, sizeBytes: content.byteLength, sha256: sha256Of(content) });

/** Serves the file as told; gives where it is fetched to, and the fetching. */
function prepared(served: Partial<ServedFile>) {
  server.files.set('/model.onnx', { content, ...served });
  const home = folder.fresh();
  const path = join(home, 'model.onnx');
  const fetch = (options: Partial<DownloadOptions> = {}, file = known(server.url('/model.onnx'))): Promise<void> =>
    download(file, path, {
      ...{ signal: never, ...quick, ...options },
      onBytes: (bytes) => {
        options.onBytes?.(bytes);
        server.arrived(bytes);
      },
    });
  return { home, path, fetch, left: () => readdirSync(home).sort() };
}

describe('a download', () => {
  it('puts the whole file in its place, tells how much is there, and leaves nothing else', async () => {
    const { path, fetch, left } = prepared({});
    const told: number[] = [];
    await fetch({ onBytes: (bytes) => told.push(bytes) });
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(left()).toEqual(['model.onnx']);
    expect(told.at(-1)).toBe(content.byteLength);
    expect(told).toEqual([...told].sort((one, other) => one - other));
  });

  it.each([{ etag: '"one"' }, {}])('goes on where the connection broke, twice: %j', async (validator) => {
    const { path, fetch } = prepared({ ...validator, breakAfter: 100_000, breaks: 2 });
    await fetch();
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(server.seen.map(({ range }) => range)).toEqual([undefined, 'bytes=100000-', 'bytes=200000-']);
    expect(server.seen[2]?.ifRange).toBe(validator.etag);
  });

  it('goes on in a later call with what an aborted one left', async () => {
    const { path, fetch, left } = prepared({ etag: '"one"', hangAfter: 120_000, hangs: 1 });
    const abort = new AbortController();
    const first = fetch({
      signal: abort.signal,
      onBytes: (bytes) => {
        if (bytes === 120_000) abort.abort(new Error('enough'));
      },
    });
    await expect(first).rejects.toThrow('enough');
    expect(left()).toEqual(['model.onnx.part', 'model.onnx.part.json']);
    const told: number[] = [];
    await fetch({ onBytes: (bytes) => told.push(bytes) });
    expect(told[0]).toBe(120_000);
    expect(server.seen[1]).toMatchObject({ range: 'bytes=120000-', ifRange: '"one"' });
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(left()).toEqual(['model.onnx']);
  });

  it('begins anew where the server cannot go on', async () => {
    const { path, fetch } = prepared({ ranges: false, breakAfter: 100_000, breaks: 1 });
    await fetch();
    expect(readFileSync(path).equals(content)).toBe(true);
  });

  it('begins anew when the file there has changed since', async () => {
    const old = someBytes(content.byteLength, 7);
    const served: ServedFile = { content: old, etag: '"old"', hangAfter: 100_000, hangs: 1 };
    const { path, fetch } = prepared(served);
    const abort = new AbortController();
    const onBytes = (bytes: number): void => {
      if (bytes > 0) abort.abort();
    };
    await expect(fetch({ signal: abort.signal, onBytes })).rejects.toThrow();
    server.files.set('/model.onnx', { content, etag: '"new"' });
    await fetch();
    expect(server.seen.map(({ ifRange }) => ifRange)).toEqual([undefined, '"old"']);
    expect(readFileSync(path).equals(content)).toBe(true);
  });

  it('begins anew, once, when what was left does not fit what came after', async () => {
    const { path, fetch } = prepared({});
    writeFileSync(`${path}.part`, someBytes(50_000, 9));
    await fetch();
    expect(server.seen.map(({ range }) => range)).toEqual(['bytes=50000-', undefined]);
    expect(readFileSync(path).equals(content)).toBe(true);
  });

  it('needs no server when all of it was left', async () => {
    const { path, fetch } = prepared({});
    writeFileSync(`${path}.part`, content);
    await fetch();
    expect(server.seen).toEqual([]);
    expect(readFileSync(path).equals(content)).toBe(true);
  });

  it('follows redirects with what is still missing', async () => {
    const { path, fetch } = prepared({ breakAfter: 100_000, breaks: 1 });
    server.files.set('/moved', { content, redirectTo: '/model.onnx' });
    await fetch({}, known(server.url('/moved')));
    expect(server.seen.map(({ path: at, range }) => `${at} ${range ?? ''}`)).toEqual([
      ...['/moved ', '/model.onnx '],
      ...['/moved bytes=100000-', '/model.onnx bytes=100000-'],
    ]);
    expect(readFileSync(path).equals(content)).toBe(true);
  });

  it('waits for a slow server, and asks again one that was busy', async () => {
    const { path, fetch } = prepared({ status: 503 });
    setTimeout(() => server.files.set('/model.onnx', { content }), 30);
    await fetch({ pauseMs: 30 });
    expect(server.seen.length).toBeGreaterThan(1);
    expect(existsSync(path)).toBe(true);
  });

  it('asks the next place when the first does not have it, or has something else', async () => {
    const { path, fetch } = prepared({});
    server.files.set('/pointer', { content: Buffer.from('version https://git-lfs.github.com/spec/v1\n') });
    await fetch({}, known(server.url('/gone'), server.url('/pointer'), server.url('/model.onnx')));
    expect(server.seen.map(({ path: at }) => at)).toEqual(['/gone', '/pointer', '/model.onnx']);
    expect(readFileSync(path).equals(content)).toBe(true);
  });
});

describe('a download that fails', () => {
  it.each<[string, string, Partial<ServedFile>]>([
    ['download-wrong-hash', 'other bytes', { content: someBytes(300_000, 2) }],
    ['download-wrong-hash', 'other bytes of unknown length', { content: someBytes(300_000, 2), chunked: true }],
    ['download-wrong-size', 'a longer file', { content: someBytes(300_001) }],
    ['download-wrong-size', 'a longer file of unknown length', { content: someBytes(300_001), chunked: true }],
    ['download-wrong-size', 'a page', { content: Buffer.from('a page that says no') }],
    ['download-status', 'a refusal', { status: 403 }],
    ['download-redirects', 'a loop', { redirectTo: '/model.onnx' }],
    ['download-redirects', 'a file of this machine', { redirectTo: 'file:///etc/hostname' }],
    ['download-redirects', 'nowhere', { redirectTo: 'http://' }],
  ])('says so and leaves nothing: %s, %s', async (code, _, served) => {
    const { fetch, left } = prepared(served);
    const failure = await failureOf(fetch());
    expect(failure).toMatchObject({ code });
    expect(failure.toRecord().nextStep).toMatch(/^[A-Z].*\.$/);
    expect(left()).toEqual([]);
  });

  it('says that the file is gone', async () => {
    const { fetch, left } = prepared({});
    const failure = await failureOf(fetch({}, known(server.url('/gone?signature=secret'))));
    expect(failure).toMatchObject({ code: 'download-not-found' });
    expect(failure.message).not.toContain('secret');
    expect(left()).toEqual([]);
  });

  it('says that a server which sends nothing more hangs, and keeps what came', async () => {
    const { fetch, left } = prepared({ hangAfter: 1000, hangs: 9 });
    const failure = await failureOf(fetch({ idleTimeoutMs: 1_500, tries: 1 }));
    expect(failure).toMatchObject({ code: 'download-stalled' });
    expect(left()).toEqual(['model.onnx.part', 'model.onnx.part.json']);
  });

  it('says that a connection which always breaks at once broke, after as many tries as were given', async () => {
    const { fetch } = prepared({ breakAfter: 0, breaks: 99 });
    expect(await failureOf(fetch({ tries: 3 }))).toMatchObject({ code: 'download-interrupted' });
    expect(server.seen.length).toBe(3);
  });

  it.each(['http://127.0.0.1:1/model.onnx', 'http://no-such-host.invalid/model.onnx'])(
    'says that there is no network: %s',
    async (url) => {
      const { fetch, left } = prepared({});
      const failure = await failureOf(fetch({ tries: 2 }, known(url)));
      expect(failure).toMatchObject({ code: 'download-no-network' });
      expect(left()).toEqual([]);
    },
  );

  it('asks nobody when the disk has no room', async () => {
    const { fetch, left } = prepared({});
    const failure = await failureOf(fetch({}, { ...known(server.url('/model.onnx')), sizeBytes: 1e18 }));
    expect(failure).toMatchObject({ code: 'download-disk-full' });
    expect(server.seen).toEqual([]);
    expect(left()).toEqual([]);
  });

  it('replaces no file that came into its place meanwhile', async () => {
    const { path, fetch } = prepared({});
    writeFileSync(path, 'mine');
    expect(await failureOf(fetch())).toMatchObject({ code: 'file-exists' });
    expect(readFileSync(path, 'utf8')).toBe('mine');
  });
});

describe('a proxy', () => {
  it('of the environment is used', async () => {
    await using proxy = await TunnelProxy.start();
    vi.stubEnv('HTTP_PROXY', proxy.url);
    const { path, fetch } = prepared({});
    await fetch();
    expect(proxy.tunnels).toEqual([new URL(server.url('/')).host]);
    expect(readFileSync(path).equals(content)).toBe(true);
  });

  it('is asked for the host that a redirect leads to, and so is that host', async () => {
    await using proxy = await TunnelProxy.start();
    await using other = await FileServer.start();
    vi.stubEnv('HTTP_PROXY', proxy.url);
    other.files.set('/x', { content });
    const { path, fetch } = prepared({ redirectTo: other.url('/x') });
    await fetch();
    expect(readFileSync(path).equals(content)).toBe(true);
    const hosts = [new URL(server.url('/')).host, new URL(other.url('/')).host];
    expect(proxy.tunnels).toEqual(hosts);
    expect([server.seen[0]?.host, other.seen[0]?.host]).toEqual(hosts);
  });

  it('is not used for hosts of NO_PROXY', async () => {
    await using proxy = await TunnelProxy.start();
    vi.stubEnv('HTTP_PROXY', proxy.url);
    vi.stubEnv('NO_PROXY', 'example.org,127.0.0.1');
    const { fetch } = prepared({});
    await fetch();
    expect(proxy.tunnels).toEqual([]);
  });

  it('for https gets no plain requests, and is asked for tunnels', async () => {
    await using proxy = await TunnelProxy.start(403);
    vi.stubEnv('HTTPS_PROXY', proxy.url);
    const { fetch } = prepared({});
    const failure = await failureOf(fetch({}, known('https://models.invalid/model.onnx')));
    expect(failure).toMatchObject({ code: 'download-proxy' });
    expect(proxy.tunnels).toEqual(['models.invalid:443']);
  });

  it('that is no address is named as the reason', async () => {
    vi.stubEnv('HTTPS_PROXY', 'not an address');
    const { fetch } = prepared({});
    expect(await failureOf(fetch())).toMatchObject({ code: 'download-proxy' });
  });
});
