// What the page of an optimization shows of a pruning: its newest result.
import { isRatioMetric } from '../../dictionary/metrics';
import type { ShownPruning } from '../../protocol/panels/tuningHistory';
import { isPruneResult } from '../../protocol/pruning';
import type { PruneResult } from '../../protocol/pruning';
import type { RunSummary } from '../../protocol/runs';
import { layerSparsityText } from '../../sparsity/sharedOutBy';
import { pruningOutcome } from '../optimization/pruningView';
import { readResult } from '../runs/runViews';

/** Of the newest run that pruned: one that failed after it hides nothing. */
export function shownPruning(runs: readonly RunSummary[]): ShownPruning | null {
  for (const { folder } of runs) {
    const result = readResult(folder);
    if (result !== undefined && isPruneResult(result)) return shown(result);
  }
  return null;
}

function shown(result: PruneResult): ShownPruning {
  const { accuracy, sizeBytes, originalSizeBytes, flops, layers, sparsityFraction, notes, environment, ms } = result;
  return {
    reasons: pruningOutcome(result),
    notes,
    sparsity: sparsityFraction,
    accuracy: accuracy === null ? null : { ...accuracy, isShare: isRatioMetric(accuracy.metric) },
    sizeBytes,
    givenSizeBytes: originalSizeBytes,
    operationsLeft: flops === null || flops.dense === 0 ? null : flops.theoretical / flops.dense,
    layers: layers.map(({ name, label, node, opType, weights, zeros, sparsityFraction: sparsity, denseReason }) => {
      const sparsityText = layerSparsityText(sparsity, denseReason);
      return { name, label, node, opType, weights, zeros, sparsity, sparsityText };
    }),
    durationMs: ms,
    engineVersion: environment.engineVersion,
    cpuModel: environment.cpuModel,
  };
}
