// The identity of a configuration: what the history knows it by, and what tells that it was asked for before.
import { createHash } from 'node:crypto';

/** Equal for equal contents, whatever the order of keys. */
export function keyOf(config: unknown): string {
  return createHash('sha256').update(JSON.stringify(config, sortedKeys)).digest('hex').slice(0, 16);
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
