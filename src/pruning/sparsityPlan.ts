// The sparsity of each layer for one `prune`: as a recipe says, or a target shared out by what pruning each layer costs.
import { basename } from 'node:path';
import { readPruningRecipe } from '../config/pruningRecipe';
import { describeNode } from '../onnx/describeNode';
import type { ModelProto } from '../onnx/messages';
import type { PrunableLayer } from '../onnx/prunableLayers';
import type { OnnxModel } from '../onnx/readModel';
import type { JobContext } from '../protocol/jobContext';
import type { PruneResult, PruneSpec } from '../protocol/pruning';
import { openGraph } from '../quantization/calibration/openGraph';
import type { EngineSession } from '../runtime/session';
import {
  allocateSparsity,
  curveByPercent,
  keptDense,
  unboundedLoss,
  usualSettings,
} from '../sparsity/allocateSparsity';
import { magnitudeProfile } from './approximations';
import { RankedWeights } from './magnitudes';
import { oneShotLevels, oneShotLoss } from './oneShotLoss';
import { pruningErrors } from './pruningErrors';
import { loadSamples } from './sampleFeeds';

export interface SparsityPlan {
  readonly fractions: ReadonlyMap<PrunableLayer, number>;
  readonly allocatedBy: PruneResult['allocatedBy'];
}

/** Throws what reading the recipe throws, `pruning-nothing-to-allocate`, and what the analysis of the outputs throws. */
export async function sparsityPlan(
  model: OnnxModel,
  layers: readonly PrunableLayer[],
  spec: PruneSpec,
  context: JobContext,
): Promise<SparsityPlan> {
  const { plan, datasetPath } = spec;
  if ('recipePath' in plan) return { fractions: byRecipe(layers, plan.recipePath), allocatedBy: null };
  const isSkipped = keptDense(layers);
  if (isSkipped.every(Boolean)) throw pruningErrors.nothingToAllocate(spec.modelPath);
  const curves =
    datasetPath === undefined ? magnitudeCurves(model, layers) : await lossCurves(model, layers, spec, context);
  const allocated = allocateSparsity(
    layers.map(({ name }, index) => ({ name, loss: curves[index] ?? [], isSkipped: isSkipped[index] === true })),
    usualSettings(plan.targetFraction),
  );
  return {
    fractions: new Map(layers.map((layer, index) => [layer, allocated[index]?.sparsityFraction ?? 0])),
    allocatedBy: datasetPath === undefined ? 'magnitude' : 'one-shot',
  };
}

function byRecipe(layers: readonly PrunableLayer[], recipePath: string): ReadonlyMap<PrunableLayer, number> {
  const named = layers.map(({ name, nodes }) => ({ name, nodes: nodes.map(describeNode) }));
  const sparsities = readPruningRecipe(recipePath, named);
  return new Map(layers.map((layer) => [layer, sparsities.get(layer.name) ?? 0]));
}

function magnitudeCurves(model: OnnxModel, layers: readonly PrunableLayer[]): number[][] {
  return layers.map(({ weight }) => magnitudeProfile(new RankedWeights(weight, model.tensors).ascending));
}

/** Enough to rank layers by; a thorough analysis is `sensitivity`. */
const comparedSamples = 8;

async function lossCurves(
  model: OnnxModel,
  layers: readonly PrunableLayer[],
  spec: PruneSpec,
  context: JobContext,
): Promise<number[][]> {
  const name = basename(spec.modelPath);
  const { threads, dimensions, datasetPath } = spec;
  const open = (proto: ModelProto): Promise<EngineSession> => openGraph(proto, model, context, { threads, dimensions });
  const wanted = { samples: comparedSamples, batchSize: 1, dimensions };
  const loaded = await loadSamples(
    datasetPath === undefined ? wanted : { ...wanted, datasetPath },
    name,
    () => open(model.proto),
    context,
  );
  const points = await oneShotLoss(model, layers, {
    samples: loaded.samples,
    levelFractions: oneShotLevels,
    open,
    model: name,
    signal: context.signal,
    onLayer: (done, total) => context.onProgress({ phase: 'weighing layers', done, total, unit: 'layers' }),
  });
  return layers.map((layer) =>
    curveByPercent(
      0,
      (points.get(layer) ?? []).map(({ loss, sparsityFraction }) => ({
        sparsityFraction,
        value: loss ?? unboundedLoss,
      })),
    ),
  );
}
