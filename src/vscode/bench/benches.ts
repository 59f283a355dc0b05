// The benches of the workspace, one for each of its folders that lies on the disk; opened late, closed here.
import { dirname, join, resolve } from 'node:path';
import { Disposable, EventEmitter, RelativePattern, Uri, workspace } from 'vscode';
import type { FileSystemWatcher, LogOutputChannel, WorkspaceFolder } from 'vscode';
import type { Disposes } from '../disposing';
import type { RunChange } from '../../protocol/benchChannel';
import { benchProcessSettings, benchSettings } from '../settings';
import { BenchConnection } from './benchConnection';

/** Records of a bench, whoever writes them. */
const recordFiles =
  '.compressor-bench/{projects,queue}/**/{project,dataset,optimization,benchmark,profiling,sensitivity,run,[0-9]*}.{json,jsonl}';

/** Changes of files come in bursts; questions about them need not. */
const settleMs = 150;

interface OpenBench {
  readonly connection: BenchConnection;
  readonly watcher: FileSystemWatcher;
  timer: NodeJS.Timeout | undefined;
}

export class Benches implements Disposes {
  private readonly open = new Map<string, OpenBench>();
  private readonly changes = new EventEmitter<void>();
  private readonly runChanges = new EventEmitter<RunChange>();
  private readonly starts = new EventEmitter<void>();
  private readonly subscriptions: Disposable;
  private lookingOnly: BenchConnection | undefined;

  /** Folders came or went, or a setting moved the benches. */
  readonly onDidChange = this.changes.event;
  /** Something happened to a run of a bench that was asked something. */
  readonly onDidChangeRun = this.runChanges.event;
  /** The process of a bench was started: it can be asked without starting one. */
  readonly onDidStart = this.starts.event;

  constructor(
    private readonly entryPath: string,
    private readonly log: LogOutputChannel,
  ) {
    this.subscriptions = Disposable.from(
      workspace.onDidChangeWorkspaceFolders(() => this.reset()),
      // The processes were opened for looking only.
      workspace.onDidGrantWorkspaceTrust(() => {
        this.endLooking();
        this.reset();
      }),
      workspace.onDidChangeConfiguration((event) => {
        if (benchProcessSettings.some((name) => event.affectsConfiguration(name))) this.reset();
      }),
    );
  }

  /** All of them, in the order of the folders. */
  get all(): readonly BenchConnection[] {
    return (workspace.workspaceFolders ?? [])
      .filter(({ uri }) => uri.scheme === 'file')
      .map((folder) => this.at(folder));
  }

  /** The bench of the folder a file lies in; the first one for files outside, undefined where no folder is open. */
  for(uri: Uri | undefined): BenchConnection | undefined {
    const folder = uri === undefined ? undefined : workspace.getWorkspaceFolder(uri);
    return (folder?.uri.scheme === 'file' ? this.at(folder) : undefined) ?? this.all[0];
  }

  /**
   * Who answers questions about a model file. Where no folder is open, and in folders that are not trusted, that is a
   * process with a bench of its own, in which nothing is: to open a bench also goes on with what waits in its queue.
   */
  forLooking(uri: Uri): BenchConnection {
    return (workspace.isTrusted ? this.for(uri) : undefined) ?? this.empty;
  }

  /** A bench of its own, in which nothing is. */
  private get empty(): BenchConnection {
    return (this.lookingOnly ??= this.openEmpty());
  }

  /** Ends the process that only looked, if there is one; the next question starts another. */
  endLooking(): void {
    this.lookingOnly?.disconnect();
  }

  /**
   * The bench of a workspace folder by its URI, as panels and tree items remember it, or the empty one of `forLooking`;
   * undefined when it was closed.
   */
  named(folderUri: string): BenchConnection | undefined {
    const isEmpty = folderUri === Uri.file(dirname(this.entryPath)).toString();
    return isEmpty ? this.empty : this.all.find(({ folder }) => folder.uri.toString() === folderUri);
  }

  dispose(): void {
    this.subscriptions.dispose();
    this.closeAll();
    this.lookingOnly?.dispose();
    for (const emitter of [this.changes, this.runChanges, this.starts]) emitter.dispose();
  }

  private at(folder: WorkspaceFolder): BenchConnection {
    const key = folder.uri.toString();
    const known = this.open.get(key);
    if (known !== undefined) return known.connection;
    const { folder: benchFolder, nodePath, limits } = benchSettings(folder);
    const place = resolve(folder.uri.fsPath, benchFolder);
    const { entryPath } = this;
    const connection = new BenchConnection({ folder, workspace: place, entryPath, nodePath, limits }, this.log);
    connection.onDidChangeRun((change) => this.runChanges.fire(change));
    connection.onDidStart(() => this.starts.fire());
    const watcher = workspace.createFileSystemWatcher(new RelativePattern(Uri.file(place), recordFiles));
    const opened: OpenBench = { connection, watcher, timer: undefined };
    const changed = (): void => {
      opened.timer ??= setTimeout(() => {
        opened.timer = undefined;
        connection.tellRecordsChanged();
      }, settleMs);
    };
    watcher.onDidCreate(changed);
    watcher.onDidChange(changed);
    watcher.onDidDelete(changed);
    this.open.set(key, opened);
    return connection;
  }

  private openEmpty(): BenchConnection {
    const { entryPath } = this;
    const place = dirname(entryPath);
    const folder: WorkspaceFolder = { uri: Uri.file(place), name: 'Models', index: -1 };
    return new BenchConnection({ folder, workspace: place, entryPath, nodePath: undefined, limits: {} }, this.log);
  }

  private reset(): void {
    this.closeAll();
    this.changes.fire();
  }

  private closeAll(): void {
    for (const { connection, watcher, timer } of this.open.values()) {
      clearTimeout(timer);
      watcher.dispose();
      connection.dispose();
    }
    this.open.clear();
  }
}

/** Where the programs of the product lie in the installed extension. */
export function benchEntryPath(extensionPath: string): string {
  return join(extensionPath, 'dist', 'bench.js');
}
