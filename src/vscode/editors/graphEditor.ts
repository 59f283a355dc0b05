// The editor for model files: their graph, read-only; a page of its own for each place a file is opened in.
import { ViewColumn, commands, window } from 'vscode';
import type { CustomDocument, CustomReadonlyEditorProvider, Uri, WebviewPanel } from 'vscode';
import { RpcPeer } from '../../processes/rpc';
import { compareWithEvent } from '../../protocol/panels/graph';
import type { GraphSubject } from '../../protocol/panels/graph';
import type { Disposes } from '../disposing';
import { channelToWebview } from '../panels/webviewChannel';
import { webviewHtml, webviewRoot } from '../panels/webviewHtml';
import type { Services } from '../services';
import { GraphPage } from './graphPage';

export const graphViewType = 'compressorBench.graph';

interface OpenEditor {
  readonly page: GraphPage;
  readonly peer: RpcPeer;
  readonly panel: WebviewPanel;
}

/** Opens the pages and knows the open ones. */
export class GraphEditors implements CustomReadonlyEditorProvider, Disposes {
  private readonly open = new Set<OpenEditor>();
  /** By path: the model that the next page about it is to begin a comparison with. */
  private readonly comparisons = new Map<string, string>();
  private readonly registration: Disposes;

  constructor(private readonly services: Services) {
    this.registration = window.registerCustomEditorProvider(graphViewType, this, {
      supportsMultipleEditorsPerDocument: true,
    });
  }

  openCustomDocument(uri: Uri): CustomDocument {
    if (uri.scheme !== 'file') {
      throw new Error('The graph of a model is shown from its file on this machine: save the file, and open that.');
    }
    return { uri, dispose: () => undefined };
  }

  resolveCustomEditor({ uri }: CustomDocument, panel: WebviewPanel): void {
    const { benches, context } = this.services;
    const { extensionUri } = context;
    const channel = channelToWebview(panel.webview);
    const peer = new RpcPeer(channel);
    const page = new GraphPage(benches, peer, uri);
    const editor = { page, peer, panel };
    this.open.add(editor);
    panel.onDidDispose(() => {
      this.open.delete(editor);
      page.dispose();
      channel.dispose();
      if (this.open.size === 0) benches.endLooking();
    });
    panel.webview.options = { enableScripts: true, localResourceRoots: [webviewRoot(extensionUri)] };
    const title = uri.path.slice(uri.path.lastIndexOf('/') + 1);
    const subject = this.subjectOf(uri, page);
    panel.webview.html = webviewHtml(panel.webview, extensionUri, { bundle: 'graph', subject, title });
  }

  /** Shows a model, beside another one where that is compared with it. */
  async show(uri: Uri, compareWith?: Uri): Promise<void> {
    const shown = [...this.open].find(({ page }) => page.uri.fsPath === uri.fsPath);
    if (compareWith !== undefined && shown !== undefined) {
      shown.page.allow(compareWith.fsPath);
      shown.panel.reveal();
      shown.peer.emit(compareWithEvent, { otherPath: compareWith.fsPath });
      return;
    }
    if (compareWith !== undefined) this.comparisons.set(uri.fsPath, compareWith.fsPath);
    try {
      await commands.executeCommand('vscode.openWith', uri, graphViewType, ViewColumn.Active);
    } finally {
      this.comparisons.delete(uri.fsPath);
    }
  }

  dispose(): void {
    this.registration.dispose();
    for (const { page } of this.open) page.dispose();
  }

  private subjectOf({ fsPath }: Uri, page: GraphPage): GraphSubject {
    const compareWith = this.comparisons.get(fsPath);
    if (compareWith === undefined) return { path: fsPath };
    page.allow(compareWith);
    return { path: fsPath, compareWith };
  }
}
