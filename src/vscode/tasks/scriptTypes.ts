// The types of the library of pipelines beside a script: a file of declarations, and the line of the script that names it.
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CodeAction, CodeActionKind, Position, WorkspaceEdit, workspace } from 'vscode';
import type { Diagnostic, TextDocument } from 'vscode';
import { replaceFile } from '../../files/atomicWrite';
import { explain } from '../commands/explaining';
import { namesTypes, typesFileName, usesNode, withTypesLine } from './scriptTexts';

/** The command, without `compressorBench.`. */
export const addTypesCommand = 'script.addTypes';

/**
 * Writes the declarations into the folder of a script, where a file of that name is one of ours or not there, and names them
 * in the script, which stays to be saved.
 *
 * @param declarations path of the file that comes with the extension
 */
export async function addTypes(document: TextDocument, declarations: string): Promise<void> {
  const folder = dirname(document.uri.fsPath);
  const target = join(folder, typesFileName);
  const [text, present] = await Promise.all([readFile(declarations, 'utf8'), readFile(target, 'utf8').catch(() => '')]);
  const [firstLine = ''] = text.split('\n', 1);
  if (present !== '' && !present.startsWith(firstLine)) {
    explain(`${target} is a file of somebody else: rename it, then add the types again.`);
    return;
  }
  if (present !== text) await replaceFile(target, text);
  const { line, text: added } = withTypesLine(document.getText());
  if (added !== '') {
    const edit = new WorkspaceEdit();
    edit.insert(document.uri, new Position(line, 0), added);
    await workspace.applyEdit(edit);
  }
  if (usesNode(document.getText()) && !(await hasNodeTypes(folder)))
    explain(
      'The types of the library are there. For those of Node itself ("node:fs", process): npm install --save-dev @types/node',
    );
}

/** Whether the package with the types of Node is installed for a folder. */
async function hasNodeTypes(folder: string): Promise<boolean> {
  const found = await stat(join(folder, 'node_modules', '@types', 'node')).catch(() => undefined);
  if (found !== undefined) return true;
  const above = dirname(folder);
  return above !== folder && hasNodeTypes(above);
}

/** The quick fix where an editor finds no types of the library. */
export function typesFixes(document: TextDocument, diagnostics: readonly Diagnostic[]): CodeAction[] {
  if (namesTypes(document.getText())) return [];
  const missing = diagnostics.filter(({ message }) => message.includes("'compressor-bench/pipeline'"));
  if (missing.length === 0) return [];
  const title = 'Add the types of compressor-bench/pipeline';
  const fix = new CodeAction(title, CodeActionKind.QuickFix);
  fix.command = { title, command: `compressorBench.${addTypesCommand}`, arguments: [document.uri] };
  fix.diagnostics = missing;
  fix.isPreferred = true;
  return [fix];
}
