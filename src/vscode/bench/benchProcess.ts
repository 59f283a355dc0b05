// The process that holds a bench, as the editor sees it: forked, listened to, let go of.
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { LogOutputChannel } from 'vscode';
import { channelToChild } from '../../processes/channels';
import { plainEnvironment } from '../../processes/jobEnvironment';
import { RpcPeer } from '../../processes/rpc';
import type { JobLimits } from '../../protocol/jobs';

/** What the process runs, and where. */
export interface BenchProgram {
  /** Absolute path of the folder that holds `.compressor-bench`. */
  readonly workspace: string;
  /** Bundle of the process. */
  readonly entryPath: string;
  /** The Node that runs it and the jobs; absent: the editor's own. */
  readonly nodePath: string | undefined;
  /** Of the jobs that are asked for here; what is absent has its default. */
  readonly limits: Partial<JobLimits>;
}

/** The log that is told of its life. */
export type ProcessLog = Pick<LogOutputChannel, 'debug' | 'info' | 'warn' | 'error'>;

/** One process, from its start to its end. */
export class BenchProcess {
  /** Asks it questions; closed when it is gone. */
  readonly peer: RpcPeer;
  private readonly child: ChildProcess;
  private isLetGo = false;

  /**
   * Starts it.
   *
   * @param isLookingOnly nothing that waits in the bench is run
   * @param onLost called once when it ends, or could not be started, before it was let go of
   */
  constructor(
    { workspace, entryPath, nodePath, limits }: BenchProgram,
    isLookingOnly: boolean,
    private readonly log: ProcessLog,
    onLost: () => void,
  ) {
    this.child = fork(entryPath, [workspace, JSON.stringify({ limits, isLookingOnly })], {
      cwd: workspace,
      env: plainEnvironment(process.env),
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      ...(nodePath === undefined ? {} : { execPath: nodePath }),
    });
    const { child } = this;
    for (const output of [child.stdout, child.stderr]) {
      output?.setEncoding('utf8').on('data', (text: string) => this.tell('info', text.trimEnd()));
    }
    const channel = channelToChild(child);
    const onClose = (closed: () => void): void => {
      channel.onClose(closed);
      // A program that cannot be started has no pipe to close.
      child.once('error', closed);
    };
    this.peer = new RpcPeer({ ...channel, onClose });
    // What cannot be started ends with an error alone, what was started with its exit.
    const ended = (level: 'warn' | 'error', text: string): void => {
      if (this.isLetGo) return;
      this.isLetGo = true;
      this.tell(level, `${text}; the next question starts another`);
      onLost();
    };
    child.once('error', ({ message }) => {
      ended('error', message);
      disconnect(child);
    });
    child.once('exit', (code, signal) => ended('warn', `ended by itself {code=${code ?? ''} signal=${signal ?? ''}}`));
    this.tell('debug', `started {pid=${this.pid ?? 'none'} workspace=${workspace}}`);
  }

  /** Number of the process; undefined for one that could not be started. */
  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Lets it go: it closes the bench and ends. Runs go on. */
  letGo(): void {
    this.isLetGo = true;
    disconnect(this.child);
  }

  /** A log that is closed takes nothing, which is no reason to lose a process. */
  private tell(level: keyof ProcessLog, text: string): void {
    try {
      this.log[level](`bench process: ${text}`);
    } catch {
      // The window closes.
    }
  }
}

function disconnect(child: ChildProcess): void {
  if (child.connected) child.disconnect();
}
