// The command line's way into a bench: opens it late, calls its operations by path, shows or prints what they answer.
import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Bench } from '../../bench/bench';
import { commandLine } from '../../bench/commandLine';
import type { AnyOperation, BenchMessage, FileAnswer } from '../../bench/operation';
import { RequestReader } from '../../bench/requestReader';
import { JobCancelled } from '../job';
import type { ParsedCommand } from '../options';
import { printJson, printNote } from '../terminal';
import { usageError } from '../usageError';
import { Answer } from './answer';
import { doorErrors } from './doorErrors';

type Parameters = Readonly<Record<string, unknown>>;

/** An open bench for one command. Whoever opens it closes it (`await using`). */
export class BenchDoor implements AsyncDisposable {
  private constructor(
    readonly bench: Bench,
    private readonly operations: readonly AnyOperation[],
    readonly parsed: ParsedCommand,
    private readonly signal: AbortSignal,
  ) {}

  /** Opens the bench of `--workspace`. All that a bench needs is loaded here and not before. */
  static async open(parsed: ParsedCommand, signal: AbortSignal): Promise<BenchDoor> {
    const workspace = resolve(parsed.text('workspace') ?? '.');
    if ((await stat(workspace).catch(() => undefined))?.isDirectory() !== true) {
      throw usageError(`The folder of --workspace, ${workspace}, does not exist.`, parsed.spec.name);
    }
    const [{ openBench }, { operations }] = await Promise.all([
      import('../../bench/openBench'),
      import('../../bench/operations'),
    ]);
    return new BenchDoor(await openBench(workspace), operations, parsed, signal);
  }

  /** Calls an operation that answers at once; Ctrl-C stops waiting for the answer. */
  async call(path: string, parameters: Parameters = {}): Promise<Answer> {
    const operation = this.find(path, 'now');
    return new Answer(await this.unlessInterrupted(operation.call(this.bench, this.reader(path, parameters))));
  }

  /** Calls an operation that answers with a file. */
  async file(path: string, parameters: Parameters): Promise<FileAnswer> {
    const operation = this.find(path, 'file');
    return operation.call(this.bench, this.reader(path, parameters));
  }

  /** Starts an operation whose messages come later; resolves when it has been accepted, with the id of the request. */
  async start(path: string, parameters: Parameters): Promise<string> {
    const requestId = randomUUID();
    const operation = this.find(path, 'later');
    await operation.call(this.bench, this.reader(path, { request_id: requestId, ...parameters }));
    return requestId;
  }

  /** Starts an operation and follows its messages to the last one, whose data it gives. Throws when that tells of failure. */
  async finish(
    path: string,
    parameters: Parameters,
    onMessage: (subject: string, data: Answer) => void = () => undefined,
  ): Promise<Answer> {
    const requestId = randomUUID();
    const watching = new AbortController();
    const last = new Promise<Answer>((end, fail) => {
      const watched = this.bench.watch((message) => {
        const data = new Answer(message.data);
        if (data.at('request_id').value !== requestId) return;
        if (message.status !== 'success') fail(doorErrors.failed(path, data));
        else if (isLast(message)) end(data);
        else onMessage(message.subject, data);
      });
      watching.signal.addEventListener('abort', () => watched[Symbol.dispose]());
    });
    try {
      const starting = this.start(path, { ...parameters, request_id: requestId });
      const [, answer] = await this.unlessInterrupted(Promise.all([starting, last]));
      return answer;
    } finally {
      watching.abort();
    }
  }

  /** With `--json` the answer as it came, else as `show` puts it. */
  print(answer: Answer, show: (answer: Answer, door: BenchDoor) => void): void {
    if (this.parsed.flag('json')) printJson(answer.value);
    else show(answer, this);
  }

  /** Names the command that most likely comes next, by its words, in the same bench. */
  next(...words: readonly (string | number)[]): void {
    const workspace = this.parsed.text('workspace');
    printNote(`next: ${commandLine(workspace === undefined ? words : [...words, '--workspace', workspace])}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.bench[Symbol.asyncDispose]();
  }

  /** A Ctrl-C from now on ends the waiting; one before was seen to by whoever goes on after it. */
  private async unlessInterrupted<Result>(work: Promise<Result>): Promise<Result> {
    const waiting = new AbortController();
    const interrupted = new Promise<never>((_, fail) => {
      const stop = (): void => fail(new JobCancelled());
      this.signal.addEventListener('abort', stop, { signal: waiting.signal });
    });
    try {
      return await Promise.race([work, interrupted]);
    } finally {
      waiting.abort();
    }
  }

  private find<Kind extends AnyOperation['answers']>(
    path: string,
    kind: Kind,
  ): Extract<AnyOperation, { readonly answers: Kind }> {
    const found = this.operations.find((operation) => operation.path === path);
    if (found?.answers !== kind) throw new Error(`The bench has no operation ${path} that answers ${kind}.`);
    return found as Extract<AnyOperation, { readonly answers: Kind }>;
  }

  /** With `--verbose`, what is asked of the bench is told as a client of the API would send it. */
  private reader(path: string, parameters: Parameters): RequestReader {
    if (this.parsed.flag('verbose')) printNote(`request: ${path} ${JSON.stringify(parameters)}`);
    return RequestReader.of(parameters);
  }
}

/** A download is a part of what it is for. */
function isLast({ subject }: BenchMessage): boolean {
  return subject.endsWith('_finish') && subject !== 'download_finish';
}
