// Adding sensitivity analyses: which method goes with what, what a model and a data set have to be like.
import { prunableLayers } from '../../onnx/prunableLayers';
import { readModel } from '../../onnx/readModel';
import type { SensitivityKind, SensitivityMethod, SensitivitySettings } from '../../protocol/pruning';
import {
  idleSettings,
  sensitivityKinds,
  sensitivityMethods,
  settingBounds,
  usualAnalysis,
} from '../../dictionary/sensitivitySettings';
import type { AnalysisSetting } from '../../dictionary/sensitivitySettings';
import { mostLevels, readSparsityLevels } from '../../dictionary/sparsityLevels';
import type { SensitivityRecord } from '../../store/records';
import type { Bench } from '../bench';
import type { Operation } from '../operation';
import { requestErrors } from '../requestErrors';
import type { RequestReader } from '../requestReader';
import { datasetOf, modelOf } from '../runs/namedParts';
import { readDimensions, refuseUnknownDimensions } from './dimensionSizes';

export interface SensitivityRequest {
  readonly projectId: number;
  readonly name: string;
  /** Absent: the model the project began with. */
  readonly modelId?: number;
  /** Null: seeded random inputs. */
  readonly datasetId: number | null;
  readonly kind: SensitivityKind;
  readonly method: SensitivityMethod;
  readonly settings: SensitivitySettings & Pick<SensitivityRecord, 'dimensions'>;
  /** Of a client of Studio's kind; else null. */
  readonly analysisId: string | null;
}

/** Adds an analysis. Throws RequestError; then nothing was changed. */
export async function addSensitivity(bench: Bench, request: SensitivityRequest): Promise<SensitivityRecord> {
  const { projectId, name, datasetId, kind, method, settings, analysisId } = request;
  await bench.get('project', projectId);
  const model = await modelOf(bench, projectId, request.modelId);
  if (datasetId !== null) await datasetOf(bench, projectId, datasetId);
  const modelPath = bench.absolutePath(model.path);
  refuseUnprunable(modelPath);
  refuseUnknownDimensions(modelPath, settings.dimensions ?? {}, 'dims');
  return bench.store.create('sensitivity', {
    ...{ projectId, name, modelId: model.id, datasetId, kind, method, ...settings, analysisId },
    edited: null,
  });
}

export const sensitivityAdd: Operation<SensitivityRequest, object> = {
  path: 'sensitivity/add',
  summary: 'Add a sensitivity analysis of pruning a model: kind loss or perf, method approx, one-shot or measured.',
  read: (parameters) => {
    const { kind, method } = readMethod(parameters);
    const modelId = parameters.optionalId('model_id', 'model');
    return {
      projectId: parameters.id('project_id', 'project'),
      name: parameters.name(),
      ...(modelId === undefined ? {} : { modelId }),
      datasetId: parameters.optionalId('dataset_id', 'dataset') ?? null,
      kind,
      method,
      settings: readSettings(parameters),
      analysisId: null,
    };
  },
  run: async (bench, request) => ({ sensitivity_id: (await addSensitivity(bench, request)).id }),
};

function readMethod(parameters: RequestReader): Pick<SensitivityRequest, 'kind' | 'method'> {
  const kind = parameters.optionalChoice('kind', sensitivityKinds) ?? 'loss';
  const method = parameters.optionalChoice('method', sensitivityMethods) ?? 'approx';
  refuseUnfit(kind, method, (name) => parameters.has(name));
  return { kind, method };
}

/** Refuses a method of the other kind, and parameters that the method has no use for. */
export function refuseUnfit(
  kind: SensitivityKind,
  method: SensitivityMethod,
  isGiven: (parameter: string) => boolean,
): void {
  const other = method === 'one-shot' ? 'loss' : 'perf';
  if (method !== 'approx' && kind !== other) {
    throw requestErrors.refused(
      'sensitivity-method',
      `The method ${method} is for ${other}, not for ${kind}.`,
      `For ${kind} there are approx and ${kind === 'loss' ? 'one-shot' : 'measured'}.`,
    );
  }
  const idle = idleSettings[method].map((setting) => parameterNames[setting]).find(isGiven);
  if (idle === undefined) return;
  throw requestErrors.refused(
    'sensitivity-idle',
    `"${idle}" has no effect with the method ${method}.`,
    'Leave it out.',
  );
}

/** Settings as requests call them. */
const parameterNames: Readonly<Record<AnalysisSetting, string>> = {
  ...{ dataset: 'dataset_id', levelFractions: 'levels', samples: 'samples', batchSize: 'batch_size' },
  ...{ threads: 'num_threads', warmupRuns: 'warmup_iterations', iterations: 'iterations' },
};

function readSettings(parameters: RequestReader): SensitivityRequest['settings'] {
  return { ...usualAnalysis, ...givenSettings(parameters) };
}

/** The settings that a request names. */
export function givenSettings(parameters: RequestReader): Partial<SensitivityRequest['settings']> {
  const whole = (name: string, key: keyof typeof settingBounds): Partial<SensitivitySettings> => {
    const [least, most] = settingBounds[key];
    const value = parameters.optionalInteger(name, least, most);
    return value === undefined ? {} : { [key]: value };
  };
  const levelFractions = readLevels(parameters.value('levels'), 'levels');
  const dimensions = readDimensions(parameters.value('dims'), 'dims');
  return {
    ...(levelFractions === null ? {} : { levelFractions }),
    ...(dimensions === undefined ? {} : { dimensions }),
    ...whole('samples', 'samples'),
    ...whole('batch_size', 'batchSize'),
    ...whole('num_threads', 'threads'),
    ...whole('warmup_iterations', 'warmupRuns'),
    ...whole('iterations', 'iterations'),
  };
}

/** Sparsities between 0 and 1, as a list or as text with commas; ascending and each once. Null: not given. */
export function readLevels(value: unknown, name: string): readonly number[] | null {
  if (value === undefined) return null;
  const words: unknown = typeof value === 'string' ? value.split(',') : value;
  const levels = Array.isArray(words) ? readSparsityLevels(words) : undefined;
  if (levels !== undefined) return levels;
  throw requestErrors.valueIncorrect(name, `a list of 1 to ${mostLevels} sparsities, each above 0 and below 1`);
}

/**
 * Why no layer of a model file can be pruned, in a sentence; null where some can.
 *
 * @throws ModelError or FileError for a file that cannot be read
 */
export function unprunableReason(modelPath: string): string | null {
  const model = readModel(modelPath);
  try {
    const { layers, unprunable } = prunableLayers(model.graph);
    if (layers.length > 0) return null;
    const [first] = unprunable;
    return `The model has no Conv, Gemm or MatMul with a constant float weight.${first === undefined ? '' : ` ${first.reason}`}`;
  } finally {
    model.close();
  }
}

/** Throws RequestError for a model without a layer that can be pruned. */
export function refuseUnprunable(modelPath: string): void {
  const reason = unprunableReason(modelPath);
  if (reason === null) return;
  const nextStep =
    'Take a model whose weights are floating-point numbers; of a quantized one, the model it was made from.';
  throw requestErrors.refused('nothing-to-prune', reason, nextStep);
}
