// The 1 GB synthetic model: inspect, and quantize with `--approach dynamic`.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataType } from '../../src/onnx/dataTypes';
import { makeNode, makeTensor, makeValueInfo } from '../../src/onnx/makeMessages';
import type { ModelProto } from '../../src/onnx/messages';
import type { QuantizeResult } from '../../src/protocol/jobs';
import { writeModel } from '../../src/onnx/writeModel';
import { modelOf } from '../onnx/smallModels';
import { median, runProduct } from './commands';
import { megabytes, milliseconds, printTable, verdict } from './tables';

const layers = 16;
const width = 4096;

/** A chain of 16 MatMul + Relu with 4096 × 4096 float weights (64 MiB each), all different. */
function chainModel(): ModelProto {
  const weights = Array.from({ length: layers }, (_, layer) => {
    const values = new Float32Array(width * width);
    let state = 1 + layer;
    for (let index = 0; index < values.length; index++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      values[index] = (state / 2 ** 32 - 0.5) / 32;
    }
    return makeTensor(`w${layer}`, DataType.float32, [width, width], values);
  });
  const nodes = weights.flatMap((_, layer) => [
    makeNode({
      opType: 'MatMul',
      inputs: [layer === 0 ? 'x' : `r${layer - 1}`, `w${layer}`],
      outputs: [`m${layer}`],
      name: `matmul${layer}`,
    }),
    makeNode({ opType: 'Relu', inputs: [`m${layer}`], outputs: [`r${layer}`], name: `relu${layer}` }),
  ]);
  return modelOf({
    node: nodes,
    initializer: weights,
    input: [makeValueInfo('x', DataType.float32, ['batch', width])],
    output: [makeValueInfo(`r${layers - 1}`, DataType.float32, ['batch', width])],
  });
}

export async function benchLarge(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-large-'));
  try {
    const path = join(folder, 'large.onnx');
    await writeModel(path, chainModel());
    const sizeBytes = statSync(path).size;
    const inspections = [];
    for (let turn = 0; turn < 5; turn++) inspections.push(await runProduct(['inspect', path], folder));
    const { peakBytes: inspectPeak } = await runProduct(['inspect', path], folder, true);
    const inspectMs = median(inspections.map((run) => run.ms));
    const quantize = await runProduct(
      ['quantize', path, '-o', join(folder, 'small.onnx'), '--approach', 'dynamic'],
      folder,
      true,
    );
    printTable(
      `1 GB synthetic model (${megabytes(sizeBytes)})`,
      ['what', 'figure', 'goal', ''],
      [
        ['inspect, wall', milliseconds(inspectMs), '≤ 1000 ms', verdict(inspectMs, 1000)],
        ['inspect, peak memory', megabytes(inspectPeak), '≤ 200 MB', verdict(inspectPeak, 200e6)],
        ['quantize dynamic, wall', milliseconds(quantize.ms), '', ''],
        [
          'quantize dynamic, peak memory',
          megabytes(quantize.peakBytes),
          '≤ 1.5 × file',
          verdict(quantize.peakBytes, 1.5 * sizeBytes),
        ],
        ['quantize dynamic, output', megabytes((quantize.result as QuantizeResult).sizeBytes), '', ''],
      ],
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
