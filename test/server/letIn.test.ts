// Who is let in: tokens, the name the server is called by, the page that asks; the same for HTTP and for sockets.
import { connect } from 'node:net';
import { hostname } from 'node:os';
import { io } from 'socket.io-client';
import type { Socket } from 'socket.io-client';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { checkedOrigin } from '../../src/server/doorkeeper';
import { ServerError } from '../../src/server/serverErrors';
import { checkedToken, isLetIn, newToken } from '../../src/server/token';
import { checkedPrefix } from '../../src/server/urlPrefix';
import { temporaryFolder } from '../support/temporaryFolder';
import { ask } from './httpClient';
import type { TestServer } from './servers';
import { testServers, testToken } from './servers';

const place = temporaryFolder();
const start = testServers();
const allowed = 'https://pages.example';

let server: TestServer;
let open: TestServer;
let everywhere: TestServer;
beforeAll(async () => {
  server = await start(place.path, { allowedOrigins: [allowed] });
  open = await start(place.path, { token: null });
  everywhere = await start(place.path, { host: '0.0.0.0', urlPrefix: '/team/bench' });
});

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});

/** `connected`, or why not. */
function socketTo(to: TestServer, options: Parameters<typeof io>[1] = {}): Promise<string> {
  const socket = io(new URL(to.base).origin, {
    path: `${new URL(to.base).pathname.replace(/\/$/, '')}/socket.io`,
    reconnection: false,
    forceNew: true,
    ...options,
  });
  sockets.push(socket);
  return new Promise((resolve) => {
    socket.once('connect', () => resolve('connected'));
    socket.once('connect_error', (error) => resolve(error.message));
  });
}

describe('a token', () => {
  const list = (query: string, headers = {}) => ask(`${server.base}/api/project/list${query}`, { headers });

  it.each([
    ['plain', '', { Authorization: testToken }],
    ['after Bearer', '', { Authorization: `Bearer ${testToken}` }],
    ['after bearer', '', { authorization: `bearer  ${testToken}` }],
    ['in the query', `?token=${testToken}`, {}],
    ['in the query, beside a header of somebody else', `?token=${testToken}`, { Authorization: 'Basic eDp5' }],
  ])('lets in: %s', async (_where, query, headers) => {
    expect((await list(query, headers)).status).toBe(200);
  });

  it.each([
    ['missing', '', {}],
    ['wrong', '?token=another-token-1', {}],
    ['empty', '?token=', { Authorization: '' }],
    ['cut short', `?token=${testToken.slice(0, -1)}`, {}],
    ['too long', `?token=${testToken}x`, {}],
    ['in other letters', `?token=${testToken.toUpperCase()}`, {}],
    ['that says none', '?token=none', { Authorization: 'null' }],
  ])('does not let in: %s', async (_what, query, headers) => {
    const answer = await list(query, headers);
    expect([answer.status, answer.text]).toEqual([403, 'Access denied: the token is missing or wrong.\n']);
  });

  it('is asked for at every path, before anything is read', async () => {
    for (const path of ['/', '/api/nothing', '/anything'])
      expect((await ask(server.base + path, { method: 'POST', body: '{' })).status).toBe(403);
    expect((await ask(`${server.base}/api/project/list`, { method: 'POST', body: 'x'.repeat(9e6) })).status).toBe(403);
  });

  it('is not needed where there is none', async () => {
    expect((await ask(`${open.base}/api/project/list`)).status).toBe(200);
    expect((await ask(`${open.base}/api/project/list?token=whatever`)).status).toBe(200);
  });

  it('is left out on this machine alone', async () => {
    for (const host of ['0.0.0.0', '::', '192.0.2.1', hostname()])
      await expect(start(place.path, { token: null, host })).rejects.toMatchObject({ code: 'server-token-none' });
  });

  it('is made of 256 random bits, and compared as a whole', () => {
    expect(newToken()).toMatch(/^[\w-]{43}$/);
    expect(newToken()).not.toBe(newToken());
    expect(checkedToken('abc.DEF~1-2_3')).toBe('abc.DEF~1-2_3');
    for (const unfit of ['short', '', 'with space', 'with/slash', 'ümlaut-token', 'x'.repeat(201), 'a&b=c-d-e'])
      expect(() => checkedToken(unfit)).toThrow(ServerError);
    expect(isLetIn('a-token-of-tests', [undefined, 7, ['a-token-of-tests'], { length: 16 }])).toBe(false);
    expect(isLetIn('a-token-of-tests', ['', 'a-token-of-tests'])).toBe(true);
  });
});

