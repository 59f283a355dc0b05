// A section of config.yaml after its check: typed values by key, with places for whatever is wrong with them together.
import type { ConfigKeys, ConfigValueOf } from '../dictionary/tuningKeys/configKey';
import type { PlacedEntry } from './checkParameters';
import type { ProblemHints, ProblemList, TextPosition } from './configProblem';
import type { DatasetConfig } from './datasetFile';

/** Where something stands: keys down to it, and its first character. */
export interface Place {
  readonly path: string;
  readonly position: TextPosition;
}

/** An entry of a map whose keys are names out of the model. */
export interface NamedSection {
  readonly name: string;
  readonly place: Place;
  readonly content: SectionContent;
}

/** What was found in a section. */
export interface SectionContent {
  /** Of the section itself; where it is absent, of the nearest one around it. */
  readonly place: Place;
  /** Keys that are known, with null left out. */
  readonly items: ReadonlyMap<string, CheckedItem>;
  /** False for a section nobody wrote. */
  readonly isPresent: boolean;
  /** True when some key was written, right or wrong. */
  readonly hasKeys: boolean;
}

/** Several metrics, with the plain keys among them. */
export interface CheckedMetrics {
  readonly metrics: readonly PlacedEntry[];
  /** How many are written, right or wrong. */
  readonly written: number;
  readonly content: SectionContent;
}

/** What was found right at one key; the kind is that of the key. */
export type CheckedItem = { readonly place: Place } & (
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'section'; readonly content: SectionContent }
  | { readonly kind: 'named'; readonly named: readonly NamedSection[] }
  | { readonly kind: 'data'; readonly dataset: DatasetConfig | undefined }
  | { readonly kind: 'metric'; readonly metric: PlacedEntry | undefined }
  | { readonly kind: 'metrics'; readonly metrics: CheckedMetrics | undefined }
  | { readonly kind: 'postprocess'; readonly steps: readonly PlacedEntry[] }
);

type NamesOfKind<Keys extends ConfigKeys, Kind> = {
  [Name in keyof Keys]: Keys[Name]['kind'] extends Kind ? Name : never;
}[keyof Keys] &
  string;

type KeysOf<Key> = Key extends { readonly keys: infer Keys extends ConfigKeys } ? Keys : ConfigKeys;

/** A section seen through its keys in the dictionary. Keys with a problem, or null, are as good as absent. */
export class CheckedSection<in out Keys extends ConfigKeys> {
  readonly place: Place;
  readonly isPresent: boolean;
  readonly hasKeys: boolean;
  private readonly items: ReadonlyMap<string, CheckedItem>;

  constructor({ place, items, isPresent, hasKeys }: SectionContent) {
    this.place = place;
    this.items = items;
    this.isPresent = isPresent;
    this.hasKeys = hasKeys;
  }

  /** Value of a plain key. */
  value<Name extends NamesOfKind<Keys, 'value'>>(name: Name): ConfigValueOf<Keys[Name]> | undefined;
  // The checker took the value by the type of this very key.
  value(name: string): unknown {
    const item = this.items.get(name);
    return item?.kind === 'value' ? item.value : undefined;
  }

  /** A section inside; an empty one when nobody wrote it. */
  section<Name extends NamesOfKind<Keys, 'section'>>(name: Name): CheckedSection<KeysOf<Keys[Name]>> {
    const item = this.items.get(name);
    if (item?.kind === 'section') return new CheckedSection<KeysOf<Keys[Name]>>(item.content);
    const path = childPath(this.place.path, name);
    const place = { path, position: this.place.position };
    return new CheckedSection({ place, items: new Map(), isPresent: false, hasKeys: false });
  }

  named(name: NamesOfKind<Keys, 'named'>): readonly NamedSection[] {
    const item = this.items.get(name);
    return item?.kind === 'named' ? item.named : [];
  }

  dataset(name: NamesOfKind<Keys, 'data'>): DatasetConfig | undefined {
    const item = this.items.get(name);
    return item?.kind === 'data' ? item.dataset : undefined;
  }

  metric(name: NamesOfKind<Keys, 'metric'>): PlacedEntry | undefined {
    const item = this.items.get(name);
    return item?.kind === 'metric' ? item.metric : undefined;
  }

  metrics(name: NamesOfKind<Keys, 'metrics'>): CheckedMetrics | undefined {
    const item = this.items.get(name);
    return item?.kind === 'metrics' ? item.metrics : undefined;
  }

  postprocess(name: NamesOfKind<Keys, 'postprocess'>): readonly PlacedEntry[] {
    const item = this.items.get(name);
    return item?.kind === 'postprocess' ? item.steps : [];
  }

  /** True when the key is there with something in it, even if that is wrong. */
  has(name: keyof Keys & string): boolean {
    return this.items.has(name);
  }

  /** Place of a key that is there. */
  find(name: keyof Keys & string): Place | undefined {
    return this.items.get(name)?.place;
  }

  /** Reports something about a key, at the key; at the section when the key is not there. */
  report(problems: ProblemList, name: keyof Keys & string, message: string, hints?: ProblemHints): void {
    const place = this.find(name);
    problems.add(childPath(this.place.path, name), (place ?? this.place).position, message, hints);
  }
}

export function childPath(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

/** Reports all but the first of several keys that say the same thing; absent ones are passed as undefined. */
export function reportRepeated(problems: ProblemList, ...places: readonly (Place | undefined)[]): void {
  const [first, ...others] = places.filter((place) => place !== undefined);
  if (first === undefined) return;
  for (const { path, position } of others) {
    problems.add(path, position, `${path} says what ${first.path} says already.`, {
      expected: 'only one of them',
      code: 'said-twice',
    });
  }
}
