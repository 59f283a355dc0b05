// Adding an optimization to a project (SYSTEMS §1.3), with the config.yaml that it will run.
import { prunes, searches } from '../../dictionary/benchTerms';
import type { Draft, OptimizationRecord, TuningDetails } from '../../store/records';
import type { Bench } from '../bench';
import type { Operation } from '../operation';
import {
  optimizationConfigText,
  refuseMisfit,
  refusePruningOf,
  refuseUnfit,
  refuseUnfitChoices,
} from './optimizationParts';
import { defaultPruning } from './pruningConfig';
import { defaultBatchSize, defaultSamplingSize, defaultTuning, readOptimizationRequest } from './optimizationRequest';
import type { OptimizationRequest, TuningChoices } from './optimizationRequest';
import { requestErrors } from '../requestErrors';
import { createWithConfig } from '../runs/configFile';
import { datasetOf, modelOf } from '../runs/namedParts';

/** Adds an optimization. Throws RequestError when something does not fit; then nothing was added. */
export async function addOptimization(bench: Bench, request: OptimizationRequest): Promise<OptimizationRecord> {
  const { projectId } = request;
  await bench.get('project', projectId);
  refuseMisfit(request.optimizationType, request.precision);
  refusePruningOf(request.optimizationType, request.pruning);
  const dataset = await datasetOf(bench, projectId, request.datasetId);
  const model = await modelOf(bench, projectId, request.modelId);
  const optimization = draftOf(request, model.id);
  const source = { optimization, model, dataset };
  refuseUnfit(bench, source);
  refuseUnfitChoices(bench, source, request.tuning ?? {});
  return createWithConfig(bench, 'optimization', optimization, optimizationConfigText);
}

export const optimizationAdd: Operation<OptimizationRequest, { readonly optimization_id: number }> = {
  path: 'optimization/add',
  summary: 'Add an optimization to a project.',
  read: readOptimizationRequest,
  run: async (bench, request) => ({ optimization_id: (await addOptimization(bench, request)).id }),
};

function draftOf(request: OptimizationRequest, modelId: number): Draft<'optimization'> {
  const { projectId, name, precision, optimizationType, datasetId, diagnosisConfig = null } = request;
  if (diagnosisConfig !== null && !searches(optimizationType)) {
    throw requestErrors.refused(
      'diagnosis-config',
      `A diagnosis says how ops are quantized; ${optimizationType} does not quantize.`,
      'Leave diagnosis_config out, or take the type Quantization.',
    );
  }
  return {
    projectId,
    name,
    precision,
    optimizationType,
    modelId,
    datasetId,
    batchSize: request.batchSize ?? defaultBatchSize,
    samplingSize: request.samplingSize ?? defaultSamplingSize,
    tuning: searches(optimizationType) ? newTuning(request.tuning ?? {}) : null,
    ...(prunes(optimizationType) ? { pruning: request.pruning ?? defaultPruning } : {}),
    diagnosisConfig,
    optimizedModelId: null,
    accuracyBenchmarkId: null,
    performanceBenchmarkId: null,
  };
}

/** Tuning details as of now. */
export function newTuning(choices: Partial<TuningChoices>): TuningDetails {
  return { ...defaultTuning, ...choices, createdAt: new Date().toISOString(), modifiedAt: null };
}
