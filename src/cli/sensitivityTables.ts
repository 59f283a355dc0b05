// The tables of `compressor-bench sensitivity`: a row a layer, a column a sparsity.
import { valueAt } from '../protocol/panels/sensitivity';
import type { MeasuredPerfPoint, SensitivityResult } from '../protocol/pruning';
import { timeInTurns } from '../sparsity/timeInTurns';
import { counted, formatComparison, formatLatency, millionsText, shortName } from './formats';
import { plain, printLine, printNote, styled, table } from './terminal';

/** Sparsities in percent that an approximate curve of a thousand points is shown at. */
const shownPercents = [20, 40, 60, 80, 90, 95, 99] as const;

/** Prints an analysis for people. */
export function printSensitivity(result: SensitivityResult, modelPath: string): void {
  printLine(`${styled('bold', plain(modelPath))}, ${headline(result)}`);
  printLine();
  printRows(result);
  printLine();
  for (const note of result.notes) printNote(`note: ${note}`);
}

function headline(result: SensitivityResult): string {
  const layers = counted(result.layers.length, 'layer');
  if (result.method === 'approx') {
    return result.kind === 'loss'
      ? `${layers}: sum of the magnitudes that are pruned`
      : `${layers}: million multiply-adds that are left, by sparsity`;
  }
  if (result.method === 'one-shot')
    return `${layers}: divergence of the outputs on ${counted(result.samples, 'sample')}`;
  const runs = counted(result.iterations, 'run');
  return `${layers}: milliseconds in each layer, ${runs} of both models in turns for each level (≈: as dense, within the noise)`;
}

function printRows(result: SensitivityResult): void {
  if (result.method === 'approx') printApproximate(result);
  else if (result.method === 'one-shot') printOneShot(result);
  else printMeasured(result);
}

const firstColumns = ['layer', 'type', 'weights'];

interface NamedLayer {
  readonly label: string;
  readonly opType: string;
  readonly weights: number;
  readonly groups: number;
}

function firstCells({ label, opType, weights, groups }: NamedLayer): string[] {
  return [shortName(plain(label)), groups > 1 ? `${opType}, ${groups} groups` : opType, String(weights)];
}

function printApproximate(result: Extract<SensitivityResult, { readonly method: 'approx' }>): void {
  const header = [
    ...firstColumns,
    ...(result.kind === 'perf' ? ['dense'] : []),
    ...shownPercents.map((one) => `${one} %`),
  ];
  const rows =
    result.kind === 'loss'
      ? result.layers.map((layer) => [
          ...firstCells(layer),
          ...shownCells(
            [layer.baseline, ...layer.sparse],
            ({ loss }) => loss,
            (loss) => loss.toPrecision(3),
          ),
        ])
      : result.layers.map((layer) => [
          ...firstCells(layer),
          millionsIfKnown(layer.baseline.flops),
          ...shownCells(
            [{ flops: layer.baseline.flops ?? 0, sparsityPercent: 0 }, ...layer.sparse],
            ({ flops }) => flops,
            millionsText,
          ),
        ]);
  printLine(table(rows, header));
}

/** A small layer has few points: between two of them a curve is straight. Without any there is nothing to show. */
function shownCells<Point extends { readonly sparsityPercent: number }>(
  points: readonly Point[],
  valueOf: (point: Point) => number,
  textOf: (value: number) => string,
): string[] {
  const curve = points.map((point) => ({ sparsityFraction: point.sparsityPercent / 100, value: valueOf(point) }));
  return shownPercents.map((percent) => {
    const value = curve.length > 1 ? valueAt(curve, percent / 100) : null;
    return value === null ? '' : textOf(value);
  });
}

function millionsIfKnown(flops: number | null): string {
  return flops === null ? '' : millionsText(flops);
}

function printOneShot(result: Extract<SensitivityResult, { readonly method: 'one-shot' }>): void {
  const levels = result.layers[0]?.sparse.map(({ sparsityFraction }) => String(sparsityFraction)) ?? [];
  const rows = result.layers.map((layer) => [
    ...firstCells(layer),
    ...layer.sparse.map(({ loss }) => (loss === null ? 'not finite' : lossText(loss))),
  ]);
  printLine(table(rows, [...firstColumns, ...levels]));
}

function lossText(loss: number): string {
  return loss === 0 ? '0' : loss < 0.001 ? loss.toExponential(1) : loss.toPrecision(3);
}

function printMeasured(result: Extract<SensitivityResult, { readonly method: 'measured' }>): void {
  const levels = result.modelTimings.map(({ sparsityFraction }) => String(sparsityFraction));
  const rows = result.layers.map((layer) => {
    const { timingMs: denseMs } = layer.baseline;
    return [...firstCells(layer), timeText(denseMs), ...layer.sparse.map((point) => prunedTimeText(denseMs, point))];
  });
  printLine(table(rows, [...firstColumns, 'dense', ...levels]));
  printLine();
  const whole = result.modelTimings.map(({ sparsityFraction, latencyMs, denseLatencyMs, comparison }) => [
    String(sparsityFraction),
    formatLatency(denseLatencyMs),
    formatLatency(latencyMs),
    formatComparison(comparison),
  ]);
  printLine(table(whole, ['whole model at', 'dense ms', 'pruned ms', 'against dense']));
}

function prunedTimeText(denseMs: number | null, point: MeasuredPerfPoint): string {
  const { comparison } = point;
  // Of too few runs nothing is known of the noise.
  if (comparison !== null && comparison.interval !== null && comparison.verdict === 'within the noise') return '≈';
  return timeText(timeInTurns(denseMs, point));
}

function timeText(ms: number | null): string {
  return ms === null ? '' : formatLatency(ms);
}
