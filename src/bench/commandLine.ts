// The command line that does by hand what a run of the bench does.

/** What needs no quotes in any shell. */
const plainWord = /^[\w@%+=:,./-]+$/;

/** `compressor-bench` with its words, those with blanks or other signs quoted for the shell of this system. */
export function commandLine(words: readonly (string | number)[]): string {
  return ['compressor-bench', ...words].map((word) => quoted(String(word))).join(' ');
}

function quoted(word: string): string {
  if (plainWord.test(word)) return word;
  return process.platform === 'win32' ? `"${word.replaceAll('"', '\\"')}"` : `'${word.replaceAll("'", "'\\''")}'`;
}
