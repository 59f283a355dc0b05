// Lets a script's metric judge a batch, and checks what it says.
import type { Tensor } from '../../onnx/tensor';
import type { Metric, Sample } from './contracts';
import type { SampleMetric } from './engine';
import { kindOf } from './items';
import { PipelineError, pipelineErrors } from './pipelineErrors';

/**
 * Updates the metric with a batch; with `wantsEach`, its values for the samples of the batch.
 *
 * @throws PipelineError where the metric fails, or has not one value for each sample
 */
export function judged(
  metric: Metric,
  batch: readonly Sample[],
  outputs: readonly Tensor[],
  wantsEach: boolean,
): readonly SampleMetric[] {
  const annotations = batch.map(({ annotation }) => annotation);
  try {
    refuseWaiting((metric as GivenMetric).update(outputs, annotations));
  } catch (thrown) {
    if (thrown instanceof PipelineError) throw thrown;
    throw pipelineErrors.metricThrew(batch[0]?.index ?? 0, thrown);
  }
  if (!wantsEach) return [];
  return Object.entries(valuesOf(metric)).flatMap(([metricName, values]) => {
    if (values.length !== batch.length) throw pipelineErrors.noPerSampleValues(metricName, values.length, batch.length);
    return values.map((result, row) => ({ sampleId: batch[row]?.index ?? 0, metricName, result }));
  });
}

/** What a script in JavaScript passes as a metric. */
interface GivenMetric {
  update(...given: Parameters<Metric['update']>): unknown;
}

/** Its values are read as soon as it returns. */
function refuseWaiting(returned: unknown): void {
  if (typeof (returned as Partial<PromiseLike<unknown>> | null | undefined)?.then !== 'function') return;
  // What becomes of it is nobody's concern any more.
  void Promise.resolve(returned).catch(() => undefined);
  throw pipelineErrors.metricShape('The update', 'asynchronous', 'a function that returns when it is done');
}

function valuesOf(metric: Metric): Readonly<Record<string, readonly number[]>> {
  const value: unknown = metric.value;
  const isFine =
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((one) => Array.isArray(one) && one.every((result) => typeof result === 'number'));
  if (!isFine)
    throw pipelineErrors.metricShape(
      'The value',
      kindOf(value),
      '{name: [a number for each sample of the last update]}',
    );
  return value as Readonly<Record<string, readonly number[]>>;
}
