// What happens on the bench is told to every client, in order, whichever way it is connected.
import { connect } from 'node:net';
import { io } from 'socket.io-client';
import type { Socket } from 'socket.io-client';
import { afterEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporaryFolder';
import { ask } from './httpClient';
import type { TestServer } from './servers';
import { testServers, testToken } from './servers';

const place = temporaryFolder();
const start = testServers();

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});

async function connected(server: TestServer, transports: readonly string[]): Promise<Socket> {
  const socket = io(server.base, { transports: [...transports], auth: { token: testToken }, forceNew: true });
  sockets.push(socket);
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('connect_error', reject));
  return socket;
}

/** The next messages a client gets. */
function next(socket: Socket, count: number): Promise<unknown[]> {
  const got: unknown[] = [];
  return new Promise((resolve) => {
    socket.onAny((...message: unknown[]) => {
      got.push(message);
      if (got.length === count) resolve(got);
    });
  });
}

describe('messages', () => {
  it.each([[['polling']], [['websocket']], [['polling', 'websocket']]])('reach clients over %s', async (transports) => {
    const server = await start(place.path);
    server.bench.tell({ subject: 'nobody_listens', status: 'success', data: {} });
    const clients = [await connected(server, transports), await connected(server, transports)];
    const heard = clients.map((client) => next(client, 3));
    server.bench.tell({ subject: 'benchmark_start', status: 'success', data: { request_id: 'a', message: 'started' } });
    server.bench.tell({ subject: 'benchmark_finish', status: 'error', data: { request_id: 'a', code: 404 } });
    server.bench.tell({ subject: 'optimization_finish', status: 'failure', data: { ä: ['ü', null, 1.5] } });
    const expected = [
      ['benchmark_start', { status: 'success', data: { request_id: 'a', message: 'started' } }],
      ['benchmark_finish', { status: 'error', data: { request_id: 'a', code: 404 } }],
      ['optimization_finish', { status: 'failure', data: { ä: ['ü', null, 1.5] } }],
    ];
    expect(await Promise.all(heard)).toEqual([expected, expected]);
  });

  it('of clients reach nobody', async () => {
    const server = await start(place.path);
    const [loud, other] = [await connected(server, ['websocket']), await connected(server, ['websocket'])];
    const heard = next(other, 1);
    loud.emit('benchmark_finish', { status: 'success', data: { forged: true } });
    // The answer to a request of its own comes after the forged one could have.
    await fetch(`${server.base}/api/project/list?token=${testToken}`);
    server.bench.tell({ subject: 'real', status: 'success', data: {} });
    expect(await heard).toEqual([['real', { status: 'success', data: {} }]]);
  });

  it('end with the server, which says good-bye to its clients', async () => {
    const server = await start(place.path);
    const client = await connected(server, ['websocket']);
    const left = new Promise((resolve) => client.once('disconnect', resolve));
    await server[Symbol.asyncDispose]();
    expect(await left).toBe('io server disconnect');
    server.bench.tell({ subject: 'late', status: 'success', data: {} });
    await expect(fetch(server.base)).rejects.toThrow();
  });

  it('of whoever shows no token take no more than a number of sockets, and none of the others', async () => {
    const server = await start(place.path, { limits: { mostSockets: 3 } });
    const client = await connected(server, ['polling']);
    const url = `${server.base}/socket.io/?EIO=4&transport=polling`;
    const statuses = [];
    for (let one = 0; one < 4; one++) statuses.push((await ask(url)).status);
    expect(statuses).toEqual([200, 200, 403, 403]);
    const heard = next(client, 1);
    server.bench.tell({ subject: 'still_here', status: 'success', data: {} });
    expect(await heard).toEqual([['still_here', { status: 'success', data: {} }]]);
  });

  it('survive clients that reset a connection which asks for a socket', async () => {
    const server = await start(place.path, { urlPrefix: '/bench' });
    const reset = (path: string, header: string): Promise<void> =>
      new Promise((resolve) => {
        const socket = connect(server.port, '127.0.0.1', () => {
          socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n`);
          socket.write(`Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n${header}\r\n`);
          setImmediate(() => socket.resetAndDestroy());
        });
        socket.once('close', resolve).on('error', () => undefined);
      });
    const path = '/bench/socket.io/?EIO=4&transport=websocket';
    for (let round = 0; round < 30; round++)
      await Promise.all([
        reset('/bench/api/project/list', ''),
        reset(path, ''),
        reset(path, 'Origin: https://evil.example\r\n'),
        reset(path.replace('EIO=4', 'EIO=9'), ''),
      ]);
    expect((await ask(`${server.base}/api/project/list?token=${testToken}`)).status).toBe(200);
  });

  it('are not to be had elsewhere: such a request is told to ask in plain HTTP', async () => {
    const server = await start(place.path);
    const headers = { Connection: 'Upgrade, HTTP2-Settings', Upgrade: 'h2c', 'HTTP2-Settings': 'AAMAAABk' };
    const answer = await ask(`${server.base}/api/project/list?token=${testToken}`, { headers });
    expect([answer.status, answer.text]).toEqual([400, 'Ask without Upgrade.\n']);
  });
});
