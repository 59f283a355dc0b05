// The section evaluation of config.yaml: how accuracy and performance are measured.
import type { configKeys } from '../../dictionary/tuningKeys/configKeys';
import type { evaluationKeys } from '../../dictionary/tuningKeys/evaluationKeys';
import type { PlacedEntry } from '../checkParameters';
import { CheckedSection } from '../checkedSection';
import type { CheckedMetrics } from '../checkedSection';
import type { ProblemList } from '../configProblem';
import { withLabelShift } from '../datasetFile';
import type { DatasetConfig } from '../datasetFile';
import type { AccuracySection, MetricChoice, PerformanceSection } from '../tuningConfig';
import { count } from './objectives';
import { optional } from './optional';

type Root = CheckedSection<typeof configKeys>;
type Accuracy = CheckedSection<(typeof evaluationKeys)['accuracy']['keys']>;
type MetricKeys = (typeof evaluationKeys)['accuracy']['keys']['multi_metrics']['keys'];

const defaultMetric: MetricChoice = { name: 'topk', parameters: { k: 1 } };

/** Absent where no data is named: the tuner then compares with the float model on the calibration data. */
export function accuracySection(root: Root, problems: ProblemList): AccuracySection | undefined {
  const accuracy = root.section('evaluation').section('accuracy');
  const metrics = metricsOf(accuracy, problems);
  const iterations = iterationsOf(accuracy, problems);
  if (accuracy.find('dataloader') === undefined) {
    if (accuracy.hasKeys) {
      const message = 'Accuracy is described, but the data to measure it on is missing.';
      accuracy.report(problems, 'dataloader', message, {
        code: 'missing-key',
        missing: 'dataloader',
        expected: 'dataloader: {dataset: …}',
      });
    }
    return undefined;
  }
  const dataset = accuracy.dataset('dataloader');
  if (dataset === undefined) return undefined;
  const ofFile = dataset.metric === undefined ? [defaultMetric] : [choiceOf(dataset.metric)];
  return {
    dataset: withSteps(dataset, accuracy.section('postprocess').postprocess('transform')),
    metrics: metrics.length > 0 ? metrics : ofFile,
    ...optional('iterations', iterations),
  };
}

export function performanceSection(root: Root, problems: ProblemList): PerformanceSection {
  const performance = root.section('evaluation').section('performance');
  const configs = performance.section('configs');
  const dataset = performance.dataset('dataloader');
  const steps = performance.section('postprocess').postprocess('transform');
  const cores = configs.value('cores_per_instance');
  return {
    ...optional('dataset', dataset === undefined ? undefined : withSteps(dataset, steps)),
    warmupIterations: performance.value('warmup') ?? 5,
    ...optional('iterations', iterationsOf(performance, problems)),
    threads: configs.value('intra_num_of_threads') ?? cores ?? 1,
    batchSize: dataset?.batchSize ?? 1,
    instances: configs.value('num_of_instance') ?? 1,
    ...optional('coresPerInstance', cores),
  };
}

function metricsOf(accuracy: Accuracy, problems: ProblemList): MetricChoice[] {
  const metric = accuracy.metric('metric');
  const several = accuracy.metrics('multi_metrics');
  if (accuracy.find('metric') !== undefined && accuracy.find('multi_metrics') !== undefined) {
    const message = 'Both metric and multi_metrics are there; only one of the two can be measured.';
    accuracy.report(problems, 'multi_metrics', message, { expected: 'either metric or multi_metrics' });
  }
  if (several !== undefined) return severalMetrics(several, problems);
  return metric === undefined ? [] : [choiceOf(metric)];
}

function severalMetrics({ metrics, written, content }: CheckedMetrics, problems: ProblemList): MetricChoice[] {
  const beside = new CheckedSection<MetricKeys>(content);
  const weights = beside.value('weight');
  const directions = beside.value('higher_is_better');
  if (written === 0) {
    const { path, position } = content.place;
    problems.add(path, position, 'multi_metrics names no metric.', { expected: '{<metric>: {parameters}, …}' });
  }
  for (const [key, length] of [
    ['weight', weights?.length] as const,
    ['higher_is_better', directions?.length] as const,
  ]) {
    if (length === undefined || length === written) continue;
    const message = `${key} has ${count(length, 'value')} for ${count(written, 'metric')}.`;
    beside.report(problems, key, message, { expected: 'one value for each metric' });
  }
  if (weights?.every((weight) => weight === 0) === true) {
    beside.report(problems, 'weight', 'With weights of 0 no accuracy would be left.', { expected: 'a weight above 0' });
  }
  return metrics.map((metric, index) => ({
    ...choiceOf(metric),
    ...optional('weight', weights?.[index]),
    ...optional('higherIsBetter', directions?.[index]),
  }));
}

function choiceOf({ name, parameters }: PlacedEntry): MetricChoice {
  return { name, parameters };
}

/** The data with the steps of the section; those it names take the place of those in a file of its own. */
function withSteps(dataset: DatasetConfig, steps: readonly PlacedEntry[]): DatasetConfig {
  const { transforms, postprocess } = withLabelShift(dataset.transforms, steps);
  return { ...dataset, transforms, postprocess: postprocess.length > 0 ? postprocess : dataset.postprocess };
}

/** -1 is all, which is undefined here. */
function iterationsOf(
  section: Pick<CheckedSection<Pick<(typeof evaluationKeys)['accuracy']['keys'], 'iteration'>>, 'value' | 'report'>,
  problems: ProblemList,
): number | undefined {
  const iterations = section.value('iteration');
  if (iterations === 0) {
    section.report(problems, 'iteration', 'iteration cannot be 0.', { expected: 'at least 1, or -1 for all' });
  }
  return iterations === -1 ? undefined : iterations;
}
