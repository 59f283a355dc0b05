// Small models and loaders for the tests of pipelines.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { intsAttribute } from '../../../src/onnx/makeMessages';
import type { NodeProto, TensorProto } from '../../../src/onnx/messages';
import { readModel } from '../../../src/onnx/readModel';
import type { Tensor } from '../../../src/onnx/tensor';
import { encodeModel } from '../../../src/onnx/writeModel';
import type { DataLoader, Metric } from '../../../src/pipeline/library/contracts';
import { floatTensor, node, protoOf } from '../../quantization/rewritingModels';

/**
 * Sums and products of rows of a rank at which the engine merges none of them; the first product loses
 * the small one of its inputs in 8 bits.
 */
export function twoProducts(folder: string, input = 'x', output = 'y'): string {
  const path = join(folder, `${input}-${output}.onnx`);
  const nodes = [
    node('MatMul', [input, 'w1'], 'a'),
    node('Sigmoid', ['a'], 'b'),
    node('MatMul', ['b', 'w2'], 'c'),
    node('Add', ['c', 'bias'], output),
  ];
  const initializers = [
    floatTensor('w1', [2, 2], Float32Array.of(0, 0, 1, -1)),
    floatTensor('w2', [2, 2], Float32Array.of(1, 0, 0, 1)),
    floatTensor('bias', [2], Float32Array.of(0.25, 0.5)),
  ];
  writeFileSync(
    path,
    encodeModel(protoOf({ nodes, inputs: { [input]: ['n', 1, 2] }, outputs: [output], initializers })),
  );
  return path;
}

/** Conv → Relu → Conv over 4×4 pictures. */
export function twoConvolutions(folder: string): string {
  const path = join(folder, 'convolutions.onnx');
  const ones = (length: number): Float32Array =>
    Float32Array.from({ length }, (_, index) => ((index * 7) % 11) / 11 - 0.4);
  const nodes: NodeProto[] = [
    node('Conv', ['x', 'w1', 'b1'], 'a', [intsAttribute('kernel_shape', [3, 3])]),
    node('Relu', ['a'], 'r'),
    node('Conv', ['r', 'w2'], 'y', [intsAttribute('kernel_shape', [1, 1])]),
  ];
  const initializers: TensorProto[] = [
    floatTensor('w1', [2, 1, 3, 3], ones(18)),
    floatTensor('b1', [2], Float32Array.of(0.1, -0.1)),
    floatTensor('w2', [3, 2, 1, 1], ones(6)),
  ];
  writeFileSync(path, encodeModel(protoOf({ nodes, inputs: { x: ['n', 1, 4, 4] }, outputs: ['y'], initializers })));
  return path;
}

/** Conv → Conv over 4×4 pictures; the first has channels of very different widths. */
export function directConvolutions(folder: string): string {
  const path = join(folder, 'direct.onnx');
  const nodes = [node('Conv', ['x', 'w1', 'b1'], 'a'), node('Conv', ['a', 'w2', 'b2'], 'y')];
  const initializers = [
    floatTensor('w1', [2, 1, 1, 1], Float32Array.of(0.01, 10)),
    floatTensor('b1', [2], Float32Array.of(0.5, -0.1)),
    floatTensor('w2', [1, 2, 1, 1], Float32Array.of(10, 0.01)),
    floatTensor('b2', [1], Float32Array.of(0.25)),
  ];
  writeFileSync(path, encodeModel(protoOf({ nodes, inputs: { x: ['n', 1, 4, 4] }, outputs: ['y'], initializers })));
  return path;
}

export function loaderOf(
  length: number,
  dims: readonly number[],
  valueAt: (index: number, at: number) => number,
): DataLoader {
  const size = dims.reduce((all, dim) => all * dim, 1);
  return {
    length,
    get: (index) => {
      const data = Float32Array.from({ length: size }, (_, at) => valueAt(index, at));
      return [{ type: 'float32', dims: [...dims], data }, index];
    },
  };
}

/** The share of samples whose first output is within 0.05 of what is expected of them. */
export class Near implements Metric {
  readonly attributes = { near: { direction: 'higher-better', type: 'accuracy' } } as const;
  private all: number[] = [];
  private last: number[] = [];

  constructor(private readonly expected: (index: number) => number) {}

  get value(): { near: number[] } {
    return { near: this.last };
  }

  get avgValue(): { near: number } {
    return { near: this.all.reduce((sum, one) => sum + one, 0) / this.all.length };
  }

  update([output]: readonly Tensor[], annotations: readonly unknown[]): void {
    const size = (output?.data.length ?? 0) / annotations.length;
    this.last = annotations.map((index, row) =>
      Math.abs(Number(output?.data[row * size]) - this.expected(Number(index))) < 0.05 ? 1 : 0,
    );
    this.all.push(...this.last);
  }

  reset(): void {
    this.all = [];
    this.last = [];
  }
}

/** Names of the nodes that read a constant in 8 bits. */
export function quantizedNodesOf(path: string): readonly string[] {
  const model = readModel(path);
  try {
    const { node: nodes, initializer } = model.graph;
    const constants = new Set(initializer.map(({ name }) => name));
    const dequantized = nodes.filter(
      ({ opType, input }) => opType === 'DequantizeLinear' && constants.has(input[0] ?? ''),
    );
    const outputs = new Set(dequantized.flatMap(({ output }) => output));
    return nodes.filter(({ input }) => input.some((name) => outputs.has(name))).map(({ name }) => name);
  } finally {
    model.close();
  }
}
