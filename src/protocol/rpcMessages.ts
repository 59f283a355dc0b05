// What travels on a channel of the product's RPC: the envelope, its check, and the declaration of methods and events.
import type { FailureRecord } from './benchError';
import type { Progress } from './progress';

/** Changes when an envelope of the old kind would be misunderstood. */
export const rpcVersion = 1;

/** One message. `id` ties everything about one request together; each side counts its own. */
export type RpcEnvelope =
  | {
      readonly v: number;
      readonly kind: 'request';
      readonly id: number;
      readonly name: string;
      readonly payload: unknown;
    }
  | { readonly v: number; readonly kind: 'reply'; readonly id: number; readonly payload: unknown }
  | { readonly v: number; readonly kind: 'error'; readonly id: number; readonly payload: FailureRecord }
  | { readonly v: number; readonly kind: 'progress'; readonly id: number; readonly payload: Progress }
  | { readonly v: number; readonly kind: 'cancel'; readonly id: number }
  | { readonly v: number; readonly kind: 'event'; readonly name: string; readonly payload: unknown };

export type RpcKind = RpcEnvelope['kind'];

/** Returns the value as what it should be, or throws an Error saying what is wrong with it. */
export type Validator<Value> = (value: unknown) => Value;

/** A request one side may make and the other answers. Both check what they receive. */
export interface RpcMethod<Params, Result> {
  readonly name: string;
  readonly params: Validator<Params>;
  readonly result: Validator<Result>;
}

/** A message without an answer. */
export interface RpcEvent<Payload> {
  readonly name: string;
  readonly payload: Validator<Payload>;
}

const keysOf: Readonly<Record<RpcKind, readonly string[]>> = {
  request: ['v', 'kind', 'id', 'name', 'payload'],
  reply: ['v', 'kind', 'id', 'payload'],
  error: ['v', 'kind', 'id', 'payload'],
  progress: ['v', 'kind', 'id', 'payload'],
  cancel: ['v', 'kind', 'id'],
  event: ['v', 'kind', 'name', 'payload'],
};

/** The envelope in a received message; throws Error on a wrong version, kind, key or type. Payloads stay unchecked. */
export function parseEnvelope(message: unknown): RpcEnvelope {
  const fields = recordOf(message, 'a message');
  if (fields['v'] !== rpcVersion)
    throw new Error(`a message has version ${String(fields['v'])} instead of ${rpcVersion}`);
  const kind = fields['kind'];
  if (typeof kind !== 'string' || !Object.hasOwn(keysOf, kind)) throw new Error('a message has an unknown kind');
  const allowed = keysOf[kind as RpcKind];
  for (const key of Object.keys(fields)) {
    if (!allowed.includes(key)) throw new Error(`a message of kind ${kind} has an unknown key`);
  }
  if (allowed.includes('id') && !isRequestId(fields['id'])) throw new Error(`a message of kind ${kind} has no id`);
  if (allowed.includes('name') && typeof fields['name'] !== 'string') {
    throw new Error(`a message of kind ${kind} has no name`);
  }
  const envelope = { payload: undefined, ...fields };
  if (kind === 'error') return { ...envelope, payload: parseFailure(fields['payload']) } as RpcEnvelope;
  if (kind === 'progress') return { ...envelope, payload: parseProgress(fields['payload']) } as RpcEnvelope;
  return envelope as unknown as RpcEnvelope;
}

/** Whether a value can be the id of a request. */
export function isRequestId(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** A value as a plain object, or an Error naming `what`. */
export function recordOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${what} is not an object`);
  return value as Readonly<Record<string, unknown>>;
}

/** A failure that came from the other side: texts only, unknown keys dropped. */
export function parseFailure(value: unknown): FailureRecord {
  const { code, message, place, nextStep } = recordOf(value, 'a failure');
  if (typeof code !== 'string' || typeof message !== 'string') throw new Error('a failure has no code or message');
  return {
    code,
    message,
    ...(typeof place === 'string' ? { place } : {}),
    ...(typeof nextStep === 'string' ? { nextStep } : {}),
  };
}

/** Progress that came from the other side. */
export function parseProgress(value: unknown): Progress {
  const { phase, done, total, unit } = recordOf(value, 'progress');
  if (typeof phase !== 'string' || typeof unit !== 'string') throw new Error('progress has no phase or unit');
  if (typeof done !== 'number' || !(done >= 0)) throw new Error('progress has no count');
  if (total !== undefined && (typeof total !== 'number' || !(total >= 0)))
    throw new Error('progress has no valid total');
  return { phase, done, unit, ...(total === undefined ? {} : { total }) };
}
