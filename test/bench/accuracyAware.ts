// The strategy accuracy_aware with a maximal drop of 0.01 on three models that lose accuracy in 8 bits: what is left of it,
// how many layers were reverted, and the time it took. BENCH_MODELS=a,b takes these models alone.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EvaluateResult } from '../../src/protocol/jobs';
import type { TuneResult } from '../../src/protocol/tuning';
import { oracleDataset } from '../support/oracleDataset';
import { runProduct } from './commands';
import type { OracleModel } from './oracleModels';
import { printTable } from './tables';

const maximalDrop = 0.01;
const names = ['mobilenet_v2_1.0_224_imagenet', 'cifar10_resnet14_unbalanced.op13', 'sst2_transformer.op13'];

export async function benchAccuracyAware(shared: string, models: readonly OracleModel[]): Promise<void> {
  const wanted = process.env['BENCH_MODELS']?.split(',') ?? names;
  const folder = mkdtempSync(join(tmpdir(), 'bench-accuracy-aware-'));
  const rows: string[][] = [];
  try {
    for (const model of models) {
      if (names.includes(model.name) && wanted.includes(model.name)) rows.push(await row(shared, model, folder));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  printTable(
    `accuracy_aware, maximal drop ${maximalDrop} absolute (the most accurate trial within it, evaluated anew)`,
    ['model', 'float', 'fully 8-bit', 'result', 'drop', '', 'reverted layers', 'trials', 's'],
    rows,
  );
}

async function row(shared: string, model: OracleModel, folder: string): Promise<string[]> {
  const evaluation = oracleDataset(shared, model.name, 'evaluation', folder);
  const config = join(folder, `${model.name}.yaml`);
  writeFileSync(config, configText(model, oracleDataset(shared, model.name, 'calibration', folder), evaluation));
  const workspace = join(folder, `${model.name}.workspace`);
  const run = await runProduct(['tune', config, '--workspace', workspace], folder);
  const { best, trials, baseline, notes } = run.result as TuneResult;
  const { value } = (await runProduct(['evaluate', best.path, '--data', evaluation], folder)).result as EvaluateResult;
  const drop = baseline.accuracy - value;
  const report = notes.find((note) => note.startsWith('accuracy_aware')) ?? '';
  console.error(`${model.name}: ${report}`);
  return [
    model.name,
    percent(baseline.accuracy),
    percent(trials[1]?.accuracy ?? NaN),
    percent(value),
    drop.toFixed(4),
    drop <= maximalDrop + 1e-9 ? 'ok' : 'MISSED',
    /\d+ out of \d+/.exec(report)?.[0] ?? '',
    String(trials.length - 1),
    (run.ms / 1000).toFixed(1),
  ];
}

/** For size: which model is offered must not depend on how fast this machine's 8-bit kernels are. */
function configText(model: OracleModel, calibration: string, evaluation: string): string {
  return JSON.stringify({
    model: { name: 'model', framework: 'onnxrt_qlinearops', path: model.path },
    quantization: { calibration: { sampling_size: model.calibrationSamples, dataloader: calibration } },
    evaluation: { accuracy: { metric: { topk: 1 }, dataloader: evaluation } },
    tuning: {
      accuracy_criterion: { absolute: maximalDrop },
      objective: 'modelsize',
      strategy: { name: 'accuracy_aware' },
    },
  });
}

const percent = (fraction: number): string => (fraction * 100).toFixed(2);
