// Where a pruned model goes: asked for until it is not the model that is pruned, which is never written over.
import { basename, resolve } from 'node:path';
import { window } from 'vscode';
import type { Uri } from 'vscode';

/**
 * Asks for the file of a pruned model; undefined where the person gave up.
 *
 * @param modelPath the model that is pruned; undefined where that is not known
 */
export async function askPrunedModel(modelPath: string | undefined, proposed: Uri): Promise<Uri | undefined> {
  const target = await window.showSaveDialog({
    title: 'Prune into a New Model',
    saveLabel: 'Prune',
    defaultUri: proposed,
    filters: { 'ONNX Model': ['onnx'] },
  });
  if (target === undefined || modelPath === undefined || resolve(target.fsPath) !== resolve(modelPath)) return target;
  const other = 'Choose Another Name';
  const detail = 'It stays as it is: give the pruned model a name of its own.';
  const title = `${basename(modelPath)} is the model that is pruned.`;
  const chosen = await window.showWarningMessage(title, { modal: true, detail }, other);
  return chosen === other ? askPrunedModel(modelPath, proposed) : undefined;
}
