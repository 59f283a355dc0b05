// What a job process and the process that forked it say to each other.
import type { JobLimits, JobSpec } from './jobs';
import type { RpcEvent, RpcMethod } from './rpcMessages';
import { recordOf } from './rpcMessages';
import type { TrialRow } from './tuning';

/** States a job can end in. */
export type JobEnd = 'success' | 'error' | 'cancelled';

/** `job.json`: everything a job process needs to know; written before it starts. */
export interface JobFile {
  readonly version: 1;
  readonly createdAt: string;
  readonly spec: JobSpec;
  readonly limits: JobLimits;
  /** The process this job ends with; absent: it goes on alone. */
  readonly parentPid?: number;
  /** Gives way to other work on the machine; jobs that measure time do not. */
  readonly lowPriority: boolean;
}

/** A line of `events.jsonl`, besides its `time`. */
export type JobEvent =
  | { readonly type: 'state'; readonly state: 'running' | JobEnd }
  | { readonly type: 'activity'; readonly activity: string }
  | { readonly type: 'loader'; readonly loader: string }
  | {
      readonly type: 'progress';
      readonly phase: string;
      readonly done: number;
      readonly total?: number;
      readonly unit: string;
    }
  | { readonly type: 'log'; readonly line: string }
  | { readonly type: 'trial'; readonly trial: TrialRow }
  | {
      readonly type: 'limit';
      readonly limit: 'memory' | 'time' | 'stall';
      readonly value: number;
      readonly allowed: number;
      /** That a loader was asked for and had not given. */
      readonly sample?: number;
    };

/** Names of the files in a job's folder. */
export const jobFiles = {
  job: 'job.json',
  events: 'events.jsonl',
  output: 'output.log',
  result: 'result.json',
  /** Names the process of a job that may lose its parent. */
  process: 'process.json',
} as const;

/** Starts the job described in job.json; answered when result.json is written. */
export const runMethod: RpcMethod<null, JobEnd> = {
  name: 'run',
  params: () => null,
  result: (value) => {
    if (value === 'success' || value === 'error' || value === 'cancelled') return value;
    throw new Error('a job ended in an unknown state');
  },
};

/** Tells a job that its end was seen and nobody is needed: a parent that leaves without a word was ended. */
export const dismissEvent: RpcEvent<null> = { name: 'dismiss', payload: () => null };

/** One line for whoever watches. */
export const logEvent: RpcEvent<string> = {
  name: 'log',
  payload: (value) => {
    if (typeof value !== 'string') throw new Error('a log line is not text');
    return value;
  },
};

/** A trial of a tuning ended. */
export const trialEvent: RpcEvent<TrialRow> = { name: 'trial', payload: parseTrial };

/** A row that came from a job; only what tells it from something else is checked. */
export function parseTrial(value: unknown): TrialRow {
  const row = recordOf(value, 'a trial');
  if (typeof row['id'] !== 'number' || typeof row['change'] !== 'string' || typeof row['outcome'] !== 'string') {
    throw new Error('a trial has no id, change or outcome');
  }
  // Made by the job process from this product's own types.
  return row as unknown as TrialRow;
}

/** Checks what was read from job.json. Its spec was made by this product; only what the job process branches on is checked. */
export function parseJobFile(value: unknown): JobFile {
  const file = recordOf(value, 'job.json');
  if (file['version'] !== 1) throw new Error(`job.json has version ${String(file['version'])} instead of 1`);
  const { memoryBytes, stallMs } = recordOf(file['limits'], 'the limits of a job');
  if (typeof memoryBytes !== 'number' || typeof stallMs !== 'number') throw new Error('a job has no limits');
  if (typeof recordOf(file['spec'], 'the spec of a job')['verb'] !== 'string') throw new Error('a job has no verb');
  return file as unknown as JobFile;
}