describe('the name in Host', () => {
  const status = async (to: TestServer, host: string): Promise<number> =>
    (await ask(`${to.base}/api/project/list?token=${testToken}`, { headers: { Host: host } })).status;

  it.each(['127.0.0.1', 'localhost', 'LOCALHOST', 'localhost:1', '[::1]:5000', 'pages.example'])(
    'may be %s',
    async (host) => {
      expect(await status(server, host)).toBe(200);
    },
  );

  it.each([
    'evil.example',
    '127.0.0.1.evil.example',
    'localhost.evil.example:5000',
    'evil.example:80@localhost',
    '192.0.2.7',
    '0.0.0.0',
    'localhost:5000:1',
    'localhost/',
    'xn--localhost-',
    '[::1',
  ])('may not be "%s"', async (host) => {
    expect(await status(server, host)).toBe(403);
    expect(await status(open, host)).toBe(403);
  });

  it('may be any address in digits where the server listens everywhere, but no name of others', async () => {
    for (const host of ['192.0.2.7:5000', '[2001:db8::1]', hostname(), 'localhost'])
      expect(await status(everywhere, host)).toBe(200);
    expect(await status(everywhere, 'evil.example')).toBe(403);
  });

  it('has to be there', async () => {
    const answer = await new Promise<string>((resolve) => {
      let text = '';
      const socket = connect(open.port, '127.0.0.1', () => socket.write('GET /api/project/list HTTP/1.0\r\n\r\n'));
      socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      socket.once('close', () => resolve(text));
    });
    expect(answer).toContain(' 403 ');
  });
});

