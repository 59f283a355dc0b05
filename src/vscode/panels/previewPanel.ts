// The panel of a data set: its first samples as pictures or figures with labels, and what each transform makes of them.
import { basename } from 'node:path';
import { Disposable, Uri, commands, window, workspace } from 'vscode';
import type { TextDocument } from 'vscode';
import { panelChangedEvent } from '../../protocol/panels/panel';
import { datasetPreviewMethod, readPreviewSubject } from '../../protocol/panels/preview';
import type { PreviewSubject } from '../../protocol/panels/preview';
import { explain } from '../commands/explaining';
import { givenNode } from '../commands/given';
import { pickPart } from '../commands/pickParts';
import { registerCommand } from '../commands/registerCommand';
import type { Contribution } from '../contributions';
import type { Services } from '../services';
import { kindOfDocument } from '../yaml/ownDocuments';
import { partNode, runOn, subjectOf } from './panelNodes';
import { answerReport, servePage } from './panelPage';
import type { OpenPanel, PanelKind } from './panels';

/** The first samples of a data set of the bench, or of a data set file. */
export const previewPanel: PanelKind<PreviewSubject> = {
  viewType: 'compressorBench.preview',
  bundle: 'preview',
  icon: 'preview',
  title: (subject) => ('file' in subject ? titleOf(basename(subject.file)) : 'Preview'),
  readSubject: readPreviewSubject,
  serve: (open) => {
    answerReport(open, datasetPreviewMethod, ({ name }) => titleOf(name));
    return Disposable.from(servePage({ ...open, actions: { open: openDescription(open) } }, []), onSave(open));
  },
};

function titleOf(name: string): string {
  return `Preview of ${name}`;
}

function openDescription({ bench, subject }: OpenPanel<PreviewSubject>): () => Promise<void> {
  return async () => {
    if ('file' in subject) await commands.executeCommand('vscode.open', Uri.file(subject.file));
    else await runOn('dataset.open', await partNode(bench, 'dataset', subject.id));
  };
}

/** A data set file that is saved is read again. */
function onSave({ peer, subject }: OpenPanel<PreviewSubject>): Disposable {
  if (!('file' in subject)) return new Disposable(() => undefined);
  const { fsPath } = Uri.file(subject.file);
  return workspace.onDidSaveTextDocument(({ uri }) => {
    if (uri.fsPath === fsPath) peer.emit(panelChangedEvent, null);
  });
}

/** Shows the first samples of a data set file as it stands in the editor. */
async function previewFile({ benches, panels }: Services, document: TextDocument): Promise<void> {
  if (document.isUntitled) {
    explain('Save the data set file first: paths in it start from its folder.');
    return;
  }
  if (document.isDirty && !(await document.save())) return;
  const bench = benches.for(document.uri) ?? benches.forLooking(document.uri);
  panels.show(previewPanel, { bench: bench.folder.uri.toString(), file: document.uri.fsPath });
}

/** The data set file that was clicked, or is in the active editor. */
async function givenDocument(first: unknown): Promise<TextDocument | undefined> {
  const uri = typeof first === 'string' ? Uri.parse(first) : first;
  if (uri instanceof Uri) return workspace.openTextDocument(uri);
  const document = first === undefined ? window.activeTextEditor?.document : undefined;
  return document !== undefined && kindOfDocument(document) === 'dataset' ? document : undefined;
}

/** The panel, and the commands that show it: of a row or the file at hand, and of the file a lens stands in. */
export const registerPreviewPanel: Contribution = (services) => {
  services.panels.register(previewPanel);
  return Disposable.from(
    registerCommand('dataset.preview', async (given) => {
      const clicked = givenNode(given, 'dataset');
      const document = clicked === undefined ? await givenDocument(given.first) : undefined;
      if (document !== undefined) return previewFile(services, document);
      const node = clicked ?? (await pickPart(services, 'dataset', { title: 'Preview Data Set' }));
      if (node !== undefined) services.panels.show(previewPanel, subjectOf(node), titleOf(node.facts.name));
    }),
  );
};
