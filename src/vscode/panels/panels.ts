// Panels: each kind is a page about a subject of a bench; one panel a subject, restored after a reload of the window.
import { Disposable, ThemeIcon, ViewColumn, window } from 'vscode';
import type { ExtensionContext, LogOutputChannel, WebviewPanel } from 'vscode';
import { RpcPeer } from '../../processes/rpc';
import type { PanelSubject } from '../../protocol/panels/panel';
import type { Disposes } from '../disposing';
import type { BenchConnection } from '../bench/benchConnection';
import type { Benches } from '../bench/benches';
import { channelToWebview } from './webviewChannel';
import { webviewHtml, webviewRoot } from './webviewHtml';

/** What a page can do with: its connection, the bench it is about, and the panel around it. */
export interface OpenPanel<Subject extends PanelSubject> {
  readonly peer: RpcPeer;
  readonly bench: BenchConnection;
  readonly subject: Subject;
  readonly panel: WebviewPanel;
}

/** A kind of panel. */
export interface PanelKind<Subject extends PanelSubject> {
  /** `compressorBench.tuningHistory`; as the manifest and the serializer know it. */
  readonly viewType: string;
  /** Name of its bundle in `dist/webviews/`. */
  readonly bundle: string;
  /** A codicon. */
  readonly icon: string;
  /** Title before the page says better (`panel.title` may be set later); a panel that comes back keeps the one it had. */
  title(subject: Subject): string;
  /** The subject that a page of an earlier window left behind; throws Error when it is none. */
  readSubject(value: unknown): Subject;
  /** Answers the requests of a page, until what it gives is disposed of. */
  serve(open: OpenPanel<Subject>): Disposes;
}

/** An open panel, and how its page is made anew. */
interface Filled {
  readonly panel: WebviewPanel;
  readonly refill: () => void;
}

/** Opens panels of every kind and owns the open ones. */
export class Panels implements Disposes {
  private readonly kinds: Disposable[] = [];
  private readonly panels = new Map<string, Filled>();
  private readonly subscription: Disposable;

  constructor(
    private readonly context: ExtensionContext,
    private readonly benches: Benches,
    private readonly log: LogOutputChannel,
  ) {
    // Trust was given, or settings changed: the bench is another one now, and pages that were about the old one begin anew.
    this.subscription = benches.onDidChange(() => {
      for (const { refill } of [...this.panels.values()]) refill();
    });
  }

  /** Makes panels of a kind that an earlier window left come back. */
  register<Subject extends PanelSubject>(kind: PanelKind<Subject>): void {
    this.kinds.push(
      window.registerWebviewPanelSerializer(kind.viewType, {
        deserializeWebviewPanel: (panel, state) => {
          try {
            this.fill(kind, panel, kind.readSubject(subjectIn(state)));
          } catch (thrown) {
            // Nobody asked for anything: a page that had no time to say what it is about, or whose folder is gone, just ends.
            this.log.info(
              `panel: not restored {kind=${kind.viewType}}: ${thrown instanceof Error ? thrown.message : ''}`,
            );
            panel.dispose();
          }
          return Promise.resolve();
        },
      }),
    );
  }

  /**
   * Shows the panel of a subject: the one that is open, or a new one.
   *
   * @param title of a new one, where more is known than the kind knows
   */
  show<Subject extends PanelSubject>(
    kind: PanelKind<Subject>,
    subject: Subject,
    title = kind.title(subject),
  ): WebviewPanel {
    const open = this.panels.get(keyOf(kind, subject));
    if (open !== undefined) {
      open.panel.reveal();
      return open.panel;
    }
    const panel = window.createWebviewPanel(kind.viewType, title, ViewColumn.Active, {});
    this.fill(kind, panel, subject);
    return panel;
  }

  dispose(): void {
    for (const { panel } of [...this.panels.values()]) panel.dispose();
    Disposable.from(this.subscription, ...this.kinds).dispose();
  }

  private fill<Subject extends PanelSubject>(kind: PanelKind<Subject>, panel: WebviewPanel, subject: Subject): void {
    let served = this.serve(kind, panel, subject);
    const refill = (): void => {
      served.dispose();
      if (this.benches.named(subject.bench) === undefined) panel.dispose();
      else served = this.serve(kind, panel, subject);
    };
    const key = keyOf(kind, subject);
    // Of two panels about the same thing in an earlier window, the later one stays.
    this.panels.get(key)?.panel.dispose();
    this.panels.set(key, { panel, refill });
    panel.onDidDispose(() => {
      if (this.panels.get(key)?.panel === panel) this.panels.delete(key);
      served.dispose();
    });
  }

  /** Makes the page and answers it until what it gives is disposed of. */
  private serve<Subject extends PanelSubject>(
    kind: PanelKind<Subject>,
    panel: WebviewPanel,
    subject: Subject,
  ): Disposable {
    const bench = this.benches.named(subject.bench);
    if (bench === undefined)
      throw new Error('The folder that this panel was about is not open in this window any more.');
    const { extensionUri } = this.context;
    panel.iconPath = new ThemeIcon(kind.icon);
    const channel = channelToWebview(panel.webview);
    const served = kind.serve({ peer: new RpcPeer(channel), bench, subject, panel });
    panel.webview.options = { enableScripts: true, localResourceRoots: [webviewRoot(extensionUri)] };
    panel.webview.html = webviewHtml(panel.webview, extensionUri, { bundle: kind.bundle, subject, title: panel.title });
    return Disposable.from(served, channel);
  }
}

function subjectIn(state: unknown): unknown {
  return typeof state === 'object' && state !== null && 'subject' in state ? state.subject : undefined;
}

function keyOf<Subject extends PanelSubject>(kind: PanelKind<Subject>, subject: Subject): string {
  return `${kind.viewType} ${JSON.stringify(subject)}`;
}
