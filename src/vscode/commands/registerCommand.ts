// How a command is registered: it is handed what was clicked, shows its failure, and never throws.
import { commands } from 'vscode';
import type { Disposable } from 'vscode';
import { showThrown } from '../failures';
import { givenOf } from './given';
import type { Given } from './given';

/** Registers a command by its name without `compressorBench.`. */
export function registerCommand(name: string, handle: (given: Given) => Promise<unknown>): Disposable {
  return commands.registerCommand(`compressorBench.${name}`, async (...words: readonly unknown[]) => {
    try {
      return await handle(givenOf(words));
    } catch (thrown) {
      // Not awaited: whoever waits for the command waits for its work, not for a person to close the message.
      void showThrown(thrown);
      return undefined;
    }
  });
}
