// The answer of model/graph for a model of 10,000 nodes: opened anew, and opened a moment ago.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GraphCache } from '../../src/bench/model/graphCache';
import { DataType } from '../../src/onnx/dataTypes';
import { makeNode, makeTensor, makeValueInfo } from '../../src/onnx/makeMessages';
import type { NodeProto, TensorProto } from '../../src/onnx/messages';
import { encodeModel } from '../../src/onnx/writeModel';
import { modelOf } from '../onnx/smallModels';
import { printTable, verdict } from './tables';

const nodes = 10_000;
const goalMs = 300;
const rounds = 9;

/** Measures with names in groups, as exporters write them, and with names that tell nothing. */
export function benchGraphAnswer(): void {
  const folder = mkdtempSync(join(tmpdir(), 'bench-graph-'));
  try {
    const rows = [true, false].flatMap((hasGroups) => {
      const path = join(folder, hasGroups ? 'groups.onnx' : 'flat.onnx');
      writeFileSync(path, layeredModel(hasGroups, nodes));
      const { shown, coldMs, warmMs } = measured(path);
      const names = hasGroups ? 'with "/"' : 'without';
      return [
        [names, 'opened anew', String(shown), coldMs.toFixed(1), `≤ ${goalMs}`, verdict(coldMs, goalMs)],
        [names, 'opened a moment ago', String(shown), warmMs.toFixed(1), `≤ ${goalMs}`, verdict(warmMs, goalMs)],
      ];
    });
    printTable(
      `Answer of model/graph for ${nodes} nodes (median of ${rounds}, ms): groups, view and JSON`,
      ['names', 'model', 'shown', 'ms', 'goal', ''],
      rows,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Measured {
  /** Nodes and groups in the answer. */
  readonly shown: number;
  readonly coldMs: number;
  readonly warmMs: number;
}

function measured(path: string): Measured {
  using cache = new GraphCache();
  let shown = 0;
  const ask = (from: GraphCache): number => {
    const began = performance.now();
    from.with(path, {}, (hierarchy) => {
      const view = hierarchy.view();
      JSON.stringify(view);
      shown = view.nodes.length;
    });
    return performance.now() - began;
  };
  const cold = Array.from({ length: rounds }, () => {
    using fresh = new GraphCache();
    return ask(fresh);
  });
  ask(cache);
  const warm = Array.from({ length: rounds }, () => ask(cache));
  return { shown, coldMs: median(cold), warmMs: median(warm) };
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN;
}

/** The operators of one layer, again and again, each layer with a weight of its own and a way around it. */
export function layeredModel(hasGroups: boolean, count: number): Uint8Array {
  const steps = ['MatMul', 'Add', 'Relu', 'Mul', 'Sub', 'Sigmoid', 'Mul', 'Add', 'Tanh', 'Add'];
  const made: NodeProto[] = [];
  const weights: TensorProto[] = [];
  let last = 'x';
  for (let layer = 0; made.length < count; layer++) {
    const start = last;
    const weight = `w${layer}`;
    weights.push(makeTensor(weight, DataType.float32, [16, 16], new Float32Array(256)));
    steps.forEach((opType, step) => {
      const output = `t${made.length}`;
      const other = step === 0 ? weight : start;
      const isUnary = ['Relu', 'Sigmoid', 'Tanh'].includes(opType);
      made.push(
        makeNode({
          ...{ opType, inputs: isUnary ? [last] : [last, other], outputs: [output] },
          name: hasGroups ? `/encoder/layer.${layer}/${step < 5 ? 'attention' : 'mlp'}/${opType}_${step}` : '',
        }),
      );
      last = output;
    });
  }
  const input = [makeValueInfo('x', DataType.float32, ['N', 16])];
  const output = [makeValueInfo(last, DataType.float32, ['N', 16])];
  return encodeModel(modelOf({ input, output, node: made, initializer: weights }));
}
