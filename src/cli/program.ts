// The program behind the command line: finds the command, runs it, turns its end into an exit code.
import { fileErrorOf } from '../files/fileErrors';
import { failureRecordOf } from '../protocol/benchError';
import type { CommandSection } from './command';
import { exitCodes } from './command';
import { findCommand } from './findCommand';
import { JobCancelled } from './job';
import { commandHelp, parseCommand } from './options';
import { printFailure, printJson } from './terminal';
import { UsageError } from './usageError';
import { productVersion } from '../config/product';

async function run(
  words: readonly string[],
  sections: readonly CommandSection[],
  signal: AbortSignal,
): Promise<number> {
  if (words[0] === '--version') {
    process.stdout.write(`${productVersion}\n`);
    return exitCodes.done;
  }
  const found = findCommand(words, sections);
  if ('help' in found) {
    (found.isAskedFor ? process.stdout : process.stderr).write(found.help);
    return found.isAskedFor ? exitCodes.done : exitCodes.usage;
  }
  const parsed = parseCommand(found.command.spec, found.words);
  if (parsed.flag('help')) {
    process.stdout.write(commandHelp(found.command.spec));
    return exitCodes.done;
  }
  return found.command.run(parsed, signal);
}

/** One end for every failure: words for people, one object for `--json`, the right exit code. */
function report(thrown: unknown, words: readonly string[]): number {
  if (thrown instanceof JobCancelled) {
    if (words.includes('--json')) printJson({ state: 'cancelled' });
    else process.stderr.write('interrupted\n');
    return exitCodes.interrupted;
  }
  const failure = failureRecordOf(thrown);
  if (words.includes('--json')) printJson({ error: failure });
  printFailure(failure);
  if (words.includes('--verbose') && thrown instanceof Error) process.stderr.write(`${thrown.stack ?? ''}\n`);
  return thrown instanceof UsageError ? exitCodes.usage : exitCodes.failed;
}

/** Runs one command line with the commands of `sections`; the exit code is set when it resolves. */
export async function runProgram(words: readonly string[], sections: readonly CommandSection[]): Promise<void> {
  const interrupt = new AbortController();
  // A reader that went away (`| head`) is no failure of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(exitCodes.done);
    printFailure(fileErrorOf(error, 'the output of this command').toRecord());
    process.exit(exitCodes.failed);
  });
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupt.abort());
  try {
    process.exitCode = await run(words, sections, interrupt.signal);
  } catch (thrown) {
    process.exitCode = report(thrown, words);
  }
}
