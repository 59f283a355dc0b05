// Sentences for what cannot be done now, each with the way to change that.
import { commands, window, workspace } from 'vscode';

/** What a sentence offers to do. */
export interface Way {
  readonly title: string;
  readonly command: string;
  readonly arguments?: readonly unknown[];
}

/** Says why something cannot be done, and goes the way that the person chooses. */
export async function explain(sentence: string, ...ways: readonly Way[]): Promise<void> {
  const chosen = await window.showInformationMessage(sentence, ...ways);
  if (chosen !== undefined) await commands.executeCommand(chosen.command, ...(chosen.arguments ?? []));
}

/** Whether a folder is open; says what to do where none is. */
export async function hasFolder(): Promise<boolean> {
  if ((workspace.workspaceFolders ?? []).some(({ uri }) => uri.scheme === 'file')) return true;
  await explain('Projects are kept in the folder you work in: open a folder first.', {
    title: 'Open Folder',
    command: 'workbench.action.files.openFolder',
  });
  return false;
}

/** Whether jobs may run here; says what to do where they may not. */
export async function isTrusted(): Promise<boolean> {
  if (workspace.isTrusted) return true;
  await explain('This folder is not trusted: nothing is run in it and no code of it is used. Looking is possible.', {
    title: 'Manage Workspace Trust',
    command: 'workbench.trust.manage',
  });
  return false;
}
