// Texts that can be read in the editor and not changed: logs of runs, which grow while they are shown, and data sets.
import { open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Disposable, EventEmitter, Uri, window, workspace } from 'vscode';
import type { TextDocumentContentProvider } from 'vscode';
import { coalesce } from '../../processes/coalesce';
import { isRunEnd } from '../../protocol/runs';
import { datasetTextMethod } from '../../protocol/runControl';
import type { RunChange } from '../../protocol/benchChannel';
import type { Disposes } from '../disposing';
import type { Services } from '../services';
import type { DatasetNode } from '../tree/nodes';

const scheme = 'compressor-bench';

/** The end of a longer log is what is asked for. */
const longestLogBytes = 4 * 2 ** 20;

/** How often a log that grows is read again, while a run goes on. */
const readAgainMs = 500;

/** What a document shows, kept in its URI, so that a reloaded window shows it again. */
type Subject =
  | { readonly kind: 'log'; readonly folder: string }
  | { readonly kind: 'dataset'; readonly bench: string; readonly id: number };

/** Shows the log of a run, by its folder; it follows a run that goes on. */
export async function showLog(folder: string, title: string): Promise<void> {
  await show({ kind: 'log', folder }, `${title} ${basename(folder)}.log`);
}

/** Shows a data set as the text of a DATASET.yaml. */
export async function showDatasetText({ bench, facts }: DatasetNode): Promise<void> {
  await show({ kind: 'dataset', bench: bench.folder.uri.toString(), id: facts.id }, `${facts.name}.dataset.yaml`);
}

/** Answers the editor when it opens such a document. */
export function registerReadOnlyTexts(services: Services): Disposes {
  const changes = new EventEmitter<Uri>();
  const provider: TextDocumentContentProvider = {
    onDidChange: changes.event,
    provideTextDocumentContent: (uri) => textOf(services, uri),
  };
  const refresh = coalesce<RunChange>((change) => refreshLogs(changes, change), readAgainMs);
  return Disposable.from(
    workspace.registerTextDocumentContentProvider(scheme, provider),
    services.benches.onDidChangeRun((change) => {
      refresh.push(change);
      if (isRunEnd(change.run.state)) refresh.flush();
    }),
    workspace.onDidChangeTextDocument(({ document }) => {
      if (document.uri.scheme === scheme) revealEnd(document.uri);
    }),
    changes,
  );
}

async function show(subject: Subject, name: string): Promise<void> {
  const path = `/${name.replace(/[\\/:*?"<>|\u0000-\u001f]/g, '-')}`;
  const uri = Uri.from({ scheme, path, query: JSON.stringify(subject) });
  const document = await workspace.openTextDocument(uri);
  await window.showTextDocument(document, { preview: true });
  if (subject.kind === 'log') revealEnd(uri);
}

async function textOf({ benches }: Services, uri: Uri): Promise<string> {
  const subject = JSON.parse(uri.query) as Subject;
  if (subject.kind === 'log') return logText(subject.folder);
  const bench = benches.named(subject.bench);
  return bench === undefined ? '' : bench.ask(datasetTextMethod, { id: subject.id });
}

/** Its end, where it is long. */
async function logText(folder: string): Promise<string> {
  try {
    await using file = await open(join(folder, 'output.log'));
    const { size } = await file.stat();
    const bytes = Buffer.alloc(Math.min(size, longestLogBytes));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString('utf8', 0, bytesRead);
  } catch {
    return 'Nothing is written yet: the run has not begun, or its folder is gone.\n';
  }
}

function refreshLogs(changes: EventEmitter<Uri>, { run }: RunChange): void {
  for (const { uri } of workspace.textDocuments) {
    if (uri.scheme !== scheme) continue;
    const subject = JSON.parse(uri.query) as Subject;
    if (subject.kind === 'log' && subject.folder === run.folder) changes.fire(uri);
  }
}

/** Lines a person may have scrolled up and still follow. */
const followedLines = 30;

/** Follows a growing log in the editors that show its end. */
function revealEnd(uri: Uri): void {
  for (const editor of window.visibleTextEditors) {
    if (editor.document.uri.toString() !== uri.toString()) continue;
    const { lineCount } = editor.document;
    const last = editor.visibleRanges.at(-1);
    if (last === undefined || lineCount - last.end.line > followedLines) continue;
    editor.revealRange(editor.document.lineAt(lineCount - 1).range);
  }
}
