// Reports of results: every fact that a figure needs to mean something.
import type { BenchmarkResult, EvaluateResult } from '../../protocol/jobs';
import type { ProfileResult } from '../../protocol/profiling';
import type { TuneResult } from '../../protocol/tuning';
import type { DatasetRecord, ModelRecord } from '../../store/records';
import { bytesText } from '../../protocol/byteText';
import { metricOn } from '../../protocol/metricName';
import { machineSection, millisecondsText, significant, spreadText } from './reportFigures';
import type { Report, ReportSection } from './reportText';

/** What a result is about; undefined for what was deleted since. */
export interface ReportSubject {
  readonly name: string;
  readonly project: string;
  readonly model: ModelRecord | undefined;
  readonly dataset: DatasetRecord | undefined;
}

/** What came of an optimization, and how. */
export function optimizationReport(subject: ReportSubject, result: TuneResult): Report {
  const { baseline, best, goal, trials, reasons, notes } = result;
  const isBetter = best.trial > 0;
  const metric = metricOn(goal.metric, result.isRandomData);
  return {
    title: `Optimization ${subject.name}`,
    sections: [
      {
        heading: 'What came of it',
        sentences: reasons,
        table: {
          header: ['', metric, 'latency', 'size'],
          rows: [
            ['given model', ...figuresOf(baseline)],
            ...(isBetter ? [[`optimized model (trial ${best.trial})`, ...figuresOf(best)]] : []),
          ],
        },
        facts: isBetter
          ? [
              ['Faster by', `${significant(best.speedup)} ×`],
              ['Meets the goal', best.meetsGoal ? 'yes' : 'no'],
            ]
          : [],
      },
      subjectSection(subject, result.modelSha256),
      {
        heading: 'How it was searched for',
        sentences: notes,
        facts: [
          ['Strategy', result.strategy],
          ['Objective', goal.objective],
          ['Accuracy at least', `${significant(goal.target)} (${goal.criterion}, ${significant(goal.tolerance)})`],
          ['Stopped by', result.stoppedBy],
          ['Samples', String(result.samples)],
          ['Seed', String(result.seed)],
          ['Took', `${significant(result.ms / 1000)} s`],
          ['SHA-256 of config.yaml', result.configSha256],
        ],
      },
      {
        heading: 'Trials',
        table: {
          header: ['trial', 'change', metric, 'latency', 'size', 'outcome', 'why'],
          rows: trials.map((row) => [
            String(row.id),
            row.change,
            significant(row.accuracy),
            millisecondsText(row.latencyMs) ?? '–',
            row.sizeBytes === null ? '–' : bytesText(row.sizeBytes),
            row.outcome,
            row.error ?? row.verdict,
          ]),
        },
      },
      machineSection(result.environment, result.machine),
    ],
  };
}

function figuresOf({ accuracy, latencyMs, sizeBytes }: TuneResult['baseline']): readonly string[] {
  return [significant(accuracy), millisecondsText(latencyMs) ?? '–', bytesText(sizeBytes)];
}

/** What a benchmark measured. */
export function benchmarkReport(subject: ReportSubject, result: BenchmarkResult | EvaluateResult): Report {
  const title = `Benchmark ${subject.name}`;
  return 'metric' in result
    ? { title, sections: accuracySections(subject, result) }
    : { title, sections: performanceSections(subject, result) };
}

function accuracySections(subject: ReportSubject, result: EvaluateResult): readonly ReportSection[] {
  return [
    {
      heading: 'Accuracy',
      sentences: result.warnings,
      facts: [
        [
          metricOn(result.metric, result.isRandomData),
          `${significant(result.value)} (${result.higherIsBetter ? 'higher' : 'lower'} is better)`,
        ],
        ['Samples', String(result.samples)],
      ],
    },
    subjectSection(subject, result.modelSha256),
    machineSection(result.environment, undefined),
  ];
}

function performanceSections(subject: ReportSubject, result: BenchmarkResult): readonly ReportSection[] {
  const [figures] = result.results;
  const { settings, machine, warnings } = result;
  return [
    {
      heading: 'Performance',
      sentences: warnings,
      facts:
        figures === undefined
          ? []
          : [
              ['Throughput', `${significant(figures.throughput)} samples/s`],
              ['Latency of a batch, median', millisecondsText(figures.latencyMs.median)],
              ['90 % are faster than', millisecondsText(figures.latencyMs.p90)],
              ['99 % are faster than', millisecondsText(figures.latencyMs.p99)],
              ['Fastest', millisecondsText(figures.latencyMs.min)],
              ['Spread', spreadText(figures.spread)],
              ['Timed runs', String(figures.samples)],
              ['Samples in a batch', String(settings.batchSize)],
              ['Threads', String(settings.threads)],
              ['Instances', String(settings.instances)],
              ['Inputs', settings.data],
            ],
    },
    subjectSection(subject, figures?.modelSha256),
    machineSection(undefined, machine),
  ];
}

/** Where the time of a model went. */
export function profilingReport(subject: ReportSubject, result: ProfileResult): Report {
  return {
    title: `Profiling ${subject.name}`,
    sections: [
      {
        heading: 'Time by operator type',
        sentences: result.warnings,
        facts: [
          ['One inference', `${significant(result.times.wallUs)} µs`],
          ['In operators', `${significant(result.times.kernelUs)} µs`],
          ['Inferences that count', String(result.runs)],
          ['Inputs', result.data],
        ],
        table: {
          header: ['operator type', 'µs in all', 'share', 'executed', 'nodes'],
          rows: result.ops.map((op) => [
            op.opType,
            String(Math.round(op.totalUs)),
            `${significant(op.shareOfTime * 100)} %`,
            String(op.executions),
            String(op.definedNodes),
          ]),
        },
      },
      subjectSection(subject, result.modelSha256),
      machineSection(result.environment, result.machine),
    ],
  };
}

/** A model by itself. */
export function modelReport(subject: ReportSubject & { readonly model: ModelRecord }): Report {
  return { title: `Model ${subject.name}`, sections: [subjectSection(subject, subject.model.sha256)] };
}

function subjectSection({ project, model, dataset }: ReportSubject, sha256: string | undefined): ReportSection {
  return {
    heading: 'What it is about',
    facts: [
      ['Project', project],
      ['Model', model?.name],
      ['SHA-256 of the model', sha256 ?? model?.sha256],
      ['Size of the model', model === undefined ? undefined : bytesText(model.sizeBytes)],
      ['Element type', model?.precision],
      ['Made for', model?.domain === '' ? undefined : model?.domain],
      ['Inputs', model?.inputNodes.join(', ')],
      ['Outputs', model?.outputNodes.join(', ')],
      ['Data set', dataset && `${dataset.name} (${dataset.datasetType})`],
      ['Metric', dataset?.metric?.name],
    ],
  };
}
