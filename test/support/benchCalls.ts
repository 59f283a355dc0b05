// Calls operations of an open bench as a door does, with whatever a client would send.
import type { Bench } from '../../src/bench/bench';
import type { AnyOperation, BenchMessage, FileAnswer } from '../../src/bench/operation';
import { operations } from '../../src/bench/operations';
import { RequestReader } from '../../src/bench/requestReader';

export type Parameters = Readonly<Record<string, unknown>>;

/** An answer whose keys a test looks at. */
export type Answer = Record<string, unknown>;

function operationAt(path: string): AnyOperation {
  const found = operations.find((operation) => operation.path === path);
  if (found === undefined) throw new Error(`there is no operation ${path}`);
  return found;
}

/** The answer of an operation that answers at once. */
export async function call(bench: Bench, path: string, parameters: Parameters): Promise<Answer> {
  return (await operationAt(path).call(bench, RequestReader.of(parameters))) as Answer;
}

/** The answer of an operation that answers with a file. */
export async function callFile(bench: Bench, path: string, parameters: Parameters): Promise<FileAnswer> {
  return (await operationAt(path).call(bench, RequestReader.of(parameters))) as FileAnswer;
}

export interface Followed {
  /** All messages of the request, the last one too. */
  readonly messages: readonly BenchMessage[];
  readonly last: BenchMessage;
}

/** Starts a long operation and waits for its last message, `<…>_finish`. */
export async function follow(
  bench: Bench,
  path: string,
  parameters: Parameters & { readonly request_id: string },
  onMessage: (message: BenchMessage) => void = () => undefined,
): Promise<Followed> {
  const messages: BenchMessage[] = [];
  let finish: (last: BenchMessage) => void = () => undefined;
  const finished = new Promise<BenchMessage>((resolve) => (finish = resolve));
  const watching = bench.watch((message) => {
    if (message.data['request_id'] !== parameters.request_id) return;
    messages.push(message);
    onMessage(message);
    if (message.subject.endsWith('_finish')) finish(message);
  });
  try {
    await operationAt(path).call(bench, RequestReader.of(parameters));
    return { last: await finished, messages };
  } finally {
    watching[Symbol.dispose]();
  }
}
