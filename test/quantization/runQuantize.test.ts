// The whole job, on the bundled example: what it answers, and what it leaves behind when it cannot.
import { copyFileSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultRecipe } from '../../src/config/recipe';
import { runJob } from '../../src/jobs/runJob';
import { DataType } from '../../src/onnx/dataTypes';
import { intAttribute, makeNode, makeTensor, makeValueInfo } from '../../src/onnx/makeMessages';
import type { ModelProto } from '../../src/onnx/messages';
import { readModel } from '../../src/onnx/readModel';
import { encodeModel, writeModel } from '../../src/onnx/writeModel';
import type { JobOutcome, QuantizeResult, QuantizeSpec } from '../../src/protocol/jobs';
import { jobBundle } from '../processes/bundle';
import { temporaryFolder } from '../support/temporaryFolder';
import { floatTensor, node, protoOf } from './rewritingModels';

const example = join(import.meta.dirname, '../../media/examples/mnist');
const place = temporaryFolder();
const bundled = jobBundle();

function specIn(folder: string, changes: Partial<QuantizeSpec> = {}): QuantizeSpec {
  return {
    verb: 'quantize',
    modelPath: join(example, 'mnist_resnet.onnx'),
    outputPath: join(folder, 'out.onnx'),
    datasetPath: join(example, 'calibration.yaml'),
    recipe: { ...defaultRecipe, calibration: { ...defaultRecipe.calibration, samples: 10 } },
    dimensions: {},
    threads: 1,
    ...changes,
  };
}

function quantize(spec: QuantizeSpec): Promise<JobOutcome<QuantizeResult>> {
  return runJob<'quantize'>(spec, bundled).outcome;
}

async function resultOf(spec: QuantizeSpec): Promise<QuantizeResult> {
  const outcome = await quantize(spec);
  if (outcome.state !== 'success') throw new Error(JSON.stringify(outcome));
  return outcome.result;
}

function write(path: string, proto: ModelProto): string {
  writeFileSync(path, encodeModel(proto));
  return path;
}

describe('a quantization', () => {
  it('answers with everything a report needs', async () => {
    const folder = place.fresh();
    const result = await resultOf(specIn(folder));
    expect(readdirSync(folder)).toEqual(['out.onnx']);
    expect(result).toMatchObject({
      output: join(folder, 'out.onnx'),
      sizeBytes: readFileSync(join(folder, 'out.onnx')).length,
      originalSizeBytes: 703_587,
      calibration: { samples: 10, method: 'minmax' },
      environment: { engineVersion: '1.30.0', threads: 1 },
      modelSha256: /^[0-9a-f]{64}$/,
      verification: { samples: 5 },
    });
    expect(result.sizeBytes).toBeLessThan(result.originalSizeBytes / 3);
  });

  it.each(['static', 'dynamic'] as const)(
    '%s reads external data and writes one file that stands alone',
    async (approach) => {
      const folder = place.fresh();
      const source = readModel(join(example, 'mnist_resnet.onnx'));
      await writeModel(join(folder, 'in.onnx'), source.proto, { externalData: 'always', tensors: source.tensors });
      source.close();
      const recipe = { ...specIn(folder).recipe, approach };
      const { originalSizeBytes } = await resultOf(specIn(folder, { modelPath: join(folder, 'in.onnx'), recipe }));
      expect(originalSizeBytes).toBeGreaterThan(700_000);
      rmSync(join(folder, 'in.onnx.data'));
      const written = readModel(join(folder, 'out.onnx'));
      expect(written.externalFiles).toEqual([]);
      written.close();
    },
  );

  it('leaves no models in the folder of its records', async () => {
    const folder = place.fresh();
    const records = place.fresh();
    const outcome = await runJob<'quantize'>(specIn(folder), { ...bundled, folder: records }).outcome;
    expect(outcome.state).toBe('success');
    expect(readdirSync(records, { recursive: true }).filter((name) => String(name).includes('.onnx'))).toEqual([]);
    expect(existsSync(join(records, 'intermediates'))).toBe(false);
  });

  it('needs no data when it is dynamic', async () => {
    const folder = place.fresh();
    const { datasetPath, ...spec } = specIn(folder, { recipe: { ...defaultRecipe, approach: 'dynamic' } });
    expect(datasetPath).toBeDefined();
    const result = await resultOf(spec);
    expect(result).toMatchObject({ ranges: {}, calibration: { samples: 0 }, verification: { samples: 5 } });
    expect(result.quantizedOps).toEqual({ Gemm: 1 });
  });

  it('calibrates in batches of the data set, or of the size the model insists on', async () => {
    const folder = place.fresh();
    const text = readFileSync(join(example, 'calibration.yaml'), 'utf8').replace(/batch_size: *\d+/, 'batch_size: 4');
    writeFileSync(
      join(folder, 'fours.yaml'),
      text.replace(/root: *\S+?([,}\s])/, `root: ${JSON.stringify(example)}$1`),
    );
    const fours = await resultOf(specIn(folder, { datasetPath: join(folder, 'fours.yaml') }));
    const single = await resultOf(specIn(folder));
    expect(fours.calibration.samples).toBe(10);
    for (const [tensor, { scale }] of Object.entries(single.ranges)) {
      expect((fours.ranges[tensor]?.scale ?? NaN) / scale).toBeCloseTo(1, 5);
    }
  });
});

