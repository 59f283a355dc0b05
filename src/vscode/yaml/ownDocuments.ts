// Which documents of the editor are ours.
import type { TextDocument } from 'vscode';
import { configFileKind } from '../../config/configFileKind';
import type { ConfigFileKind } from '../../config/configFileKind';

/** What a document is; undefined for one that is none of ours. */
export function kindOfDocument(document: TextDocument): ConfigFileKind | undefined {
  const { languageId, uri, lineCount } = document;
  if (languageId !== 'yaml' || (uri.scheme !== 'file' && uri.scheme !== 'untitled')) return undefined;
  const lines = Math.min(5, lineCount);
  const beginning = Array.from({ length: lines }, (_, line) => document.lineAt(line).text.slice(0, 400)).join('\n');
  return configFileKind(uri.fsPath, beginning);
}
