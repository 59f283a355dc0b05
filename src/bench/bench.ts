// One open bench: the store, the queue and the rules of access that every operation works with.
import type { RunQueue } from '../jobs/runQueue';
import type { RecordKind, RecordsByKind } from '../store/records';
import type { Store } from '../store/store';
import type { FileAccess } from './fileAccess';
import type { BenchMessage } from './operation';
import { requestErrors } from './requestErrors';
import { absolutePath, storedPath } from './storedPaths';

type MessageListener = (message: BenchMessage) => void;

/** What a bench is opened with. */
export interface BenchParts {
  readonly store: Store;
  readonly queue: RunQueue;
  readonly access: FileAccess;
}

/** Whoever opens a bench closes it (`await using`). */
export class Bench implements AsyncDisposable {
  readonly store: Store;
  readonly queue: RunQueue;
  readonly access: FileAccess;
  private readonly listeners = new Set<MessageListener>();

  constructor({ store, queue, access }: BenchParts) {
    this.store = store;
    this.queue = queue;
    this.access = access;
  }

  /** Absolute path of the workspace. */
  get workspace(): string {
    return this.store.workspace;
  }

  /** The record, or the refusal that there is none. */
  async get<Kind extends RecordKind>(kind: Kind, id: number): Promise<RecordsByKind[Kind]> {
    const record = await this.store.find(kind, id);
    if (record === undefined) throw requestErrors.notFound(kind, id);
    return record;
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
    return { [Symbol.dispose]: () => void this.listeners.delete(listener) };
  }

  /** Tells everybody who watches. */
  tell(message: BenchMessage): void {
    for (const listener of this.listeners) listener(message);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.listeners.clear();
    await this.queue[Symbol.asyncDispose]();
    await this.store[Symbol.asyncDispose]();
  }
}
