// YAML text as a plain tree that knows the place of everything; hostile text ends as a problem, never as a hang.
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { ErrorCode, Node, Pair, YAMLError } from 'yaml';
import type { ParameterValue } from '../dictionary/entry';
import { ProblemList } from './configProblem';
import type { ConfigProblem, ProblemHints, TextPosition } from './configProblem';

export type YamlTree = ScalarTree | ListTree | MapTree;

export interface ScalarTree {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  readonly position: TextPosition;
}

export interface ListTree {
  readonly kind: 'list';
  readonly items: readonly YamlTree[];
  readonly position: TextPosition;
}

export interface MapTree {
  readonly kind: 'map';
  readonly entries: readonly MapTreeEntry[];
  readonly position: TextPosition;
}

export interface MapTreeEntry {
  readonly key: string;
  readonly keyPosition: TextPosition;
  readonly value: YamlTree;
}

/** No configuration written by a person comes near these; aliases count as often as they are used. */
export const treeLimits = { nodes: 100_000, depth: 64 } as const;

const tooDeep = `The file nests deeper than ${treeLimits.depth} levels.`;

/** Parses one YAML document (YAML 1.2, core schema). The tree is absent when the text is empty or has problems. */
export function parseYamlTree(text: string): { tree?: YamlTree; problems: readonly ConfigProblem[] } {
  const problems = new ProblemList();
  const lines = new LineCounter();
  if (nestedTooDeeply(text)) {
    problems.add('', { line: 1, column: 1 }, tooDeep);
    return { problems: problems.problems };
  }
  const tree = treeOf(text, lines, problems);
  if (problems.problems.length > 0 || tree === undefined) return { problems: problems.problems };
  return { tree, problems: [] };
}

/** The value itself, without places. */
export function plainValue(tree: YamlTree): ParameterValue {
  if (tree.kind === 'scalar') return tree.value;
  if (tree.kind === 'list') return tree.items.map(plainValue);
  return Object.fromEntries(tree.entries.map(({ key, value }) => [key, plainValue(value)]));
}

function treeOf(text: string, lines: LineCounter, problems: ProblemList): YamlTree | undefined {
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    // Compares every key with every other; the tree builder finds duplicates faster.
    uniqueKeys: false,
    // !!binary, !!set and the like have no meaning here: they end as unknown tags.
    resolveKnownTags: false,
    // 'silent' would also keep quiet about a second document.
    logLevel: 'error',
  });
  for (const error of [...document.errors, ...document.warnings].slice(0, 20)) {
    // A second document is good YAML, but nothing here reads it.
    const hints: ProblemHints = error.code === 'MULTIPLE_DOCS' ? {} : { code: 'syntax' };
    problems.add('', positionAt(lines, error.pos[0]), sentenceOf(error, text), hints);
  }
  if (problems.problems.length > 0 || document.contents === null) return undefined;
  return new TreeBuilder(lines, problems).build(document.contents, '', 0);
}

/** Whether the parser is kept from a text: it recurses; brackets nested by the thousand would exhaust the stack after seconds of work. */
export function nestedTooDeeply(text: string): boolean {
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 0x5b || code === 0x7b) depth++;
    else if ((code === 0x5d || code === 0x7d) && depth > 0) depth--;
    if (depth > treeLimits.depth) return true;
  }
  return /^[ \t]*(?:[-?:][ \t]+){65}/m.test(text);
}

class TreeBuilder {
  private readonly anchors = new Map<string, { tree: YamlTree; size: number }>();
  /** Of the values that are being built. */
  private readonly begun = new Set<string>();
  private size = 0;
  private overfull = false;

  constructor(
    private readonly lines: LineCounter,
    private readonly problems: ProblemList,
  ) {}

  build(node: unknown, path: string, depth: number): YamlTree | undefined {
    const position = this.positionOf(node);
    if (!this.takeRoom(1, path, position)) return undefined;
    if (depth > treeLimits.depth) {
      this.problems.add(path, position, tooDeep);
      return undefined;
    }
    if (isAlias(node)) return this.aliased(node.source, path, position);
    const sizeBefore = this.size;
    const anchor = (node as (Partial<Node> & { anchor?: string }) | null)?.anchor;
    if (anchor !== undefined) this.begun.add(anchor);
    const tree = this.buildOwn(node, path, depth, position);
    if (anchor !== undefined) this.begun.delete(anchor);
    if (anchor !== undefined && tree !== undefined) {
      this.anchors.set(anchor, { tree, size: this.size - sizeBefore + 1 });
    }
    return tree;
  }

