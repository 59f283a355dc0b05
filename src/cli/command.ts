// What a command of the command line is: its declaration and the function behind it.
import type { CommandSpec, ParsedCommand } from './options';

/** Exit codes of the program. */
export const exitCodes = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

export interface Command {
  readonly spec: CommandSpec;
  /** Answers the exit code. Throws `BenchError` for failures a person can mend, `UsageError` for wrong usage. */
  run(parsed: ParsedCommand, signal: AbortSignal): Promise<number>;
}

/** A noun whose verbs are commands: `projects list`, `projects add`. */
export interface CommandGroup {
  readonly name: string;
  readonly summary: string;
  /** Further paragraphs and examples, shown below the verbs. */
  readonly details?: string;
  /** Each spec is named by noun and verb: `projects add`. */
  readonly verbs: readonly Command[];
}

/** Commands that belong together, under a heading of the program's help. */
export interface CommandSection {
  readonly title: string;
  readonly entries: readonly (Command | CommandGroup)[];
}

export function isGroup(entry: Command | CommandGroup): entry is CommandGroup {
  return 'verbs' in entry;
}

/** The first word of a command or a group. */
export function nameOf(entry: Command | CommandGroup): string {
  return isGroup(entry) ? entry.name : entry.spec.name;
}
