// Operations of layers whose model leaves sizes open: at assumed ones, at those that were run, at those that were given.
import { describe, expect, it } from 'vitest';
import { prunableLayers } from '../../src/onnx/prunableLayers';
import { operationsAsRun, operationsAssumed } from '../../src/sparsity/countedOperations';
import type { CountedOperations } from '../../src/sparsity/countedOperations';
import type { OnnxModel } from '../../src/onnx/readModel';
import { protoOf } from '../quantization/rewritingModels';
import { node, opened, weight } from '../pruning/pruningModels';

const sentence = opened(
  protoOf({
    inputs: { x: ['N', 'seq', 4] },
    outputs: ['y'],
    nodes: [node('MatMul', ['x', 'w'], 'y')],
    initializers: [weight('w', [4, 3])],
  }),
);

/** Of a picture of 8 × 8 pixels the second convolution would leave nothing. */
const picture = opened(
  protoOf({
    inputs: { x: ['N', 1, 'height', 'width'] },
    outputs: ['y'],
    nodes: [node('Conv', ['x', 'v'], 'a'), node('Conv', ['a', 'w'], 'y')],
    initializers: [weight('v', [2, 1, 5, 5]), weight('w', [2, 2, 5, 5])],
  }),
);

const assumed = (model: OnnxModel, dimensions = {}): CountedOperations =>
  operationsAssumed(model, prunableLayers(model.graph).layers, dimensions);

const figures = (model: OnnxModel, { flopsOf }: CountedOperations): (number | undefined)[] =>
  prunableLayers(model.graph).layers.map((layer) => flopsOf(layer)?.weight);

describe('operations', () => {
  it('are counted at assumed sizes, which are said', () => {
    const counted = assumed(sentence);
    expect(figures(sentence, counted)).toEqual([4 * 3 * 8]);
    expect(counted.notes).toEqual([expect.stringContaining('assumed for open dimensions: seq = 8.')]);
  });

  it('are counted at sizes that leave every layer something to do', () => {
    const counted = assumed(picture);
    expect(figures(picture, counted)).toEqual([25 * 2 * 60 * 60, 50 * 2 * 56 * 56]);
    expect(counted.notes).toEqual([expect.stringContaining('height = 64, width = 64')]);
  });

  it('are counted at sizes that are given, without a word', () => {
    const counted = assumed(sentence, { seq: 5 });
    expect(figures(sentence, counted)).toEqual([4 * 3 * 5]);
    expect(counted.notes).toEqual([]);
  });

  it('are counted for one sample of what was run', () => {
    const { layers } = prunableLayers(sentence.graph);
    const counted = operationsAsRun(sentence, layers, {}, { x: { dims: [16, 7, 4] } });
    expect(figures(sentence, counted)).toEqual([4 * 3 * 7]);
    expect(counted.notes).toEqual([expect.stringContaining('sizes of the first inputs that were run')]);
    const given = operationsAsRun(sentence, layers, { seq: 5 }, { x: { dims: [16, 5, 4] } });
    expect(figures(sentence, given)).toEqual([4 * 3 * 5]);
    expect(given.notes).toEqual([]);
  });
});
