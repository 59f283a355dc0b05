// The full record of a row, as it is shown when somebody rests on it.
import type {
  BenchmarkFacts,
  DatasetFacts,
  JobFacts,
  ModelFacts,
  OptimizationFacts,
  ProfilingFacts,
  ProjectFacts,
  ProjectParts,
  RunFacts,
  SensitivityFacts,
} from '../../protocol/facts';
import { bytesText } from '../../protocol/byteText';
import { metricOn } from '../../protocol/metricName';
import type { PartNode } from './nodes';
import { accuracyText, joined, latencyText, lineText, momentText, timesText } from './rowFormat';
import { benchmarkFigures, sensitivityText } from './rowText';
import { isActive, progressText, stateText, tookText } from './runText';
import type { LiveProgress } from './runText';

/** What a tooltip says. All of it is text, none is Markdown. */
export interface Tooltip {
  readonly title: string;
  /** Name and value; those without a value are left out. */
  readonly rows: readonly (readonly [name: string, value: string | null | false])[];
  /** Sentences below. */
  readonly sentences: readonly (string | null | undefined)[];
}

/** The tooltip as Markdown in which no character of a name or a message means anything. */
export function markdownOf({ title, rows, sentences }: Tooltip): string {
  const lines = rows.flatMap(([name, value]) =>
    value === null || value === false || value === '' ? [] : [{ name, value }],
  );
  return [
    `**${literal(title)}**`,
    lines.map(({ name, value }) => `${literal(name)}: ${literal(value)}`).join('  \n'),
    ...sentences.map((sentence) => literal(sentence ?? '')),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** Every character that may mean something to Markdown, HTML or a finder of links, as a reference to itself. */
export function literal(text: string): string {
  return text === ''
    ? ''
    : lineText(text).replace(/[^\p{L}\p{N}\p{M} ]/gu, (character) => `&#${character.codePointAt(0) ?? 0x20};`);
}

/** A project, with the model it began with, its notes and counts where they are known. */
export function projectTooltip(facts: ProjectFacts, parts: ProjectParts | undefined): Tooltip {
  return {
    title: facts.name,
    rows: [
      ['Model', parts?.models.find(({ madeByOptimizationId }) => madeByOptimizationId === null)?.path ?? null],
      ['Models', parts !== undefined && String(parts.models.length)],
      ['Optimizations', parts !== undefined && String(parts.optimizations.length)],
      ['Made', momentText(facts.createdAt)],
      ['Id', String(facts.id)],
    ],
    sentences: [parts?.notes],
  };
}

/** A thing in a project. */
export function partTooltip(node: PartNode, parts: ProjectParts, live: LiveProgress | undefined): Tooltip {
  switch (node.kind) {
    case 'model':
      return modelTooltip(node.facts, parts);
    case 'dataset':
      return datasetTooltip(node.facts);
    case 'optimization':
      return optimizationTooltip(node.facts, parts, live);
    case 'benchmark':
      return benchmarkTooltip(node.facts, parts, live);
    case 'profiling':
      return profilingTooltip(node.facts, parts, live);
    case 'sensitivity':
      return sensitivityTooltip(node.facts, parts, live);
  }
}

function modelTooltip(facts: ModelFacts, { optimizations }: ProjectParts): Tooltip {
  const maker = optimizations.find(({ id }) => id === facts.madeByOptimizationId);
  return {
    title: facts.name,
    rows: [
      ['File', facts.path],
      ['Size', bytesText(facts.sizeBytes)],
      ['Framework', facts.framework === 'ONNXRT' ? 'ONNX' : facts.framework],
      ['Precision', facts.precision],
      ['Domain', joined(facts.domain, facts.domainFlavour)],
      ['Inputs', listed(facts.inputNodes)],
      ['Outputs', listed(facts.outputNodes)],
      ['Made by', maker?.name ?? null],
      ['SHA-256', facts.sha256],
      ['Added', momentText(facts.createdAt)],
      ['Id', String(facts.id)],
    ],
    sentences: [facts.isPresent ? null : 'The file is not where it was: put it back, or delete what uses it.'],
  };
}

function listed(names: readonly string[]): string {
  return names.length > 6 ? `${names.slice(0, 6).join(', ')} and ${names.length - 6} more` : names.join(', ');
}

function datasetTooltip(facts: DatasetFacts): Tooltip {
  return {
    title: facts.name,
    rows: [
      ['Loader', facts.datasetType],
      ['Metric', facts.metric ?? 'none'],
      ['Own code', facts.templatePath],
      ['Made', momentText(facts.createdAt)],
      ['Id', String(facts.id)],
    ],
    sentences: [],
  };
}

type Runnable = OptimizationFacts | BenchmarkFacts | ProfilingFacts | SensitivityFacts;
type Rows = Tooltip['rows'];

function namedRows(facts: Runnable, { models, datasets }: ProjectParts): Rows {
  return [
    ['Model', models.find(({ id }) => id === facts.modelId)?.name ?? 'gone'],
    [
      'Data',
      facts.datasetId === null ? 'random inputs' : (datasets.find(({ id }) => id === facts.datasetId)?.name ?? 'gone'),
    ],
  ];
}

function runRows(facts: Runnable, live: LiveProgress | undefined): Rows {
  const { run } = facts;
  return [
    ['State', stateText(run)],
    ...(run === null ? [] : endRows(run)),
    ...(live !== undefined && isActive(run) ? liveRows(live) : []),
    ['Made', momentText(facts.createdAt)],
    ['Id', String(facts.id)],
  ];
}

function endRows(run: RunFacts): Rows {
  return [
    ['Last run', momentText(run.startedAt ?? run.queuedAt)],
    ['Took', tookText(run)],
  ];
}

function liveRows(live: LiveProgress): Rows {
  return [
    ['Progress', live.progress !== null && progressText(live)],
    ['Jobs before it', live.position !== null && live.position > 0 && String(live.position)],
  ];
}

function failureSentences(run: RunFacts | null): readonly (string | undefined)[] {
  return run?.state === 'error' ? [run.failure?.message, run.failure?.nextStep] : [];
}

function optimizationTooltip(facts: OptimizationFacts, parts: ProjectParts, live: LiveProgress | undefined): Tooltip {
  const { outcome } = facts;
  const accuracy = (value: number | null): string | null =>
    value === null || outcome === null ? null : accuracyText(value, outcome.isRatio);
  return {
    title: facts.name,
    rows: [
      ['Type', joined(facts.optimizationType, facts.precision, facts.strategy)],
      ...namedRows(facts, parts),
      ['Target sparsity', facts.targetSparsity !== null && accuracyText(facts.targetSparsity, true)],
      ['Metric', metricOf(outcome)],
      ['Accuracy before', accuracy(outcome?.baselineAccuracy ?? null)],
      ['Accuracy', outcome?.hasWinner === true && accuracy(outcome.accuracy)],
      ['Speed', outcome?.hasWinner === true && outcome.speedup !== null && timesText(outcome.speedup)],
      ['Size', outcome?.hasWinner === true && outcome.sizeRatio !== null && timesText(outcome.sizeRatio)],
      ['Zeros', typeof outcome?.sparsity === 'number' && accuracyText(outcome.sparsity, true)],
      ...runRows(facts, live),
    ],
    sentences: [outcome?.summary, ...failureSentences(facts.run)],
  };
}

function benchmarkTooltip(facts: BenchmarkFacts, parts: ProjectParts, live: LiveProgress | undefined): Tooltip {
  return {
    title: facts.name,
    rows: [
      ['Measures', facts.mode],
      ...namedRows(facts, parts),
      ['Batch size', String(facts.batchSize)],
      ['Metric', metricOf(facts)],
      ['Result', benchmarkFigures(facts)],
      ...runRows(facts, live),
    ],
    sentences: failureSentences(facts.run),
  };
}

function profilingTooltip(facts: ProfilingFacts, parts: ProjectParts, live: LiveProgress | undefined): Tooltip {
  return {
    title: facts.name,
    rows: [
      ...namedRows(facts, parts),
      ['Threads', String(facts.threads)],
      ['One inference', facts.inferenceUs !== null && latencyText(facts.inferenceUs / 1000)],
      ...runRows(facts, live),
    ],
    sentences: failureSentences(facts.run),
  };
}

function sensitivityTooltip(facts: SensitivityFacts, parts: ProjectParts, live: LiveProgress | undefined): Tooltip {
  const { method, layers, analysisId, editedAt } = facts;
  return {
    title: facts.name,
    rows: [
      ['Analyses', sensitivityText(facts)],
      // Nothing is run for an approximation.
      ...namedRows(facts, parts).filter(([name]) => name !== 'Data' || method !== 'approx'),
      ['Layers', layers !== null && String(layers)],
      ['Id of a client', analysisId],
      ['Edited', editedAt !== null && momentText(editedAt)],
      ...runRows(facts, live),
    ],
    sentences: failureSentences(facts.run),
  };
}

/** A job. */
export function jobTooltip(facts: JobFacts): Tooltip {
  const { run } = facts;
  return {
    title: facts.title,
    rows: [
      ['Project', facts.projectName],
      ['Work', facts.kind.replaceAll('_', ' ')],
      ['State', stateText(run)],
      ...(isActive(run) ? liveRows(facts) : []),
      ['Asked for', momentText(run.queuedAt)],
      ['Took', tookText(run)],
      ['Folder', run.folder],
    ],
    sentences: failureSentences(run),
  };
}

function metricOf(measured: Pick<BenchmarkFacts, 'metric' | 'isRandomData'> | null): string | null {
  const metric = measured?.metric ?? null;
  return metric === null ? null : metricOn(metric, measured?.isRandomData === true);
}
