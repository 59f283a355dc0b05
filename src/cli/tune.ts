// `compressor-bench tune config.yaml`: searches for the fastest model that keeps its accuracy.
import { join, resolve } from 'node:path';
import type { TuningConfig } from '../config/tuningConfig';
import { readTuningConfig } from '../config/tuningFile';
import { newestRun } from '../jobs/findRun';
import { benchFolderName, createRunFolder } from '../jobs/runFolder';
import { runQueued } from '../jobs/runQueued';
import { runTuning } from '../jobs/runTuning';
import { readModel } from '../onnx/readModel';
import { writeModel } from '../onnx/writeModel';
import { BenchError } from '../protocol/benchError';
import type { Progress } from '../protocol/progress';
import type { TrialRow, TuneResult, TuneSpec } from '../protocol/tuning';
import type { Command } from './command';
import { exitCodes } from './command';
import { dimensionsOf, JobCancelled, jobLimitsOf, queuedOptions, queueOf, runWorkspaceOf } from './job';
import type { ParsedCommand } from './options';
import { jobOptions, workspaceOption } from './options';
import { checkOutputPath } from './outputPaths';
import { printJson, printNote, ProgressLine } from './terminal';
import { printTuning, TimeLeft, TrialLines } from './tuneReport';
import { usageError } from './usageError';

/** Options of jobs that a tuning takes from its config, or means differently. */
const otherwise: ReadonlySet<string> = new Set(['threads', 'timeout']);

export const tuneCommand: Command = {
  spec: {
    name: 'tune',
    positionals: 'CONFIG.yaml',
    minPositionals: 1,
    maxPositionals: 1,
    summary: 'Search for the fastest 8-bit form of a model that meets an accuracy goal, measured on this machine.',
    details: [
      'Every trial is a row the moment it ends. The model that wins is checked in a fresh process and lies in the',
      'folder of the run; when nothing pays, the given model stays and the reasons are named. Ctrl-C keeps the best',
      'so far; --resume goes on where a run was stopped or killed.',
      '',
      'Examples:',
      '  compressor-bench tune config.yaml',
      '  compressor-bench tune config.yaml --model model.onnx -o model.int8.onnx --timeout 600',
      '',
      'CONFIG.yaml names model, data, goal and strategy; see schemas/tuning-config.schema.json and the README.',
    ].join('\n'),
    options: [
      { name: 'model', type: 'text', value: 'MODEL', help: 'the float model, instead of model.path in the config' },
      { name: 'output', short: 'o', type: 'text', value: 'OUT', help: 'also put the winning model here' },
      { ...workspaceOption, defaultText: 'tuning.workspace.path of the config, else the current folder' },
      { name: 'resume', type: 'flag', help: 'go on with the newest run of this config in the workspace' },
      {
        name: 'timeout',
        type: 'number',
        value: 'S',
        minimum: 0,
        help: 'seconds of searching, after which the best so far is checked and taken; 0: no limit',
        defaultText: "the config's",
      },
      {
        name: 'max-trials',
        type: 'integer',
        value: 'N',
        minimum: 1,
        help: 'trials at most',
        defaultText: "the config's",
      },
      ...jobOptions.filter(({ name }) => !otherwise.has(name)),
    ],
  },
  async run(parsed, signal) {
    const { spec, folder, config } = await prepare(parsed);
    const metrics = namesOfMetrics(config);
    const lines = new TrialLines(metrics, config.performance.batchSize, !parsed.flag('json'));
    const progress = new ProgressLine(true);
    const left = new TimeLeft(spec.timeoutS ?? config.tuning.timeoutS);
    const bench = queueOf(parsed);
    const settings = {
      limits: jobLimitsOf(parsed),
      signal,
      onProgress: (report: Progress) => progress.show(report, left.text()),
      onTrial: (row: TrialRow) => {
        progress.clear();
        lines.show(row);
      },
      onLog: (line: string) => {
        if (!parsed.flag('verbose')) return;
        progress.clear();
        process.stderr.write(`${line}\n`);
      },
    };
    const outcome =
      bench === undefined
        ? await runTuning(spec, folder, settings)
        : await runQueued<'tune'>(spec, { ...settings, ...queuedOptions(parsed, bench, folder) });
    progress.clear();
    if (outcome.state === 'error') throw new BenchError(outcome.failure);
    if (outcome.state === 'cancelled') {
      printNote(`stopped before there was a result; --resume goes on with ${folder}`);
      throw new JobCancelled();
    }
    await report(parsed, outcome.result, metrics, folder);
    if (outcome.result.stoppedBy === 'cancel' || signal.aborted) return exitCodes.interrupted;
    const tried = outcome.result.trials.slice(1);
    // A search in which nothing worked is no answer that a script may go on with.
    const hasFailed = tried.length > 0 && tried.every((trial) => trial.outcome === 'failed');
    return hasFailed ? exitCodes.failed : exitCodes.done;
  },
};

