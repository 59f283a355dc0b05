// Optimizations of the type Pruning: added, edited, shown, run on the bundled digits, reported and exported.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bench } from '../../src/bench/bench';
import { exportResult } from '../../src/bench/export/exportResult';
import { partsOf } from '../../src/bench/facts/projects';
import { openBench } from '../../src/bench/openBench';
import { unprunableReason } from '../../src/bench/sensitivity/sensitivityAdd';
import { tuningHistoryReport } from '../../src/bench/reports/tuningHistory';
import { readPruningRecipe } from '../../src/config/pruningRecipe';
import { encodeModel } from '../../src/onnx/writeModel';
import { queueBundles } from '../processes/bundle';
import { node } from '../pruning/pruningModels';
import { protoOf } from '../quantization/rewritingModels';
import { call, callFile, follow } from '../support/benchCalls';
import type { Answer, Parameters } from '../support/benchCalls';
import { failureOf } from '../support/failureOf';
import { copyDigits, mnistProject } from '../support/mnistBench';
import type { MnistProject } from '../support/mnistBench';
import { temporaryFolder } from '../support/temporaryFolder';

const place = temporaryFolder();
const bundles = queueBundles();
let bench: Bench;
let project: MnistProject;

beforeAll(async () => {
  bench = await openBench(place.path, bundles);
  project = await mnistProject(bench, copyDigits(join(place.path, 'digits')));
});
afterAll(() => bench[Symbol.asyncDispose]());

/** Ids of the dictionaries: type and precision. */
const pruning = { optimization_type_id: 4, precision_id: 1 };

async function added(more: Parameters = {}): Promise<number> {
  const { projectId, datasetId } = project;
  const request = { project_id: projectId, name: 'Sparse', dataset_id: datasetId, ...pruning, ...more };
  return Number((await call(bench, 'optimization/add', request))['optimization_id']);
}

function details(id: number): Promise<Answer> {
  return call(bench, 'optimization', { id });
}

