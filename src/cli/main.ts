#!/usr/bin/env node
// The command line `compressor-bench`: finds the command, runs it, turns its end into an exit code.
import { fileErrorOf } from '../files/fileErrors';
import { failureRecordOf } from '../protocol/benchError';
import { benchmarkCommand } from './benchmark';
import { checkCommand } from './check';
import type { Command } from './command';
import { exitCodes } from './command';
import { demoCommand } from './demo';
import { diagnoseCommand } from './diagnose';
import { evaluateCommand } from './evaluate';
import { graphCommand } from './graph';
import { inspectCommand } from './inspect';
import { JobCancelled } from './job';
import { nearestName } from '../config/nearestName';
import { optimizeCommand } from './optimize';
import { profileCommand } from './profile';
import { commandHelp, parseCommand } from './options';
import { quantizeCommand } from './quantize';
import { tuneCommand } from './tune';
import { printFailure, printJson } from './terminal';
import { UsageError, usageError } from './usageError';
import { productVersion } from '../config/product';

const commands: readonly Command[] = [
  inspectCommand,
  graphCommand,
  tuneCommand,
  quantizeCommand,
  optimizeCommand,
  evaluateCommand,
  benchmarkCommand,
  checkCommand,
  profileCommand,
  diagnoseCommand,
  demoCommand,
];

function programHelp(): string {
  const lines = commands.map(({ spec }) => `  ${spec.name.padEnd(10)}  ${spec.summary}`);
  return [
    'compressor-bench makes ONNX models smaller and faster, and measures what that costs.',
    '',
    'Usage: compressor-bench COMMAND [options]',
    '',
    'Commands:',
    ...lines,
    '',
    'Options:',
    '  --help      this help; "compressor-bench COMMAND --help" explains a command',
    '  --version   print the version',
    '',
    'Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.',
    '',
  ].join('\n');
}

async function run(words: readonly string[], signal: AbortSignal): Promise<number> {
  const [name, ...rest] = words;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const wanted = commands.find(({ spec }) => spec.name === rest[0]);
    (name === undefined ? process.stderr : process.stdout).write(
      wanted === undefined ? programHelp() : commandHelp(wanted.spec),
    );
    return name === undefined ? exitCodes.usage : exitCodes.done;
  }
  if (name === '--version') {
    process.stdout.write(`${productVersion}\n`);
    return exitCodes.done;
  }
  const command = commands.find(({ spec }) => spec.name === name);
  if (command === undefined) {
    const near = nearestName(
      name,
      commands.map(({ spec }) => spec.name),
    );
    throw usageError(`There is no command "${name}".${near === undefined ? '' : ` Did you mean ${near}?`}`);
  }
  const parsed = parseCommand(command.spec, rest);
  if (parsed.flag('help')) {
    process.stdout.write(commandHelp(command.spec));
    return exitCodes.done;
  }
  return command.run(parsed, signal);
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

async function main(): Promise<void> {
  const words = process.argv.slice(2);
  const interrupt = new AbortController();
  // A reader that went away (`| head`) is no failure of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(exitCodes.done);
    printFailure(fileErrorOf(error, 'the output of this command').toRecord());
    process.exit(exitCodes.failed);
  });
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupt.abort());
  try {
    process.exitCode = await run(words, interrupt.signal);
  } catch (thrown) {
    process.exitCode = report(thrown, words);
  }
}

void main();
