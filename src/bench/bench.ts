// One open bench: the store, the queue and the rules of access that every operation works with.
import { setImmediate } from 'node:timers/promises';
import type { RunNews, RunQueue } from '../jobs/runQueue';
import type { RecordKind, RecordsByKind } from '../store/records';
import type { ProblemFilter, Store, StoreProblem } from '../store/store';
import { productExamples } from './example/examples';
import type { ExampleModel } from './example/exampleModel';
import type { FileAccess } from './fileAccess';
import type { GraphCache } from './model/graphCache';
import type { BenchMessage } from './operation';
import type { RequestError } from './requestErrors';
import { requestErrors } from './requestErrors';
import { absolutePath, storedPath } from './storedPaths';

type MessageListener = (message: BenchMessage) => void;

/** A list that lacks something. */
type WithProblems<List extends object> = List & { readonly problems: readonly StoreProblem[] };

/** What a bench is opened with. */
export interface BenchParts {
  readonly store: Store;
  readonly queue: RunQueue;
  readonly access: FileAccess;
  /** Models that projects can begin with; absent: those of the product. */
  readonly examples?: readonly ExampleModel[];
  /** What clients are told of the news of runs; absent: nothing. */
  readonly messagesOfRun?: (bench: Bench, news: RunNews) => Promise<readonly BenchMessage[]>;
}

/** Whoever opens a bench closes it (`await using`). */
export class Bench implements AsyncDisposable {
  readonly store: Store;
  readonly queue: RunQueue;
  readonly access: FileAccess;
  readonly examples: readonly ExampleModel[];
  /** Models that were looked at a moment ago; see `graphsOf`. */
  private graphs: GraphCache | undefined;
  private readonly listeners = new Set<MessageListener>();
  private readonly closing = new AbortController();
  private readonly works = new Set<Promise<void>>();

  private readonly messagesOfRun: BenchParts['messagesOfRun'];
  /** There while somebody watches. */
  private runNews: Disposable | undefined;
  private problemListener: ((problem: StoreProblem) => void) | undefined;
  /** Sentences of problems that were told. */
  private readonly toldProblems = new Set<string>();
  /** Messages are told in the order of what they tell of. */
  private telling = Promise.resolve();

  constructor({ store, queue, access, examples = productExamples, messagesOfRun }: BenchParts) {
    this.store = store;
    this.queue = queue;
    this.access = access;
    this.examples = examples;
    this.messagesOfRun = messagesOfRun;
  }

  /** Absolute path of the workspace. */
  get workspace(): string {
    return this.store.workspace;
  }

  /** The record, or the refusal that there is none. */
  async get<Kind extends RecordKind>(kind: Kind, id: number): Promise<RecordsByKind[Kind]> {
    const record = await this.store.find(kind, id);
    if (record === undefined) throw this.broken(kind, id) ?? requestErrors.notFound(kind, id);
    return record;
  }

  /** The refusal of a record that was just looked for and is there, but cannot be read. */
  broken(kind: RecordKind, id: number): RequestError | undefined {
    const [fault] = this.problemsOf(kind, { id });
    return fault === undefined ? undefined : requestErrors.broken(kind, id, fault);
  }

  /** A list that was just made of the store's records, with what is wrong with those that are missing from it. */
  withProblems<List extends object>(list: List, kind: RecordKind, projectId?: number): List | WithProblems<List> {
    const problems = this.problemsOf(kind, { projectId });
    return problems.length === 0 ? list : { ...list, problems };
  }

  /** Calls back with each problem of records once, when it is first met. */
  watchProblems(listener: (problem: StoreProblem) => void): void {
    this.problemListener = listener;
  }

  /** The models that are kept as long as the bench is open: made by the first who asks, since that loads all formats. */
  keptGraphs(make: () => GraphCache): GraphCache {
    return (this.graphs ??= make());
  }

  /** How a path is kept in a record: relative to the workspace where it lies inside, so that it survives a move or a clone. */
  storedPath(path: string): string {
    return storedPath(this.workspace, path);
  }

  /** The absolute path of one kept in a record. */
  absolutePath(stored: string): string {
    return absolutePath(this.workspace, stored);
  }

  /** Calls back with the messages of long operations, until the answer is disposed of. */
  watch(listener: MessageListener): Disposable {
    this.listeners.add(listener);
    this.runNews ??= this.queue.watch((news) => this.tellOfRun(news));
    return {
      [Symbol.dispose]: () => {
        this.listeners.delete(listener);
        if (this.listeners.size === 0) this.stopRunNews();
      },
    };
  }

  /** Tells everybody who watches. */
  tell(message: BenchMessage): void {
    for (const listener of this.listeners) listener(message);
  }

  /**
   * Does the work of a long operation after its acceptance was answered. Closing the bench aborts the signal and waits for
   * the work, which tells of its failures by messages and does not reject.
   */
  later(work: (signal: AbortSignal) => void | Promise<void>): void {
    const running = setImmediate()
      .then(() => work(this.closing.signal))
      .finally(() => this.works.delete(running));
    this.works.add(running);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.closing.abort(requestErrors.closing());
    await Promise.allSettled(this.works);
    this.listeners.clear();
    this.stopRunNews();
    await this.telling;
    this.graphs?.[Symbol.dispose]();
    await this.queue[Symbol.asyncDispose]();
    await this.store[Symbol.asyncDispose]();
  }

  private problemsOf(kind: RecordKind, filter: ProblemFilter): readonly StoreProblem[] {
    const problems = this.store.seenProblems(kind, filter);
    for (const problem of this.problemListener === undefined ? [] : problems) {
      if (this.toldProblems.has(problem.message)) continue;
      this.toldProblems.add(problem.message);
      this.problemListener?.(problem);
    }
    return problems;
  }

  private tellOfRun(news: RunNews): void {
    const tell = async (): Promise<void> => {
      for (const message of (await this.messagesOfRun?.(this, news)) ?? []) this.tell(message);
    };
    // A listener that throws must not keep the others from later messages.
    this.telling = this.telling.then(tell).catch(() => undefined);
  }

  private stopRunNews(): void {
    this.runNews?.[Symbol.dispose]();
    this.runNews = undefined;
  }
}
