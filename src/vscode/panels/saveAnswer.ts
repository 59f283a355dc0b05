// Saves what an operation of the bench answers with, where the person says.
import { copyFile, writeFile } from 'node:fs/promises';
import { Uri, window } from 'vscode';
import type { FileContent } from '../../protocol/benchChannel';
import type { BenchConnection } from '../bench/benchConnection';

/** What to save, and how the dialog calls it. */
export interface SavedAnswer {
  /** An operation that answers with a file. */
  readonly path: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly title: string;
  /** `CSV` → `['csv']`. */
  readonly filters: Readonly<Record<string, string[]>>;
}

/** Asks where to, then saves. The dialog asks before a file is replaced. */
export async function saveAnswer(bench: BenchConnection, answer: SavedAnswer): Promise<void> {
  const { path, parameters, title, filters } = answer;
  const { content, attachmentName } = await bench.file(path, parameters);
  const defaultUri = Uri.joinPath(bench.folder.uri, attachmentName ?? 'result');
  const target = await window.showSaveDialog({ title, defaultUri, filters: { ...filters } });
  if (target === undefined) return;
  await write(target, content);
  if ('text' in content) await window.showTextDocument(target, { preview: true });
}

async function write({ fsPath }: Uri, content: FileContent['content']): Promise<void> {
  if ('text' in content) await writeFile(fsPath, content.text);
  else await copyFile(content.path, fsPath);
}