describe('a pruning that is added', () => {
  it('has a target, no tuning, and a recipe for a config', async () => {
    const id = await added();
    const shown = await details(id);
    expect(shown).toMatchObject({
      optimization_type: { id: 4, name: 'Pruning' },
      precision: { name: 'fp32' },
      tuning_details: null,
      pruning_details: { target_sparsity: 0.3 },
      result: null,
    });
    const path = String(shown['config_path']);
    // Its data are written for a run.
    expect(shown['execution_command']).toBeNull();
    const { optimizations } = await call(bench, 'optimization/list', { project_id: project.projectId });
    expect(optimizations).toContainEqual(
      expect.objectContaining({ id, pruning_details: { target_sparsity: 0.3 }, diagnosis_config: null }),
    );
    expect(readPruningRecipe(path)).toMatchObject({
      targetFraction: 0.3,
      model: '../../../../../digits/mnist_resnet.onnx',
    });
    const { content } = await callFile(bench, 'optimization/config.yaml', { id });
    expect(content).toEqual({ path });
  });

  it('has its settings as a tree, as a wizard has those of a new one', async () => {
    const id = await added({ pruning_details: { target_sparsity: 0.5 } });
    const tree = await call(bench, 'optimization/pruning_details', { id });
    const wizard = await call(bench, 'pruning/details_wizard', {});
    const settings = (target: number): unknown => [
      {
        name: 'approach',
        children: [
          {
            name: 'weight_compression',
            children: expect.arrayContaining([{ name: 'target_sparsity', value: target }]) as unknown,
          },
        ],
      },
    ];
    expect(tree).toEqual(settings(0.5));
    expect(wizard).toEqual(settings(0.3));
    const quantization = await added({ optimization_type_id: 1, precision_id: 2 });
    expect(await call(bench, 'optimization/pruning_details', { id: quantization })).toEqual([]);
  });

  it('is what its config.yaml says, also after a person changed it', async () => {
    const id = await added();
    writeFileSync(String((await details(id))['config_path']), 'layers: {fc.weight: 0.5}\n');
    expect(await details(id)).toMatchObject({ pruning_details: { target_sparsity: null } });
    const tree = JSON.stringify(await call(bench, 'optimization/pruning_details', { id }));
    expect(tree).toContain('{"name":"layers","children":[{"name":"fc.weight","value":0.5}]}');
    expect(tree).not.toContain('target_sparsity');
  });

  it.each([
    ['a sparsity of 1', { pruning_details: { target_sparsity: 1 } }, /Could not parse value/],
    ['a percentage', { pruning_details: { target_sparsity: 80 } }, /Could not parse value/],
    ['a slip', { pruning_details: { target_sparsty: 0.4 } }, /has no "target_sparsty"/],
    ['rounds of training', { pruning_details: { epoch: 4 } }, /are not trained/],
    ['another precision', { precision_id: 2 }, /Pruning does not lead to int8/],
    [
      'a sparsity of a quantization',
      { optimization_type_id: 1, precision_id: 2, pruning_details: { target_sparsity: 0.5 } },
      /Quantization does not prune/,
    ],
    ['a diagnosis', { diagnosis_config: { model_wise: { weight: { bit: 7 } } } }, /Pruning does not quantize/],
  ])('refuses %s', async (_, more, message) => {
    expect((await failureOf(added(more))).message).toMatch(message);
  });

  it('refuses a model without a layer that can be pruned', async () => {
    const path = join(place.path, 'relu.onnx');
    const nodes = [node('Relu', ['input'], 'output')];
    writeFileSync(path, encodeModel(protoOf({ inputs: { input: [1, 4] }, outputs: ['output'], nodes })));
    const made = await call(bench, 'project/create', {
      name: 'Relu',
      model: { path, input_nodes: 'input', output_nodes: 'output', domain: '', shape: '1,4' },
    });
    expect(await call(bench, 'project', { id: made['project_id'] })).toMatchObject({
      input_model: { supports_pruning: false },
    });
    const request = { project_id: made['project_id'], dataset_id: made['dataset_id'] };
    expect((await failureOf(added(request))).message).toMatch(/relu.onnx has no Conv, Gemm or MatMul/);
    // So that the editor can say it before anything is asked.
    expect(unprunableReason(path)).toMatch(/^The model has no Conv, Gemm or MatMul with a constant float weight/);
    expect(unprunableReason(join(import.meta.dirname, '../../media/examples/mnist/mnist_resnet.onnx'))).toBeNull();
  });
});

describe('a pruning that is edited', () => {
  it('keeps its type with its precision, and its target unless one is sent', async () => {
    const id = await added({ pruning_details: { target_sparsity: 0.6 } });
    await call(bench, 'optimization/edit', { id, precision_id: 1, batch_size: 4 });
    expect(await details(id)).toMatchObject({ optimization_type: { name: 'Pruning' }, batch_size: 4 });
    const answer = await call(bench, 'optimization/edit', { id, pruning_details: { target_sparsity: 0.7 } });
    expect(answer).toMatchObject({ pruning_details: { target_sparsity: 0.7 }, tuning_details: null });
    expect(readPruningRecipe(String((await details(id))['config_path'])).targetFraction).toBe(0.7);
  });

  it('becomes another type, and comes back with the default', async () => {
    const id = await added({ pruning_details: { target_sparsity: 0.6 } });
    await call(bench, 'optimization/edit', { id, precision_id: 2 });
    expect(await details(id)).toMatchObject({ optimization_type: { name: 'Quantization' }, pruning_details: null });
    await call(bench, 'optimization/edit', { id, optimization_type_id: 4 });
    expect(await details(id)).toMatchObject({
      ...{ optimization_type: { name: 'Pruning' }, precision: { name: 'fp32' }, tuning_details: null },
      pruning_details: { target_sparsity: 0.3 },
    });
    const failure = await failureOf(call(bench, 'optimization/edit', { id, optimization_type_id: 3, precision_id: 1 }));
    expect(failure.message).toMatch(/Mixed precision does not lead to fp32/);
  });
});

