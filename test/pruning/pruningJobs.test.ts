// The jobs `sensitivity` and `prune` on the bundled example: what they answer, what they leave behind, what they refuse.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runJob } from '../../src/jobs/runJob';
import { DataType } from '../../src/onnx/dataTypes';
import { makeTensor } from '../../src/onnx/makeMessages';
import type { NodeProto } from '../../src/onnx/messages';
import { encodeModel } from '../../src/onnx/writeModel';
import type { JobOutcome } from '../../src/protocol/jobs';
import type { PruneResult, PruneSpec, SensitivityResult, SensitivitySpec } from '../../src/protocol/pruning';
import { meanText } from '../../src/sparsity/sharedOutBy';
import { jobBundle } from '../processes/bundle';
import { temporaryFolder } from '../support/temporaryFolder';
import { graphAttribute, graphOf, protoOf } from '../quantization/rewritingModels';
import { node, weight } from './pruningModels';

const example = join(import.meta.dirname, '../../media/examples/mnist');
const modelPath = join(example, 'mnist_resnet.onnx');
const datasetPath = join(example, 'calibration.yaml');
const place = temporaryFolder();
const bundled = jobBundle();

function sensitivity(changes: Partial<SensitivitySpec>): Promise<JobOutcome<SensitivityResult>> {
  const spec: SensitivitySpec = {
    verb: 'sensitivity',
    modelPath,
    kind: 'loss',
    method: 'approx',
    levelFractions: null,
    samples: 2,
    batchSize: 1,
    warmupRuns: 1,
    iterations: 2,
    dimensions: {},
    threads: 1,
    ...changes,
  };
  return runJob<'sensitivity'>(spec, bundled).outcome;
}

function prune(folder: string, changes: Partial<PruneSpec>): Promise<JobOutcome<PruneResult>> {
  const spec: PruneSpec = {
    verb: 'prune',
    modelPath,
    outputPath: join(folder, 'out.onnx'),
    plan: { targetFraction: 0.4 },
    dimensions: {},
    threads: 1,
    ...changes,
  };
  return runJob<'prune'>(spec, bundled).outcome;
}

function resultOf<Result>(outcome: JobOutcome<Result>): Result {
  if (outcome.state !== 'success') throw new Error(JSON.stringify(outcome));
  return outcome.result;
}

