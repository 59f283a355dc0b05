// The parts of a project as tables: what each is, how its newest run stands, its key figures.
import type {
  BenchmarkFacts,
  DatasetFacts,
  ModelFacts,
  OptimizationFacts,
  PartKind,
  ProfilingFacts,
  ProjectParts,
  RunFacts,
  SensitivityFacts,
} from '../../src/protocol/facts';
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import '@vscode-elements/elements/dist/vscode-icon/index.js';
import { bytesText, metricText, msText, noFigure, rateText, timesText, usText } from '../kit/figures';
import type { Column } from '../kit/table';
import { runWords } from '../../src/protocol/runWords';

type AnyPart = ModelFacts | DatasetFacts | OptimizationFacts | BenchmarkFacts | ProfilingFacts | SensitivityFacts;

/** The things of a kind as a table. */
export interface PartTable {
  readonly kind: PartKind;
  readonly title: string;
  /** What is said where there is none. */
  readonly none: string;
  /** Label of the button that makes one; undefined for models, which come from projects and optimizations. */
  readonly add: string | undefined;
  readonly columns: readonly Column<AnyPart>[];
  readonly rows: readonly AnyPart[];
}

/** Opens a part; the name in its row is a link. */
export type Opens = (kind: PartKind, id: number) => void;

/** The tables of a project, in the order in which things come to be. */
export function partTables(parts: ProjectParts, open: Opens): readonly PartTable[] {
  const modelName = (id: number): string => parts.models.find((model) => model.id === id)?.name ?? 'gone';
  return [
    {
      kind: 'model',
      title: 'Models',
      none: 'No model.',
      add: undefined,
      rows: parts.models,
      columns: erased(modelColumns(parts, open)),
    },
    {
      kind: 'dataset',
      title: 'Data sets',
      none: 'No data set yet: measuring and quantizing need one. Random samples do for speed.',
      add: 'New Data Set…',
      rows: parts.datasets,
      columns: erased(datasetColumns(open)),
    },
    {
      kind: 'optimization',
      title: 'Optimizations',
      none: 'No optimization yet.',
      add: 'New Optimization…',
      rows: parts.optimizations,
      columns: erased(optimizationColumns(open)),
    },
    {
      kind: 'benchmark',
      title: 'Benchmarks',
      none: 'No benchmark yet.',
      add: 'New Benchmark…',
      rows: parts.benchmarks,
      columns: erased(benchmarkColumns(modelName, open)),
    },
    {
      kind: 'profiling',
      title: 'Profilings',
      none: 'No profiling yet.',
      add: 'New Profiling…',
      rows: parts.profilings,
      columns: erased(profilingColumns(modelName, open)),
    },
    {
      kind: 'sensitivity',
      title: 'Sensitivity',
      none: 'No sensitivity analysis yet: it tells what pruning the layers would cost.',
      add: 'New Sensitivity Analysis…',
      rows: parts.sensitivities,
      columns: erased(sensitivityColumns(modelName, open)),
    },
  ];
}

function nameColumn<Row extends AnyPart>(kind: PartKind, open: Opens): Column<Row> {
  return {
    key: 'name',
    title: 'Name',
    isWide: true,
    value: ({ name }) => name,
    // Enter on the row does the same: the link is for the pointer, and no stop of its own.
    show: ({ id, name }) =>
      html`<a part="link" tabindex="-1" href="#" @click=${(event: Event) => follow(event, () => open(kind, id))}
        >${name}</a
      >`,
  };
}

function follow(event: Event, open: () => void): void {
  event.preventDefault();
  open();
}

function modelColumns(parts: ProjectParts, open: Opens): readonly Column<ModelFacts>[] {
  const maker = ({ madeByOptimizationId: id }: ModelFacts): string =>
    id === null ? 'given' : (parts.optimizations.find((one) => one.id === id)?.name ?? 'an optimization that is gone');
  return [
    nameColumn('model', open),
    { key: 'precision', title: 'Precision', value: ({ precision }) => precision },
    {
      key: 'size',
      title: 'Size',
      isNumber: true,
      value: ({ sizeBytes }) => sizeBytes,
      show: ({ sizeBytes, isPresent }) => (isPresent ? bytesText(sizeBytes) : 'file is gone'),
    },
    { key: 'framework', title: 'Framework', value: ({ framework }) => framework },
    { key: 'domain', title: 'Domain', value: ({ domain }) => domain },
    { key: 'maker', title: 'From', value: maker },
  ];
}

function datasetColumns(open: Opens): readonly Column<DatasetFacts>[] {
  return [
    nameColumn('dataset', open),
    { key: 'type', title: 'Loader', value: ({ datasetType }) => datasetType },
    { key: 'metric', title: 'Metric', value: ({ metric }) => metric },
    dateColumn(),
  ];
}

