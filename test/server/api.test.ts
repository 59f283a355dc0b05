// The API over real HTTP: parameters in every form, answers of every kind, errors as plain text, limits.
import { connect } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AnyOperation } from '../../src/bench/operation';
import { answeringFile, answeringLater, answeringNow } from '../../src/bench/operation';
import { projectOperations } from '../../src/bench/project/project';
import { requestErrors } from '../../src/bench/requestErrors';
import { configErrorsSample, internalFailure } from './failures';
import { temporaryFolder } from '../support/temporaryFolder';
import { ask, askJson } from './httpClient';
import type { TestServer } from './servers';
import { testServers } from './servers';

const place = temporaryFolder();
const start = testServers();

/** Answers with what it was asked. */
const echo = answeringNow({
  path: 'echo',
  summary: 'Give the parameters back.',
  read: (parameters) => parameters.all(),
  run: (_bench, parameters) => Promise.resolve(parameters),
});

const later = answeringLater({
  path: 'later',
  summary: 'Take some time.',
  read: (parameters) => parameters.requestId(),
  run: () => Promise.resolve(),
});

const file = answeringFile({
  path: 'file',
  summary: 'Give a file.',
  read: (parameters) => ({ path: parameters.text('path'), name: parameters.optionalText('name') }),
  run: (bench, { path, name }) =>
    Promise.resolve({
      contentType: 'text/plain; charset=utf-8',
      content: { path: join(bench.workspace, path) },
      ...(name === undefined ? { refreshS: 3 } : { attachmentName: name }),
    }),
});

const csv = answeringFile({
  path: 'csv',
  summary: 'Give a table.',
  read: () => null,
  run: () =>
    Promise.resolve({ contentType: 'text/csv', content: { text: 'a,b\n1,2\n' }, attachmentName: 'tab"le ü.csv' }),
});

function failing(path: string, make: () => unknown): AnyOperation {
  return answeringNow({
    path,
    summary: 'Fail.',
    read: () => null,
    run: () => Promise.reject(make() as Error),
  });
}

const secretPath = join(place.path, '..', 'elsewhere', 'secret.onnx');

let server: TestServer;
let api = '';
let headers = {};
beforeAll(async () => {
  place.write('log.txt', 'line 1\nline 2\n');
  place.write('empty.txt', '');
  server = await start(place.path, {}, [
    ...projectOperations,
    echo,
    later,
    file,
    csv,
    failing('fails/internal', () => internalFailure(secretPath)),
    failing('fails/foreign-path', () => configErrorsSample(secretPath)),
    failing('fails/denied', () => requestErrors.accessDenied('/etc/passwd')),
  ]);
  api = `${server.base}/api`;
  headers = { Authorization: 'Bearer a-token-of-tests' };
});

