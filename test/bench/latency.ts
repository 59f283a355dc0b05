// Latency of our int8 models beside the reference tool's models, measured in turns by our own benchmark.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchmarkResult, ModelBenchmark } from '../../src/protocol/jobs';
import { median, root, runCommand, runProduct } from './commands';
import type { OracleModel } from './oracleModels';
import { oraclePython, oracleWords } from './oracleModels';
import { prepareData } from './quantizeWall';
import { geometricMean, printTable, verdict } from './tables';

const goal = 1.03;

export async function benchLatency(shared: string, models: readonly OracleModel[]): Promise<void> {
  if (oraclePython === undefined) {
    console.log('\nInt8 latency against the reference tool: not measured, ORACLE_PYTHON is not set.');
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'bench-latency-'));
  const rows: string[][] = [];
  const ratios: number[] = [];
  try {
    for (const model of models.filter((candidate) => candidate.configs['qdq_u8s8_pc_minmax']?.error === undefined)) {
      const data = await prepareData(shared, model, folder);
      const ours = join(folder, `${model.name}.ours.onnx`);
      const theirs = join(folder, `${model.name}.theirs.onnx`);
      await runProduct(['quantize', model.path, '-o', ours, '--data', data.dataset], folder);
      await runCommand(oraclePython, oracleWords(model.path, theirs, data.forOracle, 'minmax'), root);
      const pair: ModelBenchmark[][] = [];
      for (const order of [
        [theirs, ours],
        [ours, theirs],
        [theirs, ours],
      ]) {
        const run = await runProduct(['benchmark', ...order, '--data', data.dataset], folder);
        const { results } = run.result as BenchmarkResult;
        pair.push(order[0] === theirs ? [...results] : results.toReversed());
      }
      const ratio = median(pair.map(([reference, mine]) => medianMs(mine) / medianMs(reference)));
      ratios.push(ratio);
      const [reference, mine] = [0, 1].map((index) =>
        median(pair.map((results) => medianMs(results[index]))).toFixed(4),
      );
      rows.push([model.name, mine ?? '', reference ?? '', ratio.toFixed(3), `≤ ${goal}`, verdict(ratio, goal)]);
    }
    const mean = geometricMean(ratios);
    rows.push(['geometric mean', '', '', mean.toFixed(3), `≤ ${goal}`, verdict(mean, goal)]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  printTable(
    'Int8 latency, one thread, batch 1, interleaved; median of 3 fresh loads in alternating order (ms)',
    ['model', 'ours', 'reference', 'ours/reference', 'goal', ''],
    rows,
  );
}

function medianMs(result: ModelBenchmark | undefined): number {
  return result?.latencyMs.median ?? NaN;
}
