// A pruning in the shape of the API: what it aims at, as fields and as the tree of the originals, and what came of it.
import { targetSparsityType } from '../../dictionary/pruningRecipeKeys';
import { isRatioMetric } from '../../dictionary/metrics';
import { metricOn } from '../../protocol/metricName';
import { defaultTargetSparsity } from '../../protocol/pruning';
import type { PruneResult } from '../../protocol/pruning';
import { significant } from '../export/reportFigures';
import type { PruningSettings } from './pruningOfConfig';

export interface PruningDetailsView {
  readonly target_sparsity: number | null;
}

/** How an optimization prunes; null for types that do not. */
export function pruningDetailsView(settings: PruningSettings | null): PruningDetailsView | null {
  return settings === null ? null : { target_sparsity: settings.targetSparsity };
}

/** A setting with its value, or several under a name (SYSTEMS §1.3, pruning_details). */
export type SettingsTree = readonly (
  | { readonly name: string; readonly value: string | number }
  | { readonly name: string; readonly children: SettingsTree }
)[];

/** The settings by the names of Neural Compressor's `pruning.approach` (SYSTEMS §2.6), those that have an effect here. */
export function pruningTree({ targetSparsity, layers }: PruningSettings): SettingsTree {
  const named = [...layers].map(([name, value]) => ({ name, value }));
  const settings: SettingsTree = [
    ...(targetSparsity === null ? [] : [{ name: 'target_sparsity', value: targetSparsity }]),
    { name: 'max_sparsity_ratio_per_layer', value: targetSparsityType.maximum },
    { name: 'prune_type', value: 'basic_magnitude' },
    { name: 'prune_domain', value: 'global' },
    { name: 'pattern', value: 'tile_pattern_1x1' },
    ...(named.length === 0 ? [] : [{ name: 'layers', children: named }]),
  ];
  return [{ name: 'approach', children: [{ name: 'weight_compression', children: settings }] }];
}

/** The same of a pruning that is yet to be added. */
export const wizardTree: SettingsTree = pruningTree({
  targetSparsity: defaultTargetSparsity,
  layers: new Map(),
});

/** What came of it, a sentence each, the most telling one first. */
export function pruningReasons(result: PruneResult): readonly string[] {
  const { flops } = result;
  return [
    ...pruningOutcome(result),
    ...(flops === null || flops.dense === 0
      ? []
      : [
          `On an engine with sparse kernels ${percentText(flops.theoretical / flops.dense)} of the operations are left.`,
        ]),
  ];
}

/** The same without what figures beside it say as well. */
export function pruningOutcome({
  sparsityFraction,
  targetFraction,
  reachedFraction,
  layers,
  accuracy,
}: PruneResult): readonly string[] {
  const pruned = layers.filter((layer) => layer.sparsityFraction > 0).length;
  const zeros = `${percentText(sparsityFraction)} of the weights are 0, in ${pruned} of ${layers.length} layers`;
  return [
    accuracy === null ? `${zeros}.` : `${zeros}; ${accuracyText(accuracy)}.`,
    ...(targetFraction === null || reachedFraction === null
      ? []
      : [
          `The layers that take part got ${percentText(reachedFraction)} on average, of ${percentText(targetFraction)} asked for.`,
        ]),
  ];
}

function accuracyText({ metric, before, after, samples, isRandomData }: NonNullable<PruneResult['accuracy']>): string {
  const shown = (value: number): string => (isRatioMetric(metric) ? percentText(value) : significant(value));
  const counted = samples === 1 ? '1 sample' : `${samples} samples`;
  return `${metricOn(metric, isRandomData)} ${shown(before)} before, ${shown(after)} after, on ${counted}`;
}

function percentText(fraction: number): string {
  return `${significant(fraction * 100)} %`;
}

/** What came of the run, in the fields of other optimizations as far as they mean something. */
export function pruningResultView(result: PruneResult): object {
  const { accuracy, originalSizeBytes, sizeBytes, layers, flops, notes, ms } = result;
  const reasons = pruningReasons(result);
  return {
    summary: reasons[0] ?? null,
    reasons,
    notes,
    speedup: null,
    meets_goal: null,
    stopped_by: null,
    strategy: null,
    samples: accuracy?.samples ?? null,
    duration_s: Math.round(ms / 100) / 10,
    metric: accuracy?.metric ?? null,
    is_random_data: accuracy?.isRandomData ?? false,
    higher_is_better: accuracy?.higherIsBetter ?? null,
    objective: null,
    baseline: { accuracy: accuracy?.before ?? null, latency_ms: null, size_bytes: originalSizeBytes },
    best: { trial: null, accuracy: accuracy?.after ?? null, latency_ms: null, size_bytes: sizeBytes },
    sparsity: result.sparsityFraction,
    target_sparsity: result.targetFraction,
    reached_sparsity: result.reachedFraction,
    allocated_by: result.allocatedBy,
    flops: flops === null ? null : { dense: flops.dense, theoretical: flops.theoretical },
    layers: layers.map(({ name, label, node, opType, weights, sparsityFraction, denseReason, zeros }) => ({
      ...{ name, label, node, op_type: opType, weights, zeros },
      sparsity: sparsityFraction,
      dense_reason: denseReason,
    })),
  };
}
