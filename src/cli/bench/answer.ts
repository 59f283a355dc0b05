// Reads an answer of the bench, as it would come over the wire, for showing it to people.

/** What an answer holds under a name; asking for what is not there is no mistake. */
export class Answer {
  constructor(readonly value: unknown) {}

  /** Whether it is there and not null. */
  get isThere(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  /** What lies under a name; several names lead further in. */
  at(...names: readonly string[]): Answer {
    let value = this.value;
    for (const name of names) {
      const isHolder = typeof value === 'object' && value !== null && Object.hasOwn(value, name);
      value = isHolder ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
    }
    return new Answer(value);
  }

  /** The items of a list; none where it is no list. */
  get items(): readonly Answer[] {
    return Array.isArray(this.value) ? this.value.map((item) => new Answer(item)) : [];
  }

  /** Names and values of an object. */
  get entries(): readonly (readonly [string, Answer])[] {
    if (typeof this.value !== 'object' || this.value === null) return [];
    return Object.entries(this.value).map(([name, value]) => [name, new Answer(value)]);
  }

  get number(): number | undefined {
    return typeof this.value === 'number' ? this.value : undefined;
  }

  /** As `text`; undefined for nothing. */
  get textIfAny(): string | undefined {
    return this.text('') === '' ? undefined : this.text();
  }

  /** A text or figure as it is, a list with commas, anything else as JSON; `none` for nothing and for an empty text. */
  text(none = '–'): string {
    const { value } = this;
    if (value === undefined || value === null || value === '') return none;
    if (typeof value === 'string') return value;
    if (Array.isArray(value)) return this.items.map((item) => item.text()).join(', ') || none;
    return JSON.stringify(value);
  }
}
