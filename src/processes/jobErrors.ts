// Every way a job process can end badly, as a record: none of them is thrown.
import { BenchError } from '../protocol/benchError';
import type { FailureRecord } from '../protocol/benchError';

/** An error of starting or supervising a job process. `code` starts with `job-`. */
export class JobError extends BenchError {
  override readonly name = 'JobError';
}

/** What was known of a job when it died. */
export interface LastSigns {
  /** As in "while …": `loading model.onnx`; absent when it died before it began. */
  readonly activity?: string;
  /** As in "calibrating, 12 of 100 samples". */
  readonly progress?: string;
  /** That was asked last: `the loader custom of data.yaml`. */
  readonly loader?: string;
}

/** One maker per failure. */
export const jobFailures = {
  cannotStart: (program: string, reason: string): FailureRecord => ({
    code: 'job-start',
    message: `The job process could not be started with ${program}: ${reason}.`,
    nextStep: 'Check that this file exists and may be run, or choose another Node.',
  }),
  noAffinity: (): FailureRecord => ({
    code: 'job-affinity',
    message: 'This system cannot bind a process to chosen CPUs (the program taskset is missing).',
    nextStep: 'Install util-linux, or run without --cores-per-instance.',
  }),
  crashed: (signal: string, signs: LastSigns): FailureRecord => ({
    code: 'job-crashed',
    message: `The engine crashed (${signal})${during(signs)}.`,
    ...placed(signs),
    nextStep:
      'Your files are unchanged. If it happens again, this model triggers a fault in the engine: export it differently, or report it to ONNX Runtime.',
  }),
  killed: (signal: string, signs: LastSigns): FailureRecord => ({
    code: 'job-killed',
    message: `The job process was ended from outside (${signal})${during(signs)}; systems do this when memory runs out.`,
    ...placed(signs),
    nextStep: 'Close other programs or use a smaller batch, then run it again.',
  }),
  ended: (exitCode: number, signs: LastSigns): FailureRecord => ({
    code: 'job-crashed',
    message: `The job process ended unexpectedly (exit code ${exitCode})${during(signs)}.`,
    ...placed(signs),
    nextStep: 'The last lines of its log say why (on the command line: run it again with --verbose).',
  }),
  lost: (signs: LastSigns): FailureRecord => ({
    code: 'job-lost',
    message: `The job process is gone${during(signs)}; the process that watched it was gone too, so how it ended is not known.`,
    ...placed(signs),
    nextStep: 'Run it again.',
  }),
  machineRestarted: (signs: LastSigns): FailureRecord => ({
    code: 'job-machine-restarted',
    message: `The machine was switched off or started again${during(signs)}.`,
    ...placed(signs),
    nextStep: 'Run it again.',
  }),
  memory: (rssBytes: number, allowedBytes: number, signs: LastSigns): FailureRecord => ({
    code: 'job-memory-limit',
    message: `The job was stopped${during(signs)}: it used ${megabytes(rssBytes)} of memory, the limit is ${megabytes(allowedBytes)}.`,
    ...placed(signs),
    nextStep:
      'Raise the limit (--memory-limit MB; in the editor the setting job.memoryLimitMB), or use a smaller batch.',
  }),
  timeout: (allowedMs: number, signs: LastSigns): FailureRecord => ({
    code: 'job-timeout',
    message: `The job was stopped${during(signs)}: it took longer than its limit of ${seconds(allowedMs)}.`,
    ...placed(signs),
    nextStep:
      'Raise the limit (--timeout SECONDS; in the editor the setting job.timeLimitMinutes), or use fewer samples.',
  }),
  stalled: (allowedMs: number, signs: LastSigns): FailureRecord => ({
    code: 'job-stalled',
    message: `The job was stopped${during(signs)}: it made no progress for ${seconds(allowedMs)}.`,
    ...placed(signs),
    nextStep:
      'If that is only slow, raise the limit (--stall-limit SECONDS; in the editor the setting job.stallLimitSeconds); otherwise it may never end.',
  }),
  loaderStalled: (allowedMs: number, loader: string, sample: number): FailureRecord => ({
    code: 'job-stalled',
    message: `The job was stopped: ${loader} had not given sample ${sample} after ${seconds(allowedMs)}.`,
    place: `sample ${sample}`,
    nextStep:
      'Look whether its files can be read, and in a loader of your own for a loop that never ends or a promise that is never resolved. If it is only slow, raise the limit (--stall-limit SECONDS; in the editor the setting job.stallLimitSeconds).',
  }),
  blocked: (allowedMs: number, signs: LastSigns): FailureRecord => ({
    code: 'job-stalled',
    message: `The job was stopped${during(signs)}: the script computed for ${seconds(allowedMs)} without a pause.`,
    ...placed(signs),
    nextStep:
      'Look for a loop that never ends; if it only takes that long, await something in it now and then, or raise the limit (--stall-limit SECONDS; in the editor the setting job.stallLimitSeconds).',
  }),
  badRecord: (path: string, problem: string): FailureRecord => ({
    code: 'job-record',
    message: `The record of the job in ${path} cannot be used: ${problem}.`,
    place: path,
    nextStep: 'Run the command again.',
  }),
};

function during({ activity }: LastSigns): string {
  return activity === undefined ? '' : ` while ${activity}`;
}

function placed({ progress }: LastSigns): { place?: string } {
  return progress === undefined ? {} : { place: progress };
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MB`;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
