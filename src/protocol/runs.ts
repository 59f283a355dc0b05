// What happened to a run of the bench, line by line: `run.jsonl` in its folder, appended to and never rewritten.
import type { FailureRecord } from './benchError';
import { parseFailure } from './rpcMessages';

/** States of a run (DESIGN §4). */
export type RunState = 'queued' | 'running' | RunEnd;
export type RunEnd = 'success' | 'error' | 'cancelled';

/** A line of run.jsonl; `time` is ISO. */
export type RunLine =
  | { readonly time: string; readonly state: 'queued'; readonly requestId: string | null }
  | { readonly time: string; readonly state: 'running' }
  | { readonly time: string; readonly state: 'success' | 'cancelled' }
  | { readonly time: string; readonly state: 'error'; readonly failure: FailureRecord };

/** What the lines of a run say together. */
export interface RunSummary {
  /** Name of its folder: begins with the time it was asked for, so that names sort by age. */
  readonly name: string;
  /** Absolute path of its folder. */
  readonly folder: string;
  /** As last written: `queued` and `running` hold only while the queue agrees (`RunQueue.stateOf`). */
  readonly state: RunState;
  /** What the client that asked for the run called its request; null for none. */
  readonly requestId: string | null;
  readonly queuedAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly failure: FailureRecord | null;
}

/** Name of the file. */
export const runLogName = 'run.jsonl';

/** Whether a run in this state is over. */
export function isRunEnd(state: RunState): state is RunEnd {
  return state === 'success' || state === 'error' || state === 'cancelled';
}

/**
 * What the lines of a run.jsonl (each parsed, none checked yet) say together; undefined when none says that the run was
 * asked for. Lines that are none of ours are passed over; of several that end the run, the first counts.
 */
export function summaryOfLines(folder: string, lines: readonly unknown[]): RunSummary | undefined {
  let summary: RunSummary | undefined;
  for (const line of lines) {
    const next = withLine(folder, summary, line);
    if (next !== undefined) summary = next;
    if (summary !== undefined && isRunEnd(summary.state)) break;
  }
  return summary;
}

function withLine(folder: string, before: RunSummary | undefined, line: unknown): RunSummary | undefined {
  if (typeof line !== 'object' || line === null) return undefined;
  const { time, state, requestId, failure } = line as Readonly<Record<string, unknown>>;
  if (typeof time !== 'string' || Number.isNaN(Date.parse(time))) return undefined;
  if (before === undefined) {
    if (state !== 'queued') return undefined;
    const asked = typeof requestId === 'string' ? requestId : null;
    const name = folder.split(/[\\/]/).findLast((part) => part !== '') ?? folder;
    const times = { queuedAt: time, startedAt: null, endedAt: null };
    return { name, folder, state, requestId: asked, ...times, failure: null };
  }
  if (state === 'running') return { ...before, state, startedAt: before.startedAt ?? time };
  if (state === 'success' || state === 'cancelled') return { ...before, state, endedAt: time };
  if (state !== 'error') return undefined;
  return { ...before, state, endedAt: time, failure: parseFailureOf(failure) };
}

/** The failure of a line; a line without a readable one still says that the run failed. */
function parseFailureOf(value: unknown): FailureRecord {
  try {
    return parseFailure(value);
  } catch {
    return { code: 'run-record', message: 'The run failed; the record of the reason cannot be read.' };
  }
}
