// The models of the reference file, and how the benchmarks reach its tool.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { root } from './commands';

interface OracleConfig {
  readonly top1?: number;
  readonly error?: string;
}

export interface OracleModel {
  readonly name: string;
  readonly path: string;
  readonly calibrationSamples: number;
  readonly configs: Readonly<Record<string, OracleConfig>>;
}

/** Every model of the oracle, or none with a printed reason where `../shared` is missing. */
export function oracleModels(shared: string): OracleModel[] {
  const oracle = JSON.parse(readFileSync(join(shared, 'oracle/onnxruntime-python.json'), 'utf8')) as {
    models: Record<string, { calib_n: number; configs: Record<string, OracleConfig> }>;
  };
  return Object.entries(oracle.models).map(([name, entry]) => ({
    name,
    path: join(shared, 'data/models', `${name}.onnx`),
    calibrationSamples: entry.calib_n,
    configs: entry.configs,
  }));
}

/** Python with onnxruntime and onnx, named by ORACLE_PYTHON; without it our side is printed alone. */
export const oraclePython = process.env['ORACLE_PYTHON'];

/** Command line of the reference quantizer. */
export function oracleWords(model: string, out: string, data: string, method: string): string[] {
  return [resolve(root, 'test/bench/oracle.py'), model, out, data, method];
}
