// Opens a graph that was made on the way: from memory, or from a file when it is large.
import { randomUUID } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import type { ModelProto } from '../../onnx/messages';
import type { OnnxModel } from '../../onnx/readModel';
import { encodeModel, writeModel } from '../../onnx/writeModel';
import type { JobContext } from '../../protocol/jobContext';
import { openSession, openSessionFromBytes } from '../../runtime/onnxRuntimeNode';
import type { EngineSession, SessionOptions } from '../../runtime/session';

/** Above this, a graph is not held in memory beside the engine's own copy of it. */
const largestInMemoryBytes = 2 ** 29;
/** Above this, a graph keeps its weights in the files of the model it was made from. */
const largestFileBytes = 1.5 * 2 ** 30;

/** A session for `proto`, a rewritten form of `model`. Files it needs are in the job's folder, which is cleared later. */
export async function openGraph(
  proto: ModelProto,
  model: OnnxModel,
  context: Pick<JobContext, 'folder' | 'signal'>,
  settings: SessionOptions,
): Promise<EngineSession> {
  const options = model.path === undefined ? settings : { ...settings, label: basename(model.path) };
  const isExternal = model.externalFiles.length > 0;
  if (!isExternal && model.sizeBytes <= largestInMemoryBytes) return openSessionFromBytes(encodeModel(proto), options);
  if (isExternal && model.sizeBytes > largestFileBytes && model.path !== undefined) {
    return openSessionFromBytes(encodeModel(proto), { ...options, externalDataFolder: dirname(model.path) });
  }
  const path = join(context.folder, `graph-${randomUUID()}.onnx`);
  await writeModel(path, proto, { tensors: model.tensors, signal: context.signal, isScratch: true });
  return openSession(path, options);
}
