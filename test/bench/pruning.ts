// Accuracy after pruning without training, by target sparsity shared out as `prune --sparsity` does: what the default of a
// pruning in the bench is chosen by. BENCH_MODELS=a,b takes these models alone.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PruneResult } from '../../src/protocol/pruning';
import { oracleDataset } from '../support/oracleDataset';
import { runProduct } from './commands';
import type { OracleModel } from './oracleModels';
import { printTable } from './tables';

const targets = [0.3, 0.4, 0.5, 0.6, 0.8];

export async function benchPruning(shared: string, models: readonly OracleModel[]): Promise<void> {
  const wanted = process.env['BENCH_MODELS']?.split(',');
  const folder = mkdtempSync(join(tmpdir(), 'bench-pruning-'));
  const rows: string[][] = [];
  try {
    for (const { name, path } of models) {
      if (wanted !== undefined && !wanted.includes(name)) continue;
      const data = oracleDataset(shared, name, 'evaluation', folder);
      const results: PruneResult[] = [];
      for (const target of targets) results.push(await pruned(path, target, data, folder));
      rows.push([name, percent(results[0]?.accuracy?.before), ...results.map(cell)]);
      console.error(rows.at(-1)?.join('  '));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  printTable(
    'Accuracy (top-1) after pruning without training, by target sparsity (in brackets: weights that are 0)',
    ['model', 'dense', ...targets.map(String)],
    rows,
  );
}

async function pruned(path: string, target: number, data: string, folder: string): Promise<PruneResult> {
  const words = ['prune', path, '-o', join(folder, 'pruned.onnx'), '--sparsity', String(target), '--data', data];
  return (await runProduct([...words, '--workspace', folder], folder)).result as PruneResult;
}

function cell({ accuracy, sparsityFraction }: PruneResult): string {
  return `${percent(accuracy?.after)} (${(sparsityFraction * 100).toFixed(0)} %)`;
}

const percent = (fraction = NaN): string => (fraction * 100).toFixed(2);
