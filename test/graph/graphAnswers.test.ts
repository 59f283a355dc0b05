// What the page of a model is answered by a bench: real models, with ids, types, figures, colours and comparisons.
import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bench } from '../../src/bench/bench';
import { comparableWith } from '../../src/bench/graph/benchModels';
import { compareModels } from '../../src/bench/graph/compareModels';
import { graphFactsOf } from '../../src/bench/graph/graphFacts';
import { lookAt } from '../../src/bench/graph/modelLook';
import { nodePropertiesOf } from '../../src/bench/graph/nodeProperties';
import { nodePageOf } from '../../src/bench/graph/nodeTable';
import { overlayChoicesOf, overlayOf } from '../../src/bench/graph/overlays';
import { allGroupsOf, sceneOf } from '../../src/bench/graph/scene';
import { tensorFactsOf, valuesOf } from '../../src/bench/graph/tensorFigures';
import { openBench } from '../../src/bench/openBench';
import { payloadProblem } from '../../src/processes/payloadSize';
import type { WorkContext } from '../../src/protocol/progress';
import { mnistProject } from '../support/mnistBench';
import { describeShared } from '../support/shared';
import { temporaryFolder } from '../support/temporaryFolder';

const place = temporaryFolder();
const workspace = place.fresh();
let bench: Bench;

beforeAll(async () => {
  bench = await openBench(workspace);
});
afterAll(() => bench[Symbol.asyncDispose]());

const context: WorkContext = { signal: new AbortController().signal, onProgress: () => undefined };

