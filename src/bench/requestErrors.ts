// Every refusal of a request to the bench, made in one place, with the words clients know (SYSTEMS §1.2).
import { BenchError } from '../protocol/benchError';
import type { FailureRecord } from '../protocol/benchError';

/** Why a request is refused; a server answers 400, 403 or 404. */
export type Refusal = 'client-error' | 'access-denied' | 'not-found';

/** A request that is not carried out. Nothing was changed. */
export class RequestError extends BenchError {
  override readonly name = 'RequestError';

  constructor(
    readonly refusal: Refusal,
    record: FailureRecord,
  ) {
    super(record);
  }
}

function clientError(code: string, message: string, nextStep?: string): RequestError {
  return new RequestError('client-error', { code, message, ...(nextStep === undefined ? {} : { nextStep }) });
}

/** One factory per refusal. `entity` is a noun such as `project`. */
export const requestErrors = {
  idMissing: (entity: string): RequestError => clientError('request-id-missing', `Could not find ${entity} id.`),
  idIncorrect: (entity: string): RequestError => clientError('request-id-incorrect', `Incorrect ${entity} id.`),
  requestIdMissing: (): RequestError => clientError('request-request-id', 'Missing request id.'),
  parameterMissing: (name: string): RequestError =>
    clientError('request-parameter-missing', 'Could not find required parameter.', `Give the parameter "${name}".`),
  valueIncorrect: (name: string, expected: string): RequestError =>
    clientError('request-value', 'Could not parse value', `"${name}" has to be ${expected}.`),
  refused: (code: string, message: string, nextStep?: string): RequestError =>
    clientError(`request-${code}`, message, nextStep),
  closing: (): RequestError =>
    clientError('request-closing', 'It was stopped, because the bench was closed.', 'Ask for it again.'),
  notFound: (
    entity: string,
    id: number | string,
    nextStep = 'List what there is, and name one of those.',
  ): RequestError =>
    new RequestError('not-found', {
      code: 'request-not-found',
      message: `Could not find ${entity} ${id}.`,
      nextStep,
    }),
  /** Something is not there, in the words of another system's clients. */
  missing: (message: string, nextStep?: string): RequestError =>
    new RequestError('not-found', {
      code: 'request-missing',
      message,
      ...(nextStep === undefined ? {} : { nextStep }),
    }),
  /** @param fault what is wrong with its file: the path of the file, and a sentence that begins with it */
  broken: (entity: string, id: number, fault: { readonly path: string; readonly message: string }): RequestError =>
    new RequestError('not-found', {
      code: 'request-not-found',
      message: `Could not find ${entity} ${id}: ${fault.message}`,
      nextStep: `Put ${fault.path} right, or take it back from a backup or from git.`,
    }),
  accessDenied: (path: string): RequestError =>
    new RequestError('access-denied', {
      code: 'request-access-denied',
      message: `Access to ${JSON.stringify(path.slice(0, 200))} is not allowed.`,
      nextStep: 'Only files in the workspace and in the folders of --allow can be named.',
    }),
};
