// The editor for model files: their graph, read-only; a page of its own for each place a file is opened in.
import { ViewColumn, commands, window } from 'vscode';
import type { CustomDocument, CustomReadonlyEditorProvider, Uri, WebviewPanel } from 'vscode';
import { RpcPeer } from '../../processes/rpc';
import { compareWithEvent, overlayEvent } from '../../protocol/panels/graph';
import type { GraphSubject, OverlayKey } from '../../protocol/panels/graph';
import type { Disposes } from '../disposing';
import { channelToWebview } from '../panels/webviewChannel';
import { webviewHtml, webviewRoot } from '../panels/webviewHtml';
import type { Services } from '../services';
import { ComparedModels } from './comparedModels';
import { GraphPage } from './graphPage';

/** As the manifest has it. */
export const graphViewType = 'compressorBench.graph';

interface OpenEditor {
  readonly page: GraphPage;
  readonly peer: RpcPeer;
  readonly panel: WebviewPanel;
}

/** What a page begins with. */
export interface GraphBegin {
  readonly compareWith?: Uri;
  readonly overlay?: OverlayKey;
}

/** Opens the pages and knows the open ones. */
export class GraphEditors implements CustomReadonlyEditorProvider, Disposes {
  private readonly open = new Set<OpenEditor>();
  /** By path: what the next page about it is to begin with. */
  private readonly begins = new Map<string, GraphBegin>();
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
    const page = new GraphPage(benches, peer, uri, new ComparedModels(context.workspaceState));
    page.readAhead();
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

  /** Shows a model, beside another one where that is compared with it, in colours where those are named. */
  async show(uri: Uri, begin: GraphBegin = {}): Promise<void> {
    const { compareWith, overlay } = begin;
    const shown = [...this.open].find(({ page }) => page.uri.fsPath === uri.fsPath);
    if ((compareWith !== undefined || overlay !== undefined) && shown !== undefined) {
      shown.panel.reveal();
      if (overlay !== undefined) shown.peer.emit(overlayEvent, overlay);
      if (compareWith === undefined) return;
      shown.page.allow(compareWith.fsPath);
      shown.peer.emit(compareWithEvent, { otherPath: compareWith.fsPath });
      return;
    }
    this.begins.set(uri.fsPath, begin);
    try {
      await commands.executeCommand('vscode.openWith', uri, graphViewType, ViewColumn.Active);
    } finally {
      this.begins.delete(uri.fsPath);
    }
  }

  dispose(): void {
    this.registration.dispose();
    for (const { page } of this.open) page.dispose();
  }

  private subjectOf({ fsPath }: Uri, page: GraphPage): GraphSubject {
    const { compareWith, overlay } = this.begins.get(fsPath) ?? {};
    if (compareWith !== undefined) page.allow(compareWith.fsPath);
    return {
      path: fsPath,
      ...(compareWith === undefined ? {} : { compareWith: compareWith.fsPath }),
      ...(overlay === undefined ? {} : { overlay }),
    };
  }
}
