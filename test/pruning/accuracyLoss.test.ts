// When a pruning says that it cost too much, and what guessing would reach.
import { describe, expect, it } from 'vitest';
import { accuracyLossNotes, guessedAccuracy } from '../../src/pruning/accuracyLoss';
import { DataType } from '../../src/onnx/dataTypes';
import { makeValueInfo } from '../../src/onnx/makeMessages';
import type { GraphProto } from '../../src/onnx/messages';
import type { PlacedEntry } from '../../src/config/checkParameters';
import type { PruneAccuracy } from '../../src/protocol/pruning';
import { graphOf } from '../quantization/rewritingModels';
import { node } from './pruningModels';

const accuracy = (before: number, after: number, changes: Partial<PruneAccuracy> = {}): PruneAccuracy => ({
  ...{ metric: 'topk', higherIsBetter: true, samples: 100, isRandomData: false, before, after },
  ...changes,
});

describe('a warning', () => {
  it('is not given where nothing was measured, little was lost, or something was gained', () => {
    expect(accuracyLossNotes(null, 0.1)).toEqual([]);
    expect(accuracyLossNotes(accuracy(0.8, 0.77), 0.1)).toEqual([]);
    expect(accuracyLossNotes(accuracy(0.8, 0.9), 0.1)).toEqual([]);
    expect(accuracyLossNotes(accuracy(2, 1.5, { metric: 'MSE', higherIsBetter: false }), undefined)).toEqual([]);
  });

  it('names both figures and what to do where much was lost', () => {
    const [note] = accuracyLossNotes(accuracy(0.8232, 0.6908), 0.1);
    expect(note).toMatch(/^Pruning took topk from 82\.32 % to 69\.08 %, .* lower sparsity/);
    expect(accuracyLossNotes(accuracy(2, 3, { metric: 'MSE', higherIsBetter: false }), undefined)[0]).toContain(
      'from 2 to 3,',
    );
    expect(accuracyLossNotes(accuracy(0.5, NaN), undefined)).toHaveLength(1);
  });

  it('says where guessing would have done as well, with a little more than the share of one class', () => {
    expect(accuracyLossNotes(accuracy(0.82, 0.102), 0.1)[0]).toContain('no better than guessing (10.00 %)');
    expect(accuracyLossNotes(accuracy(0.8, 0.54), 0.5)[0]).toContain('no better than guessing (50.00 %)');
    expect(accuracyLossNotes(accuracy(0.8, 0.6), 0.5)[0]).not.toContain('guessing');
  });
});

describe('what guessing reaches', () => {
  const graphWith = (outputs: Readonly<Record<string, readonly (number | string)[]>>): GraphProto => ({
    ...graphOf({ outputs: [], nodes: Object.keys(outputs).map((name) => node('Relu', ['x'], name)) }),
    output: Object.entries(outputs).map(([name, dims]) => makeValueInfo(name, DataType.float32, dims)),
  });
  const metric = (name: string, parameters: PlacedEntry['parameters'] = {}): PlacedEntry => ({
    ...{ name, parameters, path: 'metric', line: 1, column: 1 },
  });

  it('follows from the classes and the metric', () => {
    const graph = graphWith({ y: ['N', 10] });
    expect(guessedAccuracy(graph, metric('topk', { k: 5 }))).toBe(0.5);
    expect(guessedAccuracy(graph, metric('GLUE', { task: 'sst-2' }))).toBe(0.1);
    expect(guessedAccuracy(graph, metric('GLUE', { task: 'cola' }))).toBeUndefined();
    expect(guessedAccuracy(graph, metric('MSE'))).toBeUndefined();
    expect(guessedAccuracy(graph, undefined)).toBeUndefined();
  });

  it('is not known for outputs that are no classes', () => {
    const several = { y: ['N', 10], z: ['N', 4] };
    for (const outputs of [{ y: ['N', 'M'] }, { y: ['N', 3, 8, 8] }, { y: ['N', 1] }, several])
      expect(guessedAccuracy(graphWith(outputs), metric('topk', { k: 1 }))).toBeUndefined();
  });
});
