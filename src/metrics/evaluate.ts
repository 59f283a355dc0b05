// The job `evaluate`: runs a model over a data set and gives the metric the data set names.
import { batches } from '../data/batches';
import { openDataset } from '../data/openDataset';
import type { OpenedDataset } from '../data/openDataset';
import type { ChosenEntry } from '../dictionary/entry';
import { sha256OfFile } from '../files/fileHash';
import type { JobContext } from '../protocol/jobContext';
import type { EvaluateResult, EvaluateSpec } from '../protocol/jobs';
import { environmentOf } from '../runtime/environment';
import { openSession } from '../runtime/onnxRuntimeNode';
import type { EngineSession } from '../runtime/session';
import type { Metric } from './contracts';
import { loadUserMetrics } from './custom';
import { metricErrors } from './metricErrors';
import { fixedBatchSize, outputsOf } from './modelOutputs';
import { SamplesWithoutNumbers } from './samplesWithoutNumbers';
import type { Judge } from './samplesWithoutNumbers';
import { createMetric, metricNames } from './registry';

/**
 * Evaluates `spec.modelPath` over the data set.
 *
 * @throws MetricError when the data set names no metric, or one whose labels or float model are not there; errors of
 *   data, model and engine as they come
 */
export async function runEvaluate(spec: EvaluateSpec, context: JobContext): Promise<EvaluateResult> {
  const started = performance.now();
  const dataset = await openDataset(spec.datasetPath);
  try {
    if (dataset.metric === undefined) throw metricErrors.none(spec.datasetPath, metricNames);
    if (dataset.loader.endless === true && spec.samples === undefined) throw metricErrors.endless(spec.datasetPath);
    await loadUserMetrics([dataset.metric]);
    const metric = createMetric(dataset.metric.name, dataset.metric.parameters, dataset.postprocess);
    const broken = new SamplesWithoutNumbers();
    const samples = await measure(spec, dataset, broken.watching(metric), context);
    if (samples === 0) throw metricErrors.noSamples(spec.datasetPath);
    return {
      ...figureOf(metric),
      samples,
      isRandomData: dataset.isRandom,
      warnings: [
        ...dataset.notes,
        ...broken.notes(samples),
        ...(metric.notes ?? []),
        ...warningsAbout(metric, samples, dataset.metric, broken.count),
      ],
      ms: performance.now() - started,
      environment: environmentOf(spec.threads),
      modelSha256: await sha256OfFile(spec.modelPath),
    };
  } finally {
    await dataset.close();
  }
}

/** A correlation of equal numbers, or an area under a curve without one class, is no figure. */
function warningsAbout(metric: Metric, samples: number, entry: ChosenEntry, broken: number): readonly string[] {
  const { metric: name, value } = figureOf(metric);
  if (entry.name === 'custom' ? Number.isFinite(value) : !Number.isNaN(value)) return [];
  const builtIn = broken > 0 ? 'NaN is no answer' : 'their labels or outputs do not differ as it needs them to';
  const reason = entry.name === 'custom' ? `result() of ${String(entry.parameters['path'])} gave ${value}` : builtIn;
  return [`${name} has no value over these ${samples} samples: ${reason}.`];
}

function figureOf(metric: Metric): Pick<EvaluateResult, 'metric' | 'value' | 'higherIsBetter' | 'figures'> {
  const [name = ''] = Object.keys(metric.attributes);
  const { avgValue } = metric;
  const others = Object.entries(avgValue).filter(([key, value]) => key !== name && !Number.isNaN(value));
  return {
    metric: name,
    value: avgValue[name] ?? NaN,
    ...(others.length === 0 ? {} : { figures: Object.fromEntries(others) }),
    higherIsBetter: metric.attributes[name]?.direction === 'higher-better',
  };
}

/** Feeds all samples to the model, and to the float model where the metric asks for it; answers how many there were. */
async function measure(
  spec: EvaluateSpec,
  dataset: OpenedDataset,
  metric: Judge,
  context: JobContext,
): Promise<number> {
  const { modelPath, referencePath, threads, dimensions } = spec;
  if (metric.needsReference === true && referencePath === undefined) {
    throw metricErrors.referenceMissing(dataset.metric?.name ?? '');
  }
  const session = await openSession(modelPath, { threads, dimensions });
  try {
    if (metric.needsReference !== true || referencePath === undefined) {
      return await overAllBatches(spec, dataset, metric, { session, reference: undefined }, context);
    }
    const reference = await openSession(referencePath, { threads, dimensions });
    try {
      return await overAllBatches(spec, dataset, metric, { session, reference }, context);
    } finally {
      await reference.close();
    }
  } finally {
    await session.close();
  }
}

interface Sessions {
  readonly session: EngineSession;
  readonly reference: EngineSession | undefined;
}

async function overAllBatches(
  { samples }: EvaluateSpec,
  { loader, batchSize, lastBatch }: OpenedDataset,
  metric: Judge,
  { session, reference }: Sessions,
  { signal, onProgress }: JobContext,
): Promise<number> {
  const fixed = fixedBatchSize(session) ?? (reference === undefined ? undefined : fixedBatchSize(reference));
  const total = Math.min(samples ?? Infinity, loader.length ?? Infinity);
  const options = { batchSize: fixed ?? batchSize, ...(samples === undefined ? {} : { limit: samples }), signal };
  let done = 0;
  const report = (): void => {
    onProgress({ phase: 'evaluating', done, ...(Number.isFinite(total) ? { total } : {}), unit: 'samples' });
  };
  report();
  // A model's own batch size is none that the data set could have chosen to discard by.
  for await (const batch of batches(loader, fixed === undefined ? { ...options, lastBatch } : options)) {
    const outputs = await outputsOf(session, batch, fixed);
    const expected = reference === undefined ? undefined : await outputsOf(reference, batch, fixed);
    metric.update(outputs, batch.annotations, expected);
    done += batch.ids.length;
    report();
  }
  return done;
}
