// Metrics of numeric outputs: MSE, MAE, RMSE over all elements (each sample counts equally), and Loss (SYSTEMS §5.3).
import type { Annotation } from '../data/contracts';
import type { Metric, ModelOutputs } from './contracts';
import { meanMetric } from './meanMetric';
import { metricErrors } from './metricErrors';
import { labelValues, outputRows } from './values';
import type { Numbers } from './values';

interface ErrorParameters {
  readonly compare_label: boolean;
  readonly output: string | undefined;
}

const square = (difference: number): number => difference * difference;

/** Mean squared error; lower is better. */
export function mse(parameters: ErrorParameters): Metric {
  return elementwise('MSE', parameters, square);
}

/** Mean absolute error; lower is better. */
export function mae(parameters: ErrorParameters): Metric {
  return elementwise('MAE', parameters, Math.abs);
}

/** Root of the mean squared error; its per-sample values are the mean squared errors, before the root. */
export function rmse(parameters: ErrorParameters): Metric {
  return elementwise('RMSE', parameters, square, Math.sqrt);
}

/** With `compare_label: false` the outputs of the float model take the place of the labels. */
function elementwise(
  name: string,
  { compare_label: compareLabel, output }: ErrorParameters,
  error: (difference: number) => number,
  finish?: (mean: number) => number,
): Metric {
  return meanMetric({
    name,
    direction: 'lower-better',
    type: 'error',
    ...(compareLabel ? {} : { needsReference: true }),
    ...(finish === undefined ? {} : { finish }),
    perSample: (outputs, annotations, reference) => {
      const { rows, name: chosen } = outputRows(name, outputs, output, annotations.length);
      const expected = compareLabel
        ? annotations.map((annotation) => labelValues(name, annotation).values)
        : referenceRows(name, reference, output ?? chosen, annotations);
      return rows.map((row, index) => meanError(name, row, expected[index] ?? [], error));
    },
  });
}

function referenceRows(
  name: string,
  reference: ModelOutputs | undefined,
  output: string,
  annotations: readonly Annotation[],
): readonly Numbers[] {
  if (reference === undefined) throw metricErrors.referenceMissing(name);
  return outputRows(name, reference, output, annotations.length).rows;
}

function meanError(name: string, row: Numbers, expected: Numbers, error: (difference: number) => number): number {
  if (row.length !== expected.length) throw metricErrors.labelSize(name, row.length, expected.length);
  let sum = 0;
  for (let index = 0; index < row.length; index++) sum += error((row[index] ?? NaN) - (expected[index] ?? NaN));
  return sum / row.length;
}

/** An output that is a loss itself: its sum over the number of samples; needs no labels. Lower is better. */
export function loss({ output }: { output: string | undefined }): Metric {
  return meanMetric({
    name: 'Loss',
    direction: 'lower-better',
    type: 'loss',
    perSample: (outputs, annotations) =>
      outputRows('Loss', outputs, output, annotations.length).rows.map((row) => {
        let sum = 0;
        for (const value of row) sum += value;
        return sum;
      }),
  });
}
