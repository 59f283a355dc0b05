// The job of an optimization that prunes: its recipe, and its data with what accuracy means for them.
import { join } from 'node:path';
import { datasetFileText } from '../../config/datasetFileText';
import { isEndless } from '../../dictionary/madeUpData';
import { replaceFile } from '../../files/atomicWrite';
import type { PruneSpec } from '../../protocol/pruning';
import type { OptimizationRecord } from '../../store/records';
import type { Bench } from '../bench';
import { datasetConfigOf } from '../dataset/datasetConfig';
import { runDatasetName } from '../runs/enqueueRun';
import type { RunnableParts } from '../runs/namedParts';
import { metricFor } from './configWriterData';
import { madeModelName } from './optimizedModels';

/** Threads a pruning runs on: nothing is timed. */
const threads = 1;

/**
 * The spec of a run in `folder`, in which its data set file is written.
 *
 * @param recipePath the config.yaml
 */
export async function pruneSpecIn(
  bench: Bench,
  { samplingSize }: OptimizationRecord,
  { model, dataset }: RunnableParts,
  recipePath: string,
  folder: string,
): Promise<PruneSpec> {
  const data = datasetConfigOf(bench, dataset);
  const datasetPath = join(folder, runDatasetName);
  // Single samples, as in the config of every other optimization.
  await replaceFile(datasetPath, datasetFileText({ ...data, batchSize: 1 }, metricFor(data)));
  return {
    verb: 'prune',
    modelPath: bench.absolutePath(model.path),
    outputPath: join(folder, madeModelName),
    datasetPath,
    ...(isEndless(data.dataset.name) ? { evaluatedSamples: samplingSize } : {}),
    plan: { recipePath },
    dimensions: {},
    threads,
  };
}
