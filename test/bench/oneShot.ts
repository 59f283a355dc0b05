// One-shot loss of a layer at a level beside a plain evaluation of the model over the same samples.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inEngine } from './harness';
import { geometricMean, printTable, verdict } from './tables';

const goal = 1.1;
const samples = 20;
const models = [
  'mobilenet_v2_1.0_224_imagenet',
  'mlperf_tiny_resnet8_cifar10',
  'cifar10_resnet14.op13',
  'sst2_transformer.op13',
];

interface Answer {
  readonly layers: number;
  readonly evaluationMs: number;
  readonly levelMs: number;
  readonly ratio: number;
}

export async function benchOneShot(shared: string): Promise<void> {
  const rows: string[][] = [];
  const ratios: number[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'bench-one-shot-'));
  try {
    for (const name of models) {
      const modelPath = join(shared, 'data/models', `${name}.onnx`);
      const task = { kind: 'oneShot', modelPath, folder, samples };
      const { layers, evaluationMs, levelMs, ratio } = await inEngine<Answer>(task);
      ratios.push(ratio);
      const figures = [evaluationMs.toFixed(1), levelMs.toFixed(1), ratio.toFixed(2)];
      rows.push([name, String(layers), ...figures, `≤ ${goal}`, verdict(ratio, goal)]);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const mean = geometricMean(ratios);
  rows.push(['geometric mean', '', '', '', mean.toFixed(2), `≤ ${goal}`, verdict(mean, goal)]);
  printTable(
    `One-shot loss for one layer and level against a plain evaluation, ${samples} samples, one thread (ms; medians of up to 9 analyses, in turns with evaluations)`,
    ['model', 'layers', 'evaluation', 'layer and level', 'ratio', 'goal', ''],
    rows,
  );
}
