// How a job ended, read from its folder: for the process that started it and for any that finds the folder later.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readLines } from '../files/appendLog';
import { fileErrorOf, systemErrorCode } from '../files/fileErrors';
import { wasMachineRestarted } from '../files/processRecord';
import type { ProcessRecord } from '../files/processRecord';
import type { FailureRecord } from '../protocol/benchError';
import { jobFiles, parseJobFile } from '../protocol/jobChannel';
import type { JobEvent } from '../protocol/jobChannel';
import type { JobOutcome } from '../protocol/jobs';
import { parseFailure, recordOf } from '../protocol/rpcMessages';
import { jobFailures } from './jobErrors';
import type { LastSigns } from './jobErrors';

/** How a process ended. */
export interface ProcessExit {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/** Windows reports a crash as an exit code of this size and above (NTSTATUS errors). */
const firstCrashCode = 0xc0000000;

/** The outcome a job wrote to result.json; undefined when it has not ended, or died before it could. */
export function readOutcome(folder: string): JobOutcome<unknown> | undefined {
  const path = join(folder, jobFiles.result);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (thrown) {
    if (systemErrorCode(thrown) === 'ENOENT') return undefined;
    return { state: 'error', failure: fileErrorOf(thrown, path, 'read').toRecord() };
  }
  try {
    return parseOutcome(JSON.parse(text));
  } catch (thrown) {
    const problem = thrown instanceof Error ? thrown.message : String(thrown);
    return { state: 'error', failure: jobFailures.badRecord(path, problem) };
  }
}

/** Why a job process died without a result: a limit, a crash, or something from outside. */
export function failureOfExit(folder: string, exit: ProcessExit): FailureRecord {
  const events = eventsOfLastRun(folder);
  const signs = lastSigns(events);
  const limit = events.findLast((event) => event.type === 'limit');
  if (limit !== undefined) return failureOfLimit(limit, signs, folder);
  if (exit.signal === 'SIGKILL') return jobFailures.killed(exit.signal, signs);
  if (exit.signal !== null) return jobFailures.crashed(exit.signal, signs);
  const exitCode = exit.exitCode ?? 0;
  if (exitCode >= firstCrashCode) return jobFailures.crashed(`0x${exitCode.toString(16)}`, signs);
  return jobFailures.ended(exitCode, signs);
}

/** Why a job left no result whose process ended while nobody watched it. */
export function failureOfLostJob(folder: string, process: ProcessRecord): FailureRecord {
  const events = eventsOfLastRun(folder);
  const signs = lastSigns(events);
  const limit = events.findLast((event) => event.type === 'limit');
  if (limit !== undefined) return failureOfLimit(limit, signs, folder);
  return wasMachineRestarted(process) ? jobFailures.machineRestarted(signs) : jobFailures.lost(signs);
}

function parseOutcome(value: unknown): JobOutcome<unknown> {
  const { state, result, failure } = recordOf(value, 'a result');
  if (state === 'success') return { state, result };
  if (state === 'cancelled') return { state };
  if (state === 'error') return { state, failure: parseFailure(failure) };
  throw new Error('it has no known state');
}

function eventsOfLastRun(folder: string): JobEvent[] {
  const events = readLines(join(folder, jobFiles.events)) as JobEvent[];
  return events.slice(events.findLastIndex((event) => event.type === 'state' && event.state === 'running') + 1);
}

function lastSigns(events: readonly JobEvent[]): LastSigns {
  const activity = events.findLast((event) => event.type === 'activity')?.activity;
  const loader = events.findLast((event) => event.type === 'loader')?.loader;
  const known = { ...(activity === undefined ? {} : { activity }), ...(loader === undefined ? {} : { loader }) };
  const progress = events.findLast((event) => event.type === 'progress');
  if (progress === undefined) return known;
  const { phase, done, total, unit } = progress;
  return {
    ...known,
    activity: activity ?? phase,
    progress: `${phase}, ${done}${total === undefined ? '' : ` of ${total}`} ${unit}`,
  };
}

function failureOfLimit(event: Extract<JobEvent, { type: 'limit' }>, signs: LastSigns, folder: string): FailureRecord {
  switch (event.limit) {
    case 'memory':
      return jobFailures.memory(event.value, event.allowed, signs);
    case 'time':
      return jobFailures.timeout(event.allowed, signs);
    case 'stall':
      if (event.sample !== undefined) {
        return jobFailures.loaderStalled(event.allowed, signs.loader ?? 'the data loader', event.sample);
      }
      return isOfScript(folder) ? jobFailures.blocked(event.allowed, signs) : jobFailures.stalled(event.allowed, signs);
  }
}

/** Whether a job runs a script of the user's; a record that cannot be read says nothing. */
function isOfScript(folder: string): boolean {
  try {
    return parseJobFile(JSON.parse(readFileSync(join(folder, jobFiles.job), 'utf8'))).spec.verb === 'run';
  } catch {
    return false;
  }
}
