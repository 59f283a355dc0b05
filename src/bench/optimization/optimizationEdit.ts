// Editing an optimization whose status is null (SYSTEMS §1.3): what is sent takes the place of what was, the rest stays.
import { optimizationTypes, prunes, searches } from '../../dictionary/benchTerms';
import type { Change, OptimizationRecord, TuningDetails } from '../../store/records';
import type { Bench } from '../bench';
import type { Operation } from '../operation';
import { newTuning } from './optimizationAdd';
import {
  keepChangedConfig,
  optimizationConfigText,
  refuseMisfit,
  refusePruningOf,
  refuseUnfit,
  refuseUnfitChoices,
} from './optimizationParts';
import { readOptimizationEdit } from './optimizationRequest';
import type { OptimizationEdit, TuningChoices } from './optimizationRequest';
import { defaultPruning } from './pruningConfig';
import { pruningOfConfig } from './pruningOfConfig';
import { pruningDetailsView } from './pruningView';
import { tuningDetailsView } from './optimizationTuningView';
import { writeConfig } from '../runs/configFile';
import { datasetOf, runnableParts } from '../runs/namedParts';
import { refuseAfterRun } from '../runs/activeRuns';

/** Edits an optimization and writes its config.yaml anew. Throws RequestError; then nothing was changed. */
export async function editOptimization(bench: Bench, edit: OptimizationEdit): Promise<OptimizationRecord> {
  const { id, datasetId } = edit;
  const before = await bench.get('optimization', id);
  await refuseAfterRun(bench, 'optimization', id);
  if (datasetId !== undefined) await datasetOf(bench, before.projectId, datasetId);
  const parts = await runnableParts(bench, 'optimization', { ...before, ...changeOf(before, edit) });
  const fitChange = (record: OptimizationRecord): Change<'optimization'> => {
    const change = changeOf(record, edit);
    const optimization = { ...record, ...change };
    const source = { ...parts, optimization };
    refuseMisfit(optimization.optimizationType, optimization.precision);
    refusePruningOf(optimization.optimizationType, edit.pruning);
    refuseUnfit(bench, source);
    refuseUnfitChoices(bench, source, edit.tuning);
    return change;
  };
  fitChange(before);
  await keepChangedConfig(bench, before);
  // Another edit may have come between: its changes have to fit to these.
  const optimization = await bench.store.edit('optimization', id, fitChange);
  await writeConfig(bench, 'optimization', id, optimizationConfigText);
  return optimization;
}

export const optimizationEdit: Operation<OptimizationEdit, object> = {
  path: 'optimization/edit',
  summary: 'Edit an optimization that was never run, or whose newest run was cancelled.',
  read: readOptimizationEdit,
  run: async (bench, edit) => {
    const record = await editOptimization(bench, edit);
    return {
      id: record.id,
      tuning_details: tuningDetailsView(record),
      pruning_details: pruningDetailsView(await pruningOfConfig(bench, record)),
      batch_size: record.batchSize,
      sampling_size: record.samplingSize,
    };
  },
};

function changeOf(record: OptimizationRecord, edit: OptimizationEdit): Change<'optimization'> {
  const { datasetId, batchSize, samplingSize } = edit;
  const { optimizationType, precision } = taskAfter(record, edit);
  return {
    precision,
    ...(datasetId === undefined ? {} : { datasetId }),
    ...(batchSize === undefined ? {} : { batchSize }),
    ...(samplingSize === undefined ? {} : { samplingSize }),
    optimizationType,
    tuning: searches(optimizationType) ? editedTuning(record.tuning, edit.tuning) : null,
    ...editedPruning(record, edit, optimizationType),
    // What a diagnosis asked of ops is of no use where nothing is quantized.
    diagnosisConfig: searches(optimizationType) ? record.diagnosisConfig : null,
  };
}

/** What is done to the model: a precision alone brings its type with it, and a type its first precision. */
function taskAfter(
  record: OptimizationRecord,
  edit: OptimizationEdit,
): Pick<OptimizationRecord, 'optimizationType' | 'precision'> {
  const { precision = record.precision } = edit;
  const leads = ({ precisions }: (typeof optimizationTypes)[number]): boolean =>
    precisions.some((each) => each === precision);
  const named = optimizationTypes.find(({ name }) => name === (edit.optimizationType ?? record.optimizationType));
  if (named !== undefined && (leads(named) || edit.optimizationType !== undefined)) {
    const isFit = leads(named) || edit.precision !== undefined;
    return { optimizationType: named.name, precision: isFit ? precision : named.precisions[0] };
  }
  return { optimizationType: (optimizationTypes.find(leads) ?? optimizationTypes[0]).name, precision };
}

/** Records that never pruned have no such field, and get none. */
function editedPruning(
  { pruning = null }: OptimizationRecord,
  edit: OptimizationEdit,
  optimizationType: string,
): Pick<OptimizationRecord, 'pruning'> {
  if (prunes(optimizationType)) return { pruning: edit.pruning ?? pruning ?? defaultPruning };
  return pruning === null ? {} : { pruning: null };
}

function editedTuning(before: TuningDetails | null, choices: Partial<TuningChoices>): TuningDetails {
  if (before === null) return newTuning(choices);
  if (Object.keys(choices).length === 0) return before;
  return { ...before, ...choices, modifiedAt: new Date().toISOString() };
}
