// Where a cursor stands in a text that is being written: found by indentation and brackets, because half a line is not
// YAML yet.
import { FlowReader, unquoted } from './flowReader';
import type { Frame } from './flowReader';

/** Where the cursor stands. */
export interface CursorContext {
  /** Keys around the place; for a value, its own key is the last. */
  readonly path: readonly string[];
  /** A key may stand here, or a value. In a block map, and where both may stand, `key`. */
  readonly expects: 'key' | 'value';
  /** What is written of it before the cursor. */
  readonly prefix: string;
  /** The word that a completion takes the place of, by offsets. */
  readonly start: number;
  readonly end: number;
  /** Inside `{…}` or `[…]`. */
  readonly isFlow: boolean;
  /** An element of a list. */
  readonly isListItem: boolean;
  /** Whether a colon follows the word already. */
  readonly hasColon: boolean;
  /** Column at which keys beside this one, or beside its key, begin. */
  readonly indent: number;
}

/** The context at an offset; undefined inside comments, block texts and quotes that go over lines. */
export function cursorContext(text: string, offset: number): CursorContext | undefined {
  return new ContextReader(text, offset).read();
}

class ContextReader {
  private readonly frames: Frame[] = [];
  /** Text in a block scalar is indented more than this; -1: there is none. */
  private textIndent = -1;
  /** The quote that is open over lines. */
  private openQuote: string | undefined;

  constructor(
    private readonly text: string,
    private readonly offset: number,
  ) {}

  read(): CursorContext | undefined {
    const lineStart = this.text.lastIndexOf('\n', this.offset - 1) + 1;
    for (let start = 0; start < lineStart;) {
      const newline = this.text.indexOf('\n', start);
      this.takeLine(this.text.slice(start, newline).replace(/\r$/, ''));
      start = newline + 1;
    }
    if (this.openQuote !== undefined) return undefined;
    return this.contextInLine(lineStart);
  }

  private get isInFlow(): boolean {
    const frame = this.frames.at(-1);
    return frame !== undefined && frame.kind !== 'block';
  }

