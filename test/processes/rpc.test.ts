// The RPC over a channel in memory: every request is answered, whatever the other side does.
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { RpcChannel } from '../../src/processes/rpcChannel';
import { payloadLimits } from '../../src/processes/payloadSize';
import { RpcPeer } from '../../src/processes/rpc';
import type { RpcOptions } from '../../src/processes/rpc';
import { BenchError } from '../../src/protocol/benchError';
import type { Progress } from '../../src/protocol/progress';
import type { RpcEvent, RpcMethod } from '../../src/protocol/rpcMessages';

/** Two ends of a channel; messages are cloned and delivered later, as between processes. */
class Pipe {
  readonly sent: unknown[] = [];
  private receivers: ((message: unknown) => void)[] = [];
  private readonly closers: (() => void)[] = [];

  end(own: number): RpcChannel {
    return {
      send: (message) => {
        const copy: unknown = structuredClone(message);
        this.sent.push(copy);
        setImmediate(() => this.receivers[1 - own]?.(copy));
      },
      onMessage: (receive) => {
        this.receivers[own] = receive;
      },
      onClose: (closed) => {
        this.closers.push(closed);
      },
    };
  }

  close(): void {
    this.receivers = [];
    for (const close of this.closers) close();
  }
}

function pair(options?: RpcOptions): { pipe: Pipe; caller: RpcPeer; callee: RpcPeer } {
  const pipe = new Pipe();
  return { pipe, caller: new RpcPeer(pipe.end(0)), callee: new RpcPeer(pipe.end(1), options) };
}

function numberOf(value: unknown): number {
  if (typeof value !== 'number') throw new Error('not a number');
  return value;
}

const double: RpcMethod<number, number> = { name: 'double', params: numberOf, result: numberOf };
const anything: RpcMethod<unknown, unknown> = { name: 'anything', params: (value) => value, result: (value) => value };
const tick: RpcEvent<number> = { name: 'tick', payload: numberOf };

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (thrown) {
    if (thrown instanceof BenchError) return thrown.code;
    throw thrown;
  }
  throw new Error('it was expected to fail');
}

describe('requests', () => {
  it('are answered, several at once and in both directions', async () => {
    const { caller, callee } = pair();
    callee.handle(double, async (n) => {
      await sleep(20 - n);
      return 2 * n;
    });
    caller.handle(double, (n) => Promise.resolve(-n));
    expect(await Promise.all([1, 2, 3].map((n) => caller.request(double, n)))).toEqual([2, 4, 6]);
    expect(await callee.request(double, 7)).toBe(-7);
  });

  it('fail with the record of what the handler threw', async () => {
    const { caller, callee } = pair();
    const record = { code: 'a-code', message: 'A sentence.', place: 'a place', nextStep: 'A step.' };
    callee.handle(double, () => Promise.reject(new BenchError(record)));
    await expect(caller.request(double, 1)).rejects.toMatchObject(record);
    callee.handle(double, () => {
      throw new TypeError('oops');
    });
    expect(await codeOf(caller.request(double, 1))).toBe('internal');
  });

  it('fail when nobody knows the method, and when parameters or result are of the wrong type', async () => {
    const { caller, callee } = pair();
    expect(await codeOf(caller.request(double, 1))).toBe('rpc-unknown-method');
    callee.handle(double, () => Promise.resolve('two' as never));
    expect(await codeOf(caller.request(double, 'one' as never))).toBe('rpc-invalid');
    expect(await codeOf(caller.request(double, 1))).toBe('rpc-invalid');
  });

  it('fail when the channel closes before the answer, and after it closed', async () => {
    const { pipe, caller, callee } = pair();
    callee.handle(double, () => new Promise(() => undefined));
    const pending = [caller.request(double, 1), caller.request(double, 2)];
    await sleep(5);
    pipe.close();
    expect(await Promise.all(pending.map(codeOf))).toEqual(['rpc-closed', 'rpc-closed']);
    expect(await codeOf(caller.request(double, 3))).toBe('rpc-closed');
  });
});

describe('cancelling', () => {
  it('aborts the signal of the handler, before or during the request', async () => {
    const { caller, callee } = pair();
    callee.handle(double, async (_n, { signal }) => {
      while (!signal.aborted) await sleep(1);
      throw signal.reason;
    });
    const cancelling = new AbortController();
    const during = caller.request(double, 1, { signal: cancelling.signal });
    setTimeout(() => cancelling.abort(), 10);
    expect(await codeOf(during)).toBe('cancelled');
    expect(await codeOf(caller.request(double, 1, { signal: AbortSignal.abort() }))).toBe('cancelled');
  });

  it('gives what the handler answers all the same', async () => {
    const { caller, callee } = pair();
    callee.handle(double, async (n, { signal }) => {
      while (!signal.aborted) await sleep(1);
      return 2 * n;
    });
    expect(await caller.request(double, 4, { signal: AbortSignal.timeout(10) })).toBe(8);
  });

  it('happens when the caller is gone, unless the work is to survive that', async () => {
    for (const surviveClose of [false, true]) {
      const { pipe, caller, callee } = pair({ surviveClose });
      let seen: AbortSignal | undefined;
      callee.handle(double, (_n, { signal }) => {
        seen = signal;
        return new Promise(() => undefined);
      });
      const pending = codeOf(caller.request(double, 1));
      await sleep(5);
      pipe.close();
      expect(await pending).toBe('rpc-closed');
      expect(seen?.aborted).toBe(!surviveClose);
    }
  });
});

