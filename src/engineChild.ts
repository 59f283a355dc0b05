// Entry of the engine process of the pipeline's library: opens and runs models for the script that forked it.
import { channelToParent } from './processes/channels';
import { RpcPeer } from './processes/rpc';
import { closeModelMethod, openModelMethod, runModelMethod } from './protocol/engineChannel';
import { bindInputs } from './runtime/feeds';
import { openSession } from './runtime/onnxRuntimeNode';
import { runtimeErrors } from './runtime/runtimeErrors';
import type { EngineSession } from './runtime/session';
import type { Tensor } from './onnx/tensor';

const levels = ['disabled', 'basic', 'extended', 'all'] as const;

const channel = channelToParent();
const peer = new RpcPeer(channel);
const sessions = new Map<number, EngineSession>();
let lastId = 0;

peer.handle(openModelMethod, async ({ path, graphOptimization, ...options }) => {
  const level = levels.find((one) => one === graphOptimization) ?? 'all';
  const session = await openSession(path, { ...options, graphOptimization: level });
  sessions.set(++lastId, session);
  return { id: lastId, inputs: session.inputs, outputs: session.outputs };
});

peer.handle(runModelMethod, async ({ id, feeds }) => {
  const session = sessions.get(id);
  if (session === undefined) throw runtimeErrors.closed('The model');
  return session.run(bindInputs(feeds as Readonly<Record<string, Tensor>>, session.inputs));
});

peer.handle(closeModelMethod, async ({ id }) => {
  await sessions.get(id)?.close();
  sessions.delete(id);
  return null;
});

// The script that forked it has ended, or has closed its engine.
channel.onClose(() => process.exit(0));
