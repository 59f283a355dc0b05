// Sentences for what cannot be done now, each with the way to change that.
import { commands, window, workspace } from 'vscode';
import { showThrown } from '../failures';

/** Where what is deleted goes. */
export const keptInTrash = 'It is kept in .compressor-bench/.trash until that is emptied.';

/** What a sentence offers to do. */
export interface Way {
  readonly title: string;
  readonly command: string;
  readonly arguments?: readonly unknown[];
}

/**
 * Says why something cannot be done, and goes the way that the person chooses. Nobody waits for that: a command has done
 * its work when the sentence is there.
 */
export function explain(sentence: string, ...ways: readonly Way[]): void {
  const go = async (): Promise<void> => {
    const chosen = await window.showInformationMessage(sentence, ...ways);
    if (chosen !== undefined) await commands.executeCommand(chosen.command, ...(chosen.arguments ?? []));
  };
  void go().catch(showThrown);
}

/** Whether a folder is open; says what to do where none is. */
export function hasFolder(): boolean {
  if ((workspace.workspaceFolders ?? []).some(({ uri }) => uri.scheme === 'file')) return true;
  explain('Projects are kept in the folder you work in: open a folder first.', {
    title: 'Open Folder',
    command: 'workbench.action.files.openFolder',
  });
  return false;
}

/** Whether jobs may run here; says what to do where they may not. */
export function isTrusted(): boolean {
  if (workspace.isTrusted) return true;
  explain('This folder is not trusted: nothing is run in it and no code of it is used. Looking is possible.', {
    title: 'Manage Workspace Trust',
    command: 'workbench.trust.manage',
  });
  return false;
}