describeShared('the page of a model', (folder) => {
  const models = join(folder, 'data', 'models');
  const float = join(models, 'cifar10_resnet14.op13.onnx');
  const int8 = join(models, 'cifar10_resnet14.qdq_int8.onnx');

  it('makes nothing on the disk where it only looks', () => {
    lookAt(bench, float, (model) => sceneOf(model, []));
    expect(existsSync(join(workspace, '.compressor-bench'))).toBe(false);
  });

  it('shows groups closed, and opened with boxes around what is in them', () => {
    const closed = lookAt(bench, float, (model) => sceneOf(model, []));
    expect(closed.nodes.filter(({ kind }) => kind === 'group').map(({ label }) => label)).toEqual(['f']);
    expect(closed.openGroups).toEqual([]);
    const open = lookAt(bench, float, (model) => sceneOf(model, ['f', 'f/f.1']));
    expect(open.openGroups.map(({ key, parent }) => [key, parent])).toEqual([
      ['f', ''],
      ['f/f.1', 'f'],
    ]);
    expect(new Set(open.nodes.map(({ id }) => id)).size).toBe(open.nodes.length);
    expect(open.nodes.filter(({ parent }) => parent === 'f/f.1').length).toBeGreaterThan(1);
  });

  it('tells shapes of weights on cards and types at edges', () => {
    const { nodes, edges } = lookAt(bench, float, (model) => sceneOf(model, allGroupsOf(model)));
    const conv = nodes.findIndex(({ label }) => label === 'Conv');
    expect(nodes[conv]?.details?.[0]).toBe('W 16×3×3×3');
    expect(edges.find(({ source }) => source === conv)?.tensor).toBe('float32 [batch, 16, 32, 32]');
  });

  it('tells everything of a node, with who stands at the other end', () => {
    const node = lookAt(bench, float, (model) => nodePropertiesOf(model, '/f/f.0/f.0.0/Conv'));
    expect(node).toMatchObject({ kind: 'op', opType: 'Conv', domain: 'ai.onnx', groups: ['f', 'f/f.0'] });
    expect(node.attributes.find(({ name }) => name === 'kernel_shape')?.value).toBe('3, 3');
    expect(node.inputs.map(({ role, isConstant }) => [role, isConstant])).toEqual([
      ['X', false],
      ['W', true],
      ['B', true],
    ]);
    expect(node.inputs[0]?.others).toEqual(['input']);
    expect(node.outputs[0]?.others).toEqual(['/f/f.0/f.0.2/Relu']);
    const group = lookAt(bench, float, (model) => nodePropertiesOf(model, 'f/f.0'));
    expect(group).toMatchObject({ kind: 'group', groups: ['f'] });
    expect(group.inputs).toHaveLength(1);
    expect(group.outputs).toHaveLength(1);
  });

  it('counts with the data of a constant, and gives windows of it', async () => {
    const { inputs } = lookAt(bench, float, (model) => nodePropertiesOf(model, '/f/f.0/f.0.0/Conv'));
    const tensor = inputs[1]?.tensor ?? '';
    const facts = await tensorFactsOf(bench, { path: float, tensor }, context);
    expect(facts).toMatchObject({
      type: 'float32',
      shape: [16, 3, 3, 3],
      elements: 432,
      sizeBytes: 1728,
      problem: null,
    });
    expect(facts.histogram.reduce((sum, count) => sum + count, 0)).toBe(432);
    const window = lookAt(bench, float, (model) => valuesOf(model, { tensor, offset: 430, count: 1000 }));
    expect(window.values).toHaveLength(2);
    const { min = 0, max = 0, mean = 0 } = facts.statistics ?? {};
    expect(min).toBeLessThan(mean);
    expect(mean).toBeLessThan(max);
  });

  it('stops counting when nobody waits any more', async () => {
    const { inputs } = lookAt(bench, float, (model) => nodePropertiesOf(model, '/f/f.0/f.0.0/Conv'));
    const stopped: WorkContext = { ...context, signal: AbortSignal.abort() };
    await expect(tensorFactsOf(bench, { path: float, tensor: inputs[1]?.tensor ?? '' }, stopped)).rejects.toThrow();
  });

  it('finds nodes by name, type, group and tensor', async () => {
    const find = (text: string) =>
      lookAt(bench, float, (model) => nodePageOf(model, { text, offset: 0, count: 5 }, context));
    expect((await find('')).total).toBe(39);
    expect((await find('GEMM')).rows.map(({ opType }) => opType)).toEqual(['Gemm']);
    expect((await find('f.0.2/relu_out')).total).toBeGreaterThan(0);
    expect((await find('nothing of the kind')).total).toBe(0);
  });

  it('colours by data type, conversions apart', async () => {
    const overlay = await overlayOf(bench, { path: int8, kind: 'type', id: 0 }, context);
    expect(new Set(overlay.categories)).toEqual(new Set(['float32', 'uint8', 'conversion']));
    expect(overlay.values['q_0_q']?.category).toBe('conversion');
    expect(overlay.values['/f/f.1/a/a.0/Conv']?.category).toBe('uint8');
  });

  it('colours the layers that can be pruned by the zeros in their weights', async () => {
    const overlay = await overlayOf(bench, { path: float, kind: 'sparsity', id: 0 }, context);
    const layers = Object.entries(overlay.values).filter(([id]) => id.endsWith('/Conv') || id.endsWith('/Gemm'));
    expect(layers).toHaveLength(16);
    expect(overlay.values['/f/f.0/f.0.0/Conv']).toEqual({
      ...{ share: 0, category: null },
      text: '0.0 % zeros of 432 weights',
    });
    expect(overlay.values['f']?.text).toMatch(/^15 layers, 0\.0 % zeros of [\d.]+K weights$/);
    expect((await overlayChoicesOf(bench, int8)).map(({ kind }) => kind)).toEqual(['type']);
  });

  it('compares a float model with its quantized form', async () => {
    const comparison = await compareModels(bench, { path: float, otherPath: int8 }, context);
    expect(comparison.here['/f/f.0/f.0.0/Conv']).toMatchObject({ change: 'changed' });
    expect(comparison.there['q_0_q']).toMatchObject({ change: 'added' });
    expect(comparison.summary).toMatch(/16 computed in 8 bits.*44 conversions added.*; 705 kB became 188 kB/);
    expect(comparison.isOtherFirst).toBe(false);
    const back = await compareModels(bench, { path: int8, otherPath: float }, context);
    expect(back.isOtherFirst).toBe(true);
    expect(back.summary).toBe(comparison.summary);
    expect(back.here).toEqual(comparison.there);
    expect(back.there).toEqual(comparison.here);
    const same = await compareModels(bench, { path: float, otherPath: float }, context);
    expect([same.here, same.there]).toEqual([{}, {}]);
    expect(same.summary).toMatch(/All nodes are the same/);
  });

  it('finds changed weights and attributes', async () => {
    const unbalanced = join(models, 'cifar10_resnet14_unbalanced.op13.onnx');
    const { here } = await compareModels(bench, { path: float, otherPath: unbalanced }, context);
    expect(Object.values(here).some(({ text }) => text.includes('has other values'))).toBe(true);
  });

  it('names the precision as all of the bench does, and offers quantizing only where it can begin', () => {
    const factsOf = (path: string) => lookAt(bench, path, (model) => graphFactsOf(model, path));
    const precisionIn = (path: string) => factsOf(path).facts.find(({ name }) => name === 'Precision')?.value;
    expect([float, int8].map(precisionIn)).toEqual(['fp32', 'int8']);
    expect([float, int8].map((path) => factsOf(path).canBeQuantized)).toEqual([true, false]);
  });

  it.each(['cifar10_resnet14.qdq_int8.onnx', 'silero_vad.onnx'])('counts the nodes of %s once', async (name) => {
    const path = join(models, name);
    const { nodes, facts } = lookAt(bench, path, (model) => graphFactsOf(model, path));
    const all = { text: '', offset: 0, count: 1 };
    const { total, ports } = await lookAt(bench, path, (model) => nodePageOf(model, all, context));
    expect(total - ports).toBe(nodes);
    const figure = (name: string): number => Number(facts.find((one) => one.name === name)?.value ?? 0);
    expect(figure('Nodes') - figure('Constants, not drawn')).toBe(nodes);
  });

  it('answers for every real model within the size of a message', () => {
    for (const name of ['silero_vad.onnx', 'yolox_nano_416.onnx', 'sst2_transformer.op13.onnx', 'mnist_cntk.onnx']) {
      const path = join(models, name);
      const scene = lookAt(bench, path, (model) => sceneOf(model, allGroupsOf(model)));
      expect(payloadProblem(scene)).toBeUndefined();
      for (const { source, target } of scene.edges) expect(Math.max(source, target)).toBeLessThan(scene.nodes.length);
      for (const { id } of scene.nodes) {
        expect(lookAt(bench, path, (model) => nodePropertiesOf(model, id)).id).toBe(id);
      }
      const facts = lookAt(bench, path, (model) => graphFactsOf(model, path));
      expect(facts.inputs.length).toBeGreaterThan(0);
    }
  });
});

describe('a model of a project', () => {
  it('can be compared with the others of it, and coloured by what was measured of it', async () => {
    const { modelId } = await mnistProject(bench);
    const path = bench.absolutePath((await bench.get('model', modelId)).path);
    expect(await comparableWith(bench, path)).toEqual([]);
    expect((await overlayChoicesOf(bench, path)).map(({ kind }) => kind)).toEqual(['type', 'sparsity']);
    await expect(overlayOf(bench, { path, kind: 'time', id: 7 }, context)).rejects.toThrow(
      /Could not find the colouring/,
    );
  });

  it('is another one when its file changes', async () => {
    const { modelId } = await mnistProject(bench, undefined, 'More digits');
    const original = bench.absolutePath((await bench.get('model', modelId)).path);
    const path = join(place.fresh(), 'copy.onnx');
    copyFileSync(original, path);
    const before = lookAt(bench, path, (model) => model);
    expect(lookAt(bench, path, (model) => model)).toBe(before);
    copyFileSync(original, path);
    expect(lookAt(bench, path, (model) => model)).not.toBe(before);
  });
});
