// The job `pair`: performance of an input model and an optimized one in turns, then the accuracy of each.
import { basename, join } from 'node:path';
import { appendLine } from '../files/appendLog';
import { runEvaluate } from '../metrics/evaluate';
import type { JobContext } from '../protocol/jobContext';
import type { BenchmarkResult, EvaluateResult } from '../protocol/jobs';
import { pairFiguresName } from '../protocol/pair';
import type { PairFigure, PairModel, PairResult, PairRole, PairSpec } from '../protocol/pair';
import { benchmarkErrors } from './benchmarkErrors';
import { runBenchmark } from './runBenchmark';

/**
 * Measures what is asked of each model. Both models run in turns in one benchmark, so that whatever the machine does
 * hits both alike: their throughputs become final together. Each final figure is a line in the job's folder at once.
 */
export async function runPair(spec: PairSpec, context: JobContext): Promise<PairResult> {
  const figures = new FigureLog(spec, context);
  const performance = await measurePerformance(spec, context, figures);
  const accuracy: Partial<Record<PairRole, EvaluateResult>> = {};
  for (const model of spec.models.filter(({ modes }) => modes.includes('accuracy'))) {
    const result = await evaluate(spec, model, context);
    accuracy[model.role] = result;
    figures.add({ role: model.role, mode: 'accuracy', value: result.value });
  }
  return { performance, accuracy };
}

async function measurePerformance(
  { models, performance, datasetPath, dimensions }: PairSpec,
  context: JobContext,
  figures: FigureLog,
): Promise<BenchmarkResult | null> {
  const measured = models.filter(({ modes }) => modes.includes('performance'));
  if (measured.length === 0) return null;
  const result = await runBenchmark(
    {
      verb: 'benchmark',
      modelPaths: measured.map(({ path }) => path),
      ...(datasetPath === undefined ? {} : { datasetPath }),
      ...performance,
      dimensions,
    },
    context,
  );
  measured.forEach(({ role }, index) => {
    figures.add({ role, mode: 'performance', value: result.results[index]?.throughput ?? NaN });
  });
  return result;
}

async function evaluate(spec: PairSpec, { path }: PairModel, context: JobContext): Promise<EvaluateResult> {
  const { datasetPath, dimensions, performance, models, samples } = spec;
  if (datasetPath === undefined) throw benchmarkErrors.noData(path);
  const referencePath = models.find(({ role }) => role === 'input')?.path;
  return runEvaluate(
    {
      verb: 'evaluate',
      modelPath: path,
      datasetPath,
      ...(referencePath === undefined ? {} : { referencePath }),
      dimensions,
      threads: performance.threads,
      ...(samples === undefined ? {} : { samples }),
    },
    {
      ...context,
      onProgress: (progress) => {
        context.onProgress({ ...progress, phase: `${progress.phase} ${basename(path)}` });
      },
    },
  );
}

/** Keeps final figures in the order they are found. */
class FigureLog {
  private done = 0;
  private readonly total: number;

  constructor(
    { models }: PairSpec,
    private readonly context: JobContext,
  ) {
    this.total = models.reduce((sum, { modes }) => sum + modes.length, 0);
  }

  add(figure: PairFigure): void {
    appendLine(join(this.context.folder, pairFiguresName), figure);
    // Whoever watches reads the line when it hears of this.
    this.context.onProgress({ phase: 'measured', done: ++this.done, total: this.total, unit: 'figures' });
  }
}
