// The job `evaluate`: runs a model over a data set and gives the metric the data set names.
import { batches } from '../data/batches';
import type { Batch } from '../data/contracts';
import { openDataset } from '../data/openDataset';
import type { OpenedDataset } from '../data/openDataset';
import { sha256OfFile } from '../files/fileHash';
import type { NumberArray, Tensor } from '../onnx/tensor';
import type { JobContext } from '../protocol/jobContext';
import type { EvaluateResult, EvaluateSpec } from '../protocol/jobs';
import { environmentOf } from '../runtime/environment';
import { bindInputs } from '../runtime/feeds';
import { openSession } from '../runtime/onnxRuntimeNode';
import type { EngineSession } from '../runtime/session';
import type { Metric, ModelOutputs } from './contracts';
import { metricErrors } from './metricErrors';
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
    const metric = createMetric(dataset.metric.name, dataset.metric.parameters);
    const samples = await measure(spec, dataset, metric, context);
    if (samples === 0) throw metricErrors.noSamples(spec.datasetPath);
    return {
      ...figureOf(metric),
      samples,
      warnings: dataset.notes,
      ms: performance.now() - started,
      environment: environmentOf(spec.threads),
      modelSha256: await sha256OfFile(spec.modelPath),
    };
  } finally {
    await dataset.close();
  }
}

function figureOf(metric: Metric): Pick<EvaluateResult, 'metric' | 'value' | 'higherIsBetter'> {
  const [name = ''] = Object.keys(metric.attributes);
  return {
    metric: name,
    value: metric.avgValue[name] ?? NaN,
    higherIsBetter: metric.attributes[name]?.direction === 'higher-better',
  };
}

/** Feeds all samples to the model, and to the float model where the metric asks for it; answers how many there were. */
async function measure(
  spec: EvaluateSpec,
  dataset: OpenedDataset,
  metric: Metric,
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
  metric: Metric,
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

/** The batch size a model insists on, from the first axis of its first input. */
function fixedBatchSize(session: EngineSession): number | undefined {
  const batch = session.inputs[0]?.dims[0];
  return typeof batch === 'number' && batch > 0 ? batch : undefined;
}

/** Outputs in graph order; a batch that is too short for the model is filled up with its last sample and cut again. */
async function outputsOf(session: EngineSession, batch: Batch, fixed: number | undefined): Promise<ModelOutputs> {
  const count = batch.ids.length;
  const isShort = fixed !== undefined && count < fixed;
  const inputs = isShort ? mapped(batch.inputs, (tensor) => filledUp(tensor, count, fixed)) : batch.inputs;
  const results = await session.run(bindInputs(inputs, session.inputs));
  const outputs: Record<string, Tensor> = {};
  for (const { name } of session.outputs) {
    const tensor = results[name];
    if (tensor !== undefined) outputs[name] = isShort && tensor.dims[0] === fixed ? cut(tensor, count) : tensor;
  }
  return outputs;
}

function filledUp(tensor: Tensor, count: number, wanted: number): Tensor {
  const { data, dims, type } = tensor;
  const rowSize = data.length / count;
  if (!ArrayBuffer.isView(data)) {
    const last = data.slice(-rowSize);
    const filling = Array.from({ length: wanted - count }, () => last).flat();
    return { type, dims: [wanted, ...dims.slice(1)], data: [...data, ...filling] };
  }
  const whole = new (data.constructor as new (length: number) => NumberArray)(rowSize * wanted);
  // Both arrays are of the class that `data` has.
  (whole as Uint8Array).set(data as Uint8Array);
  for (let row = count; row < wanted; row++) whole.copyWithin(row * rowSize, (count - 1) * rowSize, count * rowSize);
  return { type, dims: [wanted, ...dims.slice(1)], data: whole };
}

function cut(tensor: Tensor, count: number): Tensor {
  const dims = [count, ...tensor.dims.slice(1)];
  const size = (tensor.data.length / (tensor.dims[0] ?? 1)) * count;
  return { type: tensor.type, dims, data: tensor.data.slice(0, size) };
}

function mapped(inputs: Readonly<Record<string, Tensor>>, change: (tensor: Tensor) => Tensor): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(inputs).map(([name, tensor]) => [name, change(tensor)]));
}
