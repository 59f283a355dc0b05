// Socket.IO: tells every client what happens on the bench. Clients tell the server nothing.
import { ServerResponse, STATUS_CODES } from 'node:http';
import type { IncomingMessage, Server as HttpServer } from 'node:http';
import { Server } from 'socket.io';
import type { Bench } from '../bench/bench';
import { answerPreflight, answerText, setCommonHeaders } from './answers';
import type { Doorkeeper } from './doorkeeper';
import { errorAnswerOf } from './errorAnswers';
import { refusals } from './serverErrors';
import type { Token } from './token';
import { isLetIn, tokenInHeader } from './token';

export interface MessageSettings {
  readonly bench: Bench;
  readonly doorkeeper: Doorkeeper;
  readonly token: Token;
  readonly urlPrefix: string;
  /** Open at once. */
  readonly mostSockets: number;
}

/** Serves sockets at `<urlPrefix>/socket.io` of an HTTP server until it is disposed of, which closes that server too. */
export function serveMessages(http: HttpServer, settings: MessageSettings): AsyncDisposable {
  const { bench, token, urlPrefix, mostSockets } = settings;
  const sockets = new Server(http, {
    path: `${urlPrefix}/socket.io`,
    serveClient: false,
    // Nothing but the token comes from clients.
    maxHttpBufferSize: 65_536,
    // Whoever does not show a token by then is cut off.
    connectTimeout: 10_000,
    // Until then, whoever asks for a socket has one.
    allowRequest: (_, decide) => decide('Too many sockets are open.', sockets.engine.clientsCount < mostSockets),
  });
  sockets.engine.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
    if (admits(settings, request, response)) next();
  });
  sockets.use((socket, next) => {
    const { auth, query, headers } = socket.handshake;
    const sent = [auth['token'], query['token'], tokenInHeader(headers.authorization)] as unknown[];
    next(isLetIn(token, sent) ? undefined : new Error(refusals.token().message));
  });
  const watching = bench.watch(({ subject, status, data }) => sockets.emit(subject, { status, data }));
  return {
    [Symbol.asyncDispose]: async () => {
      watching[Symbol.dispose]();
      sockets.disconnectSockets(true);
      await sockets.close();
    },
  };
}

/** The same rules for Host and Origin as for every other request; what is turned away has been answered. */
function admits({ bench, doorkeeper }: MessageSettings, request: IncomingMessage, response: ServerResponse): boolean {
  try {
    const admitted = doorkeeper.admit(request);
    if (!(response instanceof ServerResponse)) return true;
    setCommonHeaders(response, admitted);
    if (request.method !== 'OPTIONS') return true;
    answerPreflight(response);
  } catch (thrown) {
    const { status, text } = errorAnswerOf(thrown, bench.access.roots);
    if (response instanceof ServerResponse) answerText(response, status, text);
    else
      request.socket.end(
        `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n${text}`,
      );
  }
  return false;
}
