// Bounds what may cross a channel: a message is walked without recursion and refused when it is too much.

/** Largest message: values in it, characters of one text, bytes of arrays, nesting. Larger things travel as files. */
export const payloadLimits = { values: 1_000_000, textLength: 1_000_000, bytes: 64 * 2 ** 20, depth: 32 } as const;

/** What is wrong with a payload, or undefined. */
export function payloadProblem(payload: unknown): string | undefined {
  const pending: { value: unknown; depth: number }[] = [{ value: payload, depth: 0 }];
  let values = 0;
  let bytes = 0;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value, depth } = next;
    if (++values > payloadLimits.values) return 'a message has too many values';
    if (depth > payloadLimits.depth) return 'a message is nested too deeply';
    if (typeof value === 'string' && value.length > payloadLimits.textLength) return 'a message holds too long a text';
    if (typeof value === 'function' || typeof value === 'symbol') return 'a message holds something that is not data';
    if (typeof value !== 'object' || value === null) continue;
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
      bytes += value.byteLength;
      if (bytes > payloadLimits.bytes) return 'a message holds too many bytes';
      continue;
    }
    if (!isPlain(value)) return 'a message holds something that is not data';
    for (const [key, child] of Object.entries(value)) {
      if (key.length > payloadLimits.textLength) return 'a message holds too long a text';
      pending.push({ value: child, depth: depth + 1 });
    }
  }
  return undefined;
}

/** Whether all of an object is in its own keys: a Map would carry its content past this check. */
function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
