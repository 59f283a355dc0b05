// Making a new optimization from what a diagnosis asks to be different (SYSTEMS §1.3, diagnosis/generate_optimization).
import { nearestName } from '../../config/nearestName';
import type { OptimizationTypeName, PrecisionName } from '../../dictionary/benchTerms';
import type { DiagnosisConfig } from '../../store/records';
import type { Bench } from '../bench';
import { opTypesOf } from '../model/modelNodes';
import type { Operation } from '../operation';
import { refuseFloatModel } from './diagnosisParams';
import { addOptimization } from '../optimization/optimizationAdd';
import { readDiagnosisConfig } from '../optimization/optimizationRequest';
import { requestErrors } from '../requestErrors';
import type { RequestReader } from '../requestReader';

interface GenerateRequest {
  readonly projectId: number;
  readonly optimizationId: number;
  readonly name: string;
  readonly config: DiagnosisConfig;
}

export const diagnosisGenerate: Operation<GenerateRequest, number> = {
  path: 'diagnosis/generate_optimization',
  summary: 'Add an optimization that treats single ops, or all, otherwise than the one that was diagnosed.',
  read: (parameters) => ({
    projectId: parameters.id('project_id', 'project'),
    optimizationId: parameters.id('optimization_id', 'optimization'),
    name: parameters.name('optimization_name'),
    config: readConfig(parameters),
  }),
  run: async (bench, { projectId, optimizationId, name, config }) => {
    const source = await bench.get('optimization', optimizationId);
    if (source.projectId !== projectId) {
      throw requestErrors.refused(
        'other-project',
        `The optimization ${optimizationId} is not of the project ${projectId}.`,
        'List the optimizations of the project, and name one of those.',
      );
    }
    const { modelId, datasetId, batchSize, samplingSize, tuning } = source;
    await refuseUnknownOps(bench, modelId, Object.keys(config.opWise));
    const record = await addOptimization(bench, {
      projectId,
      name,
      // What a record names was checked when it was made; a name of another version is refused there again.
      precision: source.precision as PrecisionName,
      optimizationType: source.optimizationType as OptimizationTypeName,
      datasetId,
      modelId,
      batchSize,
      samplingSize,
      ...(tuning === null ? {} : { tuning }),
      diagnosisConfig: config,
    });
    return record.id;
  },
};

function readConfig(parameters: RequestReader): DiagnosisConfig {
  const config = readDiagnosisConfig(parameters);
  if (config !== null) {
    refuseFloatModel(config);
    return config;
  }
  throw requestErrors.refused(
    'nothing-to-change',
    'Neither op_wise nor model_wise asks for anything to be different.',
    'Give one of them.',
  );
}

async function refuseUnknownOps(bench: Bench, modelId: number, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const model = await bench.get('model', modelId);
  const known = opTypesOf(bench.absolutePath(model.path));
  const unknown = names.find((name) => !known.has(name));
  if (unknown === undefined) return;
  const near = nearestName(unknown, [...known.keys()]);
  throw requestErrors.refused(
    'unknown-op',
    `The model has no op ${JSON.stringify(unknown.slice(0, 200))}.${near === undefined ? '' : ` Did you mean ${near}?`}`,
    'Name ops as diagnosis/op_list does.',
  );
}
