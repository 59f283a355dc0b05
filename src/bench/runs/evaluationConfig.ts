// Writes a config.yaml that says how a model is evaluated (SYSTEMS §2.7): of benchmarks and profilings; nothing is tuned.
import { basename } from 'node:path';
import { Document } from 'yaml';
import { problemText } from '../../config/configProblem';
import type { DatasetConfig } from '../../config/datasetFile';
import { checkTuningText } from '../../config/tuningFile';
import type { DatasetRecord, ModelRecord } from '../../store/records';
import type { Bench } from '../bench';
import { configFileName, configPathOf } from '../optimization/configWriter';
import { dataloaderOf } from '../optimization/configWriterData';
import { datasetConfigOf } from '../dataset/datasetConfig';
import { requestErrors } from '../requestErrors';

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
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Undefined for random inputs. */
  readonly data: DatasetConfig | undefined;
}

/** A model of the bench with a data set of the bench. */
export function evaluatedModel(bench: Bench, model: ModelRecord, dataset: DatasetRecord): EvaluatedModel {
  return {
    modelPath: bench.absolutePath(model.path),
    inputs: model.inputNodes,
    outputs: model.outputNodes,
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
  { modelPath, inputs, outputs, data }: EvaluatedModel,
  settings: readonly EvaluationSettings[],
  path: string,
): string {
  const pathText = configPathOf(bench, path);
  const document = new Document({
    model: {
      name: basename(modelPath).replace(/\.onnx$/i, ''),
      path: pathText(modelPath),
      framework: 'onnxrt_qlinearops',
      inputs,
      outputs,
    },
    evaluation: Object.fromEntries(settings.map((each) => [each.mode, sectionOf(each, data, pathText)])),
  });
  document.commentBefore = ` Written by Compressor Bench for ${purpose}: a record of settings that are kept in the bench.`;
  const text = document.toString({ lineWidth: 120, flowCollectionPadding: true });
  const [problem] = checkTuningText(text, path).problems;
  if (problem === undefined) return text;
  throw requestErrors.refused(
    'config',
    `This makes no config that can be run: ${problemText(configFileName, problem)}`,
  );
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
    ...(metric === undefined ? {} : { metric: { [metric.name]: metric.parameters } }),
    iteration: settings.batches,
    ...dataloader,
  };
}
