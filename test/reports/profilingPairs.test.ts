// Profilings of a float model and of what was made of it, compared: what computes the same stands in one row.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bench } from '../../src/bench/bench';
import { openBench } from '../../src/bench/openBench';
import { profilingComparison } from '../../src/bench/reports/profiling';
import { recordRun } from '../../src/jobs/runRecord';
import { describeNode } from '../../src/onnx/describeNode';
import type { OnnxModel } from '../../src/onnx/readModel';
import { encodeModel } from '../../src/onnx/writeModel';
import { jobFiles } from '../../src/protocol/jobChannel';
import { convModel, quantized, quantizedDynamically } from '../diagnosis/comparedModels';
import { datasetDraft, modelDraft, optimizationDraft, projectDraft } from '../store/drafts';
import { floatTensor, node, smallModel } from '../quantization/rewritingModels';
import { temporaryFolder } from '../support/temporaryFolder';

const place = temporaryFolder();
let bench: Bench;
let folder = '';

beforeEach(async () => {
  folder = place.fresh();
  bench = await openBench(folder);
  await bench.store.create('project', projectDraft('digits'));
  await bench.store.create('dataset', datasetDraft(1));
});
afterEach(() => bench[Symbol.asyncDispose]());

const environment = { engineVersion: '1.30.0', cpuModel: 'a', threads: 1 };

/** A model of the project; with an optimization as its maker. */
async function added(name: string, model: OnnxModel, precision = 'fp32', optimizationId?: number): Promise<number> {
  writeFileSync(join(folder, name), encodeModel(model.proto));
  const madeBy = optimizationId === undefined ? null : { optimizationId, run: 'run' };
  return (await bench.store.create('model', { ...modelDraft(1), path: name, precision, madeBy })).id;
}

/** A profiling in which every node of the model took `us`, each executed as it stands in the file. */
async function profiled(modelId: number, { graph }: OnnxModel, us: number): Promise<number> {
  const draft = { projectId: 1, name: `of ${modelId}`, modelId, datasetId: 1, threads: 1 };
  const { id } = await bench.store.create('profiling', draft);
  const nodes = graph.node.map((one) => {
    const named = { node: describeNode(one), opType: one.opType };
    return { ...named, within: null, timeUs: us, outputShapes: [], outputTypes: [], modelNodes: [named] };
  });
  const times = { wallUs: us, kernelUs: us };
  const result = { ops: [], nodes, times, data: 'dataset', inputShapes: {}, environment, machine: { cpuModel: 'a' } };
  const run = await bench.store.createRunFolder('profiling', id);
  recordRun(run, { state: 'queued', requestId: null });
  recordRun(run, { state: 'running' });
  writeFileSync(join(run, jobFiles.result), JSON.stringify({ state: 'success', result }));
  recordRun(run, { state: 'success' });
  return id;
}

type Pairs = readonly (readonly [label: string, here: number | null, there: number | null])[];

/** Rows by operator type and by node of the float model's profiling beside that of what was made of it. */
async function pairsOf(float: OnnxModel, other: OnnxModel): Promise<{ ops: Pairs; nodes: Pairs }> {
  const floatId = await added('float.onnx', float);
  const { id: optimization } = await bench.store.create('optimization', optimizationDraft(1, floatId, 1));
  const otherId = await added('other.onnx', other, 'int8', optimization);
  const [id, thereId] = [await profiled(floatId, float, 30), await profiled(otherId, other, 10)];
  const { ops, nodes } = await profilingComparison(bench, { id, otherId: thereId });
  const pairs = (rows: typeof ops): Pairs => rows.map(({ label, hereUs, thereUs }) => [label, hereUs, thereUs]);
  return { ops: pairs(ops), nodes: pairs(nodes) };
}

describe('the profiling of a float model beside that of its quantized form', () => {
  it('has a QLinearConv in the row of its Conv, with the Relu that is computed in it', async () => {
    const { ops, nodes } = await pairsOf(convModel(), quantized(convModel(), { format: 'qoperator' }));
    expect(nodes.slice(0, 2)).toEqual([
      ['make c1', 60, 10],
      ['make y', 30, 10],
    ]);
    expect(ops.slice(0, 2)).toEqual([
      ['Conv', 60, 20],
      ['Relu', 30, null],
    ]);
  });

  it('has conversions as what was added', async () => {
    const { ops, nodes } = await pairsOf(convModel(), quantized(convModel(), { format: 'qoperator' }));
    const added = [...ops, ...nodes].filter(([, here]) => here === null);
    expect(added.length).toBeGreaterThan(2);
    expect(ops.filter(([, here]) => here === null).map(([label]) => label)).toEqual([
      'QuantizeLinear',
      'DequantizeLinear',
    ]);
  });

  it('has all that stands for an operator of a dynamic model in the row of that operator', async () => {
    const product = smallModel({
      nodes: [node('MatMul', ['x', 'w'], 'm'), node('Relu', ['m'], 'y')],
      inputs: { x: [1, 8] },
      outputs: ['y'],
      initializers: [floatTensor('w', [8, 4])],
    });
    const { ops } = await pairsOf(product, quantizedDynamically(product));
    expect(ops).toEqual([
      // MatMulInteger, Cast and what multiplies the scales.
      ['MatMul', 30, 40],
      ['Relu', 30, 10],
      ['DynamicQuantizeLinear', null, 10],
    ]);
  });

  it('is matched by what the nodes are called where a file is gone', async () => {
    const float = convModel();
    const id = await profiled(await added('float.onnx', float), float, 30);
    const goneId = (await bench.store.create('model', { ...modelDraft(1), path: 'gone.onnx', precision: 'int8' })).id;
    const otherId = await profiled(goneId, quantized(convModel(), { format: 'qdq' }), 10);
    const { nodes } = await profilingComparison(bench, { id, otherId });
    expect(nodes.find(({ label }) => label === 'make c1')).toMatchObject({ hereUs: 30, thereUs: 10 });
  });
});
