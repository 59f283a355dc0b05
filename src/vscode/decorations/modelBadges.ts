// Badges on model files in the explorer: Q8 for 8-bit integers, 16 for 16-bit floats.
//
// No process is started for a badge: files are asked about where a bench is open already, and those seen before that are
// shown again when it is.
import { Disposable, EventEmitter, FileDecoration, window, workspace } from 'vscode';
import type { CancellationToken, FileDecorationProvider, Uri } from 'vscode';
import { precisionMethod } from '../../protocol/facts';
import type { Benches } from '../bench/benches';
import type { Disposes } from '../disposing';

const badges: ReadonlyMap<string, readonly [badge: string, tooltip: string]> = new Map([
  ['int8', ['Q8', 'Quantized to 8-bit integers']],
  ['uint8', ['Q8', 'Quantized to 8-bit integers']],
  ['fp16', ['16', '16-bit floats']],
  ['bf16', ['16', '16-bit floats (bfloat16)']],
]);

export class ModelBadges implements FileDecorationProvider, Disposes {
  private readonly changes = new EventEmitter<Uri[]>();
  /** Files that were seen before a bench was open. */
  private readonly waiting = new Map<string, Uri>();
  private readonly subscriptions: Disposable;

  readonly onDidChangeFileDecorations = this.changes.event;

  constructor(private readonly benches: Benches) {
    const watcher = workspace.createFileSystemWatcher('**/*.onnx', true, false, true);
    this.subscriptions = Disposable.from(
      watcher,
      benches.onDidStart(() => this.showWaiting()),
      watcher.onDidChange((uri) => this.changes.fire([uri])),
      window.registerFileDecorationProvider(this),
    );
  }

  async provideFileDecoration(uri: Uri, token: CancellationToken): Promise<FileDecoration | undefined> {
    if (uri.scheme !== 'file' || !uri.path.endsWith('.onnx')) return undefined;
    const bench = this.benches.for(uri);
    if (bench?.pid === undefined) {
      this.waiting.set(uri.toString(), uri);
      return undefined;
    }
    const precision = await bench.ask(precisionMethod, { path: uri.fsPath }, { token }).catch(() => null);
    const badge = badges.get(precision ?? '');
    if (badge === undefined) return undefined;
    return new FileDecoration(...badge);
  }

  dispose(): void {
    this.subscriptions.dispose();
    this.changes.dispose();
  }

  private showWaiting(): void {
    const uris = [...this.waiting.values()];
    this.waiting.clear();
    if (uris.length > 0) this.changes.fire(uris);
  }
}
