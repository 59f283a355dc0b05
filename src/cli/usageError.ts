// A command line that cannot be understood: exit code 2, with the nearest right word.
import { BenchError } from '../protocol/benchError';

/** Wrong usage. The command line ends with exit code 2. */
export class UsageError extends BenchError {
  override readonly name = 'UsageError';
}

/** `command` is the one whose help answers the question; undefined for the program's own. */
export function usageError(message: string, command?: string): UsageError {
  const help = command === undefined ? 'compressor-bench --help' : `compressor-bench ${command} --help`;
  return new UsageError({ code: 'usage', message, nextStep: `See "${help}".` });
}
