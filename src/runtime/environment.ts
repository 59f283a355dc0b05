// What every result names besides its figures: engine, processor, threads.
import { cpus } from 'node:os';
import type { Environment } from '../protocol/environment';
import { engineVersion } from './loadEngine';

/** The environment of a job that runs models on `threads` threads; does not load the engine. */
export function environmentOf(threads: number): Environment {
  const cpuModel = cpus()[0]?.model.trim() ?? '';
  return { engineVersion: engineVersion(), cpuModel: cpuModel === '' ? process.arch : cpuModel, threads };
}
