// Messages of a run that benchmarks two models together (SYSTEMS §1.4): benchmark_start, benchmark_progress 1/2, 2/2,
// benchmark_finish.
import { join } from 'node:path';
import { readLines } from '../../files/appendLog';
import { jobFiles } from '../../protocol/jobChannel';
import type { PairFigure, PairMode, PairResult, PairRole } from '../../protocol/pair';
import { pairFiguresName } from '../../protocol/pair';
import type { RunSummary } from '../../protocol/runs';
import type { Bench } from '../bench';
import type { BenchMessage } from '../operation';
import { readDescription } from './pairBenchmark';
import type { PairDescription } from './pairBenchmark';
import type { MessagesOf } from '../runs/runMessages';
import { failureReason } from '../runs/runFailureMessage';
import { readResult } from '../runs/runViews';

/** How many figures of each run under way were told, by its folder. */
const told = new WeakMap<Bench, Map<string, number>>();

/**
 * A figure is told when it is final. Throughputs of both models become final together, since the models are measured in
 * turns: 1/2 and 2/2 then follow each other at once. Accuracies are told one by one.
 */
export const pairMessages: MessagesOf = async (bench, news) => {
  const { run } = news;
  if (news.type !== 'started' && news.type !== 'progress' && news.type !== 'ended') return [];
  const description = await readDescription(run.folder);
  if (description === undefined) return [];
  if (news.type === 'started') return [startMessage(description, run)];
  const progress = progressMessages(bench, description, run);
  if (news.type === 'progress') return progress;
  told.get(bench)?.delete(run.folder);
  return [...progress, finishMessage(description, run)];
};

function startMessage({ id }: PairDescription, run: RunSummary): BenchMessage {
  const data = { id, request_id: id, message: 'started', output_path: join(run.folder, jobFiles.output) };
  return { subject: 'benchmark_start', status: 'success', data };
}

/** A message for each figure that was not told yet. */
function progressMessages(bench: Bench, description: PairDescription, { folder }: RunSummary): BenchMessage[] {
  const figures = figuresIn(folder);
  const runs = told.get(bench) ?? new Map<string, number>();
  told.set(bench, runs);
  const before = runs.get(folder) ?? 0;
  if (figures.length <= before) return [];
  runs.set(folder, figures.length);
  return figures.slice(before).map((_, index) => ({
    subject: 'benchmark_progress',
    status: 'success',
    data: dataOf(description, figures.slice(0, before + index + 1)),
  }));
}

function figuresIn(folder: string): readonly PairFigure[] {
  // Lines are written by this product's job alone.
  return readLines(join(folder, pairFiguresName)) as PairFigure[];
}

const modelKeys: Readonly<Record<PairRole, string>> = { input: 'input_model', optimized: 'optimized_model' };
const figureKeys: Readonly<Record<PairMode, string>> = { performance: 'perf_throughput', accuracy: 'acc' };

/** What is known when these figures are: they, and how they were found. */
function dataOf({ id, details }: PairDescription, figures: readonly PairFigure[]): Record<string, unknown> {
  const execution: Record<string, Record<string, object>> = {};
  for (const { role, mode } of figures) {
    const key = `${modelKeys[role]}_benchmark`;
    execution[key] = { ...execution[key], [mode]: details[role][mode] ?? {} };
  }
  const total = Object.values(details).reduce((sum, modes) => sum + Object.keys(modes).length, 0);
  return {
    id,
    request_id: id,
    execution_details: execution,
    progress: `${figures.length}/${total}`,
    ...Object.fromEntries(figures.map(({ role, mode, value }) => [`${figureKeys[mode]}_${modelKeys[role]}`, value])),
  };
}

function finishMessage(description: PairDescription, run: RunSummary): BenchMessage {
  const subject = 'benchmark_finish';
  const result = run.state === 'success' ? readResult(run.folder) : undefined;
  if (result === undefined) {
    const { id } = description;
    const data = { id, request_id: id, message: 'Failure', reason: failureReason(run), code: 404, state: run.state };
    return { subject, status: 'error', data };
  }
  const data = { ...dataOf(description, figuresIn(run.folder)), ...besidesFigures(result) };
  return { subject, status: 'success', data };
}

/** What makes the figures comparable, and doubtful. */
function besidesFigures(result: Readonly<Record<string, unknown>>): object {
  // Written by this product's job.
  const { performance, accuracy } = result as unknown as PairResult;
  const [comparison] = performance?.comparison ?? [];
  const [evaluation] = Object.values(accuracy);
  const warnings = [performance, ...Object.values(accuracy)].flatMap((part) => part?.warnings ?? []);
  return {
    ...(comparison === undefined
      ? {}
      : { speedup: comparison.ratio, speedup_interval: comparison.interval, verdict: comparison.verdict }),
    ...(performance === null ? {} : { machine: performance.machine, settings: performance.settings }),
    ...(evaluation === undefined
      ? {}
      : {
          accuracy_metric: evaluation.metric,
          higher_is_better: evaluation.higherIsBetter,
          is_random_data: evaluation.isRandomData,
        }),
    warnings: [...new Set(warnings)],
  };
}
