// Writes what a JSON Schema says several times once, under `definitions`, with references to it.
import type { Schema } from './schemaParts';

/** Shorter parts take less room, and are easier read, where they stand. */
const shortestShared = 80;

/**
 * The same schema with equal parts moved to `definitions`, each named after the key it first stands at. In draft 07
 * nothing beside a `$ref` counts, so that title and description of a key move with the rest of it.
 */
export function withReferences(schema: Schema): Schema {
  const own = Object.keys(schema['definitions'] ?? {});
  const shared = new SharedParts(timesOfParts(schema), own);
  const { definitions, ...rest } = mapParts(schema, '', (part, key) => shared.rewritten(part, key));
  return { ...rest, definitions: { ...(definitions as object | undefined), ...shared.definitions } };
}

class SharedParts {
  readonly definitions: Record<string, Schema> = {};
  /** Name of the definition by the text of what it holds. */
  private readonly names = new Map<string, string>();
  private readonly taken: Set<string>;

  constructor(
    private readonly times: ReadonlyMap<string, number>,
    taken: readonly string[],
  ) {
    this.taken = new Set(taken);
  }

  rewritten(part: Schema, key: string): Schema {
    const text = JSON.stringify(part);
    const isShared = (this.times.get(text) ?? 0) > 1 && text.length >= shortestShared;
    return isShared ? { $ref: `#/definitions/${this.nameOf(part, key, text)}` } : this.inside(part, key);
  }

  private inside(part: Schema, key: string): Schema {
    return mapParts(part, key, (inner, innerKey) => this.rewritten(inner, innerKey));
  }

  private nameOf(part: Schema, key: string, text: string): string {
    const known = this.names.get(text);
    if (known !== undefined) return known;
    const name = this.freeName(key);
    this.names.set(text, name);
    this.taken.add(name);
    this.definitions[name] = this.inside(part, key);
    return name;
  }

  private freeName(key: string): string {
    let name = key;
    for (let number = 2; this.taken.has(name); number++) name = `${key}_${number}`;
    return name;
  }
}

/** How often each part stands in a schema, by its text; what is inside of equal parts counts once. */
function timesOfParts(schema: Schema): Map<string, number> {
  const times = new Map<string, number>();
  const count = (part: Schema): Schema => {
    const text = JSON.stringify(part);
    const known = times.get(text) ?? 0;
    times.set(text, known + 1);
    return known === 0 ? mapParts(part, '', count) : part;
  };
  count(schema);
  return times;
}

/** A schema with each schema directly inside it changed; `key` is the key of the file that it describes. */
function mapParts(schema: Schema, key: string, change: (part: Schema, key: string) => Schema): Schema {
  const entries = Object.entries(schema).map(([word, value]): [string, unknown] => {
    switch (word) {
      case 'properties':
      case 'definitions': {
        const parts = Object.entries(value as Readonly<Record<string, Schema>>);
        return [word, Object.fromEntries(parts.map(([name, part]) => [name, change(part, name)]))];
      }
      case 'anyOf':
        return [word, (value as readonly Schema[]).map((part) => change(part, key))];
      case 'items':
      case 'additionalProperties':
        return [word, typeof value === 'boolean' ? value : change(value as Schema, key)];
      default:
        return [word, value];
    }
  });
  return Object.fromEntries(entries);
}
