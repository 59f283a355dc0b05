// Turns the engine's error text into one sentence for a person: no C++ source places, no paths of this machine.
import { dirname, sep } from 'node:path';

const longestReason = 400;

/** `/build/…/file.cc:12 ReturnType ns::Class::function(arguments) const [with T = …]`, up to the message after it. */
const sourcePlace = /(\S*\/)?[\w-]+\.(?:cc|cpp|h|hpp|inc):\d+ /;

const wrappers = [
  /^\[ONNXRuntimeError\] : \d+ : \w+ : /,
  /^Load model from .+? failed:\s*/s,
  /^Exception during initialization: /,
  /^Non-zero status code returned while running .+? node\. Name:'[^']*' Status Message: /s,
  /^Fatal error: /,
];

/** The reason in an engine's error, ready to stand after a colon; ends with one full stop. */
export function engineReason(thrown: unknown, modelPath?: string): string {
  let text = thrown instanceof Error ? thrown.message : String(thrown);
  for (const wrapper of wrappers) text = text.replace(wrapper, '');
  text = withoutSourcePlaces(text);
  if (modelPath !== undefined) {
    const folder = dirname(modelPath);
    text = text.replaceAll(folder.endsWith(sep) ? folder : folder + sep, '').replaceAll(folder, 'its folder');
  }
  text = text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[.\s]+$/, '');
  if (text.length > longestReason) text = `${text.slice(0, longestReason)}…`;
  return text === '' ? 'it gives no reason.' : `${text}.`;
}

/** The node an engine's error is about, as `node "name" (Type)`. */
export function failedNode(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const match = /while running (\S+) node\. Name:'([^']*)'/.exec(thrown.message);
  if (match === null) return undefined;
  const [, opType = '', name = ''] = match;
  return name === '' ? `a node of type ${opType}` : `node "${name}" (${opType})`;
}

function withoutSourcePlaces(text: string): string {
  let kept = text;
  for (let match = sourcePlace.exec(kept); match !== null; match = sourcePlace.exec(kept)) {
    const rest = kept.slice(match.index + match[0].length);
    kept = kept.slice(0, match.index) + rest.slice(match[1] === undefined ? wordLength(rest) : signatureLength(rest));
  }
  return kept;
}

/** Length of the bare function name that follows a short source place. */
function wordLength(text: string): number {
  return /^\w+ /.exec(text)?.[0].length ?? 0;
}

/** Length of the C++ signature a text begins with: up to the first space outside brackets after a parameter list. */
function signatureLength(text: string): number {
  let depth = 0;
  let sawParameters = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '(' || character === '<' || character === '[') depth++;
    else if (character === ')' || character === '>' || character === ']') depth--;
    if (character === ')' && depth === 0) sawParameters = true;
    if (character === ' ' && depth === 0 && sawParameters) {
      return i + (/^ (?:const )?(?:\[with [^\]]*\] )?/.exec(text.slice(i))?.[0].length ?? 1);
    }
  }
  return 0;
}
