// One bench as the editor sees it: a process that holds it, started when something is asked and again after it was lost.
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { EventEmitter, workspace as editorWorkspace } from 'vscode';
import type { CancellationToken, LogOutputChannel, WorkspaceFolder } from 'vscode';
import { channelToChild } from '../../processes/channels';
import { plainEnvironment } from '../../processes/jobEnvironment';
import { RpcPeer } from '../../processes/rpc';
import { callMethod, fileMethod, finishMethod, laterEvent, runChangeEvent } from '../../protocol/benchChannel';
import type { FileContent, LaterMessage, RunChange } from '../../protocol/benchChannel';
import type { JobLimits } from '../../protocol/jobs';
import type { ProgressListener } from '../../protocol/progress';
import type { RpcMethod } from '../../protocol/rpcMessages';
import type { Disposes } from '../disposing';
import { signalOf } from './cancellation';

type Parameters = Readonly<Record<string, unknown>>;

export interface AskOptions {
  readonly token?: CancellationToken;
  /** Instead of a token. */
  readonly signal?: AbortSignal;
  readonly onProgress?: ProgressListener;
}

/** Where a bench is, and the programs that work for it. */
export interface BenchPlace {
  readonly folder: WorkspaceFolder;
  /** Absolute path of the folder that holds `.compressor-bench`. */
  readonly workspace: string;
  /** Bundle of the process. */
  readonly entryPath: string;
  /** The Node that runs it and the jobs; absent: the editor's own. */
  readonly nodePath: string | undefined;
  /** Of the jobs that are asked for here; what is absent has its default. */
  readonly limits: Partial<JobLimits>;
}

interface Connected {
  readonly child: ChildProcess;
  readonly peer: RpcPeer;
}

/** Answers questions about one bench. Every failure rejects with a BenchError. `Benches` closes it. */
export class BenchConnection implements Disposes {
  private readonly runChanges = new EventEmitter<RunChange>();
  private readonly laterMessages = new EventEmitter<LaterMessage>();
  private readonly recordChanges = new EventEmitter<void>();
  private connected: Connected | undefined;
  private isDisposed = false;

  /** Something happened to a run. Nothing is told before the first question was asked. */
  readonly onDidChangeRun = this.runChanges.event;
  /** A message of an operation that answers later. */
  readonly onDidMessage = this.laterMessages.event;
  /** What the bench keeps may have changed: ask again. */
  readonly onDidChangeRecords = this.recordChanges.event;

  constructor(
    readonly place: BenchPlace,
    private readonly log: LogOutputChannel,
  ) {}

  get folder(): WorkspaceFolder {
    return this.place.folder;
  }

  /** Asks a question of the protocol. */
  ask<Params, Result>(method: RpcMethod<Params, Result>, params: Params, options: AskOptions = {}): Promise<Result> {
    const { token, onProgress, signal = token === undefined ? undefined : signalOf(token) } = options;
    return this.peer().request(method, params, {
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
  async finish(path: string, parameters: Parameters, options: AskOptions = {}): Promise<Parameters> {
    return await this.ask(finishMethod, { path, parameters }, options).finally(() => this.tellRecordsChanged());
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
    return this.connected?.child.pid;
  }

  /** Lets the process go: it closes the bench and ends. Runs go on. */
  dispose(): void {
    this.isDisposed = true;
    this.disconnect();
    for (const emitter of [this.runChanges, this.laterMessages, this.recordChanges]) emitter.dispose();
  }

  /** Lets the process go; the next question starts another. */
  disconnect(): void {
    const child = this.connected?.child;
    this.connected = undefined;
    if (child?.connected === true) child.disconnect();
  }

  private peer(): RpcPeer {
    this.connected ??= this.connect();
    return this.connected.peer;
  }

  private connect(): Connected {
    const { workspace, entryPath, nodePath, limits } = this.place;
    // What waits in a folder that is not trusted must not run because somebody looks at it.
    const isLookingOnly = !editorWorkspace.isTrusted;
    const child = fork(entryPath, [workspace, JSON.stringify({ limits, isLookingOnly })], {
      cwd: workspace,
      env: plainEnvironment(process.env),
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      ...(nodePath === undefined ? {} : { execPath: nodePath }),
    });
    for (const output of [child.stdout, child.stderr]) {
      output?.setEncoding('utf8').on('data', (text: string) => this.log.info(`bench process: ${text.trimEnd()}`));
    }
    const channel = channelToChild(child);
    const onClose = (closed: () => void): void => {
      channel.onClose(closed);
      // A program that cannot be started has no pipe to close.
      child.once('error', closed);
    };
    const peer = new RpcPeer({ ...channel, onClose });
    peer.onEvent(runChangeEvent, (change) => this.takeRunChange(change));
    peer.onEvent(laterEvent, (message) => this.laterMessages.fire(message));
    child.once('error', (error) => this.log.error(`bench process: ${error.message}`));
    child.once('exit', (code, signal) => this.lost(child, code, signal));
    this.log.debug(`bench process: started {pid=${child.pid ?? 'none'} workspace=${workspace}}`);
    return { child, peer };
  }

  private takeRunChange(change: RunChange): void {
    if (this.isDisposed) return;
    this.runChanges.fire(change);
    if (change.type !== 'progress' && change.type !== 'trial') this.tellRecordsChanged();
  }

  private lost(child: ChildProcess, code: number | null, signal: string | null): void {
    if (this.connected?.child !== child) return;
    this.connected = undefined;
    this.log.warn(
      `bench process: ended by itself {code=${code ?? ''} signal=${signal ?? ''}}; the next question starts another`,
    );
    this.tellRecordsChanged();
  }
}
