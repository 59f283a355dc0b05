// The job `profile` in this process: models of all kinds, with and without data, and what is left on the disk.
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DataType } from '../../src/onnx/dataTypes';
import type { ModelProto } from '../../src/onnx/messages';
import { encodeModel } from '../../src/onnx/writeModel';
import type { JobContext } from '../../src/protocol/jobContext';
import type { ProfileResult, ProfileSpec } from '../../src/protocol/profiling';
import { runProfile } from '../../src/profiling/runProfile';
import { convModel } from '../diagnosis/comparedModels';
import { floatTensor, graphAttribute, graphOf, intTensor, node, protoOf } from '../quantization/rewritingModels';
import { failureOf } from '../support/failureOf';
import { describeShared } from '../support/shared';
import { temporaryFolder } from '../support/temporaryFolder';

const folder = temporaryFolder();

function contextOf(signal = new AbortController().signal): JobContext {
  return { folder: mkdtempSync(join(folder.path, 'job-')), signal, onProgress: () => undefined, log: () => undefined };
}

function profileFile(
  modelPath: string,
  changes: Partial<ProfileSpec> = {},
  context = contextOf(),
): Promise<ProfileResult> {
  const spec = { verb: 'profile', modelPath, runs: 4, warmupRuns: 2, dimensions: {}, threads: 1 } as const;
  return runProfile({ ...spec, ...changes }, context);
}

let models = 0;
function profile(proto: ModelProto, changes: Partial<ProfileSpec> = {}): Promise<ProfileResult> {
  return profileFile(folder.write(`model-${++models}.onnx`, encodeModel(proto)), changes);
}

describe('a profile', () => {
  it('has the times of the runs asked for, by op type and by node, and nothing is left of its work', async () => {
    const context = contextOf();
    const path = folder.write('conv.onnx', encodeModel(convModel().proto));
    const result = await profileFile(path, {}, context);
    expect(result).toMatchObject({
      model: path,
      runs: 4,
      warmupRuns: 2,
      data: 'random',
      inputShapes: { x: [1, 3, 8, 8] },
      trace: null,
      environment: { threads: 1 },
    });
    expect(result.modelSha256).toMatch(/^[0-9a-f]{64}$/);
    const convs = result.ops.find(({ opType }) => opType.endsWith('Conv'));
    expect(convs).toMatchObject({ executions: 8, definedNodes: 2 });
    expect(result.nodes.map(({ executions }) => executions)).toEqual(result.nodes.map(() => 4));
    expect(result.nodes.flatMap(({ modelNodes }) => modelNodes.map((one) => one.node)).sort()).toEqual([
      'make c1',
      'make r1',
      'make y',
    ]);
    expect(result.nodes.find(({ modelNodes }) => modelNodes[0]?.node === 'make y')?.outputShapes).toEqual([
      [1, 16, 6 - 2, 6 - 2],
    ]);
    expect(result.nodes.reduce((sum, { timeUs }) => sum + timeUs, 0)).toBeCloseTo(result.times.kernelUs, 6);
    expect(result.times.wallUs).toBeGreaterThan(0);
    expect(readdirSync(context.folder)).toEqual([]);
  });

  it('keeps the record of the engine where it is wanted, with the warm-up in it', async () => {
    const tracePath = join(folder.path, 'trace.json');
    const result = await profile(convModel().proto, { tracePath });
    expect(result.trace).toBe(tracePath);
    const events = JSON.parse(readFileSync(tracePath, 'utf8')) as { name: string; ph: string; ts: number }[];
    expect(events.filter(({ name }) => name === 'model_run')).toHaveLength(6);
    for (const { ph, ts } of events) expect([ph, typeof ts]).toEqual(['X', 'number']);
  });

  it('names nodes that have no name by what they make', async () => {
    const { proto } = convModel();
    const unnamed = proto.graph!.node.map((one) => ({ ...one, name: '' }));
    const { nodes } = await profile({ ...proto, graph: { ...proto.graph!, node: unnamed } });
    expect(nodes.flatMap(({ modelNodes }) => modelNodes.map((one) => one.node)).sort()).toEqual(['c1', 'r1', 'y']);
  });

  it('has rows of their own for nodes in bodies, however often they run', async () => {
    const body = graphOf({
      nodes: [node('Identity', ['go'], 'go_on'), node('Sin', ['before'], 'after')],
      outputs: ['go_on', 'after'],
      outputTypes: { go_on: DataType.bool },
      inputs: { i: [], go: [], before: [1, 4] },
      inputTypes: { i: DataType.int64, go: DataType.bool },
    });
    const { ops, nodes } = await profile(
      protoOf({
        nodes: [node('Loop', ['times', '', 'x'], 'y', [graphAttribute('body', body)])],
        inputs: { x: [1, 4] },
        initializers: [intTensor('times', [3], [])],
        outputs: ['y'],
      }),
    );
    expect(ops.find(({ opType }) => opType === 'Sin')).toMatchObject({
      executions: 12,
      definedNodes: 1,
      modelNodes: 1,
    });
    expect(ops.find(({ opType }) => opType === 'Loop')).toMatchObject({ executions: 4 });
    expect(nodes.find(({ opType }) => opType === 'Sin')).toMatchObject({
      within: 'make y',
      executions: 12,
      outputShapes: [[1, 4]],
      modelNodes: [{ node: 'make after', opType: 'Sin' }],
    });
  });

  it('ends at once when it is no longer wanted, and leaves no file behind', async () => {
    const context = contextOf(AbortSignal.abort());
    const tracePath = join(folder.path, 'unwanted.json');
    const path = folder.write('cancelled.onnx', encodeModel(convModel().proto));
    await expect(profileFile(path, { tracePath }, context)).rejects.toThrow(/abort/i);
    expect(readdirSync(context.folder)).toEqual([]);
    expect(readdirSync(folder.path)).not.toContain('unwanted.json');
  });

  it('says so when the record cannot be kept', async () => {
    const failure = await failureOf(profile(convModel().proto, { tracePath: join(folder.path, 'no', 'trace.json') }));
    expect(failure.code).toMatch(/^file-/);
  });
});

