// A server on this machine that stands for the internet, misbehaving as asked, and a proxy in front of it.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** How the server answers for one path. */
export interface ServedFile {
  content: Buffer;
  etag?: string;
  /** False: always the whole file. */
  ranges?: boolean;
  /** Breaks the connection when so many bytes have arrived (`FileServer.arrived`), so many times. */
  breakAfter?: number;
  breaks?: number;
  /** Sends so many bytes, then nothing more, so many times. */
  hangAfter?: number;
  hangs?: number;
  /** Sends no Content-Length. */
  chunked?: boolean;
  status?: number;
  redirectTo?: string;
}

export interface SeenRequest {
  readonly path: string;
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
  readonly proxied: boolean;
  readonly host: string | undefined;
}

export class FileServer implements AsyncDisposable {
  readonly files = new Map<string, ServedFile>();
  readonly seen: SeenRequest[] = [];
  private held: { readonly response: ServerResponse; readonly until: number } | undefined;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<FileServer> {
    const server = createServer();
    const files = new FileServer(server);
    server.on('request', (request, response) => files.answer(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return files;
  }

  url(path: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`;
  }

  /** To be told how much has arrived: connections that are to break do so when all that was sent is there. */
  arrived(bytes: number): void {
    if (this.held === undefined || bytes < this.held.until) return;
    this.held.response.destroy();
    this.held = undefined;
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '';
    const range = request.headers.range;
    const ifRange = request.headers['if-range'] as string | undefined;
    this.seen.push({
      path,
      range,
      ifRange,
      proxied: request.headers['x-proxied'] !== undefined,
      host: request.headers.host,
    });
    const file = this.files.get(path);
    if (file === undefined) return void response.writeHead(404).end('no such file');
    if (file.redirectTo !== undefined) return void response.writeHead(302, { location: file.redirectTo }).end();
    if (file.status !== undefined) return void response.writeHead(file.status).end('sorry');
    const { content, etag } = file;
    const isSame = ifRange === undefined || ifRange === etag;
    const start = file.ranges === false || !isSame ? 0 : Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
    const total = content.byteLength;
    if (start >= total) return void response.writeHead(416, { 'content-range': `bytes */${total}` }).end();
    response.writeHead(start > 0 ? 206 : 200, {
      ...(file.chunked === true ? {} : { 'content-length': total - start }),
      ...(etag === undefined ? {} : { etag }),
      ...(start > 0 ? { 'content-range': `bytes ${start}-${total - 1}/${total}` } : {}),
    });
    this.send(file, start, response);
  }

  private send(file: ServedFile, start: number, response: ServerResponse): void {
    const { content } = file;
    if (file.breakAfter !== undefined && (file.breaks ?? 0) > 0) {
      file.breaks = (file.breaks ?? 0) - 1;
      if (file.breakAfter === 0) return void response.write('', () => response.destroy());
      response.write(content.subarray(start, start + file.breakAfter));
      this.held = { response, until: start + file.breakAfter };
    } else if (file.hangAfter !== undefined && (file.hangs ?? 0) > 0) {
      file.hangs = (file.hangs ?? 0) - 1;
      response.write(content.subarray(start, start + file.hangAfter));
    } else response.end(content.subarray(start));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await closed(this.server);
  }
}

/** A proxy that tunnels (CONNECT), and counts what for. */
export class TunnelProxy implements AsyncDisposable {
  readonly tunnels: string[] = [];
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  /** @param refusal status to refuse every tunnel with */
  static async start(refusal?: number): Promise<TunnelProxy> {
    const forbid: RequestListener = (_, response) => void response.writeHead(405).end();
    const server = createServer(forbid);
    const proxy = new TunnelProxy(server);
    server.on('connect', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      proxy.keep(socket);
      proxy.tunnels.push(request.url ?? '');
      if (refusal !== undefined) return void socket.end(`HTTP/1.1 ${refusal} No\r\n\r\n`);
      const [host = '', port = ''] = (request.url ?? '').split(':');
      const target = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        target.write(head);
        target.pipe(socket).pipe(target);
      });
      proxy.keep(target);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => socket.destroy());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await closed(this.server);
  }
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}

export function sha256Of(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Bytes that do not repeat. */
export function someBytes(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}
