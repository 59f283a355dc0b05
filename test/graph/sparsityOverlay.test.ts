// The colouring by sparsity: layers that share a weight, layers with zeros, models without any layer to prune.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bench } from '../../src/bench/bench';
import { overlayChoicesOf, overlayOf } from '../../src/bench/graph/overlays';
import { openBench } from '../../src/bench/openBench';
import type { ModelProto } from '../../src/onnx/messages';
import { encodeModel } from '../../src/onnx/writeModel';
import type { WorkContext } from '../../src/protocol/progress';
import { node, weight } from '../pruning/pruningModels';
import { protoOf } from '../quantization/rewritingModels';
import { temporaryFolder } from '../support/temporaryFolder';

const place = temporaryFolder();
const workspace = place.fresh();
let bench: Bench;

beforeAll(async () => {
  bench = await openBench(workspace);
});
afterAll(() => bench[Symbol.asyncDispose]());

const context: WorkContext = { signal: new AbortController().signal, onProgress: () => undefined };

function written(name: string, model: ModelProto): string {
  const path = join(workspace, name);
  writeFileSync(path, encodeModel(model));
  return path;
}

describe('the colouring by sparsity', () => {
  it('tells the share of zeros of each weight, at every node that computes with it', async () => {
    const path = written(
      'zeros.onnx',
      protoOf({
        inputs: { x: [1, 4] },
        outputs: ['c'],
        nodes: [
          node('MatMul', ['x', 'shared'], 'a'),
          node('MatMul', ['a', 'shared'], 'b'),
          node('Relu', ['b'], 'r'),
          node('Gemm', ['r', 'w'], 'c'),
        ],
        initializers: [
          weight('shared', [4, 4], [0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]),
          weight('w', [4, 2], [0, 0, 0, 0, -0, 0, 1, 2]),
        ],
      }),
    );
    const { values } = await overlayOf(bench, { path, kind: 'sparsity', id: 0 }, context);
    const shared = { share: 0.25, category: null, text: '25.0 % zeros of 16 weights' };
    expect(values).toMatchObject({ MatMul_a: shared, MatMul_b: shared, Gemm_c: { share: 0.75 } });
    expect(Object.hasOwn(values, 'Relu_r')).toBe(false);
  });

  it('is offered where there is something to prune, and not for a broken file', async () => {
    const nothing = protoOf({ inputs: { x: [1, 4] }, outputs: ['y'], nodes: [node('Relu', ['x'], 'y')] });
    const paths = [written('nothing.onnx', nothing), join(workspace, 'broken.onnx')];
    writeFileSync(join(workspace, 'broken.onnx'), 'no model');
    for (const path of paths) {
      expect((await overlayChoicesOf(bench, path)).map(({ kind }) => kind)).toEqual(['type']);
    }
  });

  it('ends when nobody waits for it any more', async () => {
    const path = written(
      'ended.onnx',
      protoOf({
        inputs: { x: [1, 4] },
        outputs: ['y'],
        nodes: [node('Gemm', ['x', 'w'], 'y')],
        initializers: [weight('w', [4, 2])],
      }),
    );
    const asked = overlayOf(bench, { path, kind: 'sparsity', id: 0 }, { ...context, signal: AbortSignal.abort() });
    await expect(asked).rejects.toThrow(/abort/i);
  });
});
