// A text as a tree with ranges, as far as it can be made out: also of text that is no good YAML yet.
import { isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Node, Pair } from 'yaml';
import { maximumConfigBytes } from '../config/configText';
import { nestedTooDeeply, treeLimits } from '../config/yamlTree';

/** A part of the text, by offsets; the end is behind the last character. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** Keys with values. */
export interface OutlineMap extends TextRange {
  readonly kind: 'map';
  readonly isFlow: boolean;
  readonly pairs: readonly OutlinePair[];
}

/** Values one after the other. */
export interface OutlineList extends TextRange {
  readonly kind: 'list';
  readonly items: readonly OutlineNode[];
}

/** A plain value, read as YAML reads it; null also for what is no plain value. */
export interface OutlineScalar extends TextRange {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
}

/** A value, with what is in it. */
export type OutlineNode = OutlineMap | OutlineList | OutlineScalar;

/** A key with its value. */
export interface OutlinePair {
  readonly key: string;
  readonly keyRange: TextRange;
  /** Keys down to this one, itself the last. Elements of lists have the path of the list. */
  readonly path: readonly string[];
  readonly value: OutlineNode | undefined;
  readonly isFlow: boolean;
}

/** A whole text. */
export interface Outline {
  /** Undefined for an empty text, and for one that no person wrote: too long or too deep. */
  readonly root: OutlineNode | undefined;
  /** Every pair, outer ones before those inside, in the order of the text. */
  readonly pairs: readonly OutlinePair[];
  /** End of each key and value by its start; of several that start at one place, the smallest. */
  readonly ends: ReadonlyMap<number, number>;
}

/** The tree of a text. Never throws. */
export function outlineOf(text: string): Outline {
  const builder = new OutlineBuilder();
  const root = text.length > maximumConfigBytes || nestedTooDeeply(text) ? undefined : builder.root(text);
  return { root, pairs: builder.pairs, ends: builder.ends };
}

/** The innermost pair whose key or value holds an offset; its ends count. */
export function pairAt(outline: Outline, offset: number): OutlinePair | undefined {
  return outline.pairs.findLast(({ keyRange, value }) => {
    const end = Math.max(keyRange.end, value?.end ?? 0);
    return offset >= keyRange.start && offset <= end;
  });
}

/** The pair whose key starts at an offset. */
export function pairStartingAt(outline: Outline, offset: number): OutlinePair | undefined {
  return outline.pairs.find(({ keyRange }) => keyRange.start === offset);
}

/** The pair at a path of keys. */
export function pairNamed(outline: Outline, path: readonly string[]): OutlinePair | undefined {
  return outline.pairs.find((pair) => pair.path.length === path.length && pair.path.every((key, i) => key === path[i]));
}

/** The scalar under an offset, inside a value or a list of values. */
export function scalarAt(node: OutlineNode | undefined, offset: number): OutlineScalar | undefined {
  if (node === undefined || offset < node.start || offset > node.end) return undefined;
  if (node.kind === 'scalar') return node;
  if (node.kind === 'map') return undefined;
  for (const item of node.items) {
    const found = scalarAt(item, offset);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The text of a scalar at a path, such as the path of the model. */
export function textAt(outline: Outline, path: readonly string[]): string | undefined {
  const value = pairNamed(outline, path)?.value;
  return value?.kind === 'scalar' && value.value !== null ? String(value.value) : undefined;
}

class OutlineBuilder {
  readonly pairs: OutlinePair[] = [];
  readonly ends = new Map<number, number>();
  private size = 0;

  root(text: string): OutlineNode | undefined {
    const { contents } = parseDocument(text, {
      prettyErrors: false,
      uniqueKeys: false,
      resolveKnownTags: false,
      logLevel: 'error',
    });
    return contents === null ? undefined : this.node(contents, [], 0);
  }

  private node(node: unknown, path: readonly string[], depth: number): OutlineNode | undefined {
    const range = rangeOf(node);
    this.size++;
    if (range === undefined || depth > treeLimits.depth || this.size > treeLimits.nodes) return undefined;
    if (isMap(node)) {
      const isFlow = node.flow === true;
      const pairs = node.items.flatMap((pair) => this.pair(pair, path, isFlow, depth));
      return { kind: 'map', isFlow, pairs, ...range };
    }
    if (isSeq(node)) {
      const items = node.items.map((item) => this.node(item, path, depth + 1));
      return { kind: 'list', items: items.filter((item) => item !== undefined), ...range };
    }
    this.note(range);
    const value: unknown = isScalar(node) ? node.value : null;
    const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    return { kind: 'scalar', value: isPlain ? value : null, ...range };
  }

  private pair({ key, value }: Pair, path: readonly string[], isFlow: boolean, depth: number): OutlinePair[] {
    const keyRange = rangeOf(key);
    if (!isScalar(key) || keyRange === undefined) return [];
    const name = String(key.value);
    this.note(keyRange);
    const place = this.pairs.length;
    const pair = { key: name, keyRange, path: [...path, name], isFlow };
    this.pairs.push({ ...pair, value: undefined });
    const whole: OutlinePair = { ...pair, value: this.node(value, pair.path, depth + 1) };
    this.pairs[place] = whole;
    return [whole];
  }

  private note({ start, end }: TextRange): void {
    this.ends.set(start, Math.min(end, this.ends.get(start) ?? Infinity));
  }
}

function rangeOf(node: unknown): TextRange | undefined {
  const range = (node as Partial<Node> | null)?.range;
  return range === undefined || range === null ? undefined : { start: range[0], end: range[1] };
}
