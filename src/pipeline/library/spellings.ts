// Parameters in POT's spelling or in TypeScript's, as types.

/** `statSubsetSize` as `stat_subset_size`. */
type SnakeCase<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `_${Lowercase<First>}`}${SnakeCase<Rest>}`
  : Name;

/** A group of optional parameters, each also as POT spells it. */
export type BothSpellings<Group> = Group & { readonly [Name in keyof Group & string as SnakeCase<Name>]?: Group[Name] };
