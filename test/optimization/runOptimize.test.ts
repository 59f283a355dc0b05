// The whole job: levels, precisions, what is checked before a model is offered, and what is left when it is not.
import { copyFileSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runJob } from '../../src/jobs/runJob';
import type { ModelProto } from '../../src/onnx/messages';
import { readModel } from '../../src/onnx/readModel';
import { encodeModel } from '../../src/onnx/writeModel';
import { optimizeGraphTo } from '../../src/optimization/optimizeGraph';
import type { JobOutcome } from '../../src/protocol/jobs';
import type { OptimizeResult, OptimizeSpec } from '../../src/protocol/optimization';
import { jobBundle } from '../processes/bundle';
import { floatTensor, node, protoOf } from '../quantization/rewritingModels';
import { temporaryFolder } from '../support/temporaryFolder';
import { typesOf } from './halfModels';

const example = join(import.meta.dirname, '../../media/examples/mnist');
const modelPath = join(example, 'mnist_resnet.onnx');
const place = temporaryFolder();
const bundled = jobBundle();

function optimize(folder: string, changes: Partial<OptimizeSpec>): Promise<JobOutcome<OptimizeResult>> {
  const spec: OptimizeSpec = {
    verb: 'optimize',
    modelPath,
    outputPath: join(folder, 'out.onnx'),
    level: 'disabled',
    precision: 'fp32',
    keepIoTypes: false,
    blocked: [],
    dimensions: {},
    threads: 1,
    ...changes,
  };
  return runJob<'optimize'>(spec, bundled).outcome;
}

async function resultOf(folder: string, changes: Partial<OptimizeSpec>): Promise<OptimizeResult> {
  const outcome = await optimize(folder, changes);
  if (outcome.state !== 'success') throw new Error(JSON.stringify(outcome));
  return outcome.result;
}

function write(path: string, proto: ModelProto): string {
  writeFileSync(path, encodeModel(proto));
  return path;
}

function domainsOf(path: string): string[] {
  const model = readModel(path);
  model.close();
  return model.proto.opsetImport.map(({ domain }) => domain);
}

describe('graph optimization', () => {
  it('saves the graph at a level, with the domains it uses and no others', async () => {
    const folder = place.fresh();
    const basic = await resultOf(folder, { level: 'basic', outputPath: join(folder, 'basic.onnx') });
    const extended = await resultOf(folder, { level: 'extended', outputPath: join(folder, 'extended.onnx') });
    expect(basic.opsAfter).toMatchObject({ Conv: 15, Relu: 13 });
    expect(domainsOf(basic.output)).toEqual(['']);
    expect(basic.notes).toEqual([]);
    expect(extended.opsAfter).toMatchObject({ Conv: 8, FusedConv: 7, Relu: 6 });
    expect(domainsOf(extended.output)).toEqual(['', 'com.microsoft']);
    expect(extended.notes).toEqual([expect.stringContaining('com.microsoft') as string]);
    expect(extended).toMatchObject({ convertedOps: {}, casts: 0, verification: { samples: 5 }, precision: 'fp32' });
    expect(readdirSync(folder).sort()).toEqual(['basic.onnx', 'extended.onnx']);
  });

  it('says that the level all is for this kind of machine', async () => {
    const folder = place.fresh();
    const { notes, verification } = await resultOf(folder, { level: 'all' });
    expect(notes[0]).toMatch(/^Optimized at the level all, it is made for this kind of processor/);
    expect(verification.samples).toBe(5);
  });

  it('is there for other jobs, without the check', async () => {
    const folder = place.fresh();
    const outputPath = join(folder, 'out.onnx');
    const context = { folder, signal: new AbortController().signal, onProgress: () => undefined, log: () => undefined };
    const model = readModel(modelPath);
    const written = await optimizeGraphTo(outputPath, model, 'extended', context);
    model.close();
    expect(written.sizeBytes).toBe(readFileSync(outputPath).length);
    expect(domainsOf(outputPath)).toEqual(['', 'com.microsoft']);
  });
});

