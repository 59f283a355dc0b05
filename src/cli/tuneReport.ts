// What a person sees of a tuning: a line for each trial as it ends, and the account at the end.
import type { TrialRow, TuneResult } from '../protocol/tuning';
import { formatBytes, formatDuration, formatLatency, formatMetric, formatRatio } from './formats';
import { plain, printLine, printNote, styled, table } from './terminal';

/** Widths of the columns: trials come one by one, so they cannot be fitted to what is in them. */
const columns = { id: 5, accuracy: 10, latency: 11, speed: 7, size: 8 } as const;

/** Prints the trials of a tuning; nothing with `--json`. */
export class TrialLines {
  private hasHeader = false;
  private allSamples = 0;

  constructor(private readonly isShown: boolean) {}

  show(row: TrialRow): void {
    if (!this.isShown) return;
    if (!this.hasHeader) printLine(styled('bold', cells('trial', 'accuracy', 'latency ms', 'speed', 'size', 'change')));
    this.hasHeader = true;
    this.allSamples = Math.max(this.allSamples, row.samples);
    printLine(lineOf(row, this.allSamples));
  }
}

/** What ends a tuning at the latest. */
export interface ExitPolicy {
  /** 0: no limit. */
  readonly timeoutS: number;
  readonly maxTrials: number;
}

/** How far the whole tuning is, for the progress line. */
export class WholeProgress {
  private readonly startedAt = Date.now();
  private ended = 0;

  constructor(private readonly limits: ExitPolicy) {}

  trialEnded({ id }: TrialRow): void {
    this.ended = id;
  }

  /** `  · trial 4 of at most 100, 2 min 5 s left`. */
  text(): string {
    const { timeoutS, maxTrials } = this.limits;
    const leftMs = timeoutS * 1000 - (Date.now() - this.startedAt);
    const left = timeoutS === 0 ? '' : `, ${formatDuration(Math.max(0, leftMs))} left`;
    return `  · trial ${Math.min(this.ended + 1, maxTrials)} of at most ${maxTrials}${left}`;
  }
}

/** An accuracy of fewer samples than the float model's is marked as an estimate. */
function lineOf(row: TrialRow, allSamples: number): string {
  const { id, accuracy, latencyMs, speedup, sizeBytes, change, verdict, error, isKept } = row;
  const line = cells(
    isKept ? `* ${id}` : String(id),
    accuracy === null ? '–' : `${row.samples < allSamples ? '≈' : ''}${accuracyText(accuracy)}`,
    latencyMs === null ? '–' : formatLatency(latencyMs),
    speedup === null ? '–' : formatRatio(speedup),
    sizeBytes === null ? '–' : formatBytes(sizeBytes),
    plain(change),
  );
  const reason = `${' '.repeat(indent)}${plain(error ?? verdict)}`;
  return `${isKept ? styled('green', line) : line}\n${styled('dim', reason)}`;
}

const indent = Object.values(columns).reduce<number>((sum, width) => sum + width + 2, 0);

function cells(id: string, accuracy: string, latency: string, speed: string, size: string, change: string): string {
  return [
    id.padStart(columns.id),
    accuracy.padStart(columns.accuracy),
    latency.padStart(columns.latency),
    speed.padStart(columns.speed),
    size.padStart(columns.size),
    change,
  ].join('  ');
}

/** Ratios as percent, other figures as they are. */
function accuracyText(value: number): string {
  return value >= 0 && value <= 1 ? formatMetric('Accuracy', value) : formatMetric('', value);
}

/** The end of a tuning: who won, what it cost, why others lost, and where everything is. */
export function printTuning(result: TuneResult, folder: string, output: string | undefined): void {
  const { baseline, best, goal, trials, stoppedBy, ms } = result;
  const sign = goal.higherIsBetter ? 'at least' : 'at most';
  printLine();
  if (best.trial > 0) {
    printLine(
      table(
        [
          ['accuracy', accuracyText(baseline.accuracy), accuracyText(best.accuracy), ''],
          ['latency ms', formatLatency(baseline.latencyMs), formatLatency(best.latencyMs), speedText(best.speedup)],
          ['size', formatBytes(baseline.sizeBytes), formatBytes(best.sizeBytes), ''],
        ],
        ['', 'given', `trial ${best.trial}`, ''],
      ),
    );
    printLine();
  }
  for (const reason of result.reasons) printLine(plain(reason));
  printLine();
  printLine(
    table([
      ['model', best.trial === 0 ? `${best.path} (as given)` : (output ?? best.path)],
      ['goal', `${goal.metric} ${sign} ${accuracyText(goal.target)}${best.meetsGoal ? '' : ' – not met'}`],
      ['trials', `${trials.length - 1} in ${formatDuration(ms)}, ended by ${endText(stoppedBy)}`],
      ['run', folder],
    ]),
  );
  for (const note of result.notes) printNote(`note: ${note}`);
  const resumed = { cancel: '--resume', timeout: '--resume --timeout S', max_trials: '--resume --max-trials N' };
  if (stoppedBy !== 'strategy') printNote(`note: ${resumed[stoppedBy]} goes on with this run.`);
}

function speedText(ratio: number): string {
  if (formatRatio(ratio) === formatRatio(1)) return 'as fast';
  return ratio > 1 ? `${formatRatio(ratio)} faster` : `${formatRatio(1 / ratio)} slower`;
}

function endText(stoppedBy: TuneResult['stoppedBy']): string {
  switch (stoppedBy) {
    case 'strategy':
      return 'the strategy, which promises no more';
    case 'max_trials':
      return 'the number of trials';
    case 'timeout':
      return 'the time limit';
    case 'cancel':
      return 'you';
  }
}
