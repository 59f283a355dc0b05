// The editor's tokens of cancellation as the signals that everything below the editor knows.
import type { CancellationToken } from 'vscode';

/** A signal that aborts when the token is cancelled. */
export function signalOf(token: CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  else token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}
