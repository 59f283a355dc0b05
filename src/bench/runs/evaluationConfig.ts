// Writes a config.yaml that says how a model is evaluated (SYSTEMS §2.7): of benchmarks and profilings; nothing is tuned.
import type { DatasetConfig } from '../../config/datasetFile';
import type { DatasetRecord, ModelRecord } from '../../store/records';
import type { Bench } from '../bench';
import { checkedConfigText, configPathOf, modelSection } from './configDocument';
import { dataloaderOf, metricOf } from '../optimization/configWriterData';
import { datasetConfigOf } from '../dataset/datasetConfig';

/** How a model is evaluated. */
export type EvaluationSettings =
  | { readonly mode: 'accuracy'; readonly batchSize: number; readonly batches: number }
  | {
      readonly mode: 'performance';
      readonly batchSize: number;
      readonly warmup: number;
      /** -1: as many as there is data for. */
      readonly iterations: number;
      /** Keys of `configs`. */
      readonly machine: Readonly<Record<string, number>>;
    };

/** What is evaluated, and on what. */
export interface EvaluatedModel {
  readonly modelPath: string;
  readonly inputNodes: readonly string[];
  readonly outputNodes: readonly string[];
  /** Undefined for random inputs. */
  readonly data: DatasetConfig | undefined;
}

/** A model of the bench with a data set of the bench. */
export function evaluatedModel(bench: Bench, model: ModelRecord, dataset: DatasetRecord): EvaluatedModel {
  return {
    modelPath: bench.absolutePath(model.path),
    inputNodes: model.inputNodes,
    outputNodes: model.outputNodes,
    data: datasetConfigOf(bench, dataset),
  };
}

/**
 * The text of the config.yaml at `path`; files in the workspace are named relative to it.
 *
 * @param purpose in the comment at its top, such as `the benchmark`
 * @throws RequestError where the product's own checker refuses it
 */
export function evaluationConfig(
  bench: Bench,
  purpose: string,
  evaluated: EvaluatedModel,
  settings: readonly EvaluationSettings[],
  path: string,
): string {
  const pathText = configPathOf(bench, path);
  const sections = {
    model: modelSection(evaluated.modelPath, evaluated, pathText),
    evaluation: Object.fromEntries(settings.map((each) => [each.mode, sectionOf(each, evaluated.data, pathText)])),
  };
  const header = ` Written by Compressor Bench for ${purpose}: a record of settings that are kept in the bench.`;
  return checkedConfigText(sections, header, path);
}

function sectionOf(
  settings: EvaluationSettings,
  data: DatasetConfig | undefined,
  pathText: (path: string) => string,
): object {
  const dataloader =
    data === undefined ? {} : { dataloader: dataloaderOf({ dataset: data, pathText }, settings.batchSize) };
  if (settings.mode === 'performance') {
    const { warmup, iterations, machine } = settings;
    return { warmup, iteration: iterations, configs: machine, ...dataloader };
  }
  const metric = data?.metric;
  return {
    ...(metric === undefined ? {} : { metric: metricOf(metric, pathText) }),
    iteration: settings.batches,
    ...dataloader,
  };
}