describe('what cannot be done', () => {
  it.each([
    ['no data', { datasetPath: join(place.path, 'none.yaml') }, /none\.yaml/],
    ['no model', { modelPath: join(place.path, 'none.onnx') }, /none\.onnx/],
  ])('is said in a sentence: %s', async (_, changes, message) => {
    const folder = place.fresh();
    const outcome = await quantize(specIn(folder, changes));
    expect(outcome).toMatchObject({ state: 'error', failure: { message, nextStep: /./ } });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('leaves the input alone when it is named as the output', async () => {
    const folder = place.fresh();
    const modelPath = join(folder, 'model.onnx');
    copyFileSync(join(example, 'mnist_resnet.onnx'), modelPath);
    const outcome = await quantize(specIn(folder, { modelPath, outputPath: modelPath }));
    expect(outcome).toMatchObject({ failure: { code: 'quantize-output-is-input' } });
    expect(readFileSync(modelPath).equals(readFileSync(join(example, 'mnist_resnet.onnx')))).toBe(true);
  });

  it('refuses what it made itself, and keeps the old output', async () => {
    const folder = place.fresh();
    await resultOf(specIn(folder));
    const before = readFileSync(join(folder, 'out.onnx'));
    const modelPath = join(folder, 'again.onnx');
    copyFileSync(join(folder, 'out.onnx'), modelPath);
    const outcome = await quantize(specIn(folder, { modelPath }));
    expect(outcome).toMatchObject({ failure: { code: 'quantize-already-quantized', nextStep: /float model/ } });
    expect(readFileSync(join(folder, 'out.onnx')).equals(before)).toBe(true);
  });

  it('does not keep a model that gives NaN where the float model does not', async () => {
    const folder = place.fresh();
    // Values below half a step become 0, and their quotient with themselves is no number any more.
    const tiny = makeTensor('tiny', DataType.float32, [1, 1, 28, 28], new Float32Array(784).fill(1e-6).fill(1, 0, 1));
    const nodes = [
      node('Mul', ['x', 'zero'], 'nothing'),
      node('Add', ['nothing', 'tiny'], 'little'),
      node('Div', ['little', 'little'], 'y'),
    ];
    const proto = protoOf({
      nodes,
      inputs: { x: [1, 1, 28, 28] },
      outputs: ['y'],
      initializers: [tiny, floatTensor('zero', [], Float32Array.of(0))],
    });
    const outcome = await quantize(specIn(folder, { modelPath: write(join(folder, 'in.onnx'), proto) }));
    expect(outcome).toMatchObject({ failure: { code: 'quantize-not-finite', place: /"y"/, nextStep: /--exclude/ } });
    expect(readdirSync(folder)).toEqual(['in.onnx']);
  });

  it('says which shape the data lacks', async () => {
    const folder = place.fresh();
    const proto = protoOf({ nodes: [node('Relu', ['x'], 'y')], inputs: { x: [1, 3, 28, 28] }, outputs: ['y'] });
    const outcome = await quantize(specIn(folder, { modelPath: write(join(folder, 'in.onnx'), proto) }));
    expect(outcome).toMatchObject({ state: 'error', failure: { nextStep: /./ } });
    expect(readdirSync(folder)).toEqual(['in.onnx']);
  });

  it('leaves nothing behind when it is cancelled', async () => {
    const folder = place.fresh();
    const job = runJob<'quantize'>(specIn(folder), { ...bundled, onProgress: () => job.cancel() });
    expect(await job.outcome).toEqual({ state: 'cancelled' });
    expect(existsSync(join(folder, 'out.onnx'))).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('tensors without elements', () => {
  it('do not stop calibration', async () => {
    const folder = place.fresh();
    const bounds = ['starts', 'ends'].map((name) => makeTensor(name, DataType.int64, [1], BigInt64Array.of(0n)));
    const slice = makeNode({ opType: 'Slice', inputs: ['s', 'starts', 'ends'], outputs: ['empty'], name: 'cut' });
    const nodes = [
      node('Sigmoid', ['x'], 's'),
      slice,
      node('Relu', ['empty'], 'none'),
      node('Concat', ['s', 'none'], 'y', []),
    ];
    const concat = nodes.map((one) => (one.opType === 'Concat' ? { ...one, attribute: [axisZero] } : one));
    const proto = protoOf({ nodes: concat, inputs: { x: [1, 1, 28, 28] }, outputs: ['y'], initializers: bounds });
    const declared = {
      ...proto,
      graph: proto.graph && { ...proto.graph, valueInfo: [makeValueInfo('empty', DataType.float32, undefined)] },
    };
    const result = await resultOf(
      specIn(folder, { modelPath: write(join(folder, 'in.onnx'), declared as ModelProto) }),
    );
    expect(result.quantizedOps['Sigmoid']).toBe(1);
  });
});

describe('single numbers inside a model', () => {
  it('do not stop calibration', async () => {
    const folder = place.fresh();
    const sum = makeNode({
      opType: 'ReduceSum',
      inputs: ['s'],
      outputs: ['total'],
      name: 'add up',
      attributes: [intAttribute('keepdims', 0)],
    });
    const nodes = [node('Sigmoid', ['x'], 's'), sum, node('Mul', ['s', 'total'], 'y')];
    const proto = protoOf({ nodes, inputs: { x: [1, 1, 28, 28] }, outputs: ['y'] });
    const { ranges } = await resultOf(specIn(folder, { modelPath: write(join(folder, 'in.onnx'), proto) }));
    expect(ranges['total']?.max).toBeGreaterThan(100);
  });
});

const axisZero = {
  ...{ name: 'axis', refAttrName: '', docString: '', type: 2, i: 0n },
  ...{ floats: [], ints: [], strings: [], tensors: [], graphs: [], sparseTensors: [], typeProtos: [] },
};
