// Runs whole tunings through the product's job bundle, and reads what they leave in their folders.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTuning } from '../../src/jobs/runTuning';
import type { FailureRecord } from '../../src/protocol/benchError';
import type { JobOutcome } from '../../src/protocol/jobs';
import type { TrialRow, TuneResult, TuneSpec } from '../../src/protocol/tuning';
import { jobBundle } from '../processes/bundle';
import { temporaryFolder } from './temporaryFolder';

export interface TuneEnd {
  readonly outcome: JobOutcome<TuneResult>;
  /** The run's. */
  readonly folder: string;
  /** As they were reported while the tuning ran. */
  readonly rows: readonly TrialRow[];
}

export interface TuneOptions {
  readonly spec?: Partial<TuneSpec>;
  /** A run to go on with. */
  readonly folder?: string;
  readonly signal?: AbortSignal;
  readonly onTrial?: (row: TrialRow, folder: string) => void;
}

export interface TuneJobs {
  /** Folder of the test file, for models and data. */
  readonly place: ReturnType<typeof temporaryFolder>;
  readonly run: (config: string, options?: TuneOptions) => Promise<TuneEnd>;
}

/** Bundles a job, the product's unless told, for the tests of one file. */
export function tuneJobs(entry = 'src/job.ts'): TuneJobs {
  const bundled = jobBundle(entry);
  const place = temporaryFolder();
  let runs = 0;
  const run = async (config: string, options: TuneOptions = {}): Promise<TuneEnd> => {
    const folder = options.folder ?? join(place.path, `run-${++runs}`);
    const rows: TrialRow[] = [];
    const spec: TuneSpec = {
      verb: 'tune',
      configPath: place.write(`config-${runs}.yaml`, config),
      benchFolder: join(place.path, 'bench'),
      dimensions: {},
      isResumed: options.folder !== undefined,
      ...options.spec,
    };
    const outcome = await runTuning(spec, folder, {
      ...bundled,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      onTrial: (row) => {
        rows.push(row);
        options.onTrial?.(row, folder);
      },
    });
    return { outcome, folder, rows };
  };
  return { place, run };
}

/** The result of a tuning that has to have one. */
export function resultOf({ outcome }: TuneEnd): TuneResult {
  if (outcome.state !== 'success') throw new Error(JSON.stringify(outcome));
  return outcome.result;
}

/** The failure of a tuning that has to have one. */
export function failureOfTuning({ outcome }: TuneEnd): FailureRecord {
  if (outcome.state !== 'error') throw new Error(JSON.stringify(outcome));
  return outcome.failure;
}

export interface HistoryEntry {
  readonly type: string;
  readonly id?: number;
  readonly key?: string;
  readonly change?: string;
  readonly config?: unknown;
  readonly error?: string;
  readonly measure?: { readonly gain: number };
}

/** Lines of history.jsonl; the last is left out while it is being written. */
export function historyOf(folder: string, type?: string): HistoryEntry[] {
  const lines = readFileSync(join(folder, 'history.jsonl'), 'utf8').split('\n').slice(0, -1);
  return lines
    .map((line) => JSON.parse(line) as HistoryEntry)
    .filter((line) => type === undefined || line.type === type);
}

/** Everything in a run's folder, folders with a slash at the end. */
export function filesOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .map((entry) => {
      const path = join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/');
      return entry.isDirectory() ? `${path}/` : path;
    })
    .sort();
}

/** What a run leaves where the given model stays; others leave model.onnx as well. */
export const usualFiles = [
  'data/',
  'data/performance.yaml',
  'events.jsonl',
  'history.jsonl',
  'job.json',
  'output.log',
  'result.json',
] as const;
