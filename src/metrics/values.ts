// Outputs and labels as plain numbers, sample by sample.
import type { Annotation } from '../data/contracts';
import { numbersOf } from '../data/numbersOf';
import { elementCount } from '../onnx/tensor';
import type { Tensor } from '../onnx/tensor';
import type { ModelOutputs } from './contracts';
import { metricErrors } from './metricErrors';

/** Numbers in a row. */
export type Numbers = Float32Array | Float64Array | readonly number[];

/** One model output over a batch, as numbers. */
export interface OutputRows {
  readonly name: string;
  /** Whether the values are scores; integers and booleans are answers already. */
  readonly isFloat: boolean;
  /** Shape of one sample's row. */
  readonly rowDims: readonly number[];
  readonly rows: readonly Numbers[];
}

/** A label as numbers: its shape (empty: one number) and its values in row order. */
export interface LabelValues {
  readonly dims: readonly number[];
  readonly values: Numbers;
}

/**
 * The output a metric looks at, cut into one row for each sample.
 *
 * @param name which output; undefined: the first
 * @param batch number of samples; the first axis of the output, or a divisor of it that leaves whole rows
 */
export function outputRows(metric: string, outputs: ModelOutputs, name: string | undefined, batch: number): OutputRows {
  const names = Object.keys(outputs);
  const chosen = name ?? names[0];
  const tensor = chosen === undefined ? undefined : outputs[chosen];
  if (chosen === undefined || tensor === undefined) throw metricErrors.outputMissing(metric, chosen, names);
  const numbers = numbersOf(tensor);
  if (numbers === undefined) {
    throw metricErrors.outputKind(metric, chosen, 'it is text', 'Name an output of numbers: "output: <name>".');
  }
  const rowSize = numbers.length / batch;
  if (!Number.isInteger(rowSize) || rowSize === 0) {
    const problem = `its shape [${tensor.dims.join(', ')}] has no row for each of ${batch} samples`;
    throw metricErrors.outputKind(metric, chosen, problem, 'Set batch_size: 1, or name another output.');
  }
  const rowDims = tensor.dims[0] === batch ? tensor.dims.slice(1) : [rowSize];
  const rows = Array.from({ length: batch }, (_, row) => numbers.subarray(row * rowSize, (row + 1) * rowSize));
  return { name: chosen, isFloat: tensor.type.startsWith('float'), rowDims, rows };
}

/** A label as numbers: a number, a list (also nested), a typed array or a tensor. Throws when it is missing or text. */
export function labelValues(metric: string, annotation: Annotation): LabelValues {
  if (annotation === undefined || annotation === null) throw metricErrors.labelMissing(metric);
  const values = valuesOf(annotation);
  if (values === undefined) throw metricErrors.labelKind(metric, 'numbers', kindOf(annotation));
  return values;
}

/** A label that names one class: a number, a list with one number, or one-hot over `classes`. */
export function classLabel(metric: string, annotation: Annotation, classes: number): number {
  const { values } = labelValues(metric, annotation);
  const isOneHot = values.length > 1 && values.length === classes;
  if (values.length !== 1 && !isOneHot) {
    throw metricErrors.labelKind(metric, `a class index, or ${classes} one-hot values,`, `${values.length} numbers`);
  }
  const label = isOneHot ? argMax(values, 0, classes) : (values[0] ?? NaN);
  if (!Number.isInteger(label) || label < 0 || label >= classes) {
    throw metricErrors.labelOutsideClasses(metric, label, classes);
  }
  return label;
}

/** Index of the largest of `values[start … start + stride · (count − 1)]`; the first of equal ones; −1 if all are NaN. */
export function argMax(values: Numbers, start: number, count: number, stride = 1): number {
  let best = -Infinity;
  let bestIndex = -1;
  for (let index = 0; index < count; index++) {
    const value = values[start + index * stride] ?? NaN;
    if (value > best || (bestIndex === -1 && value === best)) {
      best = value;
      bestIndex = index;
    }
  }
  return bestIndex;
}

function valuesOf(annotation: Annotation): LabelValues | undefined {
  if (typeof annotation === 'number') return { dims: [], values: [annotation] };
  if (typeof annotation === 'boolean' || typeof annotation === 'bigint') {
    return { dims: [], values: [Number(annotation)] };
  }
  if (isTensor(annotation)) {
    const values = numbersOf(annotation);
    return values === undefined ? undefined : { dims: annotation.dims, values };
  }
  if (annotation instanceof BigInt64Array || annotation instanceof BigUint64Array) {
    return { dims: [annotation.length], values: Float64Array.from(annotation, Number) };
  }
  if (ArrayBuffer.isView(annotation) && !(annotation instanceof DataView)) {
    const values = Float64Array.from(annotation as Float64Array);
    return { dims: [values.length], values };
  }
  return Array.isArray(annotation) ? nestedValues(annotation) : undefined;
}

/** `[[1, 2], [3, 4]]`: every element has the shape of the first. */
function nestedValues(list: readonly unknown[]): LabelValues | undefined {
  const parts = list.map(valuesOf);
  const [first] = parts;
  if (first === undefined) return list.length === 0 ? { dims: [0], values: [] } : undefined;
  const values: number[] = [];
  for (const part of parts) {
    if (part?.dims.length !== first.dims.length || part.dims.some((dim, axis) => dim !== first.dims[axis])) {
      return undefined;
    }
    for (const value of part.values) values.push(value);
  }
  return { dims: [list.length, ...first.dims], values };
}

function isTensor(value: unknown): value is Tensor {
  if (typeof value !== 'object' || value === null || !('dims' in value) || !('data' in value)) return false;
  const { dims, data } = value;
  const isFilled = ArrayBuffer.isView(data) || Array.isArray(data);
  return Array.isArray(dims) && isFilled && elementCount(dims as number[]) === (data as ArrayLike<unknown>).length;
}

function kindOf(annotation: Annotation): string {
  if (typeof annotation === 'string') return 'text';
  return Array.isArray(annotation) ? 'a list of other things' : `a value of type ${typeof annotation}`;
}
