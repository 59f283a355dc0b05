// Calls operations of the bench by their path, for the editor: those that answer at once, with a file, or later.
import { randomUUID } from 'node:crypto';
import type { FileContent, OperationCall } from '../protocol/benchChannel';
import type { WorkContext } from '../protocol/progress';
import type { Bench } from './bench';
import type { AnyOperation, BenchMessage } from './operation';
import { operations } from './operations';
import { requestErrors } from './requestErrors';
import { RequestReader } from './requestReader';

const byPath: ReadonlyMap<string, AnyOperation> = new Map(operations.map((one) => [one.path, one]));

/** Calls an operation; of one that answers later, resolves when it was accepted. */
export async function callOperation(bench: Bench, { path, parameters }: OperationCall): Promise<unknown> {
  const operation = operationAt(path);
  if (operation.answers === 'file') throw requestErrors.refused('answers-file', `${path} answers with a file.`);
  return (await operation.call(bench, RequestReader.of(parameters))) ?? null;
}

/** Calls an operation that answers with a file. */
export async function fileOfOperation(bench: Bench, { path, parameters }: OperationCall): Promise<FileContent> {
  const operation = operationAt(path);
  if (operation.answers !== 'file') throw requestErrors.refused('answers-no-file', `${path} answers with no file.`);
  const { contentType, content, attachmentName = null } = await operation.call(bench, RequestReader.of(parameters));
  return { contentType, content, attachmentName };
}

/** Calls an operation that answers later and waits for its last message; a cancelled wait leaves the work as it is. */
export async function finishOperation(
  bench: Bench,
  { path, parameters }: OperationCall,
  { signal }: WorkContext,
): Promise<BenchMessage['data']> {
  const operation = operationAt(path);
  if (operation.answers !== 'later') throw requestErrors.refused('answers-now', `${path} answers at once.`);
  const requestId = typeof parameters['request_id'] === 'string' ? parameters['request_id'] : randomUUID();
  const watching = new AbortController();
  const last = new Promise<BenchMessage['data']>((resolve, reject) => {
    const watched = bench.watch((message) => {
      if (message.data['request_id'] !== requestId) return;
      if (message.status !== 'success') reject(failureOf(path, message));
      else if (isLast(message)) resolve(message.data);
    });
    watching.signal.addEventListener('abort', () => watched[Symbol.dispose]());
    signal.addEventListener('abort', () => reject(signal.reason as Error), { signal: watching.signal });
  });
  try {
    const accepted = operation.call(bench, RequestReader.of({ ...parameters, request_id: requestId }));
    const [data] = await Promise.all([last, accepted]);
    return data;
  } finally {
    watching.abort();
  }
}

/** A download is a part of what it is for. */
function isLast({ subject }: BenchMessage): boolean {
  return subject.endsWith('_finish') && subject !== 'download_finish';
}

function failureOf(path: string, { data }: BenchMessage): Error {
  const message = typeof data['message'] === 'string' ? data['message'] : `${path} failed.`;
  return requestErrors.refused('failed', message);
}

function operationAt(path: string): AnyOperation {
  const operation = byPath.get(path);
  if (operation === undefined) throw requestErrors.refused('no-operation', `The bench has no operation ${path}.`);
  return operation;
}
