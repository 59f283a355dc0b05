// From the words of a command line to the command they mean, or to the help they ask for.
import { nearestName } from '../config/nearestName';
import type { Command, CommandGroup, CommandSection } from './command';
import { isGroup, nameOf } from './command';
import { commandHelp } from './options';
import { usageError } from './usageError';

/** What the words lead to: a command with its own words, or a text and whether it was asked for. */
export type Found =
  | { readonly command: Command; readonly words: readonly string[] }
  | { readonly help: string; readonly isAskedFor: boolean };

/** Words of other programs, and of the API, for verbs that are called otherwise here. */
const otherVerbs: ReadonlyMap<string, readonly string[]> = new Map([
  ['list', ['ls', 'all']],
  ['show', ['details', 'get', 'info', 'view', 'describe', 'cat']],
  ['add', ['create', 'new', 'make', 'import']],
  ['run', ['execute', 'start', 'exec']],
  ['delete', ['rm', 'remove', 'del', 'trash']],
  ['edit', ['set', 'update', 'change', 'modify']],
  ['note', ['notes', 'comment']],
  ['cancel', ['stop', 'kill', 'abort']],
  ['log', ['logs', 'output']],
]);

/** Throws a `UsageError` with the nearest right word. */
export function findCommand(words: readonly string[], sections: readonly CommandSection[]): Found {
  const entries = sections.flatMap((section) => section.entries);
  const [first, ...rest] = words;
  if (first === undefined) return { help: programHelp(sections), isAskedFor: false };
  if (isHelp(first)) return { help: helpFor(rest, sections), isAskedFor: true };
  const entry = entries.find((one) => nameOf(one) === first);
  if (entry === undefined) {
    const near = nearestName(first, entries.map(nameOf));
    throw usageError(`There is no command "${first}".${near === undefined ? '' : ` Did you mean ${near}?`}`);
  }
  return isGroup(entry) ? findVerb(entry, rest) : { command: entry, words: rest };
}

function findVerb(group: CommandGroup, [word, ...rest]: readonly string[]): Found {
  if (word === undefined) return { help: groupHelp(group), isAskedFor: false };
  if (isHelp(word)) {
    const asked = group.verbs.find((verb) => verbOf(verb) === rest[0]);
    return { help: asked === undefined ? groupHelp(group) : commandHelp(asked.spec), isAskedFor: true };
  }
  const command = group.verbs.find((verb) => verbOf(verb) === word);
  if (command !== undefined) return { command, words: rest };
  const verbs = group.verbs.map(verbOf);
  // An option before the verb, or no verb at all.
  if (word.startsWith('-')) throw usageError(`${group.name} needs a verb: ${verbs.join(', ')}.`, group.name);
  const near = verbs.find((verb) => otherVerbs.get(verb)?.includes(word)) ?? nearestName(word, verbs);
  const hint = near === undefined ? `It has ${verbs.join(', ')}.` : `Did you mean "${group.name} ${near}"?`;
  throw usageError(`${group.name} has no verb "${word}". ${hint}`, group.name);
}

function isHelp(word: string): boolean {
  return word === 'help' || word === '--help' || word === '-h';
}

/** The last word of a verb's name. */
function verbOf({ spec }: Command): string {
  return spec.name.slice(spec.name.indexOf(' ') + 1);
}

/** `help`, `help projects`, `help projects add`. */
function helpFor([name, verb]: readonly string[], sections: readonly CommandSection[]): string {
  const entry = sections.flatMap(({ entries }) => entries).find((one) => nameOf(one) === name);
  if (entry === undefined) return programHelp(sections);
  if (!isGroup(entry)) return commandHelp(entry.spec);
  const command = entry.verbs.find((one) => verbOf(one) === verb);
  return command === undefined ? groupHelp(entry) : commandHelp(command.spec);
}

/** The help of the program: its commands under their headings. */
function programHelp(sections: readonly CommandSection[]): string {
  const entries = sections.flatMap((section) => section.entries);
  const width = Math.max(...entries.map((entry) => nameOf(entry).length));
  const line = (entry: Command | CommandGroup): string => {
    const summary = isGroup(entry) ? entry.summary : entry.spec.summary;
    return `  ${nameOf(entry).padEnd(width)}  ${summary}`;
  };
  return [
    'compressor-bench makes ONNX models smaller and faster, and measures what that costs.',
    '',
    'Usage: compressor-bench COMMAND [options]',
    ...sections.flatMap(({ title, entries: ofSection }) => ['', `${title}:`, ...ofSection.map(line)]),
    '',
    'Options:',
    '  --help      this help; "compressor-bench COMMAND --help" explains a command',
    '  --version   print the version',
    '',
    'Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.',
    '',
  ].join('\n');
}

/** The help of a noun: its verbs. */
function groupHelp({ name, summary, details, verbs }: CommandGroup): string {
  const rows = verbs.map((verb) => ({
    left: `${verbOf(verb)} ${verb.spec.positionals}`.trimEnd(),
    right: verb.spec.summary,
  }));
  const width = Math.min(34, Math.max(...rows.map(({ left }) => left.length)));
  const lines = rows.map(({ left, right }) =>
    left.length > width ? `  ${left}\n  ${''.padEnd(width)}  ${right}` : `  ${left.padEnd(width)}  ${right}`,
  );
  return [
    `Usage: compressor-bench ${name} VERB [options]`,
    '',
    summary,
    '',
    'Verbs:',
    ...lines,
    '',
    `"compressor-bench ${name} VERB --help" explains a verb and its options.`,
    ...(details === undefined ? [] : ['', details]),
    '',
  ].join('\n');
}
