// Scripts with a pipeline of their own: the button that runs the open one as a task, in its turn in the queue of the bench, and
// the types of the library for it.
import { basename, join } from 'node:path';
import { CodeActionKind, commands, Disposable, languages, tasks, Uri, window, workspace } from 'vscode';
import type { TextDocument } from 'vscode';
import type { Contribution } from '../contributions';
import { isTrusted } from '../commands/explaining';
import { registerCommand } from '../commands/registerCommand';
import { taskOf, taskType } from './benchTasks';
import { importsPipeline, isScript, typesFileName } from './scriptTexts';
import { addTypes, addTypesCommand, typesFixes } from './scriptTypes';
import type { TaskSettings } from './taskCommand';

/** Set while the open file is such a script; the manifest shows the button by it. */
const contextKey = 'compressorBench.isPipelineScript';

/** The commands, what shows the button, and the quick fix. */
export const registerPipelineScripts: Contribution = ({ context }) => {
  const cliPath = join(context.extensionPath, 'dist', 'cli.js');
  const declarations = join(context.extensionPath, 'dist', 'types', 'ambient', typesFileName);
  const look = (): void => {
    const document = window.activeTextEditor?.document;
    void commands.executeCommand('setContext', contextKey, document !== undefined && isPipelineScript(document));
  };
  look();
  return Disposable.from(
    window.onDidChangeActiveTextEditor(look),
    workspace.onDidSaveTextDocument(look),
    registerCommand('script.run', async ({ first }) => {
      const document = await givenScript(first);
      if (document !== undefined) await runScript(document, cliPath);
    }),
    registerCommand(addTypesCommand, async ({ first }) => {
      const document = await givenScript(first);
      if (document !== undefined) await addTypes(document, declarations);
    }),
    languages.registerCodeActionsProvider(
      ['typescript', 'javascript'].map((language) => ({ language, scheme: 'file' })),
      { provideCodeActions: (document, _, { diagnostics }) => typesFixes(document, diagnostics) },
      { providedCodeActionKinds: [CodeActionKind.QuickFix] },
    ),
  );
};

/** The script that was clicked, or is in the active editor; says what to do where that is none. */
async function givenScript(first: unknown): Promise<TextDocument | undefined> {
  const document = first instanceof Uri ? await workspace.openTextDocument(first) : window.activeTextEditor?.document;
  if (document !== undefined && isPipelineScript(document)) return document;
  // Short: the end of a long sentence is cut off.
  void window.showInformationMessage(
    document !== undefined && isScript(document.fileName)
      ? `${basename(document.fileName)} does not import compressor-bench/pipeline.`
      : 'Open a pipeline script first: TypeScript or JavaScript.',
  );
  return undefined;
}

/** Output is shown in the terminal of the task; to end it there, or in the list of jobs, cancels the script. */
async function runScript(document: TextDocument, cliPath: string): Promise<void> {
  if (!isTrusted() || (document.isDirty && !(await document.save()))) return;
  const owner = workspace.getWorkspaceFolder(document.uri);
  const settings: TaskSettings = { verb: 'run', script: workspace.asRelativePath(document.uri, false) };
  await tasks.executeTask(taskOf({ type: taskType, ...settings }, settings, owner, cliPath));
}

function isPipelineScript(document: TextDocument): boolean {
  return document.uri.scheme === 'file' && importsPipeline(document.fileName, document.getText());
}
