// Keys of a record that an edit cannot change, as old clients send them along: the same value is fine, another is refused.
import { requestErrors } from '../requestErrors';
import type { PlainObject, RequestReader } from '../requestReader';

/** What a request says of the given keys. */
export function sentAlong(parameters: RequestReader, keys: readonly string[]): PlainObject {
  return Object.fromEntries(keys.filter((key) => parameters.has(key)).map((key) => [key, parameters.value(key)]));
}

/** Refuses values other than those of the record. */
export function refuseOthers(kind: string, sent: PlainObject, kept: Readonly<Record<string, string | number>>): void {
  const other = Object.entries(kept).find(([key, value]) => Object.hasOwn(sent, key) && !isSame(sent[key], value));
  if (other === undefined) return;
  const [key, value] = other;
  throw requestErrors.refused(
    'fixed-key',
    `The ${key} of a ${kind} cannot be edited: it is ${JSON.stringify(value)}.`,
    `Leave ${key} out, or add another ${kind}.`,
  );
}

/** Numbers may come as text. */
function isSame(sent: unknown, kept: string | number): boolean {
  return sent === kept || (typeof kept === 'number' && typeof sent === 'string' && sent === String(kept));
}
