// DefaultQuantization of the library beside the tuner's trial with the same settings on the same samples: time; and what its
// stages do to accuracy.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDataset } from '../../src/data/openDataset';
import type { OpenedDataset } from '../../src/data/openDataset';
import type { Tensor } from '../../src/onnx/tensor';
import { loadModel } from '../../src/pipeline/library/compressedModel';
import type { DefaultQuantizationParameters } from '../../src/pipeline/library/algorithmParameters';
import type { DataLoader, Metric } from '../../src/pipeline/library/contracts';
import { OrtEngine } from '../../src/pipeline/library/ortEngine';
import { createPipeline } from '../../src/pipeline/library/pipeline';
import { oracleDataset } from '../support/oracleDataset';
import { root } from './commands';
import { inEngine } from './harness';
import type { QuantizersAnswer } from './quantizers';
import { geometricMean, milliseconds, printTable, verdict } from './tables';

const goal = 1.2;
const samples = 20;
const turns = 15;
const timed = [
  'mobilenet_v2_1.0_224_imagenet',
  'mlperf_tiny_resnet8_cifar10',
  'cifar10_resnet14.op13',
  'sst2_transformer.op13',
];
const judged = ['cifar10_resnet14_unbalanced.op13', 'mobilenet_v2_1.0_224_imagenet'];

/** Stages of DefaultQuantization; a threshold of 0 takes no shift of a bias. */
const stages: Readonly<Record<string, DefaultQuantizationParameters>> = {
  'ranges alone': { channel_alignment: false, threshold: 0 },
  'fast bias': { channel_alignment: false },
  'full bias': { channel_alignment: false, use_fast_bias: false },
  'alignment, fast bias (default)': {},
  'alignment, full bias': { use_fast_bias: false },
};

export async function benchDefaultQuantization(shared: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-default-quantization-'));
  try {
    await benchTimes(shared, folder);
    await benchStages(shared, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const enginePath = join(root, 'dist/engineChild.js');

async function benchTimes(shared: string, folder: string): Promise<void> {
  const rows: string[][] = [];
  const ratios: (readonly number[])[] = [];
  for (const name of timed) {
    const modelPath = join(shared, 'data/models', `${name}.onnx`);
    const task = { kind: 'quantizers', modelPath, folder, samples, turns, enginePath };
    const { modelMs, defaultMs, ratio, measureMs } = await inEngine<QuantizersAnswer>(task);
    const trialMs = modelMs + measureMs;
    const ofTrial = defaultMs / trialMs;
    ratios.push([ratio, ofTrial]);
    const times = [modelMs, trialMs, defaultMs].map(milliseconds);
    rows.push([name, ...times, ratio.toFixed(2), ofTrial.toFixed(2), `≤ ${goal}`, verdict(ofTrial, goal)]);
  }
  const [ofModel, ofTrial] = [0, 1].map((at) => geometricMean(ratios.map((both) => both[at] ?? NaN)));
  const means = [ofModel, ofTrial].map((mean = NaN) => mean.toFixed(2));
  rows.push(['geometric mean', '', '', '', ...means, `≤ ${goal}`, verdict(ofTrial ?? NaN, goal)]);
  printTable(
    `DefaultQuantization against a single trial of the tuner (its model, accuracy on the same samples, latency), and against the making of its model alone; ${samples} samples, one thread (medians of ${turns} turns, interleaved)`,
    ['model', 'model alone', 'trial', 'DefaultQuantization', 'of model alone', 'of trial', 'goal', ''],
    rows,
  );
}

async function benchStages(shared: string, folder: string): Promise<void> {
  const rows: string[][] = [];
  for (const name of judged) {
    const [calibration, evaluation] = await Promise.all(
      (['calibration', 'evaluation'] as const).map((split) => openDataset(oracleDataset(shared, name, split, folder))),
    );
    if (calibration === undefined || evaluation === undefined) throw new RangeError('two splits were opened');
    const own = new OrtEngine({}, loaderOf(calibration), undefined, { entryPath: enginePath });
    const judge = createPipeline([], new OrtEngine({}, loaderOf(evaluation), new Top1(), { entryPath: enginePath }));
    const model = loadModel({ modelName: name, model: join(shared, 'data/models', `${name}.onnx`) });
    const percent = async (one: typeof model): Promise<string> =>
      (100 * ((await judge.evaluate(one))?.['accuracy'] ?? NaN)).toFixed(2);
    const figures = [await percent(model)];
    for (const params of Object.values(stages)) {
      const config = { name: 'DefaultQuantization', params } as const;
      figures.push(await percent(await createPipeline([config], own, { onNote: () => undefined }).run(model)));
    }
    rows.push([name, ...figures]);
    for (const engine of [own, judge.engine]) if (engine instanceof OrtEngine) engine.close();
    for (const dataset of [calibration, evaluation]) await dataset.close();
  }
  printTable(
    'Top-1 accuracy in percent after stages of DefaultQuantization, preset performance',
    ['model', 'float', ...Object.keys(stages)],
    rows,
  );
}

function loaderOf({ loader }: OpenedDataset): DataLoader {
  return {
    length: loader.length ?? 0,
    get: async (index) => {
      const { inputs, annotation } = await loader.get(index);
      const tensors = Object.values(inputs);
      // A loader of pictures does not know what the model calls its input.
      return [tensors.length === 1 ? (tensors[0] ?? {}) : inputs, annotation];
    },
  };
}

/** Share of samples whose label has the highest score. */
class Top1 implements Metric {
  readonly attributes = { accuracy: { direction: 'higher-better', type: 'accuracy' } } as const;
  private hits: number[] = [];
  private last: number[] = [];

  get value(): { accuracy: readonly number[] } {
    return { accuracy: this.last };
  }

  get avgValue(): { accuracy: number } {
    return { accuracy: this.hits.reduce((sum, hit) => sum + hit, 0) / this.hits.length };
  }

  update([scores]: readonly Tensor[], labels: readonly unknown[]): void {
    const values = Array.from(scores?.data ?? [], Number);
    const classes = values.length / labels.length;
    this.last = labels.map((label, row) => {
      const own = values.slice(row * classes, (row + 1) * classes);
      return own.indexOf(Math.max(...own)) === Number(label) ? 1 : 0;
    });
    this.hits.push(...this.last);
  }

  reset(): void {
    this.hits = [];
    this.last = [];
  }
}
