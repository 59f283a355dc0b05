// Reads what clients send to add or edit an optimization (SYSTEMS §1.3): names for ids, checked values, defaults.
import { nearestName } from '../../config/nearestName';
import { objectiveNames, strategyNames } from '../../config/tuningConfig';
import { optimizationTypes, precisions } from '../../dictionary/benchTerms';
import type { NamedTerm, OptimizationTypeName, PrecisionName } from '../../dictionary/benchTerms';
import { refusedStrategies } from '../../dictionary/strategies';
import { targetSparsityType } from '../../dictionary/pruningRecipeKeys';
import type { DiagnosisConfig, PruningDetails, TuningDetails } from '../../store/records';
import { objectivesOf } from './configWriter';
import { requestErrors } from '../requestErrors';
import { isPlainObject } from '../requestReader';
import type { PlainObject, RequestReader } from '../requestReader';

/** How an optimization searches, without its times. */
export type TuningChoices = Omit<TuningDetails, 'createdAt' | 'modifiedAt'>;

/** An optimization to be added. */
export interface OptimizationRequest {
  readonly projectId: number;
  readonly name: string;
  readonly precision: PrecisionName;
  readonly optimizationType: OptimizationTypeName;
  readonly datasetId: number;
  /** Absent: the model the project began with. */
  readonly modelId?: number;
  /** Samples in one run while calibrating. */
  readonly batchSize?: number;
  /** Samples to calibrate with. */
  readonly samplingSize?: number;
  /** What is left out has its default; of no effect for types that do not search. */
  readonly tuning?: Partial<TuningChoices>;
  /** Only for the type Pruning; absent: its default. */
  readonly pruning?: PruningDetails;
  readonly diagnosisConfig?: DiagnosisConfig | null;
}

/** Changes of an optimization; what is left out stays. */
export interface OptimizationEdit {
  readonly id: number;
  readonly precision?: PrecisionName;
  /** Absent: it stays as long as it leads to the precision. */
  readonly optimizationType?: OptimizationTypeName;
  readonly datasetId?: number;
  readonly batchSize?: number;
  readonly samplingSize?: number;
  readonly tuning: Partial<TuningChoices>;
  readonly pruning?: PruningDetails;
}

/** SYSTEMS §1.1; the API's defaults, kept for clients that count on them. */
export const defaultBatchSize = 100;
export const defaultSamplingSize = 100;
export const defaultTuning: TuningChoices = {
  strategy: 'basic',
  accuracyCriterionType: 'relative',
  accuracyCriterionThreshold: 0.1,
  objective: 'performance',
  timeoutS: 0,
  maxTrials: 25,
  randomSeed: 9527,
};

/** Reads the parameters of `optimization/add`. */
export function readOptimizationRequest(parameters: RequestReader): OptimizationRequest {
  const modelId = parameters.optionalId('model_id', 'model');
  return {
    projectId: parameters.id('project_id', 'project'),
    name: parameters.name(),
    precision: termOf(precisions, 'precision', parameters.id('precision_id', 'precision')),
    optimizationType: termOf(
      optimizationTypes,
      'optimization type',
      parameters.id('optimization_type_id', 'optimization type'),
    ),
    datasetId: parameters.id('dataset_id', 'dataset'),
    ...(modelId === undefined ? {} : { modelId }),
    ...readSizes(parameters),
    tuning: readTuning(parameters, 'tuning_strategy', 'objective'),
    ...readPruning(parameters),
    diagnosisConfig: readDiagnosisConfig(parameters.optionalObject('diagnosis_config')),
  };
}

/** Reads the parameters of `optimization/edit`; sizes may stand beside the tuning details or among them. */
export function readOptimizationEdit(parameters: RequestReader): OptimizationEdit {
  const details = parameters.optionalObject('tuning_details');
  const precisionId = parameters.optionalId('precision_id', 'precision');
  const typeId = parameters.optionalId('optimization_type_id', 'optimization type');
  const datasetId = parameters.optionalId('dataset_id', 'dataset');
  return {
    id: parameters.id('id', 'optimization'),
    ...(precisionId === undefined ? {} : { precision: termOf(precisions, 'precision', precisionId) }),
    ...(typeId === undefined ? {} : { optimizationType: termOf(optimizationTypes, 'optimization type', typeId) }),
    ...(datasetId === undefined ? {} : { datasetId }),
    ...readSizes(parameters),
    ...readPruning(parameters),
    ...(details === undefined ? {} : readSizes(details)),
    tuning: details === undefined ? {} : readTuning(details, 'strategy', 'multi_objectives'),
  };
}

/** Name of a term by its id. */
function termOf<Name extends string>(
  terms: readonly (NamedTerm & { readonly name: Name })[],
  noun: string,
  id: number,
): Name {
  const term = terms.find((each) => each.id === id);
  if (term === undefined) throw requestErrors.notFound(noun, id);
  return term.name;
}

