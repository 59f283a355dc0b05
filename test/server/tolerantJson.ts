// Reads JSON as documents print it: trailing commas, `{ ... }` and `. . .` for more of the same, `<words>` for a number.

/** Stands for an object whose fields the document leaves out. */
export const anyObject = Symbol('any object');
/** Stands for a number the document describes in words. */
export const anyNumber = Symbol('any number');

/** A value as a document shows it. */
export type SeedValue =
  string | number | boolean | null | typeof anyObject | typeof anyNumber | readonly SeedValue[] | SeedObject;

export interface SeedObject {
  readonly [key: string]: SeedValue;
}

/** The first value in a text; what follows it (a stray half of another) is left out. */
export function parseTolerantly(text: string): SeedValue {
  const reader = new Reader(text);
  return reader.value();
}

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  value(): SeedValue {
    this.skip();
    const sign = this.text[this.at];
    if (sign === '{') return this.object();
    if (sign === '[') return this.list();
    if (sign === '"') return this.quoted();
    if (sign === '<') {
      this.at = this.text.indexOf('>', this.at) + 1;
      return anyNumber;
    }
    const [word] = /^(?:true|false|null|-?\d[\d.eE+-]*)/.exec(this.text.slice(this.at)) ?? [];
    if (word === undefined) throw this.unreadable();
    this.at += word.length;
    return JSON.parse(word) as SeedValue;
  }

  private object(): SeedValue {
    const fields: Record<string, SeedValue> = {};
    this.at++;
    const hasDots = this.skip();
    while (this.text[this.at] !== '}') {
      const key = this.quoted();
      this.skip();
      if (this.text[this.at++] !== ':') throw this.unreadable();
      fields[key] = this.value();
      this.skip();
    }
    this.at++;
    return hasDots && Object.keys(fields).length === 0 ? anyObject : fields;
  }

  private list(): SeedValue {
    const items: SeedValue[] = [];
    this.at++;
    this.skip();
    while (this.text[this.at] !== ']') {
      items.push(this.value());
      this.skip();
    }
    this.at++;
    return items;
  }

  private quoted(): string {
    const [quoted] = /^"(?:[^"\\]|\\.)*"/.exec(this.text.slice(this.at)) ?? [];
    if (quoted === undefined) throw this.unreadable();
    this.at += quoted.length;
    return JSON.parse(quoted) as string;
  }

  /** Spaces, commas and dots; whether there were dots. */
  private skip(): boolean {
    const [skipped = ''] = /^[\s,.]*/.exec(this.text.slice(this.at)) ?? [];
    this.at += skipped.length;
    return skipped.includes('.');
  }

  private unreadable(): Error {
    return new Error(`unreadable at ${this.at}: ${this.text.slice(this.at, this.at + 40)}`);
  }
}
