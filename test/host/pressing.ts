// For suites of commands that ask: runs one and answers its quick inputs as a person who presses keys.
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';

const settleMs = 150;

/** Enter, and Escape. */
export const accept = 'workbench.action.acceptSelectedQuickOpenItem';
export const leave = 'workbench.action.closeQuickOpen';
/** The arrow down. */
export const next = 'workbench.action.quickOpenSelectNext';

/** Runs a command of ours and presses keys at the quick inputs it shows, the last one again and again, until it ends. */
export async function runPressing(
  keys: string | readonly string[],
  name: string,
  ...words: readonly unknown[]
): Promise<unknown> {
  const end = { isReached: false };
  const command = vscode.commands.executeCommand(`compressorBench.${name}`, ...words);
  const answer = Promise.resolve(command).finally(() => {
    end.isReached = true;
  });
  const list = typeof keys === 'string' ? [keys] : keys;
  for (let turns = 0; turns < 200; turns++) {
    await sleep(settleMs);
    if (end.isReached) return answer;
    await vscode.commands.executeCommand(list[Math.min(turns, list.length - 1)] ?? leave);
  }
  throw new Error(`${name} still waits for something`);
}
