// The engine process of a script: started with the first model, ended with `close` or with the script.
import { randomUUID } from 'node:crypto';
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Tensor } from '../../onnx/tensor';
import { writeModel } from '../../onnx/writeModel';
import { channelToChild } from '../../processes/channels';
import { plainEnvironment } from '../../processes/jobEnvironment';
import { RpcPeer } from '../../processes/rpc';
import { BenchError } from '../../protocol/benchError';
import { closeModelMethod, openModelMethod, runModelMethod } from '../../protocol/engineChannel';
import type { OpenModel } from '../../protocol/engineChannel';
import type { RpcMethod } from '../../protocol/rpcMessages';
import type { OpenModelGraph } from '../../quantization/calibration/tensorFetcher';
import type { EngineSession } from '../../runtime/session';
import { pipelineErrors } from './pipelineErrors';
import { stallLimitMs } from './timeLimits';

export interface EngineProcessOptions {
  /** The bundle to run; absent: `engineChild.js` beside the running one. */
  readonly entryPath?: string;
  /** How long it may leave a question unanswered (that of the job, or 120 000). */
  readonly stallLimitMs?: number;
}

interface Running {
  readonly child: ChildProcess;
  readonly peer: RpcPeer;
  /** Requests under way: the script lives as long as there are any. */
  pending: number;
  readonly stallLimitMs: number;
  /** Ends the process when no answer comes in time. */
  limit?: NodeJS.Timeout | undefined;
  isStalled: boolean;
}

/** Whoever makes one closes it. */
export class EngineProcess {
  private running: Running | undefined;

  constructor(private readonly options: EngineProcessOptions = {}) {}

  /** Opens a model file. Throws `pipeline-engine-gone` where the model takes the process with it, else what the engine says. */
  async open(path: string, options: Partial<Omit<OpenModel, 'path'>> = {}): Promise<EngineSession> {
    const running = this.start();
    const label = options.label ?? basename(path);
    const request = async <Params, Result>(method: RpcMethod<Params, Result>, params: Params): Promise<Result> =>
      asked(running, method, params, label);
    const { id, inputs, outputs } = await request(openModelMethod, { threads: 1, ...options, path: resolve(path) });
    return {
      inputs,
      outputs,
      run: async (feeds) =>
        (await request(runModelMethod, { id, feeds })) as unknown as Readonly<Record<string, Tensor>>,
      close: async () => {
        // With the process, its models are gone, too.
        if (running.child.connected) await request(closeModelMethod, { id });
      },
    };
  }

  /** Opens a graph that was made on the way, by a file in the folder of the context that goes with the session. */
  readonly openGraph: OpenModelGraph = async (proto, model, { folder, signal }, settings) => {
    const path = join(folder, `graph-${randomUUID()}.onnx`);
    const { files } = await writeModel(path, proto, { tensors: model.tensors, signal, isScratch: true });
    const remove = async (): Promise<void> => {
      for (const file of files) await rm(file, { force: true });
    };
    const { threads = 1, graphOptimization, optimizedModelPath } = settings;
    try {
      const session = await this.open(path, {
        threads,
        ...(graphOptimization === undefined ? {} : { graphOptimization }),
        ...(optimizedModelPath === undefined ? {} : { optimizedModelPath }),
        ...(model.path === undefined ? {} : { label: basename(model.path) }),
      });
      return { ...session, close: () => session.close().finally(remove) };
    } catch (thrown) {
      await remove();
      throw thrown;
    }
  };

  close(): void {
    if (this.running?.child.connected === true) this.running.child.disconnect();
    this.running = undefined;
  }

  private start(): Running {
    if (this.running?.child.connected === true) return this.running;
    const child = fork(this.options.entryPath ?? join(__dirname, 'engineChild.js'), [], {
      env: plainEnvironment(process.env),
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    // A script that forgets to close its engine ends all the same.
    child.unref();
    child.channel?.unref();
    this.running = {
      child,
      peer: new RpcPeer(channelToChild(child)),
      pending: 0,
      stallLimitMs: this.options.stallLimitMs ?? stallLimitMs(),
      isStalled: false,
    };
    return this.running;
  }
}

async function asked<Params, Result>(
  running: Running,
  method: RpcMethod<Params, Result>,
  params: Params,
  label: string,
): Promise<Result> {
  const { child, peer } = running;
  if (running.pending++ === 0) child.channel?.ref();
  armLimit(running);
  try {
    return await peer.request(method, params);
  } catch (thrown) {
    if (!(thrown instanceof BenchError) || thrown.code !== 'rpc-closed') throw thrown;
    if (running.isStalled) throw pipelineErrors.engineStalled(label, running.stallLimitMs, thrown);
    throw pipelineErrors.engineGone(label, thrown);
  } finally {
    if (--running.pending === 0) child.channel?.unref();
    armLimit(running);
  }
}

/** Begins anew with every question and answer; the engine answers questions one after the other. */
function armLimit(running: Running): void {
  clearTimeout(running.limit);
  running.limit = undefined;
  if (running.pending === 0) return;
  const limit = setTimeout(() => {
    // Where the script itself kept this thread busy, the answer may have come by now: it is read before this.
    setImmediate(() => {
      if (running.limit !== limit) return;
      running.isStalled = true;
      running.child.kill('SIGKILL');
    });
  }, running.stallLimitMs);
  running.limit = limit;
}
