// Writes the config.yaml of a benchmark or a profiling (SYSTEMS §2.7): the model, and how it is evaluated; nothing is tuned.
import { basename } from 'node:path';
import { Document } from 'yaml';
import { problemText } from '../config/configProblem';
import { checkTuningText } from '../config/tuningFile';
import type { DatasetRecord, ModelRecord } from '../store/records';
import type { Bench } from './bench';
import { configFileName, configPathOf } from './configWriter';
import { calibrationData } from './configWriterData';
import { datasetConfigOf } from './datasetConfig';
import { requestErrors } from './requestErrors';

/** What a config says besides model and data. */
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

/**
 * The text of the config.yaml at `path`; files in the workspace are named relative to it.
 *
 * @param purpose begins the comment at its top, such as `the benchmark`
 * @throws RequestError where the product's own checker refuses it
 */
export function evaluationConfig(
  bench: Bench,
  {
    model,
    dataset,
    purpose,
  }: { readonly model: ModelRecord; readonly dataset: DatasetRecord; readonly purpose: string },
  settings: EvaluationSettings,
  path: string,
): string {
  const pathText = configPathOf(bench, path);
  const modelPath = bench.absolutePath(model.path);
  const data = datasetConfigOf(bench, dataset);
  const dataloader = calibrationData({ dataset: data, pathText }, settings.batchSize);
  const document = new Document({
    model: {
      name: basename(modelPath).replace(/\.onnx$/i, ''),
      path: pathText(modelPath),
      framework: 'onnxrt_qlinearops',
      inputs: model.inputNodes,
      outputs: model.outputNodes,
    },
    evaluation:
      settings.mode === 'accuracy'
        ? {
            accuracy: {
              ...(data.metric === undefined ? {} : { metric: { [data.metric.name]: data.metric.parameters } }),
              iteration: settings.batches,
              dataloader,
            },
          }
        : {
            performance: {
              warmup: settings.warmup,
              iteration: settings.iterations,
              configs: settings.machine,
              dataloader,
            },
          },
  });
  document.commentBefore = ` Written by Compressor Bench for ${purpose}; its settings are kept in the bench, this is a record of them.`;
  const text = document.toString({ lineWidth: 120, flowCollectionPadding: true });
  const [problem] = checkTuningText(text, path).problems;
  if (problem === undefined) return text;
  throw requestErrors.refused(
    'config',
    `This makes no config that can be run: ${problemText(configFileName, problem)}`,
  );
}
