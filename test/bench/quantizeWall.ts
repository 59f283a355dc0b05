// The whole `quantize` process beside the reference quantizer as a whole process, in turns, on the very same samples.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { oracleDataset } from '../support/oracleDataset';
import { writeCalibrationArrays } from './calibrationArrays';
import { median, runCommand, runProduct, root } from './commands';
import type { OracleModel } from './oracleModels';
import { oraclePython, oracleWords } from './oracleModels';
import { geometricMean, megabytes, milliseconds, printTable, verdict } from './tables';

export interface PreparedData {
  /** Data set file for our command line. */
  readonly dataset: string;
  /** What the reference script reads. */
  readonly forOracle: string;
}

/** The calibration samples of a model in a form both tools read. */
export async function prepareData(shared: string, model: OracleModel, folder: string): Promise<PreparedData> {
  const dataset = oracleDataset(shared, model.name, 'calibration', folder);
  if (model.name.startsWith('sst2')) return { dataset, forOracle: join(shared, 'data/sst2/calib.tokens.jsonl') };
  const arrays = join(folder, model.name);
  mkdirSync(arrays);
  const input = inputNames[model.name] ?? 'input';
  return { dataset: await writeCalibrationArrays(dataset, input, arrays), forOracle: arrays };
}

const inputNames: Record<string, string> = { mnist_cntk: 'Input3' };

export async function benchQuantizeWall(shared: string, models: readonly OracleModel[], turns = 5): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-quantize-'));
  const rows: string[][] = [];
  const ratios: number[] = [];
  try {
    for (const model of models) {
      const figures = await compare(model, await prepareData(shared, model, folder), 'minmax', turns, folder);
      if (figures.ratio !== undefined) ratios.push(figures.ratio);
      rows.push([model.name, ...figures.cells(0.7)]);
    }
    if (ratios.length > 0) {
      const mean = geometricMean(ratios);
      rows.push(['geometric mean', '', '', mean.toFixed(2), '≤ 0.70', verdict(mean, 0.7), '', '']);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  printTable(
    `Whole quantize process, minmax, 100 samples (80 for the ImageNet models), median of ${turns} turns`,
    header,
    rows,
  );
}

export async function benchHistograms(shared: string, models: readonly OracleModel[], turns = 3): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-histograms-'));
  const rows: string[][] = [];
  try {
    const model = models.find((candidate) => candidate.name.startsWith('mobilenet_v2'));
    if (model === undefined) throw new Error('the oracle has no mobilenet_v2');
    const data = await prepareData(shared, model, folder);
    for (const method of ['percentile', 'entropy'] as const) {
      rows.push([`${model.name}, ${method}`, ...(await compare(model, data, method, turns, folder)).cells(0.5)]);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  printTable(
    `Histogram calibration as whole processes, all calibration pictures, median of ${turns} turns`,
    header,
    rows,
  );
}

const header = ['model', 'ours', 'reference', 'ratio', 'goal', '', 'our peak', 'reference peak'];

interface WallFigures {
  readonly ratio: number | undefined;
  cells(goal: number): string[];
}

async function compare(
  model: OracleModel,
  data: PreparedData,
  method: string,
  turns: number,
  folder: string,
): Promise<WallFigures> {
  const ours: number[] = [];
  const theirs: number[] = [];
  let ourPeak = 0;
  let theirPeak = 0;
  const words = [
    'quantize',
    model.path,
    '-o',
    join(folder, 'ours.onnx'),
    '--data',
    data.dataset,
    '--calibration',
    method,
  ];
  const fails = model.configs['qdq_u8s8_pc_minmax']?.error !== undefined;
  const python = fails ? undefined : oraclePython;
  for (let turn = 0; turn <= turns; turn++) {
    // The first turn warms the disk cache of both, and is the one whose memory is looked at.
    const isFirst = turn === 0;
    const mine = await runProduct(words, folder, isFirst);
    const theirWords = oracleWords(model.path, join(folder, 'theirs.onnx'), data.forOracle, method);
    const other = python === undefined ? undefined : await runCommand(python, theirWords, root, isFirst);
    if (isFirst) {
      ourPeak = mine.peakBytes;
      theirPeak = other?.peakBytes ?? NaN;
      continue;
    }
    ours.push(mine.ms);
    if (other !== undefined) theirs.push(other.ms);
  }
  const ratio = theirs.length === 0 ? undefined : median(ours) / median(theirs);
  return {
    ratio,
    cells: (goal) =>
      ratio === undefined
        ? [milliseconds(median(ours)), fails ? 'fails' : 'not measured', '', '', '', megabytes(ourPeak), '']
        : [
            milliseconds(median(ours)),
            milliseconds(median(theirs)),
            ratio.toFixed(2),
            `≤ ${goal.toFixed(2)}`,
            verdict(ratio, goal),
            megabytes(ourPeak),
            megabytes(theirPeak),
          ],
  };
}
