// The engine process of a script: started with the first model, ended with `close` or with the script.
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Tensor } from '../../onnx/tensor';
import { channelToChild } from '../../processes/channels';
import { plainEnvironment } from '../../processes/jobEnvironment';
import { RpcPeer } from '../../processes/rpc';
import { closeModelMethod, openModelMethod, runModelMethod } from '../../protocol/engineChannel';
import type { EngineSession, PortInfo } from '../../runtime/session';

export interface EngineProcessOptions {
  /** The bundle to run; absent: `engineChild.js` beside the running one. */
  readonly entryPath?: string;
}

/** Whoever makes one closes it. */
export class EngineProcess {
  private running: { readonly child: ChildProcess; readonly peer: RpcPeer } | undefined;

  constructor(private readonly options: EngineProcessOptions = {}) {}

  /** Opens a model file. Throws `rpc-closed` where the model takes the process with it, else what the engine says. */
  async open(path: string, { threads = 1 }: { readonly threads?: number } = {}): Promise<EngineSession> {
    const { peer } = this.start();
    const { id, inputs, outputs } = await peer.request(openModelMethod, { path, threads });
    return {
      inputs: inputs as readonly PortInfo[],
      outputs: outputs as readonly PortInfo[],
      run: async (feeds) =>
        (await peer.request(runModelMethod, { id, feeds })) as unknown as Readonly<Record<string, Tensor>>,
      close: async () => {
        await peer.request(closeModelMethod, { id });
      },
    };
  }

  close(): void {
    if (this.running?.child.connected === true) this.running.child.disconnect();
    this.running = undefined;
  }

  private start(): { readonly child: ChildProcess; readonly peer: RpcPeer } {
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
    this.running = { child, peer: new RpcPeer(channelToChild(child)) };
    return this.running;
  }
}
