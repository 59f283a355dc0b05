// `compressor-bench run SCRIPT`: a script with a pipeline of its own, inside a job.
import { resolve } from 'node:path';
import { createRunFolder } from '../jobs/runFolder';
import { runJob } from '../jobs/runJob';
import { runQueued } from '../jobs/runQueued';
import type { QueuedJobOptions } from '../jobs/runQueued';
import { BenchError } from '../protocol/benchError';
import type { JobOutcome, RunResult, RunSpec } from '../protocol/jobs';
import type { Command } from './command';
import { JobCancelled, jobLimitsOf, queuedOptions, queueOf } from './job';
import { jobOptions } from './options';
import type { ParsedCommand } from './options';
import { plain, printJson, printLine, printNote } from './terminal';

/** A script chooses by itself how its models run. */
const ofTheModel = new Set(['dim', 'threads']);

export const runCommand: Command = {
  spec: {
    name: 'run',
    positionals: 'SCRIPT [WORDS…]',
    minPositionals: 1,
    maxPositionals: 1000,
    summary: 'Run a script with a quantization pipeline of your own, in TypeScript or JavaScript.',
    details: [
      'The script imports compressor-bench/pipeline, as installed with this program: loaders, metrics, engine, samplers,',
      'DefaultQuantization and AccuracyAwareQuantization. It runs in a job process with limits on memory and time, to the end of',
      'what it awaits at its top level and of its default export, if that is a function. Types are taken out of TypeScript;',
      'they are not checked. It is your code and may do what you may do: run scripts you trust. The exit code is that of the script.',
      'Words that begin with - go after --: compressor-bench run SCRIPT -- --fast.',
      'With --json it prints {ms, exitCode, result}: what the default export gives, where JSON has a form for it.',
      '',
      'Example:',
      '  compressor-bench run media/examples/pipeline/quantize.ts quantized',
    ].join('\n'),
    options: jobOptions.filter(({ name }) => !ofTheModel.has(name)),
  },
  async run(parsed, signal) {
    const [script = '', ...words] = parsed.positionals;
    const isJson = parsed.flag('json');
    const spec = { verb: 'run', scriptPath: resolve(script), words, folder: process.cwd() } as const;
    const outcome = await outcomeOf(parsed, spec, {
      limits: jobLimitsOf(parsed),
      signal,
      onLog: (line) => (isJson ? printNote(line) : printLine(plain(line))),
    });
    if (outcome.state === 'cancelled') throw new JobCancelled();
    if (outcome.state === 'error') throw new BenchError(outcome.failure);
    if (isJson) printJson(outcome.result);
    return outcome.result.exitCode;
  },
};

type Following = Pick<QueuedJobOptions, 'limits' | 'signal'> & { readonly onLog: (line: string) => void };

/** At once, or in its turn in the queue of a bench. */
async function outcomeOf(parsed: ParsedCommand, spec: RunSpec, following: Following): Promise<JobOutcome<RunResult>> {
  const bench = queueOf(parsed);
  if (bench === undefined) return runJob<'run'>(spec, following).outcome;
  const folder = await createRunFolder(bench, 'run');
  return runQueued<'run'>(spec, { ...queuedOptions(parsed, bench, folder), ...following });
}
