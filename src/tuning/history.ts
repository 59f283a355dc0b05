// The journal of a tuning, history.jsonl: every trial the moment it ends, so that a run killed at any time can go on.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { appendLine, readLines } from '../files/appendLog';
import { fileErrorOf } from '../files/fileErrors';
import type { LatencyRatio } from '../benchmark/compareLatencies';
import { tuningErrors } from './tuningErrors';

/** What a history belongs to: with any of it changed, its trials say nothing about the next run. */
export interface RunIdentity {
  readonly modelSha256: string;
  /** Of the config without its exit policy and workspace: more time may be given to the same search. */
  readonly configSha256: string;
  readonly engineVersion: string;
}

/** What was measured of the float model. */
export interface BaselineRecord {
  readonly values: readonly number[];
  readonly samples: number;
  readonly latencyMs: number;
  readonly sizeBytes: number;
  readonly footprintBytes?: number;
}

/** What was measured of a trial's model. */
export interface TrialMeasure {
  /** One for each metric, over the samples seen. */
  readonly values: readonly number[];
  readonly samples: number;
  readonly isComplete: boolean;
  readonly gain: number;
  readonly meetsGoal: boolean;
  readonly latencyMs: number;
  readonly latency: LatencyRatio;
  readonly sizeBytes: number;
  /** Peak memory of a process that runs it; measured where it is an objective. */
  readonly footprintBytes?: number;
}

/** How a trial ended. */
export interface TrialRecord {
  readonly id: number;
  /** Identity of its configuration. */
  readonly key: string;
  readonly change: string;
  readonly config: unknown;
  readonly measure?: TrialMeasure;
  readonly error?: string;
  /** Time spent on tuning until then, over all sessions of the run. */
  readonly elapsedMs: number;
}

type HistoryLine =
  | { readonly type: 'begin'; readonly version: number; readonly identity: RunIdentity }
  | { readonly type: 'baseline'; readonly baseline: BaselineRecord }
  | {
      readonly type: 'start';
      readonly id: number;
      readonly key: string;
      readonly change: string;
      readonly config: unknown;
    }
  | ({ readonly type: 'end' } & TrialRecord)
  /** A probe begins: should it take the process with it, it is known to have no answer. */
  | { readonly type: 'asked'; readonly key: string }
  | { readonly type: 'probe'; readonly key: string; readonly value: unknown };

/** One writer: the job process of the run. */
export class TuningHistory {
  private readonly trials = new Map<string, TrialRecord>();
  private readonly probes = new Map<string, unknown>();
  private started: Extract<HistoryLine, { type: 'start' }> | undefined;
  private asked: string | undefined;
  private recordedBaseline: BaselineRecord | undefined;

  private constructor(private readonly path: string) {}

  /** Begins a history, or reads the one that is there. Throws `tuning-other-run` when it belongs to something else. */
  static open(path: string, folder: string, identity: RunIdentity, isResumed: boolean): TuningHistory {
    const history = new TuningHistory(path);
    const lines = isResumed ? readLines(path).filter(isLine) : [];
    endLine(path);
    const [first] = lines;
    if (first === undefined) {
      history.append({ type: 'begin', version: 1, identity });
      return history;
    }
    if (first.type !== 'begin') throw tuningErrors.brokenHistory(path, 'its first line is not the beginning of a run');
    if (first.version !== 1) throw tuningErrors.brokenHistory(path, `it has version ${String(first.version)}`);
    history.refuseOther(first.identity, identity, folder);
    for (const line of lines) history.take(line);
    return history;
  }

  get baseline(): BaselineRecord | undefined {
    return this.recordedBaseline;
  }

  /** Highest number of a trial that ended. */
  get lastId(): number {
    return Math.max(0, ...[...this.trials.values()].map(({ id }) => id));
  }

  get elapsedMs(): number {
    return Math.max(0, ...[...this.trials.values()].map(({ elapsedMs }) => elapsedMs));
  }

  /** The trial that had begun and not ended when the run stopped. */
  get unfinished():
    { readonly id: number; readonly key: string; readonly change: string; readonly config: unknown } | undefined {
    return this.started;
  }

  /** The probe that had begun and not ended when the run stopped. */
  get unanswered(): string | undefined {
    return this.asked;
  }

  trial(key: string): TrialRecord | undefined {
    return this.trials.get(key);
  }

  /** Every trial that ended, in order. */
  get ended(): readonly TrialRecord[] {
    return [...this.trials.values()].sort((a, b) => a.id - b.id);
  }

  recordBaseline(baseline: BaselineRecord): void {
    this.recordedBaseline = baseline;
    this.append({ type: 'baseline', baseline });
  }

  recordStart(id: number, key: string, change: string, config: unknown): void {
    this.started = { type: 'start', id, key, change, config };
    this.append(this.started);
  }

  recordEnd(record: TrialRecord): void {
    this.take({ type: 'end', ...record });
    this.append({ type: 'end', ...record });
  }

  /** The value of a measurement, from the record where it was made before: decisions are then the same again. */
  async probe<Value>(key: string, measure: () => Promise<Value>): Promise<Value> {
    if (this.probes.has(key)) return this.probes.get(key) as Value;
    this.append({ type: 'asked', key });
    const value = await measure();
    this.recordProbe(key, value);
    return value;
  }

  recordProbe(key: string, value: unknown): void {
    this.take({ type: 'probe', key, value });
    this.append({ type: 'probe', key, value });
  }

  private take(line: HistoryLine): void {
    if (line.type === 'asked') this.asked = line.key;
    if (line.type === 'probe' && line.key === this.asked) this.asked = undefined;
    if (line.type === 'baseline') this.recordedBaseline = line.baseline;
    if (line.type === 'start') this.started = line;
    if (line.type === 'probe') this.probes.set(line.key, line.value);
    if (line.type !== 'end') return;
    this.trials.set(line.key, withNumbers(line));
    if (this.started?.key === line.key) this.started = undefined;
  }

  private refuseOther(recorded: RunIdentity, own: RunIdentity, folder: string): void {
    if (recorded.modelSha256 !== own.modelSha256) throw tuningErrors.otherRun(folder, 'model');
    if (recorded.configSha256 !== own.configSha256) throw tuningErrors.otherRun(folder, 'configuration');
    if (recorded.engineVersion !== own.engineVersion) throw tuningErrors.otherRun(folder, 'version of the engine');
  }

  private append(line: HistoryLine): void {
    try {
      appendLine(this.path, { time: new Date().toISOString(), ...line });
    } catch (thrown) {
      throw fileErrorOf(thrown, this.path);
    }
  }
}

/** JSON writes what is no finite number as null: a metric that gave NaN, and the gain that goes with it. */
function withNumbers({ measure, ...rest }: TrialRecord): TrialRecord {
  if (measure === undefined) return rest;
  const values = measure.values.map((value) => numberOr(value, NaN));
  return { ...rest, measure: { ...measure, values, gain: numberOr(measure.gain, -Infinity) } };
}

function numberOr(read: number | null, otherwise: number): number {
  return read ?? otherwise;
}

/** Written by this product: what its lines hold besides their type is not checked again. */
function isLine(value: unknown): value is HistoryLine {
  return typeof value === 'object' && value !== null && 'type' in value;
}

/** A writer that was killed may have left half a line: the next one must not be appended to it. */
function endLine(path: string): void {
  if (existsSync(path) && !readFileSync(path, 'utf8').endsWith('\n')) appendFileSync(path, '\n');
}
