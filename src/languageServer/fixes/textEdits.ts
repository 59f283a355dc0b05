// Changes of a text that take a key away or put one in, and leave every other line as it was written.
import type { Outline, OutlineMap, OutlinePair } from '../outline';
import { columnOf, indentStep, indented } from '../yamlText';

/** Text in place of a part of a file, by offsets. */
export interface TextChange {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Takes a key away with its value: its lines, or its place between commas. */
export function withoutPair(text: string, pair: OutlinePair): TextChange {
  const { start } = pair.keyRange;
  const valueEnd = Math.max(pair.keyRange.end, pair.value?.end ?? 0);
  return pair.isFlow ? withoutFlowPair(text, start, valueEnd) : withoutLines(text, start, valueEnd);
}

function withoutLines(text: string, start: number, valueEnd: number): TextChange {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const written = text.slice(start, valueEnd).trimEnd();
  const newline = text.indexOf('\n', start + written.length);
  const end = newline < 0 ? text.length : newline + 1;
  const isAlone = text.slice(lineStart, start).trim() === '';
  return { start: isAlone ? lineStart : start, end, text: '' };
}

function withoutFlowPair(text: string, start: number, valueEnd: number): TextChange {
  const end = valueEnd + (/^\s*:(?=\s*[,}])/.exec(text.slice(valueEnd))?.[0].length ?? 0);
  const behind = /^\s*,\s*/.exec(text.slice(end))?.[0];
  if (behind !== undefined) return { start, end: end + behind.length, text: '' };
  const before = /,\s*$/.exec(text.slice(0, start))?.[0] ?? '';
  return { start: start - before.length, end, text: '' };
}

/**
 * Puts keys in below others: `['a', 'b']` with `c: 1` where only `a` is there adds `b:` with `c: 1` below it.
 *
 * @param lines the last key with its value, as lines without indentation
 */
export function withKey(
  text: string,
  outline: Outline,
  parent: OutlinePair | undefined,
  { above, lines }: { readonly above: readonly string[]; readonly lines: string },
): TextChange | undefined {
  const step = indentStep(text);
  const whole = above.reduceRight((inner, key) => `${key}:\n${indented(inner, step)}`, lines);
  const map = parent === undefined ? outline.root : parent.value;
  if (map?.kind === 'map') return map.isFlow ? intoFlow(map, text, above, lines) : intoBlock(map, text, whole);
  if (parent === undefined)
    return { start: text.length, end: text.length, text: `${endsLine(text) ? '' : '\n'}${whole}\n` };
  const isEmpty = map === undefined || (map.kind === 'scalar' && map.value === null);
  if (!isEmpty || parent.isFlow) return undefined;
  const column = columnOf(text, parent.keyRange.start) + step;
  return belowKey(text, parent, indented(whole, column));
}

function intoBlock(map: OutlineMap, text: string, whole: string): TextChange {
  const column = columnOf(text, map.start);
  const start = map.start - column;
  const isOwnLine = text.slice(start, map.start).trim() === '';
  // Behind a dash the first key has no line of its own.
  const added = indented(whole, column);
  return isOwnLine
    ? { start, end: start, text: `${added}\n` }
    : { start: map.start, end: map.start, text: `${added.trimStart()}\n${' '.repeat(column)}` };
}

function intoFlow(map: OutlineMap, text: string, above: readonly string[], lines: string): TextChange {
  const inner = flowText(lines);
  const whole = above.reduceRight((below, key) => `${key}: {${below}}`, inner);
  const start = map.start + 1;
  const isEmpty = /^\s*\}/.test(text.slice(start));
  return { start, end: start, text: isEmpty ? whole : `${whole}, ` };
}

/** Lines of keys as one line in brackets. */
function flowText(lines: string): string {
  const [first = '', ...others] = lines.split('\n');
  if (others.length === 0) return first;
  return `${first} {${flowText(others.map((line) => line.trimStart()).join('\n'))}}`;
}

function belowKey(text: string, { keyRange }: OutlinePair, added: string): TextChange {
  const newline = text.indexOf('\n', keyRange.end);
  const lineEnd = newline < 0 ? text.length : newline;
  const colon = /^\s*:/.exec(text.slice(keyRange.end, lineEnd))?.[0];
  if (colon === undefined) return { start: keyRange.end, end: keyRange.end, text: `:\n${added}` };
  const start = text.slice(0, lineEnd).trimEnd().length;
  return { start, end: start, text: `\n${added}` };
}

function endsLine(text: string): boolean {
  return text === '' || text.endsWith('\n');
}
