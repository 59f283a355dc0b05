// A value that came as JSON, as the tree that files are checked as; there is no text, so all of it has one place.
import type { TextPosition } from './configProblem';
import { treeLimits } from './yamlTree';
import type { MapTreeEntry, YamlTree } from './yamlTree';

const start: TextPosition = { line: 1, column: 1 };

/** The tree of a value; undefined for one with more values or levels than any configuration has. */
export function treeOfValue(value: unknown): YamlTree | undefined {
  return new ValueTreeBuilder().build(value, 0);
}

/** An entry of a map, as `treeOfValue` makes them. */
export function entryOf(key: string, value: YamlTree): MapTreeEntry {
  return { key, keyPosition: start, value };
}

/** A map of entries in their order. */
export function mapOf(entries: readonly MapTreeEntry[]): Extract<YamlTree, { kind: 'map' }> {
  return { kind: 'map', position: start, entries };
}

class ValueTreeBuilder {
  private nodes = 0;

  build(value: unknown, depth: number): YamlTree | undefined {
    this.nodes++;
    if (this.nodes > treeLimits.nodes || depth > treeLimits.depth) return undefined;
    if (value === undefined || value === null) return { kind: 'scalar', value: null, position: start };
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      return { kind: 'scalar', value, position: start };
    }
    if (Array.isArray(value)) return this.list(value, depth);
    return typeof value === 'object' ? this.map(value, depth) : undefined;
  }

  private list(values: readonly unknown[], depth: number): YamlTree | undefined {
    const items: YamlTree[] = [];
    for (const value of values) {
      const item = this.build(value, depth + 1);
      if (item === undefined) return undefined;
      items.push(item);
    }
    return { kind: 'list', items, position: start };
  }

  private map(value: object, depth: number): YamlTree | undefined {
    const entries: MapTreeEntry[] = [];
    for (const [key, inner] of Object.entries(value)) {
      const tree = this.build(inner, depth + 1);
      if (tree === undefined) return undefined;
      entries.push(entryOf(key, tree));
    }
    return mapOf(entries);
  }
}
