// The parameters of a request, from its JSON body (GET may have one), its form, or its query string.
import type { IncomingMessage } from 'node:http';
import { parseJson } from './jsonText';
import { refusals } from './serverErrors';

/** Far more than any request of the API needs. */
export const bodyLimitBytes = 1_048_576;
const drainedBytes = 64 * bodyLimitBytes;
const mostParameters = 1000;

/** What the client sent as its parameters: an object, unless its JSON is something else. Throws `Refused`. */
export async function parametersOf(
  request: IncomingMessage,
  query: URLSearchParams,
  limitBytes = bodyLimitBytes,
): Promise<unknown> {
  const text = await bodyOf(request, limitBytes);
  if (text.trim() === '') return queryParameters(query);
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/x-www-form-urlencoded' && !/^\s*[{[]/.test(text))
    return queryParameters(new URLSearchParams(text));
  if (type.startsWith('multipart/')) throw refusals.bodyType();
  // Whatever it is called: clients of the originals do not all say what they send, and nothing else is understood.
  return parseJson(text);
}

/** Takes what is left of a request and forgets it; no more than somebody may send by mistake. */
export async function drain(request: IncomingMessage): Promise<void> {
  let sizeBytes = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      sizeBytes += chunk.length;
      if (sizeBytes > drainedBytes) return;
    }
  } catch {
    // The client has gone.
  }
}

async function bodyOf(request: IncomingMessage, limitBytes: number): Promise<string> {
  const { headers } = request;
  if (headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity')
    throw refusals.bodyEncoded();
  if (Number(headers['content-length'] ?? 0) > limitBytes) throw refusals.bodyTooLarge(limitBytes);
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  // A refusal must not destroy the request, over which the answer has to travel.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > limitBytes) throw refusals.bodyTooLarge(limitBytes);
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw refusals.bodyText();
  }
}

/** Repeated names are lists, and so are names that end with `[]`. The token is no parameter. */
export function queryParameters(pairs: URLSearchParams): Record<string, string | string[]> {
  if (pairs.size > mostParameters) throw refusals.tooManyParameters(mostParameters);
  const found = new Map<string, string | string[]>();
  for (const [written, value] of pairs) {
    const isList = written.endsWith('[]');
    const name = isList ? written.slice(0, -2) : written;
    if (name === 'token' || name === '__proto__') continue;
    const before = found.get(name);
    if (before === undefined) found.set(name, isList ? [value] : value);
    else found.set(name, [...(typeof before === 'string' ? [before] : before), value]);
  }
  return Object.fromEntries(found);
}
