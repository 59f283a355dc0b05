// Loads onnxruntime-node: late, once, and with its telemetry off.
import type * as OnnxRuntimeNode from 'onnxruntime-node';
import { version } from 'onnxruntime-node/dist/version.js';
import { runtimeErrors } from './runtimeErrors';

/** The module object of onnxruntime-node. */
export type Engine = typeof OnnxRuntimeNode;

let loading: Promise<Engine> | undefined;

/** Version of the installed engine; does not load it. */
export function engineVersion(): string {
  return version;
}

/** The engine's module, loaded at the first call. Throws `engine-missing` where it has no binary. */
export function loadEngine(): Promise<Engine> {
  loading ??= load();
  return loading;
}

/** Engines before 1.24 follow external data out of the model's folder (RELIABILITY §2.2). */
export function isSupportedEngine(installed: string): boolean {
  const [major = 0, minor = 0] = installed.split('.').map(Number);
  return major > 1 || (major === 1 && minor >= 24);
}

async function load(): Promise<Engine> {
  if (!isSupportedEngine(version)) throw runtimeErrors.tooOld(version);
  // The engine decides about its telemetry once, while it is being loaded: too late afterwards (RELIABILITY §2.4).
  process.env['ORT_DISABLE_TELEMETRY'] = '1';
  try {
    const engine = await import('onnxruntime-node');
    // Also for what the engine logs outside any session: nothing of it may reach our output.
    engine.env.logLevel = 'fatal';
    return engine;
  } catch (thrown) {
    throw runtimeErrors.missing(`${process.platform} ${process.arch}`, thrown);
  }
}
