// The words of a row of the tree: its label, and its key figure beside it.
import type {
  BenchmarkFacts,
  DatasetFacts,
  ModelFacts,
  OptimizationFacts,
  PartKind,
  ProblemFacts,
  ProfilingFacts,
  ProjectParts,
  RunFacts,
  SensitivityFacts,
} from '../../protocol/facts';
import { bytesText } from '../../protocol/byteText';
import { partsOfKind } from './partNodes';
import { accuracyText, joined, latencyText, lineText, timesText } from './rowFormat';
import { activeText, isActive } from './runText';
import type { LiveProgress } from './runText';

/** Names of the groups of a project. */
export const groupLabels: Readonly<Record<PartKind, string>> = {
  model: 'Models',
  dataset: 'Data Sets',
  optimization: 'Optimizations',
  benchmark: 'Benchmarks',
  profiling: 'Profilings',
  sensitivity: 'Sensitivity',
};

/** What a thing is called in a sentence. */
export const partNouns: Readonly<Record<PartKind, string>> = {
  model: 'model',
  dataset: 'data set',
  optimization: 'optimization',
  benchmark: 'benchmark',
  profiling: 'profiling',
  sensitivity: 'sensitivity analysis',
};

/** The end of its path, which tells files of the same name apart. */
export function problemLabel({ path }: ProblemFacts): string {
  return lineText(path.split(/[\\/]/).slice(-2).join('/'));
}

/** What is wrong, without the path that the sentence begins with. */
export function problemText({ path, message }: ProblemFacts): string {
  const name = path.split(/[\\/]/).at(-1) ?? '';
  const at = message.indexOf(name);
  return lineText(at < 0 ? message : message.slice(at + name.length));
}

/** How many there are, and how many of them run. */
export function groupDescription(parts: ProjectParts, kind: PartKind): string {
  const things = partsOfKind(parts, kind);
  const running = things.filter((thing) => 'run' in thing && thing.run?.state === 'running').length;
  return joined(String(things.length), running > 0 && `${running} running`);
}

/** What a model is, in two figures. */
export function modelDescription({ isPresent, precision, framework, sizeBytes }: ModelFacts): string {
  if (!isPresent) return 'the file is gone';
  return joined(lineText(precision), framework !== 'ONNXRT' && lineText(framework), bytesText(sizeBytes));
}

/** Where data come from, and what they are measured with. */
export function datasetDescription({ datasetType, metric }: DatasetFacts): string {
  return joined(lineText(datasetType), metric !== null && lineText(metric));
}

/** The outcome of an optimization; of an unfinished one, how far it is. */
export function optimizationDescription(facts: OptimizationFacts, live: LiveProgress | undefined): string {
  const { outcome, precision, strategy, run, targetSparsity } = facts;
  if (run === null) {
    if (targetSparsity !== null) return `pruning to ${accuracyText(targetSparsity, true)} zeros`;
    return joined(lineText(precision), strategy !== null && lineText(strategy));
  }
  return withRun(run, live, outcomeText(outcome));
}

function outcomeText(outcome: OptimizationFacts['outcome']): string {
  if (outcome === null) return '';
  if (!outcome.hasWinner) return 'nothing better found';
  const { speedup, accuracy, sizeRatio, isRatio, isRandomData, meetsGoal, sparsity } = outcome;
  return joined(
    sparsity !== null && `${accuracyText(sparsity, true)} zeros`,
    speedup !== null && `${timesText(speedup)} speed`,
    accuracy !== null &&
      `${accuracyText(accuracy, isRatio)}${sparsity === null ? '' : ` ${isRandomData ? 'agreement' : 'accuracy'}`}`,
    sizeRatio !== null && `${timesText(Number(sizeRatio.toPrecision(2)))} size`,
    meetsGoal === false && 'misses the goal',
  );
}

/** What a benchmark measured. `isPinned`: it stands for an optimized model. */
export function benchmarkDescription(facts: BenchmarkFacts, live: LiveProgress | undefined, isPinned: boolean): string {
  if (facts.run === null) return joined(facts.mode, `batch ${facts.batchSize}`, isPinned && 'pinned');
  return joined(withRun(facts.run, live, benchmarkFigures(facts)), isPinned && 'pinned');
}

/** `1.52 ms ± 2 % · 640/s`, or the accuracy. */
export function benchmarkFigures({ accuracy, isRatio, latencyMs, spread, throughput }: BenchmarkFacts): string {
  const spreadText = spread === null ? '' : ` ± ${Math.max(0.1, Number((spread * 100).toFixed(1)))} %`;
  return joined(
    accuracy !== null && accuracyText(accuracy, isRatio),
    latencyMs !== null && `${latencyText(latencyMs)}${spreadText}`,
    throughput !== null && `${Math.round(throughput).toLocaleString('en')}/s`,
  );
}

/** How long one inference takes. */
export function profilingDescription(facts: ProfilingFacts, live: LiveProgress | undefined): string {
  const { run, inferenceUs, threads } = facts;
  if (run === null) return threads === 1 ? '1 thread' : `${threads} threads`;
  return withRun(run, live, inferenceUs === null ? '' : latencyText(inferenceUs / 1000));
}

/** What an analysis weighs and how; once it was run, how many layers. */
export function sensitivityDescription(facts: SensitivityFacts, live: LiveProgress | undefined): string {
  const { run, layers, editedAt } = facts;
  const figures = layers === null ? '' : joined(layers === 1 ? '1 layer' : `${layers} layers`, sensitivityText(facts));
  const edited = editedAt !== null && 'edited';
  return run === null ? joined(sensitivityText(facts), edited) : joined(withRun(run, live, figures), edited);
}

const sensitivityMethods: Readonly<Record<SensitivityFacts['method'], string>> = {
  approx: 'approximate',
  'one-shot': 'one-shot',
  measured: 'measured',
};

/** `loss, one-shot` */
export function sensitivityText({ kind, method }: Pick<SensitivityFacts, 'kind' | 'method'>): string {
  return `${kind === 'loss' ? 'loss' : 'performance'}, ${sensitivityMethods[method]}`;
}

/** The figures of the last success, and beside them what the newest run came to where that is something else. */
function withRun(run: RunFacts, live: LiveProgress | undefined, figures: string): string {
  if (isActive(run)) return activeText(run, live);
  if (run.state === 'success') return figures;
  const end = run.state === 'error' ? 'failed' : 'cancelled';
  return figures === '' ? end : joined(end, `before: ${figures}`);
}
