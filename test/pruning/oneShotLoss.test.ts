// One-shot loss in parts of the model gives what pruning the whole model would; cuts are where they should be.
import { describe, expect, it } from 'vitest';
import { prunableLayers } from '../../src/onnx/prunableLayers';
import { inferShapes } from '../../src/onnx/shapeInference';
import { encodeModel } from '../../src/onnx/writeModel';
import { GraphCutter } from '../../src/pruning/layerCut';
import { oneShotLoss } from '../../src/pruning/oneShotLoss';
import type { OneShotOptions } from '../../src/pruning/oneShotLoss';
import { sampleLosses } from '../../src/pruning/outputLoss';
import { prunedModel } from '../../src/pruning/prunedModel';
import type { SampleFeeds } from '../../src/pruning/sampleFeeds';
import { openSessionFromBytes } from '../../src/runtime/onnxRuntimeNode';
import { protoOf } from '../quantization/rewritingModels';
import { branchedModel, node, opened, weight } from './pruningModels';

function sample(seed: number, count: number): SampleFeeds {
  const filled = (dims: readonly number[]) => ({
    type: 'float32' as const,
    dims,
    data: Float32Array.from({ length: dims.reduce((product, dim) => product * dim, 1) }, (_, index) =>
      Math.cos(seed * 100 + index),
    ),
  });
  return { count, feeds: { x: filled([count, 4]), picture: filled([count, 2, 3, 3]) } };
}

const options: Omit<OneShotOptions, 'samples'> = {
  levelFractions: [0.25, 0.5, 0.9],
  open: (proto) => openSessionFromBytes(encodeModel(proto)),
  model: 'small.onnx',
  signal: new AbortController().signal,
  onLayer: () => undefined,
};

describe('one-shot loss', () => {
  it('is that of the whole model with the one layer pruned', async () => {
    const model = opened(branchedModel());
    const { layers } = prunableLayers(model.graph);
    // The second run holds two samples: each counts alone, and as much as the others.
    const samples = [sample(1, 1), sample(2, 2)];
    const found = await oneShotLoss(model, layers, { ...options, samples });
    const dense = await openSessionFromBytes(encodeModel(model.proto));
    for (const layer of layers) {
      for (const { loss, sparsityFraction } of found.get(layer) ?? []) {
        const pruned = await openSessionFromBytes(
          encodeModel(prunedModel(model, new Map([[layer, sparsityFraction]]))),
        );
        const losses: number[] = [];
        for (const { feeds, count } of samples) {
          losses.push(...sampleLosses(await dense.run(feeds), await pruned.run(feeds), count));
        }
        await pruned.close();
        expect(losses).toHaveLength(3);
        expect(loss).toBeCloseTo(losses.reduce((sum, one) => sum + one, 0) / 3, 6);
        expect(loss).toBeGreaterThan(0);
      }
    }
    await dense.close();
    expect([...found.values()].map((points) => points.length)).toEqual([3, 3, 3, 3]);
  });

  it('runs only what depends on the weight, from what was made before it', () => {
    const model = opened(branchedModel());
    const cutter = new GraphCutter(model.graph, inferShapes(model));
    const cuts = prunableLayers(model.graph).layers.map((layer) => cutter.cut(layer));
    expect(cuts.map(({ layer, frontier, outputs }) => [layer.name, frontier, outputs.map(({ name }) => name)])).toEqual(
      [
        ['w1', ['x', 'd'], ['y']],
        ['w2', ['h', 'd'], ['y']],
        ['w4', ['x', 'c'], ['y']],
        ['w3', ['picture'], ['z']],
      ],
    );
    const [, second] = cuts;
    expect(second?.nodes.map(({ opType }) => opType)).toEqual(['Constant', 'MatMul', 'Add']);
  });

  it('refuses a model without an output of floats', async () => {
    const model = opened(
      protoOf({
        inputs: { x: ['N', 4] },
        outputs: ['label'],
        outputTypes: { label: 7 },
        nodes: [node('MatMul', ['x', 'w'], 'y'), node('ArgMax', ['y'], 'label')],
        initializers: [weight('w', [4, 3])],
      }),
    );
    const { layers } = prunableLayers(model.graph);
    await expect(oneShotLoss(model, layers, { ...options, samples: [sample(1, 1)] })).rejects.toMatchObject({
      code: 'pruning-no-float-output',
    });
  });

  it('refuses a dense model whose outputs are not finite', async () => {
    const model = opened(
      protoOf({
        inputs: { x: ['N', 4] },
        outputs: ['y'],
        nodes: [node('MatMul', ['x', 'w'], 'a'), node('Log', ['a'], 'y')],
        initializers: [weight('w', [4, 3], new Array<number>(12).fill(0))],
      }),
    );
    const { layers } = prunableLayers(model.graph);
    await expect(oneShotLoss(model, layers, { ...options, samples: [sample(1, 1)] })).rejects.toMatchObject({
      code: 'pruning-not-finite',
    });
  });
});
