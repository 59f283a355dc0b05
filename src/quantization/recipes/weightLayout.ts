// Which input and which output channel each element of a weight belongs to, for every operator that multiplies by one.
import { isStandardDomain } from '../../onnx/graphView';
import type { NodeProto } from '../../onnx/messages';
import { intOf } from '../prepare/preparation';

/** Called for a run of elements, `start` to `end` (exclusive), that share both channels. */
export type VisitRun = (input: number, output: number, start: number, end: number) => void;

/** The channels of a weight. */
export interface WeightLayout {
  /** Input channels: of all groups for a convolution, the length of a row for a matrix product. */
  readonly inputs: number;
  readonly outputs: number;
  /** Elements for each input and output channel that meet: the kernel. */
  readonly kernel: number;
  forEachRun(visit: VisitRun): void;
}

/**
 * The layout of a weight of these dims as input 1 of Conv, ConvTranspose, Gemm or MatMul (a single matrix); undefined
 * for other nodes and for shapes that do not fit the node.
 */
export function weightLayout(node: NodeProto, dims: readonly number[]): WeightLayout | undefined {
  if (!isStandardDomain(node.domain)) return undefined;
  switch (node.opType) {
    case 'Conv':
      return convolutionLayout(dims, intOf(node, 'group', 1), false);
    case 'ConvTranspose':
      return convolutionLayout(dims, intOf(node, 'group', 1), true);
    case 'Gemm':
      return matrixLayout(dims, intOf(node, 'transB', 0) !== 0);
    case 'MatMul':
      return matrixLayout(dims, false);
    default:
      return undefined;
  }
}

/** The largest magnitude of each input channel. */
export function largestOfInputs(layout: WeightLayout, values: Float32Array): Float32Array {
  const largest = new Float32Array(layout.inputs);
  layout.forEachRun((input, _output, start, end) => {
    largest[input] = Math.max(largest[input] ?? 0, largestOf(values, start, end));
  });
  return largest;
}

/** The largest magnitude of each output channel. */
export function largestOfOutputs(layout: WeightLayout, values: Float32Array): Float32Array {
  const largest = new Float32Array(layout.outputs);
  layout.forEachRun((_input, output, start, end) => {
    largest[output] = Math.max(largest[output] ?? 0, largestOf(values, start, end));
  });
  return largest;
}

/** Multiplies input channels; `block` neighbouring ones share a factor (the pixels of a channel that was flattened). */
export function multiplyInputs(
  layout: WeightLayout,
  values: Float32Array,
  factors: ArrayLike<number>,
  block: number,
): void {
  layout.forEachRun((input, _output, start, end) => {
    multiplyRun(values, start, end, factors[Math.floor(input / block)] ?? 1);
  });
}

export function multiplyOutputs(layout: WeightLayout, values: Float32Array, factors: ArrayLike<number>): void {
  layout.forEachRun((_input, output, start, end) => multiplyRun(values, start, end, factors[output] ?? 1));
}

function multiplyRun(values: Float32Array, start: number, end: number, factor: number): void {
  for (let index = start; index < end; index++) values[index] = (values[index] ?? 0) * factor;
}

function largestOf(values: Float32Array, start: number, end: number): number {
  let largest = 0;
  for (let index = start; index < end; index++) largest = Math.max(largest, Math.abs(values[index] ?? 0));
  return largest;
}

/** Conv: [outputs, inputs of a group, …kernel]; ConvTranspose: [inputs, outputs of a group, …kernel]. */
function convolutionLayout(dims: readonly number[], groups: number, transposed: boolean): WeightLayout | undefined {
  const [first = 0, second = 0, ...spatial] = dims;
  if (spatial.length === 0 || groups < 1 || first % groups !== 0) return undefined;
  const kernel = spatial.reduce((all, size) => all * size, 1);
  const firstOfGroup = first / groups;
  const forEachRun = (visit: VisitRun): void => {
    for (let row = 0; row < first; row++) {
      const group = Math.floor(row / firstOfGroup);
      for (let column = 0; column < second; column++) {
        const other = group * second + column;
        const start = (row * second + column) * kernel;
        if (transposed) visit(row, other, start, start + kernel);
        else visit(other, row, start, start + kernel);
      }
    }
  };
  const all = second * groups;
  return { inputs: transposed ? first : all, outputs: transposed ? all : first, kernel, forEachRun };
}

/** [inputs, outputs], or the other way round when `transposed`. */
function matrixLayout(dims: readonly number[], transposed: boolean): WeightLayout | undefined {
  const [rows = 0, columns = 0] = dims;
  if (dims.length !== 2) return undefined;
  const forEachRun = (visit: VisitRun): void => {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const start = row * columns + column;
        if (transposed) visit(column, row, start, start + 1);
        else visit(row, column, start, start + 1);
      }
    }
  };
  return { inputs: transposed ? columns : rows, outputs: transposed ? rows : columns, kernel: 1, forEachRun };
}
