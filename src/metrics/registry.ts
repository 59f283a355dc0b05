// Which code measures which metric of the dictionary.
import type { BuildersOf, ChosenEntry } from '../dictionary/entry';
import type { MetricName, metricEntries } from '../dictionary/metrics';
import { accuracy, agreement, topk } from './classification';
import type { Metric } from './contracts';
import { loss, mae, mse, rmse } from './elementwise';
import { custom } from './custom';
import { cocoMap, cocoMapV2, meanAveragePrecision, vocMap } from './detection/boxMetrics';
import { f1 } from './f1';
import { bleu } from './language/bleu';
import { glue } from './language/glue';
import { roc } from './language/rocAuc';
import { squadF1 } from './language/squadF1';
import { wordErrorRate } from './language/wordErrorRate';
import { meanIntersectionOverUnion } from './segmentation';
import { postprocessed } from './postprocess/postprocessed';

const builders: BuildersOf<typeof metricEntries, [], Metric> = {
  topk,
  Accuracy: accuracy,
  F1: f1,
  MSE: mse,
  MAE: mae,
  RMSE: rmse,
  Loss: loss,
  mAP: meanAveragePrecision,
  COCOmAP: cocoMap,
  COCOmAPv2: cocoMapV2,
  VOCmAP: vocMap,
  GLUE: glue,
  SquadF1: squadF1,
  BLEU: bleu,
  WER: wordErrorRate,
  ROC: roc,
  mIOU: meanIntersectionOverUnion,
  agreement,
  custom,
};

/** Names with code behind them; the same as the dictionary's. */
export const metricNames = Object.keys(builders);

/**
 * A metric, empty; of a user's own module, `loadUserMetrics` has to come first. Name and parameters come from a checked entry (`OpenedDataset.metric`), with defaults filled in;
 * another name throws a RangeError.
 *
 * @param steps what is done to the outputs before the metric sees them
 */
export function createMetric(
  name: string,
  parameters: Readonly<Record<string, unknown>>,
  steps: readonly ChosenEntry[] = [],
): Metric {
  if (!Object.hasOwn(builders, name)) throw new RangeError(`no metric "${name}"`);
  const build = builders[name as MetricName] as (parameters: Readonly<Record<string, unknown>>) => Metric;
  return postprocessed(build(parameters), steps);
}