  /** Follows one whole line. */
  private takeLine(line: string): void {
    if (this.openQuote !== undefined || this.isInFlow) {
      this.takeFlow(line);
      return;
    }
    const { indent, content } = unindented(line);
    if (content === '' || content.startsWith('#')) return;
    if (this.textIndent >= 0 && indent > this.textIndent) return;
    this.textIndent = -1;
    if (/^(?:---|\.\.\.)(?:\s|$)/.test(line)) {
      this.frames.length = 0;
      return;
    }
    this.leaveTo(indent);
    const pair = keyAndRest(content);
    if (pair === undefined) {
      this.takeFlow(content);
      return;
    }
    const rest = withoutProperties(pair.rest);
    this.frames.push({ kind: 'block', indent, key: pair.key, isComplete: rest !== '' && !rest.startsWith('#') });
    if (/^[|>][-+0-9]*\s*(?:#.*)?$/.test(rest)) this.textIndent = indent;
    else this.takeFlow(rest);
  }

  private leaveTo(indent: number): void {
    for (let frame = this.frames.at(-1); frame !== undefined; frame = this.frames.at(-1)) {
      if (frame.kind === 'block' && frame.indent < indent) return;
      this.frames.pop();
    }
  }

  /** Follows brackets and quotes; in block text only a value that begins with one has them. */
  private takeFlow(text: string): void {
    if (this.openQuote === undefined && !this.isInFlow && !/^[[{"']/.test(text)) return;
    const reader = new FlowReader(this.frames, this.openQuote);
    reader.take(text);
    this.openQuote = reader.openQuote;
  }

  private contextInLine(lineStart: number): CursorContext | undefined {
    const newline = this.text.indexOf('\n', this.offset);
    const line = this.text.slice(lineStart, newline < 0 ? undefined : newline).replace(/\r$/, '');
    const before = this.text.slice(lineStart, this.offset);
    if (this.isInFlow) return this.contextInFlow(before, line, lineStart);
    const { indent, content } = unindented(before);
    if (this.textIndent >= 0 && (content === '' ? indent : unindented(line).indent) > this.textIndent) return undefined;
    if (content.startsWith('#')) return undefined;
    this.leaveTo(indent);
    const pair = keyAndRest(content);
    if (pair === undefined) {
      // Brackets or quotes at the start of a value on a line of its own.
      if (/^[[{]/.test(content)) return this.contextInFlow(content, line, lineStart + before.length - content.length);
      return this.blockKey(content, line, indent);
    }
    this.frames.push({ kind: 'block', indent, key: pair.key, isComplete: false });
    const rest = withoutProperties(pair.rest);
    if (/(?:^|\s)#/.test(rest)) return undefined;
    const restStart = this.offset - rest.length;
    if (/^[[{]/.test(rest)) return this.contextInFlow(rest, line, restStart);
    return this.valueContext(rest, line, indent);
  }

  private blockKey(content: string, line: string, column: number): CursorContext | undefined {
    if (content === '-') return undefined;
    const isListItem = /^\s*-\s/.test(line);
    let indent = column;
    for (let frame = this.frames.at(-1); frame?.kind === 'block' && frame.isComplete; frame = this.frames.at(-1)) {
      indent = frame.indent;
      this.frames.pop();
    }
    const start = this.offset - content.length;
    const after = this.text.slice(this.offset, this.offset + 1024);
    const word = /^[^\s:#]*/.exec(after)?.[0] ?? '';
    const end = this.offset + word.length;
    return {
      path: this.path(),
      expects: isListItem ? 'value' : 'key',
      prefix: content,
      start,
      end,
      isFlow: false,
      isListItem,
      hasColon: /^[ \t]*:/.test(this.text.slice(end, end + 16)),
      indent,
    };
  }

  private valueContext(rest: string, line: string, indent: number): CursorContext {
    const value = unquoted(rest);
    const after = this.text.slice(this.offset, this.offset + line.length);
    const word = /^[^\s,#\]}]*/.exec(after)?.[0] ?? '';
    return {
      path: this.path(),
      expects: 'value',
      prefix: value,
      start: this.offset - rest.length,
      end: this.offset + word.length,
      isFlow: false,
      isListItem: false,
      hasColon: false,
      indent,
    };
  }

  private contextInFlow(before: string, line: string, start: number): CursorContext | undefined {
    const reader = new FlowReader(this.frames, undefined);
    reader.take(before);
    const frame = this.frames.at(-1);
    if (frame === undefined || frame.kind === 'block') return undefined;
    const wordStart = start + reader.wordStart;
    const word = this.text.slice(wordStart, this.offset);
    const after = /^[^\s,:#\]}]*/.exec(this.text.slice(this.offset, this.offset + line.length))?.[0] ?? '';
    const end = this.offset + after.length;
    const isValue = frame.kind === 'list' || frame.key !== undefined;
    return {
      path: this.path(),
      expects: isValue ? 'value' : 'key',
      prefix: unquoted(word),
      start: wordStart,
      end,
      isFlow: true,
      isListItem: frame.kind === 'list',
      hasColon: /^[ \t]*:/.test(this.text.slice(end, end + 16)),
      indent: unindented(line).indent,
    };
  }

  private path(): string[] {
    return this.frames.flatMap(({ key }) => (key === undefined ? [] : [key]));
  }
}

function unindented(line: string): { indent: number; content: string } {
  // A list inside a map may stand as far left as its key; what follows the dash is one level inside.
  const dashes = /^(?:\s*-\s+)+/.exec(line)?.[0] ?? '';
  const spaces = /^\s*/.exec(line.slice(dashes.length))?.[0].length ?? 0;
  const indent = dashes.length + spaces;
  return { indent, content: line.slice(indent) };
}

/** `key: rest`; undefined where there is no colon yet. Each sign is looked at once: a line may be the whole file. */
function keyAndRest(content: string): { key: string; rest: string } | undefined {
  const quoted = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')/.exec(content)?.[0];
  const colon = quoted === undefined ? colonIn(content) : colonBehind(content, quoted.length);
  if (colon === undefined) return undefined;
  return { key: unquoted(quoted ?? content.slice(0, colon).trimEnd()), rest: content.slice(colon + 1).trimStart() };
}

/** The colon that ends a plain key. */
function colonIn(content: string): number | undefined {
  if (content === '' || '#[]{}"\'&*!|>%@`,'.includes(content.charAt(0))) return undefined;
  for (let colon = content.indexOf(':'); colon > 0; colon = content.indexOf(':', colon + 1)) {
    const next = content.charAt(colon + 1);
    if (next !== '' && next !== ' ' && next !== '\t') continue;
    return content.lastIndexOf(' #', colon) < 0 ? colon : undefined;
  }
  return undefined;
}

function colonBehind(content: string, start: number): number | undefined {
  const colon = content.length - content.slice(start).trimStart().length;
  return content.charAt(colon) === ':' && /^(?:\s|$)/.test(content.slice(colon + 1, colon + 2)) ? colon : undefined;
}

/** Without the anchor or the tag before a value. */
function withoutProperties(value: string): string {
  return value.replace(/^(?:[&!]\S*(?:\s+|$))+/, '');
}