/** More than anybody means. */
const largestSize = 1_000_000;

function readSizes(parameters: RequestReader): { readonly batchSize?: number; readonly samplingSize?: number } {
  const batchSize = parameters.optionalInteger('batch_size', 1, largestSize);
  const samplingSize = parameters.optionalInteger('sampling_size', 1, largestSize);
  return {
    ...(batchSize === undefined ? {} : { batchSize }),
    ...(samplingSize === undefined ? {} : { samplingSize }),
  };
}

/** `pruning_details` of a request: its target, or nothing. */
function readPruning(parameters: RequestReader): { readonly pruning?: PruningDetails } {
  const details = parameters.optionalObject('pruning_details');
  const epoch = details?.value('epoch') ?? null;
  if (epoch !== null) {
    throw requestErrors.refused(
      'pruning',
      'pruning_details.epoch counts rounds of training, and finished ONNX models are not trained.',
      'Leave epoch out.',
    );
  }
  refuseUnknownDetails(details?.all() ?? {});
  const targetSparsity = details?.optionalNumber('target_sparsity');
  if (targetSparsity === undefined) return {};
  const { minimum, maximum } = targetSparsityType;
  if (targetSparsity >= minimum && targetSparsity <= maximum) return { pruning: { targetSparsity } };
  throw requestErrors.valueIncorrect('target_sparsity', `a fraction from ${minimum} to ${maximum}`);
}

const pruningKeys = ['target_sparsity', 'epoch'];

/** A slip of the pen would prune to the default: the tolerance for other parameters goes too far here. */
function refuseUnknownDetails(details: PlainObject): void {
  const unknown = Object.keys(details).find((key) => !pruningKeys.includes(key));
  if (unknown === undefined) return;
  const suggestion = nearestName(unknown, pruningKeys) ?? 'target_sparsity';
  throw requestErrors.refused(
    'pruning',
    `pruning_details has no "${unknown.slice(0, 100)}".`,
    `Did you mean ${suggestion}? Leave out what is not known.`,
  );
}

/** Choices by the names that `add` and `edit` have for them. */
function readTuning(parameters: RequestReader, strategyKey: string, objectiveKey: string): Partial<TuningChoices> {
  const exitPolicy = parameters.optionalObject('exit_policy');
  return withoutAbsent({
    strategy: readStrategy(parameters, strategyKey),
    accuracyCriterionType: parameters.optionalChoice('accuracy_criterion_type', ['relative', 'absolute']),
    accuracyCriterionThreshold: parameters.optionalNumber('accuracy_criterion_threshold'),
    objective: readObjective(parameters, objectiveKey),
    timeoutS: exitPolicy?.optionalInteger('timeout', 0),
    // The seed has both spellings.
    maxTrials: exitPolicy?.optionalInteger('max_trials', 1) ?? exitPolicy?.optionalInteger('max_trails', 1),
    randomSeed: parameters.optionalInteger('random_seed', 0),
  });
}

type Choice = TuningChoices[keyof TuningChoices];

/** The choices that were made. */
function withoutAbsent(choices: {
  readonly [Key in keyof TuningChoices]: TuningChoices[Key] | undefined;
}): Partial<TuningChoices> {
  const made = Object.entries(choices).filter((entry): entry is [string, Choice] => entry[1] !== undefined);
  return Object.fromEntries(made);
}

function readStrategy(parameters: RequestReader, key: string): string | undefined {
  const named = parameters.value(key);
  const reason =
    typeof named === 'string' && Object.hasOwn(refusedStrategies, named) ? refusedStrategies[named] : undefined;
  if (reason !== undefined) throw requestErrors.refused('strategy', reason);
  return parameters.optionalChoice(key, strategyNames);
}

/** One name, several with commas, or a list of them. */
function readObjective(parameters: RequestReader, key: string): string | undefined {
  const named = parameters.value(key);
  if (named === undefined) return undefined;
  const names = typeof named === 'string' ? objectivesOf(named) : named;
  const known: ReadonlySet<unknown> = new Set(objectiveNames);
  if (!Array.isArray(names) || names.length === 0 || !names.every((name) => known.has(name))) {
    throw requestErrors.valueIncorrect(key, `one of ${objectiveNames.join(', ')}, or several with commas between them`);
  }
  return [...new Set(names)].join(',');
}

/** `{op_wise, model_wise}`; null where neither asks for anything. */
export function readDiagnosisConfig(config: RequestReader | undefined): DiagnosisConfig | null {
  const opWise = config?.optionalObject('op_wise')?.all() ?? {};
  const modelWise = config?.optionalObject('model_wise')?.all() ?? {};
  if (!Object.values(opWise).every(isPlainObject)) {
    throw requestErrors.valueIncorrect('op_wise', 'an object with options for each op');
  }
  const isEmpty = Object.keys(opWise).length + Object.keys(modelWise).length === 0;
  return isEmpty ? null : { opWise, modelWise };
}