describe('the page that asks', () => {
  const from = (headers: Record<string, string>, path = '/api/project/list', method = 'POST') =>
    ask(`${server.base}${path}?token=${testToken}`, { method, headers });

  it('may be our own', async () => {
    const answer = await from({ Origin: server.base });
    expect(answer.status).toBe(200);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('may be one that is allowed, and is told so', async () => {
    const answer = await from({ Origin: allowed });
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({ 'access-control-allow-origin': allowed, vary: 'Origin' });
    const refused = await from({ Origin: allowed }, '/api/nothing');
    expect([refused.status, refused.headers['access-control-allow-origin']]).toEqual([404, allowed]);
  });

  it.each([
    'https://evil.example',
    'http://pages.example',
    'https://pages.example:444',
    'https://pages.example.evil.example',
    'https://sub.pages.example',
    'http://127.0.0.1',
    'http://localhost:1',
    'null',
    '*',
    '',
  ])('may not be "%s"', async (origin) => {
    for (const method of ['GET', 'POST', 'OPTIONS']) {
      const answer = await from({ Origin: origin }, '/api/project/list', method);
      expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([403, undefined]);
    }
  });

  it('may ask beforehand, without a token', async () => {
    const question = { Origin: allowed, 'Access-Control-Request-Method': 'POST' };
    const answer = await ask(`${server.base}/api/project/create`, { method: 'OPTIONS', headers: question });
    expect(answer.status).toBe(204);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': allowed,
      'access-control-allow-methods': 'GET, POST, PUT',
      'access-control-allow-headers': 'Authorization, Content-Type',
    });
  });

  it('may not be another one that hides behind a picture or a form', async () => {
    for (const site of ['cross-site', 'same-site']) {
      const headers = { 'Sec-Fetch-Site': site, 'Sec-Fetch-Mode': 'no-cors' };
      expect((await from(headers, '/api/project/delete', 'GET')).status).toBe(403);
      expect((await ask(`${open.base}/api/project/delete?id=1&name=first`, { headers })).status).toBe(403);
      const visit = { 'Sec-Fetch-Site': site, 'Sec-Fetch-Mode': 'navigate' };
      expect((await from(visit, '/api/project/list', 'GET')).status).toBe(403);
      expect((await from(visit, '/', 'GET')).status).toBe(200);
    }
    for (const site of ['none', 'same-origin'])
      expect((await from({ 'Sec-Fetch-Site': site }, '/api/project/list', 'GET')).status).toBe(200);
  });

  it('may be one that is allowed and links to a file', async () => {
    const link = (page: string) => ({ 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate', Referer: page });
    expect((await from(link(`${allowed}/models?id=1`), '/api/project/list', 'GET')).status).toBe(200);
    for (const page of ['https://evil.example/', `${allowed}.evil.example/`, `https://evil.example/${allowed}`, ''])
      expect((await from(link(page), '/api/project/list', 'GET')).status).toBe(403);
  });

  it('is given as an origin', () => {
    expect(checkedOrigin('HTTPS://Pages.Example/')).toBe(allowed);
    expect(checkedOrigin('https://pages.example:443')).toBe(allowed);
    expect(checkedOrigin('http://localhost:3000')).toBe('http://localhost:3000');
    expect(checkedOrigin('vscode-webview://abc-def')).toBe('vscode-webview://abc-def');
    for (const unfit of ['*', 'null', 'pages.example', 'https://pages.example/path', 'https://a b', 'https://u@h', ''])
      expect(() => checkedOrigin(unfit)).toThrow(ServerError);
  });
});

describe('sockets', () => {
  it.each([['polling'], ['websocket']])('over %s come in with the token, wherever it is', async (transport) => {
    const transports = [transport];
    expect(await socketTo(server, { transports, auth: { token: testToken } })).toBe('connected');
    expect(await socketTo(server, { transports, query: { token: testToken } })).toBe('connected');
    const extraHeaders = { Authorization: `Bearer ${testToken}` };
    expect(await socketTo(server, { transports, extraHeaders })).toBe('connected');
    expect(await socketTo(open, { transports })).toBe('connected');
    expect(await socketTo(everywhere, { transports, auth: { token: testToken } })).toBe('connected');
  });

  it.each([['polling'], ['websocket']])('over %s do not come in without it', async (transport) => {
    const transports = [transport];
    for (const token of [undefined, '', 'another-token-1', ['x'], { a: 1 }])
      expect(await socketTo(server, { transports, auth: { token } })).toBe(
        'Access denied: the token is missing or wrong.',
      );
  });

  it.each([['polling'], ['websocket']])('over %s are held to the same names and pages', async (transport) => {
    const attempt = (headers: Record<string, string>): Promise<string> =>
      socketTo(server, { transports: [transport], auth: { token: testToken }, extraHeaders: headers });
    expect(await attempt({ Origin: server.base })).toBe('connected');
    expect(await attempt({ Origin: allowed })).toBe('connected');
    expect(await attempt({ Origin: 'https://evil.example' })).not.toBe('connected');
    expect(await attempt({ Origin: 'null' })).not.toBe('connected');
  });

  it('are not called by another name', async () => {
    // Such clients do not let their users set Host.
    const headers = { Host: 'evil.example' };
    const url = `${server.base}/socket.io/?EIO=4&transport=polling`;
    expect((await ask(url, { headers })).status).toBe(403);
    expect(
      await socketTo(server, { transports: ['websocket'], auth: { token: testToken }, extraHeaders: headers }),
    ).toBe('websocket error');
  });

  it('of a page that is allowed may be asked about beforehand', async () => {
    const url = `${server.base}/socket.io/?EIO=4&transport=polling`;
    const answer = await ask(url, { method: 'OPTIONS', headers: { Origin: allowed } });
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([204, allowed]);
    const polled = await ask(url, { headers: { Origin: allowed } });
    expect([polled.status, polled.headers['access-control-allow-origin']]).toEqual([200, allowed]);
    const refused = await ask(url, { headers: { Origin: 'https://evil.example' } });
    expect([refused.status, refused.headers['access-control-allow-origin']]).toEqual([403, undefined]);
  });

  it('that were let in for one page cannot be used by another that knows their id', async () => {
    const url = `${server.base}/socket.io/?EIO=4&transport=polling`;
    const { text } = await ask(url);
    const { sid } = JSON.parse(text.slice(1)) as { sid: string };
    const stolen = await ask(`${url}&sid=${sid}`, { headers: { Origin: 'https://evil.example' } });
    expect(stolen.status).toBe(403);
  });
});

describe('a prefix', () => {
  it('stands before everything', async () => {
    const list = `/api/project/list?token=${testToken}`;
    expect((await ask(everywhere.base + list)).status).toBe(200);
    expect((await ask(new URL(everywhere.base).origin + list)).status).toBe(404);
    expect((await ask(`${everywhere.base}/?token=${testToken}`)).text).toContain('/team/bench/api/');
    expect((await ask(`${everywhere.base}?token=${testToken}`)).status).toBe(200);
    expect(everywhere.url).toBe(`http://localhost:${everywhere.port}/team/bench/?token=${testToken}`);
  });

  it('is made of plain parts', () => {
    expect(['', '/', 'bench', '/a/b/', '//a'].map(checkedPrefix)).toEqual(['', '', '/bench', '/a/b', '/a']);
    for (const unfit of ['a b', '..', '/a/../b', 'a?b', 'ä', '%2e'])
      expect(() => checkedPrefix(unfit)).toThrow(ServerError);
  });
});