describe('parameters', () => {
  const parameters = { id: 7, name: 'ä', list: [1, 'two'], inner: { deep: [true, null] } };

  it.each(['GET', 'POST'])('come from the JSON body of a %s', async (method) => {
    expect(await askJson(`${api}/echo`, { method, headers, body: parameters })).toEqual(parameters);
  });

  it('come from a body that does not say that it is JSON', async () => {
    const body = JSON.stringify(parameters);
    for (const type of [undefined, 'text/plain', 'application/x-www-form-urlencoded']) {
      const typed = { ...headers, ...(type === undefined ? {} : { 'Content-Type': type }) };
      expect(await askJson(`${api}/echo`, { method: 'POST', headers: typed, body })).toEqual(parameters);
    }
  });

  it('come from a body in chunks of unknown length', async () => {
    const body = JSON.stringify(parameters);
    const answer = await rawAnswer(
      `POST /api/echo HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: a-token-of-tests\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n` +
        `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    );
    expect(answer).toContain(body);
  });

  it.each(['GET', 'POST'])('come from the query of a %s', async (method) => {
    const query = 'id=7&name=%C3%A4+b&group=x&group=y&other[]=z&token=a-token-of-tests';
    expect(await askJson(`${api}/echo?${query}`, { method })).toEqual({
      id: '7',
      name: 'ä b',
      group: ['x', 'y'],
      other: ['z'],
    });
  });

  it('come from a form', async () => {
    const form = { ...headers, 'Content-Type': 'application/x-www-form-urlencoded' };
    const body = 'id=7&group%5B%5D=a&group%5B%5D=b';
    expect(await askJson(`${api}/echo`, { method: 'POST', headers: form, body })).toEqual({
      id: '7',
      group: ['a', 'b'],
    });
  });

  it('come from the query when the body is empty, and from the body alone when it is not', async () => {
    expect(await askJson(`${api}/echo?id=1`, { method: 'POST', headers, body: ' \n' })).toEqual({ id: '1' });
    expect(await askJson(`${api}/echo?id=1`, { method: 'POST', headers, body: {} })).toEqual({});
  });

  it('named __proto__ reach nobody', async () => {
    const body = '{"__proto__": {"a": 1}, "in": {"\\u005f_proto__": {"b": 2}, "c": 3}}';
    const echoed = (await askJson(`${api}/echo`, { method: 'POST', headers, body })) as object;
    expect(Object.getOwnPropertyNames(echoed)).toEqual(['in']);
    expect(echoed).toEqual({ in: { c: 3 } });
    expect(await askJson(`${api}/echo?__proto__=x&constructor=y`, { headers })).toEqual({ constructor: 'y' });
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
  });
});

describe('a body that cannot be used', () => {
  const post = (body: unknown, more: Record<string, string> = {}) =>
    ask(`${api}/echo`, { method: 'POST', headers: { ...headers, ...more }, body });

  it.each([
    ['half an object', '{"id": 1', 400],
    ['a trailing comma', '{"id": 1,}', 400],
    ['an array', '[1]', 400],
    ['a number', '1', 400],
    ['null', 'null', 400],
    ['bytes that are no text', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), 400],
    ['41 levels', `{"a":${'['.repeat(40)}${']'.repeat(40)}}`, 400],
    ['a million levels', '['.repeat(1_000_000), 400],
    ['more than a megabyte', `{"a": "${'x'.repeat(1_048_576)}"}`, 413],
    ['ten megabytes', `{"a": "${'x'.repeat(10_000_000)}"}`, 413],
  ])('%s is refused in a sentence', async (_what, body, status) => {
    const answer = await post(body);
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(answer.text).toMatch(/^[A-Z][^\n]{10,200}\n([^\n]{10,200}\n)?$/);
  });

  it('brackets inside texts are no levels', async () => {
    const parameters = { text: `\\"${'['.repeat(100)}` };
    expect(await askJson(`${api}/echo`, { method: 'POST', headers, body: parameters })).toEqual(parameters);
  });

  it('compressed or multipart is refused', async () => {
    expect((await post('{}', { 'Content-Encoding': 'gzip' })).status).toBe(415);
    expect((await post('--x\r\n', { 'Content-Type': 'multipart/form-data; boundary=x' })).status).toBe(415);
  });

  it('too many parameters are refused', async () => {
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
    expect((await post('a=1&'.repeat(1001), form)).status).toBe(400);
  });

  it('the next request on the same connection is answered all the same', async () => {
    const body = 'x'.repeat(2_000_000);
    const head = `Host: 127.0.0.1\r\nAuthorization: a-token-of-tests\r\n`;
    const answer = await rawAnswer(
      `POST /api/echo HTTP/1.1\r\n${head}Content-Length: ${body.length}\r\n\r\n${body}` +
        `GET /api/echo?id=1 HTTP/1.1\r\n${head}Connection: close\r\n\r\n`,
    );
    expect(answer).toContain('HTTP/1.1 413');
    expect(answer).toContain('{"id":"1"}');
  });
});

describe('answers', () => {
  it('of operations are JSON that nobody keeps or guesses about', async () => {
    const answer = await ask(`${api}/project/list`, { headers });
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    expect((JSON.parse(answer.text) as { projects: unknown[] }).projects).toHaveLength(2);
  });

  it('of long operations say that it goes on', async () => {
    expect(await askJson(`${api}/later`, { method: 'POST', headers, body: { request_id: 'asd' } })).toEqual({
      exit_code: 102,
      message: 'processing',
    });
    const refused = await ask(`${api}/later`, { method: 'POST', headers, body: {} });
    expect([refused.status, refused.text]).toEqual([400, 'Missing request id.\n']);
  });

  it('with a file stream it, to be shown again while it grows', async () => {
    const answer = await ask(`${api}/file?path=log.txt`, { headers });
    expect(answer.text).toBe('line 1\nline 2\n');
    expect(answer.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'content-length': '14',
      refresh: '3',
    });
    expect((await ask(`${api}/file?path=empty.txt`, { headers })).text).toBe('');
  });

  it('with a file to be saved name it, whatever is in the name', async () => {
    const { text, headers: got } = await ask(`${api}/csv`, { headers });
    expect(text).toBe('a,b\n1,2\n');
    expect(got['content-disposition']).toBe(
      `attachment; filename="tab_le _.csv"; filename*=UTF-8''tab%22le%20%C3%BC.csv`,
    );
    const lone = await ask(`${api}/file?path=log.txt&name=${encodeURIComponent("a'\r\nX: y")}`, { headers });
    expect(lone.status).toBe(400);
  });

  it.each(['../', 'missing.txt', '../../../../../../etc/hostname'])('with the file %s are refused', async (path) => {
    const { status, headers: got } = await ask(`${api}/file?path=${path}&name=x`, { headers });
    expect([403, 404, 400]).toContain(status);
    expect(got['content-disposition']).toBeUndefined();
  });

  it('at / say in plain words what this is', async () => {
    const answer = await ask(`${server.base}/`, { headers });
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(answer.text).toContain('/api/');
    expect(answer.text).toMatch(/project\/list +List the projects/);
  });
});