describe('progress', () => {
  it('is thinned, and its last report comes before the answer', async () => {
    const { caller, callee } = pair();
    callee.handle(double, async (n, { onProgress }) => {
      for (let done = 0; done <= 1_000; done++) {
        onProgress({ phase: 'doubling', done, total: 1_000, unit: 'times' });
        if (done % 100 === 0) await sleep(10);
      }
      return 2 * n;
    });
    const reports: Progress[] = [];
    await caller.request(double, 1, { onProgress: (progress) => reports.push(progress) });
    expect(reports.at(-1)?.done).toBe(1_000);
    expect(reports.length).toBeGreaterThan(1);
    expect(reports.length).toBeLessThanOrEqual(4);
  });
});

describe('events', () => {
  it('reach their listener, malformed ones do not', async () => {
    const { caller, callee } = pair();
    const seen: number[] = [];
    callee.onEvent(tick, (n) => seen.push(n));
    caller.emit(tick, 1);
    caller.emit(tick, 'two' as never);
    caller.emit({ ...tick, name: 'unknown' }, 3);
    caller.emit(tick, 4);
    await sleep(5);
    expect(seen).toEqual([1, 4]);
  });
});

describe('hostile messages', () => {
  const nonsense: unknown[] = [
    undefined,
    null,
    'text',
    42,
    [],
    {},
    { v: 1 },
    { v: 2, kind: 'request', id: 0, name: 'double', payload: 1 },
    { v: 1, kind: 'request', name: 'double', payload: 1 },
    { v: 1, kind: 'request', id: -1, name: 'double', payload: 1 },
    { v: 1, kind: 'request', id: 1.5, name: 'double', payload: 1 },
    { v: 1, kind: 'request', id: 1, name: {}, payload: 1 },
    { v: 1, kind: 'request', id: 1, name: 'double', payload: 1, extra: true },
    { v: 1, kind: 'toString', id: 1 },
    { v: 1, kind: '__proto__', id: 1 },
    { v: 1, kind: 'reply', id: 99, payload: 1 },
    { v: 1, kind: 'error', id: 99, payload: 'no record' },
    { v: 1, kind: 'progress', id: 99, payload: { phase: 1 } },
    { v: 1, kind: 'cancel', id: 99 },
    { v: 1, kind: 'event', name: 'nobody', payload: 1 },
    { v: 1, kind: 'event', name: 'tick', payload: new Map([['a', 1]]) },
  ];

  it('change nothing for the others', async () => {
    const pipe = new Pipe();
    const raw = pipe.end(0);
    const callee = new RpcPeer(pipe.end(1));
    callee.handle(double, (n) => Promise.resolve(2 * n));
    const answers: unknown[] = [];
    raw.onMessage((message) => answers.push(message));
    for (const message of nonsense) raw.send(message);
    raw.send({ v: 1, kind: 'request', id: 5, name: 'double', payload: 21 });
    await expect.poll(() => answers.at(-1)).toEqual({ v: 1, kind: 'reply', id: 5, payload: 42 });
  });

  it('that are requests of another version are answered with a reason', async () => {
    const pipe = new Pipe();
    const raw = pipe.end(0);
    const callee = new RpcPeer(pipe.end(1));
    callee.handle(double, (n) => Promise.resolve(n));
    const answers: unknown[] = [];
    raw.onMessage((message) => answers.push(message));
    raw.send({ v: 9, kind: 'request', id: 5, name: 'double', payload: 21 });
    await expect
      .poll(() => answers)
      .toMatchObject([{ kind: 'error', id: 5, payload: { code: 'rpc-invalid', message: /version 9/ } }]);
  });

  it('that are malformed answers fail the request at once', async () => {
    const pipe = new Pipe();
    const caller = new RpcPeer(pipe.end(0));
    const raw = pipe.end(1);
    raw.onMessage((message) => raw.send({ ...(message as object), kind: 'error', name: undefined, payload: 1 }));
    expect(await codeOf(caller.request(double, 1))).toBe('rpc-invalid');
  });

  it('that are too large, too deep or not data are not sent, and answers become an error', async () => {
    const { caller, callee, pipe } = pair();
    let deep: unknown = 1;
    for (let level = 0; level <= payloadLimits.depth; level++) deep = [deep];
    const tooMuch: unknown[] = [
      'x'.repeat(payloadLimits.textLength + 1),
      new Uint8Array(payloadLimits.bytes + 1),
      Array.from({ length: payloadLimits.values + 1 }, () => 0),
      deep,
      () => 1,
      new Map(),
    ];
    for (const value of tooMuch) {
      expect(await codeOf(caller.request(anything, value))).toBe('rpc-invalid');
      callee.handle(anything, () => Promise.resolve(value));
      expect(await codeOf(caller.request(anything, 1))).toBe('rpc-invalid');
    }
    expect(pipe.sent.length).toBe(2 * tooMuch.length);
  });
});
