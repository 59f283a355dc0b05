// A DATASET.yaml as the parameters of `dataset/add`, for the doors that offer to take one.
import { readDatasetFile } from '../../config/datasetFile';

/** What a file comes to. */
export interface DatasetFileRequest {
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Keys of the file that data sets of the bench do not have. */
  readonly unkept: readonly string[];
}

/** Reads a DATASET.yaml. Throws ConfigError where it has a mistake. */
export function datasetFileRequest(path: string): DatasetFileRequest {
  const { dataset, transforms, metric, shuffle, lastBatch } = readDatasetFile(path);
  return {
    parameters: {
      dataloader: { name: dataset.name, params: dataset.parameters },
      transform: transforms.map((step) => ({ name: step.name, params: step.parameters })),
      metric: metric?.name ?? '',
      ...(metric === undefined ? {} : { metric_param: metric.parameters }),
    },
    unkept: [...(shuffle ? ['shuffle'] : []), ...(lastBatch === 'discard' ? ['last_batch'] : [])],
  };
}
