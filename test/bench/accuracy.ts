// Accuracy after the default quantization (static QDQ, U8S8, per channel, minmax), beside the reference tool's.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EvaluateResult } from '../../src/protocol/jobs';
import { oracleDataset } from '../support/oracleDataset';
import { runProduct } from './commands';
import type { OracleModel } from './oracleModels';
import { printTable } from './tables';

const goalPoints = 0.5;

export async function benchAccuracy(shared: string, models: readonly OracleModel[]): Promise<void> {
  const rows: string[][] = [];
  const folder = mkdtempSync(join(tmpdir(), 'bench-accuracy-'));
  try {
    for (const model of models) {
      const out = join(folder, `${model.name}.int8.onnx`);
      const calibration = oracleDataset(shared, model.name, 'calibration', folder);
      const evaluation = oracleDataset(shared, model.name, 'evaluation', folder);
      await runProduct(['quantize', model.path, '-o', out, '--data', calibration], folder);
      const float = await accuracyOf(model.path, evaluation, folder);
      const int8 = await accuracyOf(out, evaluation, folder);
      const oracle = model.configs['qdq_u8s8_pc_minmax']?.top1;
      const points = oracle === undefined ? undefined : (int8 - oracle) * 100;
      rows.push([
        model.name,
        percent(float),
        percent(int8),
        oracle === undefined ? 'fails' : percent(oracle),
        points === undefined ? 'works' : points.toFixed(2),
        points === undefined || points >= -goalPoints ? 'ok' : 'MISSED',
      ]);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  printTable(
    `Accuracy (top-1), static QDQ U8S8 per channel minmax; goal: not more than ${goalPoints} points below the reference tool`,
    ['model', 'float', 'int8', 'reference int8', 'points', ''],
    rows,
  );
}

async function accuracyOf(model: string, data: string, folder: string): Promise<number> {
  return ((await runProduct(['evaluate', model, '--data', data], folder)).result as EvaluateResult).value;
}

const percent = (fraction: number): string => (fraction * 100).toFixed(2);