describe('fp16', () => {
  it('halves the file, is compared on data, and answers with what was done', async () => {
    const folder = place.fresh();
    const datasetPath = join(example, 'calibration.yaml');
    const result = await resultOf(folder, { precision: 'fp16', datasetPath, blocked: ['Gemm'] });
    expect(result.sizeBytes).toBeLessThan(result.originalSizeBytes * 0.52);
    expect(result.sizeBytes).toBe(readFileSync(result.output).length);
    expect(result).toMatchObject({
      convertedOps: { Conv: 15, Relu: 13, Add: 6, GlobalAveragePool: 1, Flatten: 1 },
      keptFloat: [{ opType: 'Gemm', reason: 'Gemm is on the block list' }],
      casts: 2,
      clamped: { raised: 0, lowered: 0 },
      verification: { samples: 5 },
      modelSha256: /^[0-9a-f]{64}$/,
    });
    expect(result.verification.signalToNoiseDb).toBeGreaterThan(50);
    expect(result.notes).toEqual([expect.stringContaining('expect a smaller file, not speed') as string]);
  });

  it('keeps the ends float32 when asked, after optimizing when asked', async () => {
    const folder = place.fresh();
    const result = await resultOf(folder, {
      precision: 'fp16',
      keepIoTypes: true,
      level: 'extended',
      blocked: ['make y', 'Conv'],
      modelPath: write(
        join(folder, 'in.onnx'),
        protoOf({
          nodes: [
            node('Conv', ['x', 'w'], 'c'),
            node('Relu', ['c'], 'r'),
            node('Conv', ['r', 'w'], 'd'),
            node('Neg', ['d'], 'y'),
          ],
          inputs: { x: [1, 2, 4, 4] },
          outputs: ['y'],
          initializers: [floatTensor('w', [2, 2, 1, 1])],
        }),
      ),
    });
    const model = readModel(result.output);
    expect(typesOf([...model.graph.input, ...model.graph.output])).toEqual({ x: 1, y: 1 });
    model.close();
    expect(result.convertedOps).toEqual({ FusedConv: 1 });
    expect(result.keptFloat.map(({ opType }) => opType)).toEqual(['Conv', 'Neg']);
  });

  it('that overflows on the way is not kept', async () => {
    const folder = place.fresh();
    const big = floatTensor('big', [1], Float32Array.of(6e4));
    const outcome = await optimize(folder, {
      precision: 'fp16',
      modelPath: write(
        join(place.path, 'overflow.onnx'),
        protoOf({
          nodes: [node('Add', ['x', 'big'], 'a'), node('Mul', ['a', 'big'], 'm'), node('Div', ['m', 'm'], 'y')],
          inputs: { x: [4] },
          outputs: ['y', 'm'],
          initializers: [big],
        }),
      ),
    });
    expect(outcome).toMatchObject({
      state: 'error',
      failure: { code: 'optimize-not-finite', nextStep: expect.stringContaining('--block') as string },
    });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('bf16', () => {
  it('is refused, naming the operators the engine has no kernel for', async () => {
    const folder = place.fresh();
    expect(await optimize(folder, { precision: 'bf16' })).toMatchObject({
      state: 'error',
      failure: {
        code: 'optimize-no-kernels',
        message: expect.stringContaining('no bfloat16 kernel on this CPU for Conv, Relu, Add') as string,
      },
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is made where the engine has them, with float32 at the ends', async () => {
    const folder = place.fresh();
    const result = await resultOf(folder, {
      precision: 'bf16',
      blocked: ['Mul'],
      modelPath: write(
        join(folder, 'in.onnx'),
        protoOf({
          nodes: [node('Mul', ['x', 'w'], 'm'), node('Reshape', ['m', 's'], 'r'), node('Identity', ['r'], 'y')],
          inputs: { x: [2, 3] },
          outputs: ['y'],
          initializers: [
            floatTensor('w', [3]),
            { ...floatTensor('s', [1]), dataType: 7, dims: [1], rawData: new Uint8Array(8).fill(255) },
          ],
        }),
      ),
    });
    expect(result.convertedOps).toEqual({ Reshape: 1, Identity: 1 });
    expect(result.casts).toBe(2);
    expect(result.verification.signalToNoiseDb).toBeGreaterThan(40);
    expect(result.notes.join(' ')).toContain('inputs and outputs stay float32');
  });
});

describe('what cannot be done', () => {
  it('leaves the input alone when it is named as the output', async () => {
    const folder = place.fresh();
    const input = join(folder, 'in.onnx');
    copyFileSync(modelPath, input);
    const outcome = await optimize(folder, { modelPath: input, outputPath: input, precision: 'fp16' });
    expect(outcome).toMatchObject({ state: 'error', failure: { message: /is not overwritten/ } });
    expect(readFileSync(input).equals(readFileSync(modelPath))).toBe(true);
  });

  it.each([
    ['no model', { modelPath: join(place.path, 'none.onnx') }, /none\.onnx/],
    ['no data', { datasetPath: join(place.path, 'none.yaml') }, /none\.yaml/],
    ['no such node', { precision: 'fp16', blocked: ['Gem'] }, /neither a node nor an operator type called "Gem"/],
  ] as const)('is said in a sentence: %s', async (_, changes, message) => {
    const folder = place.fresh();
    const outcome = await optimize(folder, changes);
    expect(outcome).toMatchObject({ state: 'error', failure: { message, nextStep: /./ } });
    expect(readdirSync(folder)).toEqual([]);
  });
});
