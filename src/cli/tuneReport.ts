// What a person sees of a tuning: a line for each trial as it ends, and the account at the end.
import { metricOn } from '../protocol/metricName';
import type { TrialRow, TuneResult } from '../protocol/tuning';
import { isRatioMetric } from '../dictionary/metrics';
import { formatDuration, formatLatency, formatMetric, formatRatio, formatSpeed } from './formats';
import { bytesText } from '../protocol/byteText';
import { plain, printLine, printNote, styled, table } from './terminal';

/** Widths of the columns: trials come one by one, so they cannot be fitted to what is in them. */
const columns = { id: 5, accuracy: 10, latency: 11, speed: 7, size: 8 } as const;

/** Prints the trials of a tuning; nothing with `--json`. */
export class TrialLines {
  private hasHeader = false;
  private allSamples = 0;

  /**
   * @param metrics names of the metrics behind the accuracy
   * @param batchSize samples in a run whose latency is shown
   */
  constructor(
    private readonly metrics: readonly string[],
    private readonly batchSize: number,
    private readonly isShown: boolean,
  ) {}

  show(row: TrialRow): void {
    if (!this.isShown) return;
    const latency = this.batchSize === 1 ? 'latency ms' : 'ms a batch';
    if (!this.hasHeader) printLine(styled('bold', cells('trial', 'accuracy', latency, 'speed', 'size', 'change')));
    this.hasHeader = true;
    this.allSamples = Math.max(this.allSamples, row.samples);
    printLine(lineOf(row, this.allSamples, this.metrics));
  }
}

/** The time that is left for the whole tuning, for the progress line; nothing where there is no limit. */
export class TimeLeft {
  private readonly startedAt = Date.now();

  /** @param timeoutS 0: no limit */
  constructor(private readonly timeoutS: number) {}

  /** `2 min 5 s left of the search · `. */
  text(): string {
    if (this.timeoutS === 0) return '';
    const leftMs = this.timeoutS * 1000 - (Date.now() - this.startedAt);
    return leftMs > 0 ? `${formatDuration(leftMs)} left of the search · ` : '';
  }
}

/** An accuracy of fewer samples than the float model's is marked as an estimate. */
function lineOf(row: TrialRow, allSamples: number, metrics: readonly string[]): string {
  const { id, accuracy, latencyMs, speedup, sizeBytes, change, verdict, error, isKept } = row;
  const line = cells(
    isKept ? `* ${id}` : String(id),
    accuracy === null ? '–' : `${row.samples < allSamples ? '≈' : ''}${accuracyText(metrics, accuracy)}`,
    latencyMs === null ? '–' : formatLatency(latencyMs),
    speedup === null ? '–' : formatRatio(speedup),
    sizeBytes === null ? '–' : bytesText(sizeBytes),
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

/** Shares as percent, other figures as they are; several metrics are a share where each is one. */
function accuracyText(metrics: readonly string[], value: number): string {
  const other = metrics.find((metric) => !isRatioMetric(metric));
  return formatMetric(other ?? metrics[0] ?? '', value);
}

/** The end of a tuning: who won, what it cost, why others lost, and where everything is. */
export function printTuning(
  result: TuneResult,
  metrics: readonly string[],
  folder: string,
  output: string | undefined,
): void {
  const { baseline, best, goal, trials, stoppedBy, ms } = result;
  const sign = goal.higherIsBetter ? 'at least' : 'at most';
  printLine();
  if (best.trial > 0) {
    printLine(
      table(
        [
          ['accuracy', accuracyText(metrics, baseline.accuracy), accuracyText(metrics, best.accuracy), ''],
          ['latency ms', formatLatency(baseline.latencyMs), formatLatency(best.latencyMs), formatSpeed(best.speedup)],
          ['size', bytesText(baseline.sizeBytes), bytesText(best.sizeBytes), ''],
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
      ['name', result.model],
      ['model', best.trial === 0 ? `${best.path} (as given)` : (output ?? best.path)],
      [
        'goal',
        `${metricOn(goal.metric, result.isRandomData)} ${sign} ${accuracyText(metrics, goal.target)}${best.meetsGoal ? '' : ' – not met'}`,
      ],
      ['trials', `${trials.length - 1} in ${formatDuration(ms)}, ended by ${endText(stoppedBy)}`],
      ['run', folder],
    ]),
  );
  for (const note of result.notes) printNote(`note: ${note}`);
  const resumed = resumeOptions[stoppedBy];
  if (resumed !== undefined) printNote(`note: ${resumed} goes on with this run.`);
}

/** What goes on with a run that something ended before its strategy was through. */
const resumeOptions: Readonly<Partial<Record<TuneResult['stoppedBy'], string>>> = {
  cancel: '--resume',
  timeout: '--resume --timeout S',
  max_trials: '--resume --max-trials N',
};

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
    case 'choice':
      return 'your choice of a trial';
  }
}