/** What to run and where; mistakes in the config and in the options are found here, before a process is started. */
async function prepare(parsed: ParsedCommand): Promise<{ spec: TuneSpec; folder: string; config: TuningConfig }> {
  const configPath = resolve(parsed.positionals[0] ?? '');
  const given = parsed.text('model');
  const config = readTuningConfig(configPath, { isModelNamedElsewhere: given !== undefined });
  const modelPath = given === undefined ? config.model.path : resolve(given);
  if (modelPath === undefined) {
    throw usageError('The config names no model: add model.path to it, or give --model MODEL.', 'tune');
  }
  checkOutputPath(parsed, 'output', [modelPath, configPath, ...dataFilesOf(config)]);
  const workspace = runWorkspaceOf(parsed, config.tuning.workspacePath);
  if (parsed.flag('resume') && parsed.text('queue') !== undefined) {
    throw usageError('--resume goes on in the folder of its run, at once: leave out --queue.', 'tune');
  }
  const timeoutS = parsed.number('timeout');
  const maxTrials = parsed.number('max-trials');
  const spec: TuneSpec = {
    verb: 'tune',
    configPath,
    modelPath,
    benchFolder: join(workspace, benchFolderName),
    dimensions: dimensionsOf(parsed, [modelPath]),
    isResumed: parsed.flag('resume'),
    ...(timeoutS === undefined ? {} : { timeoutS }),
    ...(maxTrials === undefined ? {} : { maxTrials }),
  };
  if (!spec.isResumed) return { spec, folder: await createRunFolder(workspace, 'tune'), config };
  const isSame = (run: TuneSpec): boolean => run.configPath === configPath && run.modelPath === modelPath;
  const run = newestRun(workspace, 'tune', isSame);
  if (run === undefined) {
    throw usageError(`There is no run of ${parsed.positionals[0] ?? ''} in ${workspace} to go on with.`, 'tune');
  }
  return { spec, folder: run.folder, config };
}

/** Data set files beside the config. */
function dataFilesOf({ task, accuracy, performance }: TuningConfig): (string | undefined)[] {
  const calibration = task.kind === 'quantization' ? task.quantization.calibration : undefined;
  return [calibration?.path, accuracy?.dataset.path, performance.dataset?.path];
}

async function report(
  parsed: ParsedCommand,
  result: TuneResult,
  metrics: readonly string[],
  folder: string,
): Promise<void> {
  const output = parsed.text('output');
  const isFound = result.best.trial > 0;
  if (output !== undefined && isFound) await copyModel(result.best.path, resolve(output));
  if (parsed.flag('json')) {
    printJson({ ...result, runFolder: folder });
    return;
  }
  printTuning(result, metrics, folder, isFound ? output : undefined);
  if (output !== undefined && !isFound) printNote(`note: ${output} was not written: the given model stays.`);
}

/** Writes the model to its other place, external data beside it; it appears there in one step. */
async function copyModel(from: string, to: string): Promise<void> {
  const model = readModel(from);
  try {
    await writeModel(to, model.proto, { tensors: model.tensors });
  } finally {
    model.close();
  }
}

/** What models are judged by: without labels, or where the config wants none of them, agreement with the float model. */
function namesOfMetrics({ accuracy, tuning }: TuningConfig): readonly string[] {
  const isLabelled = accuracy !== undefined && tuning.accuracyAware?.annotationFree === undefined;
  return isLabelled ? accuracy.metrics.map(({ name }) => name) : ['agreement'];
}