describe('a pruning that is run', () => {
  let id: number;

  beforeAll(async () => {
    id = await added({ name: 'Half', pruning_details: { target_sparsity: 0.5 } });
    const path = String((await details(id))['config_path']);
    // What a person writes into the recipe counts.
    writeFileSync(path, `${readFileSync(path, 'utf8')}layers: {fc.weight: 0}\n`);
    const { messages } = await follow(bench, 'optimization/execute', { request_id: 'prune', optimization_id: id });
    expect(messages.map(({ subject, status }) => `${subject} ${status}`)).toEqual([
      'optimization_start success',
      'optimization_finish success',
    ]);
  });

  it('makes a model of the project, with accuracy before and after', async () => {
    const shown = await details(id);
    expect(shown).toMatchObject({
      status: 'success',
      trials: null,
      optimized_model: { name: 'half', precision: { name: 'fp32' }, supports_pruning: true },
      result: { metric: 'topk', samples: 1000, is_random_data: false, target_sparsity: 0.5, allocated_by: 'one-shot' },
    });
    const result = shown['result'] as {
      readonly summary: string;
      readonly sparsity: number;
      readonly reached_sparsity: number;
      readonly baseline: { readonly accuracy: number };
      readonly best: { readonly accuracy: number };
      readonly layers: readonly { readonly name: string; readonly zeros: number }[];
    };
    expect(result.reached_sparsity).toBeCloseTo(0.5, 9);
    expect(result.sparsity).toBeGreaterThan(0.4);
    expect(result.sparsity).toBeLessThan(0.6);
    expect(result.baseline.accuracy).toBeGreaterThan(0.99);
    expect(result.best.accuracy).toBeGreaterThan(0.5);
    expect(result.summary).toMatch(
      /of the weights are 0, in 14 of 16 layers; topk 99\.\d* % before, .* after, on 1000 samples/,
    );
    expect(result.layers.find(({ name }) => name === 'fc.weight')?.zeros).toBe(0);
    expect(existsSync(String((shown['optimized_model'] as Answer)['path']))).toBe(true);
  });

  it('is told to the tree and to the page of the editor', async () => {
    const { optimizations } = await partsOf(bench, { id: project.projectId });
    const facts = optimizations.find((one) => one.id === id);
    expect(facts).toMatchObject({ targetSparsity: 0.5, outcome: { hasWinner: true, metric: 'topk', isRatio: true } });
    expect(facts?.outcome?.sparsity).toBeCloseTo(Number(((await details(id))['result'] as Answer)['sparsity']), 12);
    const report = await tuningHistoryReport(bench, { id });
    expect(report).toMatchObject({ trials: [], result: null, prunes: true, optimizedModel: { name: 'half' } });
    expect(report.pruning).toMatchObject({ accuracy: { metric: 'topk', isShare: true } });
    expect(report.pruning?.layers).toHaveLength(16);
    expect(report.pruning?.layers[0]).toMatchObject({ sparsity: 0, sparsityText: 'dense: first layer' });
  });

  it('has nothing to go on with', async () => {
    const request = { request_id: 'again', optimization_id: id };
    for (const more of [{ mode: 'resume' }, { trial: 1 }]) {
      const failure = await failureOf(call(bench, 'optimization/execute', { ...request, ...more }));
      expect(failure.message).toMatch(/it has no trials/);
    }
  });

  it('is exported with its model, its recipe and a report', async () => {
    const context = { signal: new AbortController().signal, onProgress: () => undefined };
    const { folder, files } = await exportResult(bench, { kind: 'optimization', id, folder: place.path }, context);
    expect([...files].sort()).toEqual(['config.yaml', 'model.onnx', 'report.json', 'report.md']);
    const report = readFileSync(join(folder, 'report.md'), 'utf8');
    expect(report).toContain('pruned model');
    expect(report).toContain('/fc/Gemm');
  });

  it('takes its model with it when it is deleted', async () => {
    const model = (await details(id))['optimized_model'] as Answer;
    await call(bench, 'optimization/delete', { id, name: 'Half' });
    expect(existsSync(String(model['path']))).toBe(false);
    expect(await bench.store.find('model', Number(model['id']))).toBeUndefined();
  });
});
