// What is said when pruning cost much of the accuracy: a figure among others is overlooked, and zeros alone look like success.
import type { PlacedEntry } from '../config/checkParameters';
import { isRatioMetric } from '../dictionary/metrics';
import { DataType } from '../onnx/dataTypes';
import type { GraphProto } from '../onnx/messages';
import type { PruneAccuracy } from '../protocol/pruning';

/** Part of the figure that may be lost before it is worth a sentence. */
const tolerated = 0.05;

/**
 * A warning where the accuracy fell by more than a twentieth, or to what guessing reaches; else nothing.
 *
 * @param guessed what guessing reaches, 0 to 1; undefined where that is not known
 */
export function accuracyLossNotes(accuracy: PruneAccuracy | null, guessed: number | undefined): string[] {
  if (accuracy === null) return [];
  const { metric, higherIsBetter, before, after } = accuracy;
  const lost = higherIsBetter ? before - after : after - before;
  // A figure that is not a number is as bad.
  if (lost <= tolerated * Math.abs(before)) return [];
  const text = (value: number): string =>
    isRatioMetric(metric) ? `${(value * 100).toFixed(2)} %` : String(Number(value.toPrecision(5)));
  const isGuessing =
    guessed !== undefined && higherIsBetter && after <= guessed + nearGuessing * guessed * (1 - guessed);
  const extent = isGuessing ? `, no better than guessing (${text(guessed)})` : '';
  return [
    `Pruning took ${metric} from ${text(before)} to ${text(after)}${extent}, and no training follows here. Prune to a lower ` +
      'sparsity, leave the layers dense that bear it worst ("sensitivity" shows them), or train the pruned model further elsewhere.',
  ];
}

/** Answers of one class alone reach a little more than its share where classes are not equally frequent. */
const nearGuessing = 0.2;

/**
 * The share of right answers that guessing reaches, from the number of classes in the model's only float output;
 * undefined for metrics and models that do not choose one of several classes.
 */
export function guessedAccuracy(graph: GraphProto, metric: PlacedEntry | undefined): number | undefined {
  const classes = classesIn(graph);
  if (classes === undefined) return undefined;
  const { name, parameters = {} } = metric ?? {};
  const [k, task] = [parameters['k'], parameters['task']];
  if (name === 'topk' && typeof k === 'number') return Math.min(1, k / classes);
  // The two others are correlations.
  const isShare = name === 'Accuracy' || (name === 'GLUE' && task !== 'cola' && task !== 'sts-b');
  return isShare ? 1 / classes : undefined;
}

/** Of `[batch, classes]`. */
function classesIn({ output }: GraphProto): number | undefined {
  const [only, another] = output.filter(({ type }) => type?.tensorType?.elemType === DataType.float32);
  const dims = only?.type?.tensorType?.shape?.dim ?? [];
  const classes = dims[1]?.dimValue ?? 0;
  return another === undefined && dims.length === 2 && classes > 1 ? classes : undefined;
}