describe('errors', () => {
  it.each([
    ['/api/project', 400, 'Could not find project id.'],
    ['/api/project?id=x', 400, 'Incorrect project id.'],
    ['/api/project?id=99', 404, 'Could not find project 99.'],
    ['/api/project/note?id=1', 400, 'Notes not provided.'],
    ['/api/nothing', 404, 'There is nothing at this path.'],
    ['/api/', 404, 'There is nothing at this path.'],
    ['/api/constructor', 404, 'There is nothing at this path.'],
    ['/api/../api/project', 404, 'There is nothing at this path.'],
    ['/API/project', 404, 'There is nothing at this path.'],
    ['/index.html', 404, 'There is nothing at this path.'],
    ['//evil.example/api/project/list', 404, 'There is nothing at this path.'],
    ['/api/fails/denied', 403, 'Access to "/etc/passwd" is not allowed.'],
  ])('%s is %i: %s', async (path, status, sentence) => {
    const answer = await rawAnswer(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: a-token-of-tests\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer.split('\r\n\r\n')[1]?.split('\n')[0]).toBe(sentence);
  });

  it('that nobody expected tell the client nothing, and the server all but the token', async () => {
    const answer = await ask(`${api}/fails/internal?token=a-token-of-tests`);
    expect(answer.status).toBe(500);
    expect(answer.text).toBe('Something went wrong inside the server; its own output says more.\n');
    expect(server.failures.at(-1)?.path).toBe('/api/fails/internal');
    expect(String(server.failures.at(-1)?.thrown)).toContain(secretPath);
    expect(JSON.stringify(server.failures)).not.toContain('a-token-of-tests');
  });

  it('name no folder that clients do not know', async () => {
    const { text } = await ask(`${api}/fails/foreign-path`, { headers });
    expect(text).toContain('secret.onnx');
    expect(text).not.toContain('elsewhere');
  });

  it.each(['PUT', 'DELETE', 'PATCH', 'HEAD'])('%s is no method of the API', async (method) => {
    const answer = await ask(`${api}/project/list`, { method, headers });
    expect([answer.status, answer.headers['allow']]).toEqual([405, 'GET, POST']);
  });
});

describe('clients that are greedy or slow', () => {
  it('get no more than 16 KB of headers', async () => {
    expect((await ask(`${api}/project/list`, { headers: { 'X-Much': 'x'.repeat(20_000) } })).status).toBe(431);
  });

  it('that speak something else are told so', async () => {
    expect(await rawAnswer('\u0016\u0003\u0001 hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 Bad Request/);
  });

  it('are cut off when they do not finish what they began', async () => {
    const impatient = await start(place.path, {
      limits: { headersTimeoutMs: 100, requestTimeoutMs: 200, checkEveryMs: 20 },
    });
    const halfHead = 'POST /api/project/list HTTP/1.1\r\nHost: 127.0.0.1\r\n';
    expect(await rawAnswer(halfHead, impatient.port)).toMatch(/^HTTP\/1\.1 408 Request Timeout/);
    const halfBody = `${halfHead}Authorization: a-token-of-tests\r\nContent-Length: 100\r\n\r\n{"id"`;
    expect(await rawAnswer(halfBody, impatient.port)).toMatch(/^HTTP\/1\.1 408 Request Timeout/);
  });

  it('may leave in the middle of a request', async () => {
    const before = server.failures.length;
    await new Promise((gone) => {
      const socket = connect(server.port, '127.0.0.1', () => {
        socket.write('POST /api/echo HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: a-token-of-tests\r\n');
        socket.write('Content-Length: 100\r\n\r\n{"id"', () => socket.destroy());
      });
      socket.once('close', gone);
    });
    expect((await ask(`${api}/project/list`, { headers })).status).toBe(200);
    expect(server.failures).toHaveLength(before);
  });
});

/** Everything the server sends until it closes the connection. */
function rawAnswer(text: string, port = server.port): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
    socket.once('close', () => resolve(answer));
    socket.once('error', reject);
  });
}
