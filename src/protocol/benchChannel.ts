// What the editor and the process that holds a bench for it say to each other; each area declares its questions beside its types.
import { event, method, textIn } from './methods';
import { recordOf } from './rpcMessages';
import type { Progress } from './progress';
import type { RunSummary } from './runs';
import type { TrialRow } from './tuning';

/** One operation of the bench by its path, such as `project/create`, with parameters as clients of the API send them. */
export interface OperationCall {
  readonly path: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** Calls an operation that answers at once; of one that answers later: resolves when it was accepted. */
export const callMethod = method<OperationCall, unknown>('bench/call', readCall);

/** Calls an operation that answers later and follows it: resolves with the data of its last message. */
export const finishMethod = method<OperationCall, Readonly<Record<string, unknown>>>('bench/finish', readCall);

/** What an operation that answers with a file has to save. */
export interface FileContent {
  readonly contentType: string;
  readonly content: { readonly path: string } | { readonly text: string };
  readonly attachmentName: string | null;
}

/** Calls an operation that answers with a file. */
export const fileMethod = method<OperationCall, FileContent>('bench/file', readCall);

/** Something that happened to a run, whichever door brought it about. */
export interface RunChange {
  readonly type: 'queued' | 'started' | 'progress' | 'trial' | 'ended';
  readonly run: RunSummary;
  /** `optimization`, `benchmark`, `profiling`, or a name for work that belongs to no record. */
  readonly kind: string;
  /** Of the record; 0 for none. */
  readonly id: number;
  readonly progress?: Progress;
  readonly timeLeftMs?: number | null;
  readonly trial?: TrialRow;
}

/** Emitted for every change. */
export const runChangeEvent = event<RunChange>('bench/run');

function readCall(value: unknown): OperationCall {
  const fields = recordOf(value, 'the parameters');
  return { path: textIn(fields, 'path', 100), parameters: recordOf(fields['parameters'], '"parameters"') };
}
