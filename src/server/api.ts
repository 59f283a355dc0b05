// Answers HTTP requests: lets them in, finds the operation of the bench, calls it, writes what it answers.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Bench } from '../bench/bench';
import { openAllowed } from '../bench/fileAccess';
import type { AnyOperation, FileAnswer } from '../bench/operation';
import { RequestReader } from '../bench/requestReader';
import { StudioError } from '../bench/studio/studioErrors';
import { answerFile, answerFileText, answerJson, answerPreflight, answerText, setCommonHeaders } from './answers';
import type { Doorkeeper } from './doorkeeper';
import { errorAnswerOf } from './errorAnswers';
import { frontPage } from './frontPage';
import { drain, parametersOf, queryParameters } from './requestParameters';
import { Refused, refusals } from './serverErrors';
import { SharedAnswers } from './sharedAnswers';
import { isStudioPath, studioAnswer, studioBodyLimitBytes } from './studioRoutes';
import type { Token } from './token';
import { isLetIn, tokenInHeader } from './token';

export interface ApiSettings {
  readonly bench: Bench;
  readonly operations: readonly AnyOperation[];
  readonly doorkeeper: Doorkeeper;
  readonly token: Token;
  /** Before every path: `''`, or such as `/bench`. */
  readonly urlPrefix: string;
  /** Is told of what nobody expected, with the path of the request but not its query, which may hold the token. */
  readonly onFailure: (thrown: unknown, path: string) => void;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** What long operations answer at once (SYSTEMS §1.2). */
const processing = JSON.stringify({ exit_code: 102, message: 'processing' });

/** Makes the function that answers every request that is not a socket's. It never rejects. */
export function apiHandler(settings: ApiSettings): Handler {
  const routes: Routes = {
    operations: new Map(settings.operations.map((operation) => [operation.path, operation])),
    shared: new SharedAnswers(),
  };
  return async (request, response) => {
    // `//host/path` must stay a path.
    const [path, search] = splitOnce(request.url ?? '');
    try {
      const admitted = settings.doorkeeper.admit(request);
      setCommonHeaders(response, admitted);
      if (request.method === 'OPTIONS') answerPreflight(response);
      else await answer(settings, routes, { request, response, path, query: new URLSearchParams(search) });
    } catch (thrown) {
      // An answer over a connection that still brings the request would be lost with it.
      await drain(request);
      fail(settings, thrown, { request, response, path });
    }
  };
}

interface Routes {
  readonly operations: ReadonlyMap<string, AnyOperation>;
  readonly shared: SharedAnswers;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
}

async function answer(
  settings: ApiSettings,
  { operations, shared }: Routes,
  exchange: Exchange & { readonly query: URLSearchParams },
): Promise<void> {
  const { request, response, path, query } = exchange;
  const { token, urlPrefix, bench } = settings;
  if (!isLetIn(token, [tokenInHeader(request.headers.authorization), ...query.getAll('token')])) throw refusals.token();
  const name = nameIn(path, `${urlPrefix}/api/`);
  if (isStudioPath(name)) {
    await answerStudio(bench, name, exchange);
    return;
  }
  if (request.method !== 'GET' && request.method !== 'POST') throw refusals.method();
  if (path === `${urlPrefix}/` || (path === urlPrefix && urlPrefix !== '')) {
    answerText(response, 200, frontPage(urlPrefix, settings.operations));
    return;
  }
  const operation = operations.get(name);
  if (operation === undefined) throw refusals.unknownPath();
  const parameters = RequestReader.of(await parametersOf(request, query));
  switch (operation.answers) {
    case 'now': {
      const make = async (): Promise<Buffer> => jsonOf(await operation.call(bench, parameters));
      const isShared = isRead.test(operation.path);
      answerJson(response, isShared ? await shared.ask(keyOf(operation, parameters), make) : await make());
      return;
    }
    case 'later':
      await operation.call(bench, parameters);
      answerJson(response, processing);
      return;
    case 'file':
      await answerWithFile(bench, response, await operation.call(bench, parameters));
  }
}

/** Operations that change nothing, asked by every client again and again. */
const isRead = /(?:^|\/)list$|^dict\//;

function jsonOf(answer: unknown): Buffer {
  return Buffer.from(JSON.stringify(answer ?? null));
}

function keyOf({ path }: AnyOperation, parameters: RequestReader): string {
  return `${path} ${JSON.stringify(parameters.all())}`;
}

/** `''`, which is no operation's name, for a path that does not begin so. */
function nameIn(path: string, start: string): string {
  return path.startsWith(start) ? path.slice(start.length).replace(/\/$/, '') : '';
}

async function answerWithFile(bench: Bench, response: ServerResponse, answer: FileAnswer): Promise<void> {
  const { content } = answer;
  if ('text' in content) answerFileText(response, answer, content.text);
  else await answerFile(response, answer, await openAllowed(bench.access, content.path));
}

/** Of a request that asks for what there is the query alone is read. */
async function answerStudio(
  bench: Bench,
  name: string,
  { request, response, query }: Exchange & { readonly query: URLSearchParams },
): Promise<void> {
  const ask = studioAnswer(name, request.method ?? '');
  const sent =
    request.method === 'GET' ? queryParameters(query) : await parametersOf(request, query, studioBodyLimitBytes);
  answerJson(response, jsonOf(await ask(bench, RequestReader.of(sent))));
}

function fail(settings: ApiSettings, thrown: unknown, { request, response, path }: Exchange): void {
  const { bench, urlPrefix, onFailure } = settings;
  // The client has gone: nobody is there to be told.
  if (request.errored !== null || response.destroyed) return;
  const { status, text } = errorAnswerOf(thrown, bench.access.roots);
  if (status >= 500 && !(thrown instanceof StudioError)) onFailure(thrown, path);
  if (response.headersSent) {
    // Half a file is sent: only an end that is visibly too early says that it is half.
    response.destroy();
    return;
  }
  for (const name of ['Content-Disposition', 'Refresh']) response.removeHeader(name);
  if (thrown instanceof Refused && thrown.methods !== null) response.setHeader('Allow', thrown.methods.join(', '));
  if (isStudioPath(nameIn(path, `${urlPrefix}/api/`))) answerJson(response, studioErrorJson(text), status);
  else answerText(response, status, text);
}

/** Clients of Studio's kind read the reason as JSON. */
function studioErrorJson(text: string): string {
  const [message = '', nextStep = ''] = text.split('\n');
  return JSON.stringify({ message, ...(nextStep === '' ? {} : { nextStep }) });
}

function splitOnce(url: string): [string, string] {
  const at = url.indexOf('?');
  return at < 0 ? [url, ''] : [url.slice(0, at), url.slice(at + 1)];
}