function optimizationColumns(open: Opens): readonly Column<OptimizationFacts>[] {
  return [
    nameColumn('optimization', open),
    stateColumn(),
    { key: 'type', title: 'Type', value: ({ optimizationType }) => optimizationType },
    { key: 'precision', title: 'To', value: ({ precision }) => precision },
    {
      key: 'accuracy',
      title: 'Accuracy',
      hint: 'Of the best model, and of the given one',
      isNumber: true,
      value: ({ outcome }) => outcome?.accuracy ?? null,
      show: ({ outcome }) =>
        typeof outcome?.accuracy !== 'number'
          ? noFigure
          : `${metricText(outcome.accuracy, outcome.isRatio)} (${metricText(outcome.baselineAccuracy, outcome.isRatio)})`,
    },
    {
      key: 'speedup',
      title: 'Faster',
      isNumber: true,
      value: ({ outcome }) => outcome?.speedup ?? null,
      show: ({ outcome }) => timesText(outcome?.speedup ?? null),
    },
    {
      key: 'size',
      title: 'Size',
      hint: 'Of the best model, as a share of the given one',
      isNumber: true,
      value: ({ outcome }) => outcome?.sizeRatio ?? null,
      show: ({ outcome }) =>
        typeof outcome?.sizeRatio === 'number' ? `${(outcome.sizeRatio * 100).toFixed(0)} %` : noFigure,
    },
  ];
}

function benchmarkColumns(modelName: (id: number) => string, open: Opens): readonly Column<BenchmarkFacts>[] {
  return [
    nameColumn('benchmark', open),
    stateColumn(),
    { key: 'model', title: 'Model', value: ({ modelId }) => modelName(modelId) },
    { key: 'mode', title: 'Mode', value: ({ mode }) => mode },
    {
      key: 'accuracy',
      title: 'Accuracy',
      isNumber: true,
      value: ({ accuracy }) => accuracy,
      show: ({ accuracy, isRatio }) => metricText(accuracy, isRatio),
    },
    {
      key: 'latency',
      title: 'Latency',
      hint: 'Median, and half of what the middle half of the inferences spans',
      isNumber: true,
      value: ({ latencyMs }) => latencyMs,
      show: ({ latencyMs, spread }) =>
        spread === null ? msText(latencyMs) : `${msText(latencyMs)} ± ${(spread * 100).toFixed(1)} %`,
    },
    {
      key: 'throughput',
      title: 'Throughput',
      isNumber: true,
      value: ({ throughput }) => throughput,
      show: ({ throughput }) => rateText(throughput, '/s'),
    },
  ];
}

function profilingColumns(modelName: (id: number) => string, open: Opens): readonly Column<ProfilingFacts>[] {
  return [
    nameColumn('profiling', open),
    stateColumn(),
    { key: 'model', title: 'Model', value: ({ modelId }) => modelName(modelId) },
    { key: 'threads', title: 'Threads', isNumber: true, value: ({ threads }) => threads },
    {
      key: 'time',
      title: 'One inference',
      isNumber: true,
      value: ({ inferenceUs }) => inferenceUs,
      show: ({ inferenceUs }) => usText(inferenceUs),
    },
  ];
}

function sensitivityColumns(modelName: (id: number) => string, open: Opens): readonly Column<SensitivityFacts>[] {
  return [
    nameColumn('sensitivity', open),
    stateColumn(),
    { key: 'model', title: 'Model', value: ({ modelId }) => modelName(modelId) },
    { key: 'kind', title: 'Of', value: ({ kind }) => (kind === 'loss' ? 'loss' : 'performance') },
    { key: 'method', title: 'Method', value: ({ method }) => method },
    { key: 'layers', title: 'Layers', isNumber: true, value: ({ layers }) => layers },
  ];
}

const stateIcons: Readonly<Record<RunFacts['state'], string>> = {
  queued: 'watch',
  running: 'sync',
  success: 'pass',
  error: 'error',
  cancelled: 'circle-slash',
};

function stateColumn<Row extends { readonly run: RunFacts | null }>(): Column<Row> {
  return {
    key: 'state',
    title: 'Newest run',
    value: ({ run }) => (run === null ? null : runWords[run.state]),
    show: ({ run }) => (run === null ? 'not run yet' : stateText(run)),
  };
}

function stateText({ state, startedAt, queuedAt }: RunFacts): TemplateResult {
  return html`<vscode-icon name=${stateIcons[state]} size="14" aria-hidden="true"></vscode-icon> ${runWords[state]},
    ${new Date(startedAt ?? queuedAt).toLocaleString([], { dateStyle: 'short', timeStyle: 'short' })}`;
}

function dateColumn<Row extends { readonly createdAt: string }>(): Column<Row> {
  return {
    key: 'created',
    title: 'Made',
    value: ({ createdAt }) => createdAt,
    show: ({ createdAt }) => new Date(createdAt).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' }),
  };
}

/** Columns as the table takes them: it is only ever given rows of its own kind. */
function erased<Row extends AnyPart>(columns: readonly Column<Row>[]): readonly Column<AnyPart>[] {
  return columns;
}
