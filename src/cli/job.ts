// Running one job from the command line: limits from options, progress on stderr, Ctrl-C as cancel.
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { DimensionSizes } from '../protocol/environment';
import { jobFiles } from '../protocol/jobChannel';
import type { JobLimits, JobOutcome, JobResults, SpecOf, JobVerb } from '../protocol/jobs';
import type { Progress } from '../protocol/progress';
import { nearestName } from '../config/nearestName';
import { openDimensions } from '../onnx/openDimensions';
import { readModel } from '../onnx/readModel';
import { BenchError } from '../protocol/benchError';
import { defaultLimits } from '../processes/limits';
import { benchFolderName, createRunFolder } from '../jobs/runFolder';
import { runJob } from '../jobs/runJob';
import { runQueued } from '../jobs/runQueued';
import type { QueuedJobOptions } from '../jobs/runQueued';
import type { ParsedCommand } from './options';
import { printNote, ProgressLine } from './terminal';
import { usageError } from './usageError';

/** The person stopped the job. */
export class JobCancelled extends Error {}

interface JobSettings {
  readonly parsed: ParsedCommand;
  readonly signal: AbortSignal;
  /** Where the job leaves its records; absent: a temporary folder that is removed. */
  readonly folder?: string;
  /** Told of each report before it is shown. */
  readonly onProgress?: (progress: Progress) => void;
}

/** Runs a job to its end and gives its result. Throws the job's failure, or `JobCancelled`. */
export async function runCommandJob<Verb extends JobVerb>(
  spec: SpecOf<Verb>,
  settings: JobSettings,
): Promise<JobResults[Verb]> {
  const progress = new ProgressLine(settings.parsed.flag('json'));
  const outcome = await outcomeOf<Verb>(spec, settings, (report) => {
    settings.onProgress?.(report);
    progress.show(report);
  });
  progress.clear();
  if (outcome.state === 'cancelled') throw new JobCancelled();
  if (outcome.state === 'error') throw new BenchError(outcome.failure);
  return outcome.result;
}

/** Runs a job at once, or in its turn in the queue of a bench. */
async function outcomeOf<Verb extends JobVerb>(
  spec: SpecOf<Verb>,
  { parsed, signal, folder }: JobSettings,
  onProgress: (progress: Progress) => void,
): Promise<JobOutcome<JobResults[Verb]>> {
  const limits = jobLimitsOf(parsed);
  const bench = queueOf(parsed);
  if (bench !== undefined) {
    const own = folder ?? (await createRunFolder(bench, spec.verb));
    return runQueued<Verb>(spec, { ...queuedOptions(parsed, bench, own), limits, signal, onProgress });
  }
  const onLog = (line: string): void => {
    if (parsed.flag('verbose')) process.stderr.write(`${line}\n`);
  };
  return runJob<Verb>(spec, { ...(folder === undefined ? {} : { folder }), limits, signal, onProgress, onLog }).outcome;
}

/** The folder of the bench in whose queue a job takes its turn (`--queue`); undefined: it begins at once. */
export function queueOf(parsed: ParsedCommand): string | undefined {
  const bench = parsed.text('queue');
  if (bench === undefined) return undefined;
  // A misspelt one would be made, and nobody would look for the run there.
  if (statSync(bench, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw usageError(`--queue ${bench}: there is no such folder.`, parsed.spec.name);
  return resolve(bench);
}

/** The folder that keeps the record of a run: that of its queue, or `--workspace`, or else `otherwise`. */
export function runWorkspaceOf(parsed: ParsedCommand, otherwise = '.'): string {
  const bench = queueOf(parsed);
  const given = parsed.text('workspace');
  if (bench !== undefined && given !== undefined)
    throw usageError('--queue keeps the record of the run in its own bench: leave out --workspace.', parsed.spec.name);
  return bench ?? resolve(given ?? otherwise);
}

/** Says what comes first of the queue. */
export function printWaiting(runsBefore: number): void {
  printNote(`waiting: ${runsBefore === 1 ? 'one run was' : `${runsBefore} runs were`} asked for before`);
}

/** What every job in a queue is run with, from the command line. */
export function queuedOptions(
  parsed: ParsedCommand,
  bench: string,
  folder: string,
): Pick<QueuedJobOptions, 'benchFolder' | 'folder' | 'onWaiting'> {
  if (parsed.flag('verbose')) printNote(`log: ${join(folder, jobFiles.output)}`);
  return {
    benchFolder: join(bench, benchFolderName),
    folder,
    onWaiting: printWaiting,
  };
}

/** Limits from the options every job has. */
export function jobLimitsOf(parsed: ParsedCommand): JobLimits {
  const limits = defaultLimits();
  const memoryMegabytes = parsed.number('memory-limit');
  const stallSeconds = parsed.number('stall-limit');
  // A tuning means the time after which it takes the best so far: no job may be ended by force then.
  const timeoutSeconds = parsed.spec.name === 'tune' ? undefined : parsed.number('timeout');
  return {
    ...limits,
    ...(memoryMegabytes === undefined ? {} : { memoryBytes: memoryMegabytes * 2 ** 20 }),
    ...(stallSeconds === undefined ? {} : { stallMs: stallSeconds * 1000 }),
    ...(timeoutSeconds === undefined ? {} : { timeoutMs: timeoutSeconds * 1000 }),
  };
}

/** Reads `--dim NAME=N` into sizes by name; each is an open dimension of an input of one of the models. */
export function dimensionsOf(parsed: ParsedCommand, modelPaths: readonly string[]): DimensionSizes {
  const sizes = new Map(parsed.texts('dim').map((text) => dimensionOf(parsed, text)));
  if (sizes.size > 0) refuseUnknownDimensions(parsed, [...sizes.keys()], modelPaths);
  return Object.fromEntries(sizes);
}

function dimensionOf(parsed: ParsedCommand, text: string): [string, number] {
  const [, name, digits] = /^(.+)=(\d+)$/.exec(text) ?? [];
  const size = Number(digits);
  if (name === undefined || !Number.isSafeInteger(size) || size < 1) {
    throw usageError(`--dim is NAME=N with a whole number above 0, not "${text}".`, parsed.spec.name);
  }
  return [name, size];
}

/** A misspelt name would leave the dimension open, or, where inputs are made up, take its size silently as 1. */
function refuseUnknownDimensions(parsed: ParsedCommand, names: readonly string[], modelPaths: readonly string[]): void {
  const open = [...new Set(modelPaths.flatMap(openDimensionsOf))];
  const unknown = names.find((name) => !open.includes(name));
  if (unknown === undefined) return;
  const near = nearestName(unknown, open);
  const hint = near === undefined ? '' : ` Did you mean ${near}?`;
  const known = open.length === 0 ? 'no open dimension' : `these: ${open.join(', ')}`;
  throw usageError(`--dim ${unknown}: the inputs of ${modelPaths.join(', ')} have ${known}.${hint}`, parsed.spec.name);
}

function openDimensionsOf(modelPath: string): readonly string[] {
  const model = readModel(modelPath);
  try {
    return openDimensions(model.graph);
  } finally {
    model.close();
  }
}

/** `--threads`, 1 unless given. */
export function threadsOf(parsed: ParsedCommand): number {
  return parsed.number('threads') ?? 1;
}
