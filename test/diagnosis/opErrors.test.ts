// Errors of operators: a model small enough to compute by hand, and the formats against each other.
import { describe, expect, it } from 'vitest';
import { opErrors } from '../../src/diagnosis/opErrors';
import type { ErrorOptions, OpError } from '../../src/diagnosis/opErrors';
import { DataType } from '../../src/onnx/dataTypes';
import { makeTensor } from '../../src/onnx/makeMessages';
import type { ModelProto } from '../../src/onnx/messages';
import type { OnnxModel } from '../../src/onnx/readModel';
import type { Tensor } from '../../src/onnx/tensor';
import { encodeModel } from '../../src/onnx/writeModel';
import { openSessionFromBytes } from '../../src/runtime/onnxRuntimeNode';
import type { EngineSession } from '../../src/runtime/session';
import { floatInput, floatTensor, node, smallModel } from '../quantization/rewritingModels';
import { convModel, quantized } from './comparedModels';

const open = (proto: ModelProto): Promise<EngineSession> => openSessionFromBytes(encodeModel(proto));

function errorsBetween(
  float: OnnxModel,
  int8: OnnxModel,
  feeds: readonly Readonly<Record<string, Tensor>>[],
  more: Partial<ErrorOptions> = {},
): Promise<ReadonlyMap<string, OpError>> {
  const options = { feeds, signal: new AbortController().signal, ...more };
  return opErrors({ float, int8, openFloat: open, openInt8: open }, options);
}

const ports = { inputs: { x: [1, 4] }, outputs: ['y'] };
const relu = smallModel({ nodes: [node('Relu', ['x'], 'r'), node('Sigmoid', ['r'], 'y')], ...ports });
const halves = smallModel({
  nodes: [
    node('Relu', ['x'], 'r'),
    node('QuantizeLinear', ['r', 's', 'z'], 'stored'),
    node('DequantizeLinear', ['stored', 's', 'z'], 'read'),
    node('Sigmoid', ['read'], 'y'),
  ],
  ...ports,
  initializers: [floatTensor('s', [], Float32Array.of(0.5)), makeTensor('z', DataType.uint8, [], Uint8Array.of(0))],
});
const row = (...values: number[]): Record<string, Tensor> => ({
  x: { type: 'float32', dims: [1, 4], data: Float32Array.from(values) },
});

describe('the errors of operators', () => {
  it('are those of the formulas', async () => {
    // Stored in halves, 0.2 0.6 1 2 becomes 0 0.5 1 2: scaled, 0 2/9 4/9 1 against 0 1/4 1/2 1.
    const errors = await errorsBetween(relu, halves, [row(0.2, 0.6, 1, 2)]);
    const error = errors.get('make r');
    expect(error?.mse).toBeCloseTo(((1 / 36) ** 2 + (1 / 18) ** 2) / 4, 8);
    expect(error?.sqnrDb).toBeCloseTo(10 * Math.log10(5.4 / 0.05), 4);
    expect(error?.min).toBeCloseTo(0.2, 6);
    expect(error?.max).toBe(2);
    expect([...errors.keys()]).toEqual(['make r', 'make y']);
  });

  it('are the mean over batches, and without noise there is no ratio', async () => {
    const exact = row(0, 0.5, 1, 2);
    const [one, two] = [row(0.2, 0.6, 1, 2), exact];
    const both = (await errorsBetween(relu, halves, [one, two])).get('make r');
    const alone = (await errorsBetween(relu, halves, [one])).get('make r');
    expect(both?.mse).toBeCloseTo((alone?.mse ?? NaN) / 2, 10);
    expect((await errorsBetween(relu, halves, [two])).get('make r')).toEqual({ mse: 0, sqnrDb: null, min: 0, max: 2 });
  });

  it('are the same in both formats, and cover nodes that were merged away', async () => {
    const float = convModel();
    const feeds = [{ x: floatInput([1, 3, 8, 8]) }];
    const qdq = await errorsBetween(float, quantized(float), feeds);
    const qoperator = await errorsBetween(float, quantized(float, { format: 'qoperator' }), feeds);
    expect([...qdq.keys()]).toEqual(['make c1', 'make r1', 'make y']);
    expect(qdq.get('make r1')).toBe(qdq.get('make c1'));
    for (const [name, error] of qdq) {
      expect(error.sqnrDb).toBeGreaterThan(15);
      expect(Math.abs((qoperator.get(name)?.sqnrDb ?? 0) - (error.sqnrDb ?? 0))).toBeLessThan(1);
    }
  });

  it('come with the values, for histograms', async () => {
    const seen: [string, number, number[], number[]][] = [];
    await errorsBetween(relu, halves, [row(0.2, 0.6, 1, 2)], {
      onValues: (op, batch, float, dequantized) => seen.push([op.node, batch, [...float], [...dequantized]]),
    });
    expect(seen[0]?.[0]).toBe('make r');
    expect(seen[0]?.[3]).toEqual([0, 0.5, 1, 2]);
  });

  it('stop when they are no longer wanted', async () => {
    const signal = AbortSignal.abort();
    await expect(errorsBetween(relu, halves, [row(0, 0, 0, 0)], { signal })).rejects.toThrow(/abort/i);
  });
});
