// How failures are shown: one sentence, the next step as a second one, a way to the log; a cancel is no failure.
import { CancellationError, window } from 'vscode';
import type { LogOutputChannel } from 'vscode';
import { cancelledCode } from '../processes/rpcErrors';
import { failureRecordOf } from '../protocol/benchError';

let log: LogOutputChannel | undefined;

/** The log that `showThrown` leads to. */
export function logFailuresTo(channel: LogOutputChannel): void {
  log = channel;
}

/** Shows what was thrown to the person who asked for the work, and writes it to the log. */
export async function showThrown(thrown: unknown): Promise<void> {
  if (thrown instanceof CancellationError) return;
  const { code, message, place, nextStep } = failureRecordOf(thrown);
  if (code === cancelledCode) return;
  log?.error(
    `failure: ${message} {code=${code} place=${place ?? ''}}`,
    thrown instanceof Error ? (thrown.stack ?? '') : '',
  );
  const text = [message, ...(nextStep === undefined ? [] : [nextStep])].join(' ');
  const chosen = await window.showErrorMessage(text, 'Open Log');
  if (chosen === 'Open Log') log?.show();
}
