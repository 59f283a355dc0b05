// What an operation of the bench is: one path of the API, what it needs, what it does. Every door offers the same ones.
import type { Bench } from './bench';
import type { RequestReader } from './requestReader';

/** Answers at once. `Request` is what `read` makes of a client's parameters; doors with typed requests call `run`. */
export interface Operation<Request, Answer> {
  /** Under `/api/`, such as `project/create`. */
  readonly path: string;
  /** What it does, for help texts. */
  readonly summary: string;
  /** Throws RequestError. Looks at nothing but the parameters. */
  read(parameters: RequestReader): Request;
  /** Throws RequestError when it is refused; then nothing was changed. */
  run(bench: Bench, request: Request): Promise<Answer>;
}

/** Answers with a file, or text to be saved as one. */
export type FileOperation<Request> = Operation<Request, FileAnswer>;

export interface FileAnswer {
  readonly contentType: string;
  /** Absolute path of the file, or the text itself. */
  readonly content: { readonly path: string } | { readonly text: string };
  /** Name to save it under; absent: to be shown. */
  readonly attachmentName?: string;
  /** The file still grows: worth asking again after so many seconds. */
  readonly refreshS?: number;
}

/**
 * Takes its time: `run` resolves when it has been accepted (refusals are thrown then), and its messages follow
 * (`Bench.watch`), each with the id of the request.
 */
export type LongOperation<Request> = Operation<Request, void>;

/** A message of a long operation: its subject and data (SYSTEMS §1.4). */
export interface BenchMessage {
  readonly subject: string;
  readonly status: 'success' | 'error' | 'failure';
  readonly data: Readonly<Record<string, unknown>>;
}

/** An operation with its request type out of sight, as doors see it that pass on whatever a client sends. */
interface Callable<Answer> {
  readonly path: string;
  readonly summary: string;
  call(bench: Bench, parameters: RequestReader): Promise<Answer>;
}

export type AnyOperation =
  | (Callable<unknown> & { readonly answers: 'now' })
  | (Callable<FileAnswer> & { readonly answers: 'file' })
  | (Callable<void> & { readonly answers: 'later' });

/** Makes an operation that answers at once callable with whatever a client sends. */
export function answeringNow<Request>(operation: Operation<Request, unknown>): AnyOperation {
  return { ...callable(operation), answers: 'now' };
}

/** The same for one that answers with a file. */
export function answeringFile<Request>(operation: FileOperation<Request>): AnyOperation {
  return { ...callable(operation), answers: 'file' };
}

/** The same for one whose messages come later. */
export function answeringLater<Request>(operation: LongOperation<Request>): AnyOperation {
  return { ...callable(operation), answers: 'later' };
}

function callable<Request, Answer>(operation: Operation<Request, Answer>): Callable<Answer> {
  const { path, summary } = operation;
  return { path, summary, call: (bench, parameters) => operation.run(bench, operation.read(parameters)) };
}