describe('a sensitivity analysis', () => {
  it('of one-shot loss has every layer at every level, over samples of the data', async () => {
    const result = resultOf(await sensitivity({ method: 'one-shot', datasetPath, levelFractions: [0.2, 0.9] }));
    expect(result).toMatchObject({ kind: 'loss', method: 'one-shot', data: 'dataset', samples: 2, notes: [] });
    expect(result.layers).toHaveLength(16);
    if (result.method !== 'one-shot') throw new Error('another analysis came back');
    for (const { sparse } of result.layers) {
      expect(sparse.map(({ sparsityFraction }) => sparsityFraction)).toEqual([0.2, 0.9]);
      expect(sparse[0]?.loss ?? 1).toBeLessThan(sparse[1]?.loss ?? 0);
    }
  });

  it('says when its samples are made up, and when there are fewer than were asked for', async () => {
    const data = join(place.fresh(), 'made-up.yaml');
    writeFileSync(data, 'dataset:\n  dummy:\n    shape: [3, 1, 28, 28]\n');
    const asked = { datasetPath: data, levelFractions: [0.5], samples: 4 };
    expect(resultOf(await sensitivity({ method: 'one-shot', ...asked }))).toMatchObject({
      samples: 3,
      notes: [
        'The data set makes its samples up: the inputs are seeded random numbers, not real samples.',
        'The data set gave 3 samples of the 4 that were asked for.',
      ],
    });
  });

  it('says when a model has a batch size of its own', async () => {
    const path = join(place.fresh(), 'single.onnx');
    const graph = { inputs: { x: [1, 4] }, outputs: ['y'], nodes: [node('MatMul', ['x', 'w'], 'y')] };
    writeFileSync(path, encodeModel(protoOf({ ...graph, initializers: [weight('w', [4, 3])] })));
    const asked = { modelPath: path, levelFractions: [0.5], batchSize: 8 };
    const { notes } = resultOf(await sensitivity({ method: 'one-shot', ...asked }));
    expect(notes).toContain('The model takes 1 in a run and nothing else: the batch size 8 had no effect.');
  });

  it('of measured performance times every layer, says that zeros gain nothing, and that inputs were made up', async () => {
    const result = resultOf(await sensitivity({ kind: 'perf', method: 'measured', levelFractions: [0.5] }));
    if (result.method !== 'measured') throw new Error('another analysis came back');
    expect(result.data).toBe('random');
    expect(result.notes[0]).toContain('gains nothing from unstructured zeros');
    expect(result.notes.join(' ')).toContain('seeded random numbers');
    expect(result.notes).toContain('With 2 runs no difference can be told from the noise: it takes 24.');
    expect(result.modelTimings[0]?.comparison).toMatchObject({ interval: null, verdict: 'within the noise' });
    for (const { baseline, sparse } of result.layers) {
      expect(baseline.timingMs).toBeGreaterThan(0);
      expect(sparse[0]).toMatchObject({ sparsityFraction: 0.5, flops: baseline.flops });
      expect(sparse[0]?.timingMs).toBeGreaterThan(0);
      expect(sparse[0]?.comparison?.ratio).toBeGreaterThan(0);
    }
  });

  it('says where the layers of a model are whose branches hold them all', async () => {
    const inner = graphOf({
      outputs: ['y'],
      nodes: [node('MatMul', ['x', 'w'], 'y')],
      initializers: [weight('w', [4, 3])],
    });
    const branches = [graphAttribute('then_branch', inner), graphAttribute('else_branch', inner)];
    const path = join(place.fresh(), 'branches.onnx');
    const nodes = [node('If', ['c'], 'y', branches)];
    writeFileSync(
      path,
      encodeModel(protoOf({ inputs: { x: [1, 4], c: [] }, inputTypes: { c: 9 }, outputs: ['y'], nodes })),
    );
    const failed = {
      code: 'pruning-nothing',
      message: expect.stringContaining('2 Conv, Gemm and MatMul lie inside') as string,
    };
    expect(await sensitivity({ modelPath: path })).toMatchObject({ state: 'error', failure: failed });
  });

  it('is refused for a model without weights', async () => {
    const folder = place.fresh();
    const path = join(folder, 'relu.onnx');
    writeFileSync(
      path,
      encodeModel(protoOf({ inputs: { x: [1, 4] }, outputs: ['y'], nodes: [node('Relu', ['x'], 'y')] })),
    );
    expect(await sensitivity({ modelPath: path })).toMatchObject({
      state: 'error',
      failure: { code: 'pruning-nothing' },
    });
  });
});

