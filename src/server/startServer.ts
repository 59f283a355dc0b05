// Starts the server of a bench: HTTP and Socket.IO on one port, with limits against slow and greedy clients.
import { createServer as createHttpServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Bench } from '../bench/bench';
import type { AnyOperation } from '../bench/operation';
import { systemErrorCode } from '../files/fileErrors';
import { apiHandler } from './api';
import { Doorkeeper, isLoopback, isWildcard } from './doorkeeper';
import { serveMessages } from './messages';
import { serverErrors } from './serverErrors';
import type { TlsFiles } from './tlsFiles';
import type { Token } from './token';

export interface ServerSettings {
  readonly host: string;
  /** 0: the system picks a free one. */
  readonly port: number;
  /** Null on loopback only. */
  readonly token: Token;
  /** Checked by `checkedOrigin`. */
  readonly allowedOrigins: readonly string[];
  /** Checked by `checkedPrefix`. */
  readonly urlPrefix: string;
  /** Absent: without encryption. */
  readonly tls?: TlsFiles;
  /** Is told of what nobody expected; never of a token. */
  readonly onFailure: (thrown: unknown, path: string) => void;
  /** Absent: the defaults. */
  readonly limits?: Partial<ServerLimits>;
}

/** What a client may take of the server. */
export interface ServerLimits {
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly checkEveryMs: number;
  /** Open at once, of those too that have yet to show the token. */
  readonly mostSockets: number;
}

const defaultLimits: ServerLimits = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  checkEveryMs: 2_000,
  mostSockets: 1_000,
};
const maxHeaderBytes = 16_384;
const maxConnections = 1_000;
/** Between two requests of a client that keeps its connection. */
const keepAliveMs = 30_000;
/** Requests that are under way when the server stops get so long. */
const partingMs = 3_000;

/** Whoever starts a server closes it (`await using`); the bench stays open. */
export interface RunningServer extends AsyncDisposable {
  readonly port: number;
  /** Ready to open: with the token, if there is one. */
  readonly url: string;
}

/** Resolves when the server listens. Rejects with ServerError when it cannot. */
export async function startServer(
  bench: Bench,
  operations: readonly AnyOperation[],
  settings: ServerSettings,
): Promise<RunningServer> {
  const { host, token, urlPrefix, tls, allowedOrigins, onFailure } = settings;
  if (token === null && !isLoopback(host)) throw serverErrors.openToAll(host);
  const doorkeeper = new Doorkeeper({ host, isSecure: tls !== undefined, allowedOrigins });
  const limits = { ...defaultLimits, ...settings.limits };
  const http = createServer(limits, tls);
  const handler = apiHandler({ bench, operations, doorkeeper, token, urlPrefix, onFailure });
  http.on('request', (request, response) => void handler(request, response));
  http.on('clientError', answerMalformed);
  http.on('upgrade', (request: IncomingMessage, socket: Duplex) => guardUpgrade(request, socket, urlPrefix));
  await listen(http, settings);
  const messages = serveMessages(http, { bench, doorkeeper, token, urlPrefix, mostSockets: limits.mostSockets });
  const { port } = http.address() as AddressInfo;
  return { port, url: urlOf(settings, port), [Symbol.asyncDispose]: () => close(http, messages) };
}

function createServer(
  { headersTimeoutMs, requestTimeoutMs, checkEveryMs }: ServerLimits,
  tls: TlsFiles | undefined,
): Server {
  const options = {
    headersTimeout: headersTimeoutMs,
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: checkEveryMs,
    keepAliveTimeout: keepAliveMs,
    maxHeaderSize: maxHeaderBytes,
  };
  const http = tls === undefined ? createHttpServer(options) : createHttpsServer({ ...options, ...tls });
  http.maxConnections = maxConnections;
  return http;
}

async function listen(http: Server, { host, port }: ServerSettings): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      http.once('error', reject);
      http.listen({ host, port, exclusive: true }, () => {
        http.off('error', reject);
        resolve();
      });
    });
  } catch (thrown) {
    throw listenErrorOf(thrown, host, port);
  }
}

function listenErrorOf(thrown: unknown, host: string, port: number): Error {
  const systemCode = systemErrorCode(thrown);
  switch (systemCode) {
    case 'EADDRINUSE':
      return serverErrors.portInUse(host, port);
    case 'EACCES':
    case 'EPERM':
      return serverErrors.portDenied(host, port);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EINVAL':
      return serverErrors.hostUnknown(host, systemCode);
    default:
      return serverErrors.notListening(host, port, thrown);
  }
}

const malformedAnswers: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** What is no HTTP, or takes too long, is told so and cut off. */
function answerMalformed(error: Error, socket: Duplex): void {
  const status = malformedAnswers[systemErrorCode(error) ?? ''] ?? '400 Bad Request';
  // Nothing may be put in the middle of an answer that is under way.
  if (!socket.writable || (socket as Partial<Socket>).bytesWritten !== 0) {
    socket.destroy();
    return;
  }
  socket.end(`HTTP/1.1 ${status}\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n${status.slice(4)}.\n`);
}

/**
 * Nobody listens to errors of a connection that asks for another protocol, until Socket.IO has taken it: a client that
 * resets it before would end the whole server. Elsewhere than there, such a request is told to ask in plain HTTP.
 */
function guardUpgrade({ url }: IncomingMessage, socket: Duplex, urlPrefix: string): void {
  socket.on('error', () => socket.destroy());
  if (url?.startsWith(`${urlPrefix}/socket.io/`) === true) return;
  socket.end('HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nAsk without Upgrade.\n');
}

function urlOf({ host, token, urlPrefix, tls }: ServerSettings, port: number): string {
  const name = isWildcard(host) ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  const query = token === null ? '' : `?token=${token}`;
  return `${tls === undefined ? 'http' : 'https'}://${name}:${port}${urlPrefix}/${query}`;
}

async function close(http: Server, messages: AsyncDisposable): Promise<void> {
  const parting = setTimeout(() => http.closeAllConnections(), partingMs);
  try {
    await messages[Symbol.asyncDispose]();
  } finally {
    clearTimeout(parting);
  }
}
