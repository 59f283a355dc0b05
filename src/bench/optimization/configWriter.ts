// Writes the config.yaml of an optimization (SYSTEMS §2.7): what the record says, as the file that `tune` runs.
import { prunes } from '../../dictionary/benchTerms';
import type { DatasetRecord, ModelRecord, OptimizationRecord, TuningDetails } from '../../store/records';
import type { Bench } from '../bench';
import { accuracyOf, dataloaderOf } from './configWriterData';
import type { DataPlace } from './configWriterData';
import { opOptionsOf } from './configWriterOps';
import { defaultPruning, pruningConfigText } from './pruningConfig';
import { datasetConfigOf } from '../dataset/datasetConfig';
import { checkedConfigText, configPathOf, modelSection, wayTo } from '../runs/configDocument';

/** What a config is made of. */
export interface ConfigSource {
  readonly optimization: Omit<OptimizationRecord, 'id' | 'version' | 'createdAt' | 'modifiedAt'>;
  readonly model: ModelRecord;
  readonly dataset: DatasetRecord;
}

/**
 * The text of the config.yaml at `path`, which is a recipe where something is pruned. Files in the workspace are named relative to it, so that the workspace can be
 * moved or cloned.
 *
 * @throws RequestError `request-config` where the product's own checker refuses it, as with a diagnosis that asks for
 *   what no op can be
 */
export function configText(bench: Bench, source: ConfigSource, path: string): string {
  const { optimizationType, pruning } = source.optimization;
  if (prunes(optimizationType)) return pruningConfigText(bench, pruning ?? defaultPruning, source.model, path);
  return checkedConfigText(sectionsOf(bench, source, path), header, path);
}

function sectionsOf(bench: Bench, { optimization, model, dataset }: ConfigSource, path: string): object {
  const pathText = configPathOf(bench, path);
  const data: DataPlace = { dataset: datasetConfigOf(bench, dataset), pathText };
  return {
    model: modelSection(bench.absolutePath(model.path), model, pathText),
    ...taskOf(optimization, data),
    evaluation: { accuracy: accuracyOf(data, optimization.samplingSize) },
    tuning: {
      ...goalOf(optimization.tuning),
      workspace: { path: wayTo(bench.workspace, path) },
    },
  };
}

/** The section that says what is done to the model. */
function taskOf(optimization: ConfigSource['optimization'], data: DataPlace): object {
  const { optimizationType, precision, batchSize, samplingSize, diagnosisConfig } = optimization;
  switch (optimizationType) {
    case 'Graph optimization':
      return { graph_optimization: { precisions: precision } };
    case 'Mixed precision':
      return { mixed_precision: { precisions: precision } };
    default:
      return {
        quantization: {
          approach: approachOf(precision),
          calibration: { sampling_size: samplingSize, dataloader: dataloaderOf(data, batchSize) },
          ...opOptionsOf(diagnosisConfig),
        },
      };
  }
}

/**
 * What a precision says of how ranges are found. Plain `int8` leaves it open: the tuner then starts with static forms,
 * as with `int8 static quantization`, gives ops that have none their dynamic form, and tries dynamic ones for the rest,
 * which is what pays for many language models. What is measured decides; one more trial is the price.
 */
function approachOf(precision: string): string {
  switch (precision) {
    case 'int8 static quantization':
      return 'post_training_static_quant';
    case 'int8 dynamic quantization':
      return 'post_training_dynamic_quant';
    default:
      return 'post_training_auto_quant';
  }
}

/** Conversions do not search: their goal is the one that a config has by default, written out. */
const goalOfConversions = { accuracy_criterion: { relative: 0.01 } };

function goalOf(tuning: TuningDetails | null): object {
  if (tuning === null) return goalOfConversions;
  const objectives = objectivesOf(tuning.objective);
  return {
    strategy: { name: tuning.strategy },
    accuracy_criterion: { [tuning.accuracyCriterionType]: tuning.accuracyCriterionThreshold },
    ...(objectives.length > 1
      ? { multi_objectives: { objective: objectives } }
      : { objective: objectives[0] ?? 'performance' }),
    exit_policy: { timeout: tuning.timeoutS, max_trials: tuning.maxTrials },
    random_seed: tuning.randomSeed,
    diagnosis: { diagnosis_after_tuning: true },
  };
}

/** The names in the objective of a record. */
export function objectivesOf(objective: string): readonly string[] {
  return objective.split(',').map((name) => name.trim());
}

const header = [
  ' Written by Compressor Bench when the optimization was added or edited. It is run as it stands here: what you change',
  ' counts, until the optimization is edited. By hand: compressor-bench tune config.yaml',
].join('\n');
