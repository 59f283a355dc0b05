// Scripts with a pipeline of their own: the button that runs the open one as a task, in its turn in the queue of the bench.
import { join } from 'node:path';
import { commands, Disposable, tasks, Uri, window, workspace } from 'vscode';
import type { TextDocument } from 'vscode';
import type { Contribution } from '../contributions';
import { isTrusted } from '../commands/explaining';
import { registerCommand } from '../commands/registerCommand';
import { taskOf, taskType } from './benchTasks';
import { importsPipeline } from './taskCommand';
import type { TaskSettings } from './taskCommand';

/** Set while the open file is such a script; the manifest shows the button by it. */
const contextKey = 'compressorBench.isPipelineScript';

/** The command, and what shows its button. */
export const registerPipelineScripts: Contribution = ({ context }) => {
  const cliPath = join(context.extensionPath, 'dist', 'cli.js');
  const look = (): void => {
    const document = window.activeTextEditor?.document;
    void commands.executeCommand('setContext', contextKey, document !== undefined && isPipelineScript(document));
  };
  look();
  return Disposable.from(
    window.onDidChangeActiveTextEditor(look),
    workspace.onDidSaveTextDocument(look),
    registerCommand('script.run', ({ first }) => runScript(first instanceof Uri ? first : undefined, cliPath)),
  );
};

/** Output is shown in the terminal of the task; to end it there, or in the list of jobs, cancels the script. */
async function runScript(given: Uri | undefined, cliPath: string): Promise<void> {
  const document = given === undefined ? window.activeTextEditor?.document : await workspace.openTextDocument(given);
  if (document === undefined || !isPipelineScript(document)) {
    void window.showInformationMessage(
      'Open a script in TypeScript or JavaScript that imports "compressor-bench/pipeline" first.',
    );
    return;
  }
  if (!isTrusted() || (document.isDirty && !(await document.save()))) return;
  const owner = workspace.getWorkspaceFolder(document.uri);
  const settings: TaskSettings = { verb: 'run', script: workspace.asRelativePath(document.uri, false) };
  await tasks.executeTask(taskOf({ type: taskType, ...settings }, settings, owner, cliPath));
}

function isPipelineScript(document: TextDocument): boolean {
  return document.uri.scheme === 'file' && importsPipeline(document.fileName, document.getText());
}
