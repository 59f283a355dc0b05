// What a dictionary entry is: the name, help and parameters of a loader, transform or metric, as data.

/**
 * What a parameter may be. A `list` also accepts one element alone, or text of comma-separated elements
 * (`"0.485, 0.456, 0.406"`), as the tuning configs of Neural Compressor 1.x do. A `path` is resolved against the
 * folder of the file it stands in. `any` is passed on as written.
 */
export type ParameterType =
  | { readonly kind: 'integer'; readonly minimum?: number; readonly maximum?: number }
  | { readonly kind: 'number'; readonly minimum?: number; readonly maximum?: number }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'string'; readonly choices?: readonly string[] }
  | { readonly kind: 'path' }
  | { readonly kind: 'list'; readonly of: ParameterType; readonly minItems?: number; readonly maxItems?: number }
  /** The first member that fits is taken. */
  | { readonly kind: 'either'; readonly of: readonly ParameterType[] }
  /** A map of whole numbers with exactly these keys. */
  | { readonly kind: 'integers'; readonly keys: readonly string[]; readonly minimum?: number }
  | { readonly kind: 'any' };

/** One parameter. Neither `required` nor a `default`: it may be left out and is then undefined. */
export interface Parameter {
  readonly name: string;
  readonly type: ParameterType;
  readonly required?: true;
  readonly default?: ParameterValue;
  /** For a boolean that is known but cannot be switched on: the reason, as a sentence. */
  readonly refusedWhenTrue?: string;
  /** One sentence for a person, shown by completion and hover. */
  readonly help: string;
}

/** A value as YAML or JSON can hold it. */
export type ParameterValue =
  string | number | boolean | null | readonly ParameterValue[] | { readonly [name: string]: ParameterValue };

/** A loader, transform or metric. A scalar in YAML stands for the first parameter: `topk: 1` is `topk: {k: 1}`. */
export interface DictionaryEntry {
  readonly name: string;
  readonly help: string;
  readonly parameters: readonly Parameter[];
  /** Keys that are not listed are passed on as written (a user's own module reads them). */
  readonly openParameters?: true;
}

/** The entry of a name; undefined where there is none. */
export function entryNamed(entries: readonly DictionaryEntry[], name: string): DictionaryEntry | undefined {
  return entries.find((entry) => entry.name === name);
}

/** An entry chosen in a file, with checked parameters and defaults filled in. */
export interface ChosenEntry {
  readonly name: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** The TypeScript type of a checked value of a parameter type. */
export type ValueOf<Type> = Type extends { readonly kind: 'integer' | 'number' }
  ? number
  : Type extends { readonly kind: 'boolean' }
    ? boolean
    : Type extends { readonly kind: 'string'; readonly choices: readonly (infer Choice)[] }
      ? Choice
      : Type extends { readonly kind: 'string' | 'path' }
        ? string
        : Type extends { readonly kind: 'list'; readonly of: infer Element }
          ? readonly ValueOf<Element>[]
          : Type extends { readonly kind: 'either'; readonly of: readonly (infer Member)[] }
            ? ValueOf<Member>
            : Type extends { readonly kind: 'integers'; readonly keys: readonly (infer Key extends string)[] }
              ? Readonly<Record<Key, number>>
              : unknown;

type PresentAlways = { readonly required: true } | { readonly default: unknown };

/**
 * The checked parameters of one entry of a list made with `as const satisfies readonly DictionaryEntry[]`:
 * `ParametersOf<typeof metricEntries, 'topk'>` is `{ k: number; output: string | undefined }`.
 */
export type ParametersOf<Entries extends readonly DictionaryEntry[], Name extends Entries[number]['name']> = {
  readonly [Each in Extract<Entries[number], { readonly name: Name }>['parameters'][number] as Each['name']]:
    ValueOf<Each['type']> | (Each extends PresentAlways ? never : undefined);
};

/**
 * What a registry must hold: one builder for each entry, given that entry's checked parameters. The compiler refuses a
 * registry that misses an entry or knows one too many.
 */
export type BuildersOf<Entries extends readonly DictionaryEntry[], Given extends readonly unknown[], Built> = {
  readonly [Name in Entries[number]['name']]: (parameters: ParametersOf<Entries, Name>, ...given: Given) => Built;
};
