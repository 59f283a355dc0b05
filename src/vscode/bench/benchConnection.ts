// One bench as the editor sees it: a process that holds it, started when something is asked and again after it was lost.
import { EventEmitter, workspace as editorWorkspace } from 'vscode';
import type { CancellationToken, LogOutputChannel, WorkspaceFolder } from 'vscode';
import { rpcErrors } from '../../processes/rpcErrors';
import { callMethod, fileMethod, finishMethod, runChangeEvent } from '../../protocol/benchChannel';
import type { FileContent, RunChange } from '../../protocol/benchChannel';
import type { ProgressListener } from '../../protocol/progress';
import type { RpcMethod } from '../../protocol/rpcMessages';
import type { Disposes } from '../disposing';
import { BenchProcess } from './benchProcess';
import type { BenchProgram } from './benchProcess';
import { wrongSetting } from './benchSettingErrors';
import { signalOf } from './cancellation';

type Parameters = Readonly<Record<string, unknown>>;

/** How a question is asked. */
export interface AskOptions {
  readonly token?: CancellationToken;
  /** Instead of a token. */
  readonly signal?: AbortSignal;
  readonly onProgress?: ProgressListener;
}

/** Where a bench is, and the programs that work for it. */
export interface BenchPlace extends BenchProgram {
  readonly folder: WorkspaceFolder;
}

/** Answers questions about one bench. Every failure rejects with a BenchError. `Benches` closes it. */
export class BenchConnection implements Disposes {
  private readonly runChanges = new EventEmitter<RunChange>();
  private readonly recordChanges = new EventEmitter<void>();
  private readonly starts = new EventEmitter<void>();
  private process: BenchProcess | undefined;
  private isDisposed = false;

  /** Something happened to a run. Nothing is told before the first question was asked. */
  readonly onDidChangeRun = this.runChanges.event;
  /** What the bench keeps may have changed: ask again. */
  readonly onDidChangeRecords = this.recordChanges.event;
  /** A process was started for it. */
  readonly onDidStart = this.starts.event;

  constructor(
    readonly place: BenchPlace,
    private readonly log: LogOutputChannel,
  ) {}

  get folder(): WorkspaceFolder {
    return this.place.folder;
  }

  /** Asks a question of the protocol. */
  async ask<Params, Result>(
    method: RpcMethod<Params, Result>,
    params: Params,
    options: AskOptions = {},
  ): Promise<Result> {
    const { token, onProgress, signal = token === undefined ? undefined : signalOf(token) } = options;
    return await this.running().peer.request(method, params, {
      ...(signal === undefined ? {} : { signal }),
      ...(onProgress === undefined ? {} : { onProgress }),
    });
  }

  /** Calls an operation of the bench that changes nothing, by its path. */
  read(path: string, parameters: Parameters = {}): Promise<unknown> {
    return this.ask(callMethod, { path, parameters });
  }

  /** Calls an operation that changes something (or starts a run: it resolves when that is queued), and tells everybody. */
  async change(path: string, parameters: Parameters = {}): Promise<unknown> {
    return await this.ask(callMethod, { path, parameters }).finally(() => this.tellRecordsChanged());
  }

  /** Calls an operation that answers later, to the end of its work, and tells everybody. */
  async finish(path: string, parameters: Parameters): Promise<Parameters> {
    return await this.ask(finishMethod, { path, parameters }).finally(() => this.tellRecordsChanged());
  }

  /** Calls an operation that answers with a file. */
  file(path: string, parameters: Parameters): Promise<FileContent> {
    return this.ask(fileMethod, { path, parameters });
  }

  /** Tells everybody to ask again. */
  tellRecordsChanged(): void {
    if (!this.isDisposed) this.recordChanges.fire();
  }

  /** Number of the process; undefined while there is none. */
  get pid(): number | undefined {
    return this.process?.pid;
  }

  /** Lets the process go: it closes the bench and ends. Runs go on. */
  dispose(): void {
    this.isDisposed = true;
    this.disconnect();
    for (const emitter of [this.runChanges, this.recordChanges, this.starts]) emitter.dispose();
  }

  /** Lets the process go; the next question starts another. */
  disconnect(): void {
    this.process?.letGo();
    this.process = undefined;
  }

  private running(): BenchProcess {
    // Nobody would let that process go.
    if (this.isDisposed) throw rpcErrors.closed();
    if (this.process === undefined) {
      const wrong = wrongSetting(this.place);
      if (wrong !== undefined) throw wrong;
      this.process = this.start();
      this.starts.fire();
    }
    return this.process;
  }

  private start(): BenchProcess {
    // What waits in a folder that is not trusted must not run because somebody looks at it.
    const isLookingOnly = !editorWorkspace.isTrusted;
    const started = new BenchProcess(this.place, isLookingOnly, this.log, () => {
      if (this.process !== started) return;
      this.process = undefined;
      this.tellRecordsChanged();
    });
    started.peer.onEvent(runChangeEvent, (change) => this.takeRunChange(change));
    return started;
  }

  private takeRunChange(change: RunChange): void {
    if (this.isDisposed) return;
    this.runChanges.fire(change);
    if (change.type !== 'progress' && change.type !== 'trial') this.tellRecordsChanged();
  }
}