describe('open dimensions', () => {
  /** Reads `size` elements behind each other from dimension 1, so that shorter inputs fail. */
  const atLeast = (size: number, dims: readonly (number | string)[]): ModelProto =>
    protoOf({
      nodes: [node('Gather', ['x', 'index'], 'g', []), node('Relu', ['g'], 'y')],
      inputs: { x: dims },
      initializers: [intTensor('index', [size - 1])],
      outputs: ['y'],
    });

  it('get a size the model can run with, which a note names', async () => {
    const small = await profile(atLeast(1, ['batch', 'seq']));
    expect(small.inputShapes).toEqual({ x: [1, 8] });
    expect(small.warnings.join(' ')).toContain('open dimensions: seq = 8. Times depend on them: give yours with --dim');
    // An open first dimension is the batch; it is the second one here that must not be too short.
    const product = protoOf({
      nodes: [node('MatMul', ['x', 'w'], 'y')],
      inputs: { x: ['batch', 'width'] },
      initializers: [floatTensor('w', [64, 2])],
      outputs: ['y'],
    });
    expect((await profile(product)).inputShapes).toEqual({ x: [1, 64] });
  });

  it('take the sizes that are given, without a note', async () => {
    const { inputShapes, warnings } = await profile(atLeast(1, ['batch', 'seq']), { dimensions: { batch: 2, seq: 5 } });
    expect(inputShapes).toEqual({ x: [2, 5] });
    expect(warnings.filter((warning) => warning.includes('assumed'))).toEqual([]);
  });

  it('are a failure with a next step when no size suits the model', async () => {
    const odd = protoOf({
      nodes: [node('MatMul', ['x', 'w'], 'y')],
      inputs: { x: ['batch', 'width'] },
      initializers: [floatTensor('w', [7, 2])],
      outputs: ['y'],
    });
    const failure = await failureOf(profile(odd));
    expect(failure.code).toBe('profiling-no-inputs');
    expect(failure.nextStep).toContain('--dim');
  });
});

describeShared('profiles of real models', (shared) => {
  it.each([
    ['silero_vad.onnx', { input: [1, 256], state: [2, 1, 128] }, 'If'],
    ['sst2_transformer.op13.onnx', { input_ids: [1, 8] }, 'MatMul'],
    ['cifar10_resnet14.fp16.onnx', { input: [1, 3, 32, 32] }, 'Conv'],
    ['cifar10_resnet14.qdq_int8.onnx', { input: [1, 3, 32, 32] }, 'QLinearConv'],
    ['external/cifar10_resnet14_external.onnx', { input: [1, 3, 32, 32] }, 'Conv'],
    ['mnist_cntk.onnx', { Input3: [1, 1, 28, 28] }, 'Conv'],
  ])('of %s have times and origins', async (name, shapes, opType) => {
    const { ops, nodes, inputShapes } = await profileFile(join(shared, 'data', 'models', name));
    expect(inputShapes).toMatchObject(shapes);
    expect(ops.map((row) => row.opType)).toContain(opType);
    expect(ops.reduce((sum, row) => sum + row.executions, 0)).toBe(nodes.reduce((sum, row) => sum + row.executions, 0));
    const strangers = nodes.filter(({ modelNodes }) => modelNodes.length === 0).map((row) => row.opType);
    expect(strangers.filter((type) => !/^(Reorder|Transpose|Unsqueeze|DequantizeLinear)/.test(type))).toEqual([]);
    expect(nodes.some(({ within }) => within !== null)).toBe(name.startsWith('silero'));
  });
});
