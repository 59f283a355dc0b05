// What a command of the command line is: its declaration and the function behind it.
import type { CommandSpec, ParsedCommand } from './options';

/** Exit codes of the program. */
export const exitCodes = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

export interface Command {
  readonly spec: CommandSpec;
  /** Answers the exit code. Throws `BenchError` for failures a person can mend, `UsageError` for wrong usage. */
  run(parsed: ParsedCommand, signal: AbortSignal): Promise<number>;
}
