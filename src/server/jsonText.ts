// JSON from strangers: bounded in depth, without keys that mean something to the language.
import { refusals } from './serverErrors';

/** Deeper than any request is, and far from what makes a walk over it overflow. */
const deepest = 40;

/** Parses JSON. Throws `Refused` when it is none or nested too deeply; keys named `__proto__` are left out. */
export function parseJson(text: string): unknown {
  if (depthOf(text) > deepest) throw refusals.bodyJson(`it is nested more than ${deepest} levels deep`);
  try {
    // The reviver costs time that only texts with such a key, perhaps escaped, are worth.
    return /__proto__|\\u00/i.test(text) ? JSON.parse(text, withoutProto) : JSON.parse(text);
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    throw refusals.bodyJson(reasonOf(thrown));
  }
}

function withoutProto(key: string, value: unknown): unknown {
  return key === '__proto__' ? undefined : value;
}

/** Brackets open at once, at most; brackets inside texts do not count. */
function depthOf(text: string): number {
  let depth = 0;
  let greatest = 0;
  let isInText = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isInText) {
      if (code === backslash) at++;
      else if (code === quote) isInText = false;
    } else if (code === quote) isInText = true;
    else if (code === openBrace || code === openBracket) greatest = Math.max(greatest, ++depth);
    else if (code === closeBrace || code === closeBracket) depth--;
  }
  return greatest;
}

const quote = 0x22;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** Where it stopped being JSON, without the text around it, which may be long. */
function reasonOf({ message }: SyntaxError): string {
  const place = /position \d+/.exec(message)?.[0];
  return place === undefined ? 'it ends too early or is something else' : `something is wrong at ${place}`;
}
