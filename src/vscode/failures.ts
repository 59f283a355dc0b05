// How failures are shown: one sentence, the next step as a second one, a way to the log; a cancel is no failure.
import { CancellationError, commands, window } from 'vscode';
import type { LogOutputChannel } from 'vscode';
import { cancelledCode, failureRecordOf } from '../protocol/benchError';
import { settingCode } from './bench/benchSettingErrors';
import { openSettingCommand } from './settings';

let log: LogOutputChannel | undefined;

/** The log that `showThrown` leads to. */
export function logFailuresTo(channel: LogOutputChannel): void {
  log = channel;
}

const openLog = 'Open Log';
const openSetting = 'Open Setting';

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
  const ways = code === settingCode ? [openSetting, openLog] : [openLog];
  const chosen = await window.showErrorMessage(text, ...ways);
  if (chosen === openLog) log?.show();
  if (chosen !== openSetting || place === undefined) return;
  const { command, arguments: words = [] } = openSettingCommand(place);
  await commands.executeCommand(command, ...(words as readonly unknown[]));
}