describe('pruning', () => {
  it('shares a target out by the outputs, saves the recipe, and measures accuracy before and after', async () => {
    const folder = place.fresh();
    const savedRecipePath = join(folder, 'recipe.yaml');
    const result = resultOf(await prune(folder, { datasetPath, savedRecipePath }));
    expect(readdirSync(folder).sort()).toEqual(['out.onnx', 'recipe.yaml']);
    expect(result).toMatchObject({ allocatedBy: 'one-shot', targetFraction: 0.4, verification: { samples: 5 } });
    expect(result.accuracy).toMatchObject({ metric: 'topk', before: 1, samples: 200 });
    const [first, ...others] = result.layers;
    expect(first).toMatchObject({ sparsityFraction: 0, zeros: 0, denseReason: 'first' });
    const reached = others.reduce((sum, { sparsityFraction }) => sum + sparsityFraction, 0) / others.length;
    expect(result.reachedFraction).toBeCloseTo(reached, 9);
    expect(readFileSync(savedRecipePath, 'utf8')).toContain(`a mean sparsity of 0.4 (reached: ${meanText(reached)})`);
    for (const { sparsityFraction, denseReason } of others) {
      expect(denseReason).toBe(sparsityFraction === 0 ? 'little' : null);
    }
    for (const { weights, zeros, sparsityFraction } of others) {
      expect(zeros).toBeGreaterThanOrEqual(weights * sparsityFraction - 1e-6);
    }
    const again = resultOf(await prune(place.fresh(), { plan: { recipePath: savedRecipePath } }));
    expect(readFileSync(again.output).equals(readFileSync(result.output))).toBe(true);
    expect(again).toMatchObject({ allocatedBy: null, targetFraction: null, reachedFraction: null, accuracy: null });
    expect(again.layers[0]).toMatchObject({ denseReason: 'recipe' });
  });

  it('warns where guessing would do as well, before anything else it says', async () => {
    const { accuracy, notes } = resultOf(await prune(place.fresh(), { datasetPath, plan: { targetFraction: 0.9 } }));
    expect(accuracy?.after).toBeLessThan(0.3);
    expect(notes[0]).toMatch(/^Pruning took topk from 100\.00 % to .* %/);
  });

  it('shares a target out by magnitudes where no output can be compared', async () => {
    const folder = place.fresh();
    const path = join(folder, 'decides.onnx');
    const nodes = [node('MatMul', ['x', 'w'], 'a'), node('MatMul', ['a', 'v'], 'b'), node('ArgMax', ['b'], 'label')];
    const initializers = [weight('w', [4, 4]), weight('v', [4, 3])];
    const inputs = { x: ['N', 4] } as const;
    writeFileSync(
      path,
      encodeModel(protoOf({ inputs, outputs: ['label'], outputTypes: { label: 7 }, nodes, initializers })),
    );
    const data = join(folder, 'data.yaml');
    writeFileSync(data, 'dataset: {dummy_v2: {input_shape: [4]}}\n');
    const result = resultOf(await prune(folder, { modelPath: path, datasetPath: data }));
    expect(result.allocatedBy).toBe('magnitude');
    expect(result.notes.join(' ')).toContain('decides.onnx has no output of floating point numbers');
  });

  it('prunes a weight behind nodes that move its elements as it prunes the weight itself', async () => {
    const folder = place.fresh();
    const values = Array.from({ length: 12 }, (_, index) => Math.sin(index + 1));
    const modelWith = (name: string, nodes: readonly NodeProto[], dims: readonly number[]): string => {
      const path = join(folder, name);
      const shape = makeTensor('shape', DataType.int64, [2], BigInt64Array.from([4n, 3n]));
      const all = [...nodes, node('MatMul', ['x', nodes.length === 0 ? 'v' : 'w'], 'y')];
      const initializers = [weight('v', dims, values), ...(nodes.length === 0 ? [] : [shape])];
      writeFileSync(path, encodeModel(protoOf({ inputs: { x: ['N', 4] }, outputs: ['y'], nodes: all, initializers })));
      return path;
    };
    const plain = modelWith('plain.onnx', [], [4, 3]);
    const moved = modelWith('moved.onnx', [node('Reshape', ['v', 'shape'], 'w')], [2, 2, 3]);
    const analysed = async (modelPath: string, more: Partial<SensitivitySpec>) =>
      resultOf(await sensitivity({ modelPath, levelFractions: [0.25, 0.5], ...more })).layers.map<object>(
        ({ baseline, sparse }) => ({ baseline, sparse }),
      );
    const oneShot = { method: 'one-shot' } as const;
    expect(await analysed(moved, oneShot)).toEqual(await analysed(plain, oneShot));
    const operations = { kind: 'perf', method: 'approx' } as const;
    expect(await analysed(moved, operations)).toEqual(await analysed(plain, operations));
    const recipePath = join(folder, 'recipe.yaml');
    writeFileSync(recipePath, 'other_layers: 0.5\n');
    const pruned = resultOf(await prune(folder, { modelPath: moved, plan: { recipePath } }));
    expect(pruned).toMatchObject({ layers: [{ name: 'v', weights: 12, zeros: 6 }], verification: { samples: 5 } });
  });

  it('says so where a recipe prunes nothing', async () => {
    const folder = place.fresh();
    const recipePath = join(folder, 'recipe.yaml');
    writeFileSync(recipePath, 'layers:\n  fc.weight: 0\n');
    const { notes, sparsityFraction } = resultOf(await prune(folder, { plan: { recipePath } }));
    expect(sparsityFraction).toBe(0);
    expect(notes[0]).toContain('No weight became 0');
    expect(resultOf(await prune(place.fresh(), {})).notes.join(' ')).not.toContain('No weight became 0');
  });

  it('leaves nothing behind when the recipe does not fit the model', async () => {
    const folder = place.fresh();
    const recipePath = join(folder, 'recipe.yaml');
    writeFileSync(recipePath, 'layers:\n  fc.wieght: 0.5\n');
    const outcome = await prune(folder, { plan: { recipePath } });
    expect(outcome).toMatchObject({ state: 'error', failure: { code: 'config-invalid', place: `${recipePath}:2:3` } });
    expect(JSON.stringify(outcome)).toContain('Did you mean fc.weight?');
    expect(existsSync(join(folder, 'out.onnx'))).toBe(false);
    expect(readdirSync(folder)).toEqual(['recipe.yaml']);
  });

  it('never writes over the model it prunes', async () => {
    const outcome = await prune(place.fresh(), { outputPath: modelPath });
    expect(outcome).toMatchObject({ state: 'error', failure: { code: 'quantize-output-is-input' } });
  });
});
