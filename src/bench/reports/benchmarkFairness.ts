// Whether two results of benchmarks can be compared, and what their difference then says.
import type {
  AccuracyComparison,
  AccuracyResult,
  ComparedWith,
  Conditions,
  PerformanceComparison,
  PerformanceResult,
  Verdict,
} from '../../protocol/panels/benchmarks';

/**
 * Differences of latency below this are not called one: the same model, loaded twice, was seen to differ by nearly as
 * much for as long as it stayed loaded.
 */
const smallestEffect = 0.03;

/** With so many times the runs of the other, the figures saw another stretch of time, and other outliers. */
const muchMore = 10;

/** What two results have in common. */
interface Sided<Side> {
  readonly one: Side;
  readonly reference: Side;
}

/** A latency beside that of the reference. */
export function comparePerformance(one: PerformanceResult, reference: PerformanceResult): PerformanceComparison {
  const unlike = [
    ...unlikeMachines({ one: one.conditions, reference: reference.conditions }),
    ...unlikeSettings({ one: one.conditions, reference: reference.conditions }),
    ...unlikeRuns(one.samples, reference.samples),
  ];
  return {
    verdict: unlike.length > 0 ? 'unlike' : latencyVerdict(one, reference),
    unlike,
    latencyRatio: ratioOf(reference.latencyMs.median, one.latencyMs.median),
    throughputRatio: ratioOf(one.throughput, reference.throughput),
    sizeRatio: ratioOf(one.sizeBytes, reference.sizeBytes),
  };
}

/**
 * Two runs at different times: their medians also differ by what else the machine did, which nothing in the two results
 * tells. A difference counts where it is larger than the spread of both (half of what lies between the quartiles).
 */
function latencyVerdict(one: PerformanceResult, reference: PerformanceResult): Verdict {
  const [here, there] = [one.latencyMs.median, reference.latencyMs.median];
  const noise = Math.max(one.spread * here + reference.spread * there, smallestEffect * Math.min(here, there));
  if (Math.abs(here - there) <= noise) return 'within the noise';
  return here < there ? 'better' : 'worse';
}

/** A figure of accuracy beside that of the reference. */
export function compareAccuracy(one: AccuracyResult, reference: AccuracyResult): AccuracyComparison {
  const isSameMetric = one.metric === reference.metric;
  const unlike = [
    ...(isSameMetric ? [] : [`It measures ${one.metric}, the reference ${reference.metric}.`]),
    ...unlikeData({ one: one.conditions, reference: reference.conditions }),
    ...(one.samples === reference.samples
      ? []
      : [`It saw ${countOf(one.samples, 'sample')}, the reference ${countOf(reference.samples, 'sample')}.`]),
    // Integer kernels of engines and processors round differently, and may saturate.
    ...unlikeEngines({ one: one.conditions, reference: reference.conditions }),
  ];
  return {
    verdict: unlike.length > 0 ? 'unlike' : accuracyVerdict(one, reference),
    unlike,
    difference: isSameMetric ? one.value - reference.value : null,
    sizeRatio: ratioOf(one.sizeBytes, reference.sizeBytes),
  };
}

function accuracyVerdict(one: AccuracyResult, reference: AccuracyResult): Verdict {
  if (one.value === reference.value) return 'same';
  const errors = [one, reference].map(standardErrorOf);
  const noise = normalQuantile * Math.hypot(...errors);
  if (Math.abs(one.value - reference.value) <= noise) return 'within the noise';
  return one.value > reference.value === one.higherIsBetter ? 'better' : 'worse';
}

/** Of a 95 % interval. */
const normalQuantile = 1.96;

/** Of a share of right answers; 0 where the metric tells nothing of its error. */
function standardErrorOf({ value, samples, interval }: AccuracyResult): number {
  return interval === null ? 0 : Math.sqrt((value * (1 - value)) / samples);
}

/** Metrics that are a share of right answers, each sample right or wrong. */
const countedMetrics: ReadonlySet<string> = new Set(['topk', 'Accuracy', 'agreement']);

/** Wilson's 95 % interval of a share of right answers; null for metrics that are no such share. */
export function intervalOf(metric: string, value: number, samples: number): readonly [number, number] | null {
  if (!countedMetrics.has(metric) || samples < 1 || value < 0 || value > 1) return null;
  const square = normalQuantile ** 2;
  const middle = (value + square / (2 * samples)) / (1 + square / samples);
  const half =
    (normalQuantile / (1 + square / samples)) *
    Math.sqrt((value * (1 - value)) / samples + square / (4 * samples ** 2));
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

function unlikeMachines({ one, reference }: Sided<Conditions>): readonly string[] {
  const flags = one.cpuFlags.join(' ') !== reference.cpuFlags.join(' ') && one.cpuModel === reference.cpuModel;
  return [
    ...unlikeEngines({ one, reference }),
    ...(flags
      ? [`Its processor offers ${namesOf(one.cpuFlags)}, that of the reference ${namesOf(reference.cpuFlags)}.`]
      : []),
  ];
}

function unlikeEngines({ one, reference }: Sided<Conditions>): readonly string[] {
  return [
    ...differs('It was measured on', one.cpuModel, reference.cpuModel, 'the reference on'),
    ...differs('It ran on engine', one.engineVersion, reference.engineVersion, 'the reference on'),
  ];
}

function unlikeSettings({ one, reference }: Sided<Conditions>): readonly string[] {
  const cores = (count: number | null): string => (count === null ? 'any number of cores' : countOf(count, 'core'));
  return [
    ...differs('It has a batch of', String(one.batchSize), String(reference.batchSize), 'the reference of'),
    ...differs('It computes with', countOf(one.threads, 'thread'), countOf(reference.threads, 'thread'), theReference),
    ...differs(
      'It ran in',
      countOf(one.instances, 'instance'),
      countOf(reference.instances, 'instance'),
      'the reference in',
    ),
    ...differs(
      'An instance of it has',
      cores(one.coresPerInstance),
      cores(reference.coresPerInstance),
      'one of the reference',
    ),
    ...unlikeData({ one, reference }),
  ];
}

const theReference = 'the reference with';

function unlikeData({ one, reference }: Sided<Conditions>): readonly string[] {
  const inputs = { dataset: 'samples of a data set', random: 'random numbers' } as const;
  if (one.data !== reference.data) return differs('It saw', inputs[one.data], inputs[reference.data], 'the reference');
  if (one.datasetId === reference.datasetId) return [];
  const name = ({ datasetName, datasetId }: Conditions): string =>
    datasetName === null ? `the data set ${datasetId}, which is gone` : `the data set "${datasetName}"`;
  return [`It saw ${name(one)}, the reference ${name(reference)}.`];
}

function unlikeRuns(one: number, reference: number): readonly string[] {
  if (Math.max(one, reference) < muchMore * Math.min(one, reference)) return [];
  return [`Behind it are ${countOf(one, 'timed run')}, behind the reference ${countOf(reference, 'timed run')}.`];
}

function differs(its: string, one: string, reference: string, theirs: string): readonly string[] {
  return one === reference ? [] : [`${its} ${one}, ${theirs} ${reference}.`];
}

function namesOf(names: readonly string[]): string {
  return names.length === 0 ? 'no special instructions' : names.join(', ');
}

function countOf(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

function ratioOf(one: number | null, other: number | null): ComparedWith['sizeRatio'] {
  return one === null || other === null || other <= 0 ? null : one / other;
}
