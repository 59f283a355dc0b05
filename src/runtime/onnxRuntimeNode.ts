// Opens models in onnxruntime-node. Every model passes our own reader first, so that its limits and its path gate hold.
import type { InferenceSession } from 'onnxruntime-node';
import { basename } from 'node:path';
import type { Tensor } from '../onnx/tensor';
import { readModel, readModelBytes } from '../onnx/readModel';
import type { OnnxModel } from '../onnx/readModel';
import { beginActivity, touchHeartbeat } from '../processes/activity';
import { BenchError } from '../protocol/benchError';
import { engineReason, failedNode } from './engineReason';
import { fromEngineTensor, isTensorType, toEngineTensor } from './engineTensors';
import { loadEngine } from './loadEngine';
import type { Engine } from './loadEngine';
import { nonTensorKinds, portsOf } from './modelPorts';
import { runtimeErrors } from './runtimeErrors';
import type { EngineSession, PortInfo, SessionOptions } from './session';

/**
 * Loads a model for inference on the CPU.
 *
 * @throws ModelError when our reader refuses the file; RuntimeFailure `engine-load` when the engine does
 */
export async function openSession(modelPath: string, options: SessionOptions = {}): Promise<EngineSession> {
  const kinds = kindsAndClose(readModel(modelPath));
  return load(modelPath, { ...namedAfter(options.label ?? basename(modelPath)), path: modelPath, kinds }, options);
}

/**
 * Loads a model from memory. External data is looked for in `options.externalDataFolder` and refused without it; the
 * engine keeps no reference to `bytes` once this resolves.
 */
export async function openSessionFromBytes(bytes: Uint8Array, options: SessionOptions = {}): Promise<EngineSession> {
  const kinds = kindsAndClose(readModelBytes(bytes, options.externalDataFolder));
  const named = options.label === undefined ? { label: 'the model in memory' } : namedAfter(options.label);
  return load(bytes, { ...named, path: options.externalDataFolder, kinds }, options);
}

/** Labels of the models that are open, so that a crash can be said to have happened in one of them. */
const openModels: string[] = [];

interface LoadedModel {
  readonly label: string;
  readonly fileName?: string;
  readonly path: string | undefined;
  readonly kinds: ReadonlyMap<string, string>;
}

function namedAfter(fileName: string): Pick<LoadedModel, 'label' | 'fileName'> {
  return { label: fileName, fileName };
}

function kindsAndClose(model: OnnxModel): ReadonlyMap<string, string> {
  try {
    return nonTensorKinds(model.graph);
  } finally {
    model.close();
  }
}

async function load(source: string | Uint8Array, model: LoadedModel, options: SessionOptions): Promise<EngineSession> {
  const engine = await loadEngine();
  beginActivity(`loading ${model.label}`);
  try {
    const settings = engineOptions(options);
    const session =
      typeof source === 'string'
        ? await engine.InferenceSession.create(source, settings)
        : await engine.InferenceSession.create(source, settings);
    openModels.push(model.label);
    beginActivity(runningActivity());
    return new NodeSession(engine, session, model, options);
  } catch (thrown) {
    if (thrown instanceof BenchError) throw thrown;
    throw runtimeErrors.load(model.label, engineReason(thrown, model.path), thrown);
  }
}

/**
 * Said once for all runs between two changes, since jobs that compare models run them in turns and an event for every
 * run would slow what they measure.
 */
function runningActivity(): string {
  return openModels.length === 0 ? 'working without a model' : `running ${[...new Set(openModels)].join(' or ')}`;
}

function engineOptions(options: SessionOptions): InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    intraOpNumThreads: options.threads ?? 1,
    interOpNumThreads: 1,
    graphOptimizationLevel: options.graphOptimization ?? 'all',
    // Only what is fatal: the engine's warnings would be noise in the job's log, its errors reach us as exceptions.
    logSeverityLevel: 4,
    ...(options.optimizedModelPath === undefined ? {} : { optimizedModelFilePath: options.optimizedModelPath }),
    ...(options.profilePrefix === undefined ? {} : { enableProfiling: true, profileFilePrefix: options.profilePrefix }),
    extra: {
      ...(options.disabledOptimizers === undefined
        ? {}
        : { optimization: { disable_specified_optimizers: options.disabledOptimizers.join(';') } }),
      ...(options.externalDataFolder === undefined
        ? {}
        : { session: { model_external_initializers_file_folder_path: options.externalDataFolder } }),
    },
  };
}

/** One loaded model. `dispose` of the engine frees it at once, so it must never meet a run: both are synchronous. */
class NodeSession implements EngineSession {
  readonly inputs: readonly PortInfo[];
  readonly outputs: readonly PortInfo[];
  private readonly fetched: readonly string[];
  private readonly isProfiled: boolean;
  private isClosed = false;

  constructor(
    private readonly engine: Engine,
    private readonly session: InferenceSession,
    private readonly model: LoadedModel,
    options: SessionOptions,
  ) {
    const dimensions = options.dimensions ?? {};
    this.isProfiled = options.profilePrefix !== undefined;
    this.inputs = portsOf(session.inputMetadata, model.kinds, dimensions, model.fileName);
    this.outputs = portsOf(session.outputMetadata, model.kinds, dimensions, model.fileName);
    this.fetched = this.outputs.filter((port) => isTensorType(port.type)).map((port) => port.name);
  }

  async run(feeds: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>> {
    this.checkRunnable();
    touchHeartbeat();
    let given: InferenceSession.ReturnType;
    try {
      const named = this.inputs.flatMap(({ name }) => {
        const tensor = feeds[name];
        return tensor === undefined ? [] : [[name, toEngineTensor(this.engine, tensor)] as const];
      });
      given = await this.session.run(Object.fromEntries(named), this.fetched);
    } catch (thrown) {
      throw runtimeErrors.run(this.model.label, engineReason(thrown, this.model.path), failedNode(thrown), thrown);
    }
    touchHeartbeat();
    return this.tensorsOf(given);
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    if (this.isProfiled) this.session.endProfiling();
    await this.session.release();
    openModels.splice(openModels.indexOf(this.model.label), 1);
    beginActivity(runningActivity());
  }

  private checkRunnable(): void {
    if (this.isClosed) throw runtimeErrors.closed(this.model.label);
    if (this.fetched.length > 0) return;
    const [output] = this.outputs;
    throw runtimeErrors.noTensorOutput(this.model.label, output?.name ?? '', output?.type ?? 'missing output');
  }

  private tensorsOf(given: InferenceSession.ReturnType): Record<string, Tensor> {
    const tensors = Object.entries(given).map(([name, value]) => {
      const tensor = fromEngineTensor(value);
      if (tensor === undefined) throw runtimeErrors.elementType(this.model.label, name, value.type);
      return [name, tensor] as const;
    });
    return Object.fromEntries(tensors);
  }
}
