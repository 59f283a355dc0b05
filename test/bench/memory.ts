// Peak memory of percentile calibration on MobileNetV2 from 100 to 1,000 samples.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import type { QuantizeResult } from '../../src/protocol/jobs';
import { oracleDataset } from '../support/oracleDataset';
import { runProduct } from './commands';
import type { OracleModel } from './oracleModels';
import { megabytes, milliseconds, printTable, verdict } from './tables';

export async function benchMemory(shared: string, models: readonly OracleModel[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-memory-'));
  const rows: string[][] = [];
  try {
    const model = models.find((candidate) => candidate.name.startsWith('mobilenet_v2'));
    if (model === undefined) throw new Error('the oracle has no mobilenet_v2');
    const data = repeated(oracleDataset(shared, model.name, 'evaluation', folder), folder);
    let first = NaN;
    for (const samples of [100, 300, 1000]) {
      const run = await runProduct(
        [
          'quantize',
          model.path,
          '-o',
          join(folder, 'out.onnx'),
          '--data',
          data,
          '--calibration',
          'percentile',
          '--samples',
          String(samples),
        ],
        folder,
        true,
      );
      if (Number.isNaN(first)) first = run.peakBytes;
      const flat = run.peakBytes / first;
      rows.push([
        String((run.result as QuantizeResult).calibration.samples),
        megabytes(run.peakBytes),
        '< 600 MB',
        verdict(run.peakBytes, 600e6),
        flat.toFixed(2),
        milliseconds(run.ms),
      ]);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  printTable('Peak memory, percentile on MobileNetV2', ['samples', 'peak', 'goal', '', 'against 100', 'wall'], rows);
}

/** The 320 evaluation pictures listed four times, so that there are more than 1,000 samples. */
function repeated(dataset: string, folder: string): string {
  const list = join(folder, 'imagenet.evaluation.txt');
  const lines = readFileSync(list, 'utf8');
  writeFileSync(list, lines.repeat(4));
  return dataset;
}
