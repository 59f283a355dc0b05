// Saves what a bench answers with, where the person says.
import { copyFile, writeFile } from 'node:fs/promises';
import { Uri, window } from 'vscode';
import type { FileContent } from '../../protocol/benchChannel';
import type { BenchConnection } from '../bench/benchConnection';

/** How the dialog calls what is saved. */
interface SaveTexts {
  readonly title: string;
  /** `CSV` → `['csv']`. */
  readonly filters: Readonly<Record<string, string[]>>;
}

/** An answer to save. */
interface SavedAnswer extends SaveTexts {
  /** An operation that answers with a file. */
  readonly path: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** Asks an operation, then saves what it answers. */
export async function saveAnswer(bench: BenchConnection, { path, parameters, ...texts }: SavedAnswer): Promise<void> {
  const { content, attachmentName } = await bench.file(path, parameters);
  await saveContent(bench, content, { name: attachmentName ?? 'result', ...texts });
}

/** Asks where to; the dialog asks before a file is replaced. */
function askTarget(
  bench: BenchConnection,
  { name, title, filters }: SaveTexts & { readonly name: string },
): Thenable<Uri | undefined> {
  const defaultUri = Uri.joinPath(bench.folder.uri, name);
  return window.showSaveDialog({ title, defaultUri, filters: { ...filters } });
}

/** Asks where to, then saves a text that depends on that, and shows it. */
export async function saveText(
  bench: BenchConnection,
  textFor: (path: string) => Promise<string>,
  texts: SaveTexts & { readonly name: string },
): Promise<void> {
  const target = await askTarget(bench, texts);
  if (target === undefined) return;
  await writeFile(target.fsPath, await textFor(target.fsPath));
  await window.showTextDocument(target, { preview: true });
}

/** Asks where to, then saves, and shows a text. */
export async function saveContent(
  bench: BenchConnection,
  content: FileContent['content'],
  texts: SaveTexts & { readonly name: string },
): Promise<void> {
  const target = await askTarget(bench, texts);
  if (target === undefined) return;
  if ('text' in content) await writeFile(target.fsPath, content.text);
  else await copyFile(content.path, target.fsPath);
  if ('text' in content) await window.showTextDocument(target, { preview: true });
}
