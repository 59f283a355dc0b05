// The one RPC of the product: requests with answers, progress and cancelling, and events, over any message channel.
import { BenchError, failureRecordOf } from '../protocol/benchError';
import type { ProgressListener, WorkContext } from '../protocol/progress';
import { isRequestId, parseEnvelope, rpcVersion } from '../protocol/rpcMessages';
import type { RpcEnvelope, RpcEvent, RpcMethod, Validator } from '../protocol/rpcMessages';
import type { RpcChannel } from './rpcChannel';
import { coalesce } from './coalesce';
import { payloadProblem } from './payloadSize';
import { rpcErrors } from './rpcErrors';

interface PendingRequest {
  readonly resolve: (payload: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: ProgressListener | undefined;
}

type Handler = (payload: unknown, context: WorkContext) => Promise<unknown>;

export interface RpcOptions {
  /** Lets requests being handled go on when the channel closes, instead of aborting their signals. */
  readonly surviveClose?: boolean;
  /** Number of the first request: of a page that is loaded again, above those whose answers may still be under way. */
  readonly firstId?: number;
}

export interface RequestOptions {
  /** Asks the other side to stop; the answer is awaited all the same. */
  readonly signal?: AbortSignal;
  readonly onProgress?: ProgressListener;
}

/**
 * One end of a channel. Every request received is answered, be it with an error; when the channel closes, every request
 * made and not answered is rejected with `rpc-closed`. Late, doubled and malformed messages change nothing else.
 */
export class RpcPeer {
  private readonly pending = new Map<number, PendingRequest>();
  private readonly running = new Map<number, AbortController>();
  private readonly handlers = new Map<string, Handler>();
  private readonly listeners = new Map<string, (payload: unknown) => void>();
  private nextId: number;
  private isClosed = false;

  constructor(
    private readonly channel: RpcChannel,
    options: RpcOptions = {},
  ) {
    this.nextId = options.firstId ?? 0;
    channel.onMessage((message) => this.receive(message));
    channel.onClose(() => this.close(options.surviveClose === true));
  }

  /** Answers a kind of request. What the handler throws goes back as a FailureRecord. */
  handle<Params, Result>(
    method: RpcMethod<Params, Result>,
    handler: (params: Params, context: WorkContext) => Promise<Result>,
  ): void {
    this.handlers.set(method.name, (payload, context) => handler(validated(method.params, payload), context));
  }

  /** Listens to a kind of event; malformed ones are dropped. */
  onEvent<Payload>(event: RpcEvent<Payload>, listener: (payload: Payload) => void): void {
    this.listeners.set(event.name, (payload) => listener(validated(event.payload, payload)));
  }

  /** Makes a request. Rejects with what the other side answered, `rpc-closed`, or `rpc-invalid`. */
  async request<Params, Result>(
    method: RpcMethod<Params, Result>,
    params: Params,
    { signal, onProgress }: RequestOptions = {},
  ): Promise<Result> {
    if (this.isClosed) throw rpcErrors.closed();
    const id = this.nextId++;
    const cancel = (): void => this.send({ v: rpcVersion, kind: 'cancel', id });
    try {
      const answer = await new Promise<unknown>((resolve, reject) => {
        this.pending.set(id, { resolve, reject, onProgress });
        this.send({ v: rpcVersion, kind: 'request', id, name: method.name, payload: params });
        if (signal?.aborted === true) cancel();
        else signal?.addEventListener('abort', cancel, { once: true });
      });
      return validated(method.result, answer);
    } finally {
      this.pending.delete(id);
      signal?.removeEventListener('abort', cancel);
    }
  }

  /** Sends an event; nobody answers. */
  emit<Payload>(event: RpcEvent<Payload>, payload: Payload): void {
    this.send({ v: rpcVersion, kind: 'event', name: event.name, payload });
  }

  private close(surviveClose: boolean): void {
    if (this.isClosed) return;
    this.isClosed = true;
    for (const { reject } of this.pending.values()) reject(rpcErrors.closed());
    if (!surviveClose) for (const controller of this.running.values()) controller.abort(rpcErrors.closed());
  }

  private send(envelope: RpcEnvelope): void {
    if (this.isClosed) return;
    const problem = payloadProblem(envelope);
    if (problem !== undefined) throw rpcErrors.invalid(problem);
    this.channel.send(envelope);
  }

  private receive(message: unknown): void {
    try {
      const problem = payloadProblem(message);
      if (problem !== undefined) throw new Error(problem);
      this.dispatch(parseEnvelope(message));
    } catch (thrown) {
      this.refuse(message, thrown);
    }
  }

  /** Nobody may wait for ever because of a malformed message: its request is answered, or its waiter told. */
  private refuse(message: unknown, thrown: unknown): void {
    if (typeof message !== 'object' || message === null) return;
    const { kind, id } = message as Record<string, unknown>;
    if (!isRequestId(id)) return;
    const error = rpcErrors.invalid(thrown instanceof Error ? thrown.message : String(thrown));
    if (kind === 'request') this.answer(id, { v: rpcVersion, kind: 'error', id, payload: error.toRecord() });
    else if (kind === 'reply' || kind === 'error') this.pending.get(id)?.reject(error);
  }

  private dispatch(envelope: RpcEnvelope): void {
    switch (envelope.kind) {
      case 'request':
        void this.serve(envelope.id, envelope.name, envelope.payload);
        break;
      case 'cancel':
        this.running.get(envelope.id)?.abort(rpcErrors.cancelled());
        break;
      case 'progress':
        this.pending.get(envelope.id)?.onProgress?.(envelope.payload);
        break;
      case 'reply':
        this.pending.get(envelope.id)?.resolve(envelope.payload);
        break;
      case 'error':
        this.pending.get(envelope.id)?.reject(rpcErrors.remote(envelope.payload));
        break;
      case 'event':
        this.listeners.get(envelope.name)?.(envelope.payload);
        break;
    }
  }

  /** Runs the handler of one request and answers it; never rejects. */
  private async serve(id: number, name: string, payload: unknown): Promise<void> {
    const controller = new AbortController();
    const progress = coalesce<Parameters<ProgressListener>[0]>((report) =>
      this.answer(id, { v: rpcVersion, kind: 'progress', id, payload: report }),
    );
    try {
      const handler = this.handlers.get(name);
      if (handler === undefined) throw rpcErrors.unknownMethod(name);
      if (this.running.has(id)) throw rpcErrors.invalid('the id of a request is in use');
      this.running.set(id, controller);
      const result = await handler(payload, { signal: controller.signal, onProgress: progress.push });
      progress.flush();
      this.answer(id, { v: rpcVersion, kind: 'reply', id, payload: result });
    } catch (thrown) {
      progress.flush();
      this.answer(id, { v: rpcVersion, kind: 'error', id, payload: failureRecordOf(thrown) });
    } finally {
      if (this.running.get(id) === controller) this.running.delete(id);
    }
  }

  /** Sends an answer; one that is too large becomes an error, so that there is always one. */
  private answer(id: number, envelope: RpcEnvelope): void {
    try {
      this.send(envelope);
    } catch (thrown) {
      if (envelope.kind !== 'progress') {
        this.send({ v: rpcVersion, kind: 'error', id, payload: failureRecordOf(thrown) });
      }
    }
  }
}

function validated<Value>(validator: Validator<Value>, value: unknown): Value {
  try {
    return validator(value);
  } catch (thrown) {
    if (thrown instanceof BenchError) throw thrown;
    throw rpcErrors.invalid(thrown instanceof Error ? thrown.message : String(thrown));
  }
}