  private buildOwn(node: unknown, path: string, depth: number, position: TextPosition): YamlTree | undefined {
    if (isMap(node)) return this.map(node.items, path, depth, position);
    if (isSeq(node)) {
      const items: YamlTree[] = [];
      node.items.forEach((item, index) => {
        const tree = this.build(item, `${path}[${index}]`, depth + 1);
        if (tree !== undefined) items.push(tree);
      });
      return { kind: 'list', items, position };
    }
    const value: unknown = isScalar(node) ? node.value : null;
    if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      return { kind: 'scalar', value, position };
    }
    this.problems.add(path, position, 'This kind of value has no meaning here.');
    return undefined;
  }

  private map(pairs: readonly Pair[], path: string, depth: number, position: TextPosition): MapTree {
    const entries: MapTreeEntry[] = [];
    const seen = new Set<string>();
    for (const { key: keyNode, value: valueNode } of pairs) {
      if (this.overfull) break;
      const keyPosition = this.positionOf(keyNode);
      const name = isScalar(keyNode) ? keyText(keyNode.value) : undefined;
      if (name === undefined) {
        this.problems.add(path, keyPosition, 'A key must be a single word.');
        continue;
      }
      const keyPath = path === '' ? name : `${path}.${name}`;
      if (seen.has(name)) {
        const message = `The key "${shortened(name)}" is there twice.`;
        this.problems.add(keyPath, keyPosition, message, { code: 'repeated-key' });
      }
      seen.add(name);
      const value = this.build(valueNode ?? keyNodeAsNull(keyNode), keyPath, depth + 1);
      if (value !== undefined) entries.push({ key: name, keyPosition, value });
    }
    return { kind: 'map', entries, position };
  }

  private aliased(anchor: string, path: string, position: TextPosition): YamlTree | undefined {
    const found = this.anchors.get(anchor);
    if (found === undefined) {
      const fault = this.begun.has(anchor) ? 'stands inside what it names' : 'names no anchor before it';
      this.problems.add(path, position, `The alias *${shortened(anchor)} ${fault}.`, { code: 'syntax' });
      return undefined;
    }
    if (!this.takeRoom(found.size, path, position)) return undefined;
    return { ...found.tree, position };
  }

  private takeRoom(nodes: number, path: string, position: TextPosition): boolean {
    this.size += nodes;
    if (this.size <= treeLimits.nodes) return true;
    if (!this.overfull) {
      this.problems.add(
        path,
        position,
        `With its aliases written out the file has more than ${treeLimits.nodes} values.`,
      );
    }
    this.overfull = true;
    return false;
  }

  private positionOf(node: unknown): TextPosition {
    const range = (node as Partial<Node> | null)?.range;
    return positionAt(this.lines, range?.[0] ?? 0);
  }
}

function keyText(key: unknown): string | undefined {
  return typeof key === 'string' || typeof key === 'number' || typeof key === 'boolean' ? String(key) : undefined;
}

/** A key without a value means null; the value then stands where the key does. */
function keyNodeAsNull(keyNode: unknown): unknown {
  const { range } = (keyNode ?? {}) as Partial<Node>;
  return { range };
}

function positionAt(lines: LineCounter, offset: number): TextPosition {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

const sentences: Partial<Record<ErrorCode, string>> = {
  RESOURCE_EXHAUSTION: 'The file nests too deeply.',
  TAB_AS_INDENT: 'A tab is used for indentation; YAML allows only spaces there.',
  BAD_INDENT: 'The indentation does not fit the lines above.',
  MULTIPLE_DOCS: 'There is a second document (after "---"); only one is read.',
  MISSING_CHAR: 'A closing quote, bracket or comma, or the colon after a key is missing.',
  BLOCK_AS_IMPLICIT_KEY: 'Two "key:" stand on one line, or a key is not indented like its neighbours.',
  MULTILINE_IMPLICIT_KEY: 'A line without a colon stands where "key: value" was expected.',
  BAD_ALIAS: 'An alias (*) or anchor (&) without a proper name.',
  KEY_OVER_1024_CHARS: 'A key is longer than 1024 characters.',
  BAD_DQ_ESCAPE: 'A backslash in double quotes begins no known escape; write \\\\ or use single quotes.',
};

function sentenceOf(error: YAMLError, text: string): string {
  if (error.code === 'TAG_RESOLVE_FAILED') {
    const tag = /^\S{1,60}/.exec(text.slice(error.pos[0]))?.[0] ?? 'of this name';
    return `The tag ${tag} is not allowed; only plain values are read and nothing is ever executed.`;
  }
  const end = error.code === 'BAD_INDENT' ? /end with a (\]|\})/.exec(error.message)?.[1] : undefined;
  if (end !== undefined) {
    const [what, begin] = end === ']' ? ['list', '['] : ['map', '{'];
    return `A ${what} that begins with ${begin} has no ${end} at its end, or is not indented.`;
  }
  return sentences[error.code] ?? `This is not valid YAML: ${shortened(error.message.split('\n')[0] ?? '', 160)}.`;
}

function shortened(text: string, longest = 64): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
