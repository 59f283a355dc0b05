// One sample of minmax calibration beside one plain inference.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inEngine } from './harness';
import type { OracleModel } from './oracleModels';
import { geometricMean, printTable, verdict } from './tables';

const goal = 1.3;

export async function benchCalibration(_shared: string, models: readonly OracleModel[]): Promise<void> {
  const rows: string[][] = [];
  const ratios: number[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'bench-calibration-'));
  try {
    for (const model of models) {
      const iterations = model.name.startsWith('mobilenet_v2') ? 10 : 100;
      const { plainMs, minmaxMs } = await inEngine<{ plainMs: number; minmaxMs: number }>({
        kind: 'calibration',
        modelPath: model.path,
        folder,
        iterations,
      });
      const ratio = minmaxMs / plainMs;
      ratios.push(ratio);
      rows.push([
        model.name,
        plainMs.toFixed(3),
        minmaxMs.toFixed(3),
        ratio.toFixed(2),
        `≤ ${goal}`,
        verdict(ratio, goal),
      ]);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  rows.push([
    'geometric mean',
    '',
    '',
    geometricMean(ratios).toFixed(2),
    `≤ ${goal}`,
    verdict(geometricMean(ratios), goal),
  ]);
  printTable(
    'Minmax calibration per sample against plain inference, one thread (ms)',
    ['model', 'plain', 'minmax', 'ratio', 'goal', ''],
    rows,
  );
}
