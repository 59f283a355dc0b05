// The job evaluate on the real engine: bundled MNIST, fixed batch sizes, references, and what is missing.
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runEvaluate } from '../../src/metrics/evaluate';
import { DataType } from '../../src/onnx/dataTypes';
import { encodeModel } from '../../src/onnx/writeModel';
import type { EvaluateResult, EvaluateSpec } from '../../src/protocol/jobs';
import type { Progress } from '../../src/protocol/progress';
import { identityModel } from '../runtime/smallModels';
import { oracleDataset } from '../support/oracleDataset';
import { describeShared } from '../support/shared';
import { temporaryFolder } from '../support/temporaryFolder';

const folder = temporaryFolder();
const example = resolve(import.meta.dirname, '../../media/examples/mnist');

/** An .npy of float32 rows of 3 whose largest element is number `index mod 3`, and one of labels all 0. */
function arrays(rows: number): string {
  const npy = (descr: string, shape: string, data: Uint8Array): Buffer => {
    const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape}), }`;
    const prefix = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length, 0]);
    return Buffer.concat([prefix, Buffer.from(header), data]);
  };
  const values = Float32Array.from({ length: rows * 3 }, (_, i) => (i % 3 === Math.floor(i / 3) % 3 ? 1 : 0));
  folder.write('x.npy', npy('<f4', `${rows}, 3`, new Uint8Array(values.buffer)));
  folder.write('y.npy', npy('|u1', `${rows},`, new Uint8Array(rows)));
  return `dataset: {npy: {path: x.npy, labels: y.npy}}\n`;
}

function model(dims: readonly (number | string)[], name = 'model.onnx'): string {
  const path = join(folder.path, name);
  writeFileSync(path, encodeModel(identityModel(DataType.float32, dims)));
  return path;
}

async function evaluate(
  modelPath: string,
  dataset: string,
  rest: Partial<EvaluateSpec> = {},
  signal = new AbortController().signal,
): Promise<{ result: EvaluateResult; progress: Progress[] }> {
  const progress: Progress[] = [];
  const context = {
    signal,
    onProgress: (each: Progress) => void progress.push(each),
    folder: folder.path,
    log: () => undefined,
  };
  const datasetPath = dataset.startsWith('/') ? dataset : folder.write('DATASET.yaml', dataset);
  const spec: EvaluateSpec = { verb: 'evaluate', modelPath, datasetPath, dimensions: {}, threads: 1, ...rest };
  return { result: await runEvaluate(spec, context), progress };
}

describe('runEvaluate', () => {
  it('measures the bundled example, and names model and engine', async () => {
    const { result, progress } = await evaluate(join(example, 'mnist_resnet.onnx'), join(example, 'evaluation.yaml'), {
      samples: 100,
    });
    expect(result).toMatchObject({
      metric: 'topk',
      higherIsBetter: true,
      samples: 100,
      isRandomData: false,
      modelSha256: '03e8cc9b1c17ac9c1ef3c00e0ee8bcc5bef347f769b1d4e202eb4671e87e9290',
      environment: { engineVersion: '1.30.0', threads: 1 },
    });
    expect(result.value).toBeGreaterThan(0.97);
    expect(progress.at(-1)).toEqual({ phase: 'evaluating', done: 100, total: 100, unit: 'samples' });
    expect(progress.map(({ done }) => done)).toEqual(Array.from({ length: 101 }, (_, done) => done));
  });

  it.each([
    ['a free batch axis', ['N', 3]],
    ['a fixed batch of 1', [1, 3]],
    ['a fixed batch of 4, which the 7 samples do not fill twice', [4, 3]],
  ] as const)('gives the same figure for a model with %s', async (_name, dims) => {
    const { result } = await evaluate(model(dims), `${arrays(7)}batch_size: 2\nmetric: {topk: 1}\n`);
    expect([result.samples, result.value]).toEqual([7, 3 / 7]);
  });

  it('leaves a short last batch out when the file says so', async () => {
    const { result } = await evaluate(
      model(['N', 3]),
      `${arrays(7)}batch_size: 4\nlast_batch: discard\nmetric: {topk: 1}\n`,
    );
    expect([result.samples, result.value]).toEqual([4, 0.5]);
  });

  it('compares with the float model where the metric does, whatever their batch sizes', async () => {
    const dataset = `${arrays(5)}metric: {agreement: {}}\n`;
    const path = model([2, 3]);
    const { result } = await evaluate(path, dataset, { referencePath: model(['N', 3], 'float.onnx') });
    expect([result.metric, result.value, result.samples]).toEqual(['agreement', 1, 5]);
    await expect(evaluate(path, dataset)).rejects.toMatchObject({
      code: 'metric-reference-missing',
      nextStep: expect.stringContaining('--reference') as string,
    });
  });

  it('says that there is no metric, no end, or no sample, and what to do', async () => {
    const path = model(['N', 3]);
    await expect(evaluate(path, arrays(3))).rejects.toMatchObject({ code: 'metric-none' });
    const endless = 'dataset: {dummy_v2: {input_shape: [3]}}\nmetric: {Loss: {}}\n';
    await expect(evaluate(path, endless)).rejects.toMatchObject({ code: 'metric-endless' });
    expect((await evaluate(path, endless, { samples: 4 })).result).toMatchObject({ samples: 4, isRandomData: true });
    const discarded = `${arrays(3)}batch_size: 8\nlast_batch: discard\nmetric: {topk: 1}\n`;
    await expect(evaluate(path, discarded)).rejects.toMatchObject({ code: 'metric-no-samples' });
  });

  it('says when a metric has no figure', async () => {
    const { result } = await evaluate(model(['N', 3]), `${arrays(3)}metric: {ROC: {task: multiclass}}\n`);
    expect(result.value).toBeNaN();
    expect(result.warnings).toEqual([expect.stringMatching(/^ROC has no value over these 3 samples/)]);
  });

  it('says that the model gave NaN, which to a metric is a wrong answer like others', async () => {
    const dataset = arrays(3);
    const bytes = readFileSync(join(folder.path, 'x.npy'));
    bytes.writeFloatLE(NaN, bytes.length - 4);
    folder.write('x.npy', bytes);
    const { result } = await evaluate(model(['N', 3]), `${dataset}batch_size: 2\nmetric: {topk: 1}\n`);
    expect(result.warnings).toEqual(['The model gave NaN for 1 of the 3 samples (output y).']);
    const compared = await evaluate(model(['N', 3]), 'dataset: {npy: {path: x.npy, labels: x.npy}}\nmetric: MSE\n');
    expect(compared.result.warnings).toContain('MSE has no value over these 3 samples: NaN is no answer.');
  });

  it('names the module whose result is no number', async () => {
    const judge = folder.write('nan.mjs', 'export class Metric { update() {} result() { return 0 / 0; } }');
    const { result } = await evaluate(model(['N', 3]), `${arrays(3)}metric: {custom: {path: ${judge}}}\n`);
    expect(result.warnings).toEqual([`custom has no value over these 3 samples: result() of ${judge} gave NaN.`]);
  });

  it('names what is wrong when the data does not fit the model', async () => {
    await expect(evaluate(model(['N', 5]), `${arrays(3)}metric: {topk: 1}\n`)).rejects.toMatchObject({
      code: 'engine-input-shape',
    });
    await expect(evaluate(join(folder.path, 'none.onnx'), `${arrays(3)}metric: {topk: 1}\n`)).rejects.toHaveProperty(
      'code',
    );
  });

  it('stops when it is cancelled', async () => {
    const dataset = `${arrays(3)}metric: {topk: 1}\n`;
    await expect(evaluate(model(['N', 3]), dataset, {}, AbortSignal.abort())).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});

describeShared('accuracies of the manifest', (shared) => {
  it.each([
    ['mnist_cntk', 0.995],
    ['mlperf_tiny_resnet8_cifar10', 0.7588],
  ])('%s', async (name, top1) => {
    const dataset = oracleDataset(shared, name, 'evaluation', folder.path);
    const { result } = await evaluate(join(shared, 'data/models', `${name}.onnx`), dataset);
    expect(result.value).toBeCloseTo(top1, 10);
  });
});

describeShared('GLUE on real data', (shared) => {
  it('has the accuracy of the manifest for the transformer of SST-2', async () => {
    const { result } = await evaluate(
      join(shared, 'data/models/sst2_transformer.op13.onnx'),
      `dataset: {GLUE: {data_dir: ${join(shared, 'data/sst2')}, file: eval.tsv, task: sst-2, dynamic_length: true}}
batch_size: 32
metric: {GLUE: {task: sst-2}}
`,
    );
    expect(result).toMatchObject({ metric: 'GLUE', samples: 1821, higherIsBetter: true });
    expect(result.value).toBeCloseTo(0.8066996155958265, 10);
  });
});

describeShared('COCO average precision on real data', (shared) => {
  it('is that of the manifest on YOLOX-nano, within a point', async () => {
    const { result } = await evaluate(
      join(shared, 'data/models/yolox_nano_416.onnx'),
      `dataset: {COCORaw: {root: ${join(shared, 'data/coco_mini')}, img_dir: images, anno_dir: instances.json}}
transform: {Letterbox: {height: 416, width: 416}, ChannelSwap: {}, Transpose: {perm: [2, 0, 1]}, Cast: float32}
postprocess: {transform: {DecodeYolo: {head: yolox, input_size: 416}}}
metric: {COCOmAP: {class_numbers: index}}
`,
    );
    expect(Math.abs(result.value - 0.42125)).toBeLessThan(0.01);
    expect(result.figures?.['DetectionBoxes_Precision/mAP@.50IOU']).toBeCloseTo(0.622, 2);
  }, 120_000);
});
