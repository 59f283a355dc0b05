// How requests between the editor's processes are declared: their name, a check of what they carry, the type of the answer.
import type { RpcEvent, RpcMethod, Validator } from './rpcMessages';
import { recordOf } from './rpcMessages';

/**
 * Declares a request. Its parameters are checked by whoever answers, since they may come from a webview; its answer is made
 * by a process of the product and comes over a private pipe: it is taken for what it is declared to be.
 */
export function method<Params, Result>(name: string, params: Validator<Params>): RpcMethod<Params, Result> {
  return { name, params, result: (value) => value as Result };
}

/** Declares an event that a process of the product emits. */
export function event<Payload>(name: string): RpcEvent<Payload> {
  return { name, payload: (value) => value as Payload };
}

/** No parameters. */
export function nothing(value: unknown): null {
  if (value !== null && value !== undefined) throw new Error('nothing was to be given');
  return null;
}

/** `{id}` of a record. */
export function byId(value: unknown): { readonly id: number } {
  return { id: idIn(recordOf(value, 'the parameters'), 'id') };
}

/** The id of a record under a key of checked parameters. */
export function idIn(fields: Readonly<Record<string, unknown>>, key: string): number {
  const id = fields[key];
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 1)
    throw new Error(`"${key}" is a whole number above 0`);
  return id;
}

/** A text under a key of checked parameters. */
export function textIn(fields: Readonly<Record<string, unknown>>, key: string, longest = 10_000): string {
  const text = fields[key];
  if (typeof text !== 'string' || text.length > longest)
    throw new Error(`"${key}" is a text of at most ${longest} characters`);
  return text;
}
