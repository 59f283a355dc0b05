// Names of the bench's dictionaries as words of a command line: `Graph optimization` is written `graph-optimization`.

/** The names as words without spaces. */
export function slugs(names: readonly string[]): readonly string[] {
  return names.map(slug);
}

/** The name that a word of `slugs` stands for. */
export function termOf(word: string | undefined, names: readonly string[]): string | undefined {
  return names.find((name) => slug(name) === word);
}

function slug(name: string): string {
  return name.toLowerCase().replaceAll(' ', '-');
}
