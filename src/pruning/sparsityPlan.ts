// The sparsity of each layer for one `prune`: as a recipe says, or a target shared out by what pruning each layer costs.
import { basename } from 'node:path';
import { readPruningRecipe } from '../config/pruningRecipe';
import type { PruningRecipe } from '../config/pruningRecipe';
import { describeNode } from '../onnx/describeNode';
import type { ModelProto } from '../onnx/messages';
import type { PrunableLayer } from '../onnx/prunableLayers';
import type { OnnxModel } from '../onnx/readModel';
import type { JobContext } from '../protocol/jobContext';
import type { DenseReason, PruneResult, PruneSpec } from '../protocol/pruning';
import { openGraph } from '../quantization/calibration/openGraph';
import type { EngineSession } from '../runtime/session';
import {
  allocateSparsity,
  curveByPercent,
  layersKeptDense,
  reachedFraction,
  unboundedLoss,
  usualSettings,
} from '../sparsity/allocateSparsity';
import { usualLevels } from '../dictionary/sparsityLevels';
import { magnitudeProfile } from './approximations';
import { RankedWeights } from './magnitudes';
import { oneShotLoss } from './oneShotLoss';
import { PruningError, pruningErrors } from './pruningErrors';
import { loadSamples } from './sampleFeeds';

export interface SparsityPlan {
  readonly fractions: ReadonlyMap<PrunableLayer, number>;
  /** Of the layers that nothing is taken from. */
  readonly denseReasons: ReadonlyMap<PrunableLayer, DenseReason>;
  readonly targetFraction: PruneResult['targetFraction'];
  readonly reachedFraction: PruneResult['reachedFraction'];
  readonly allocatedBy: PruneResult['allocatedBy'];
  /** Sentences a person should read. */
  readonly notes: readonly string[];
}

/** Throws what reading the recipe throws, `pruning-nothing-to-allocate`, and what the analysis of the outputs throws. */
export async function sparsityPlan(
  model: OnnxModel,
  layers: readonly PrunableLayer[],
  spec: PruneSpec,
  context: JobContext,
): Promise<SparsityPlan> {
  const { plan } = spec;
  const { sparsities, targetFraction } = 'recipePath' in plan ? recipeFor(layers, plan.recipePath) : sharedOut(plan);
  if (targetFraction === undefined) {
    const fractions = new Map(layers.map((layer) => [layer, sparsities.get(layer.name) ?? 0]));
    const denseReasons = reasonsOf(fractions, () => 'recipe');
    return { fractions, denseReasons, targetFraction: null, reachedFraction: null, allocatedBy: null, notes: [] };
  }
  const skipped = layersKeptDense(layers);
  if (skipped.every((reason) => reason !== null)) throw pruningErrors.nothingToAllocate(spec.modelPath);
  const isSkipped = (index: number): boolean => (skipped[index] ?? null) !== null;
  const { curves, ...found } = await curvesFor(model, layers, spec, context);
  const allocated = allocateSparsity(
    layers.map(({ name }, index) => ({ name, loss: curves[index] ?? [], isSkipped: isSkipped(index) })),
    usualSettings(targetFraction),
    sparsities,
  );
  const fractions = new Map(layers.map((layer, index) => [layer, allocated[index]?.sparsityFraction ?? 0]));
  return {
    fractions,
    denseReasons: reasonsOf(fractions, ({ name }, index) =>
      sparsities.has(name) ? 'recipe' : (skipped[index] ?? 'little'),
    ),
    targetFraction,
    reachedFraction: reachedFraction(allocated, (index) => !isSkipped(index)),
    ...found,
  };
}

/** For the layers that stay dense. */
function reasonsOf(
  fractions: ReadonlyMap<PrunableLayer, number>,
  reasonOf: (layer: PrunableLayer, index: number) => DenseReason,
): ReadonlyMap<PrunableLayer, DenseReason> {
  return new Map(
    [...fractions].flatMap(([layer, fraction], index) =>
      fraction === 0 ? [[layer, reasonOf(layer, index)] as const] : [],
    ),
  );
}

interface FoundCurves extends Pick<SparsityPlan, 'allocatedBy' | 'notes'> {
  readonly curves: readonly (readonly number[])[];
}

/** By the outputs where there are samples, and outputs that can be compared; else by the weights. */
async function curvesFor(
  model: OnnxModel,
  layers: readonly PrunableLayer[],
  spec: PruneSpec,
  context: JobContext,
): Promise<FoundCurves> {
  const byWeights = (notes: readonly string[]): FoundCurves => {
    return { curves: magnitudeCurves(model, layers), allocatedBy: 'magnitude', notes };
  };
  if (spec.datasetPath === undefined) return byWeights([]);
  try {
    return { curves: await lossCurves(model, layers, spec, context), allocatedBy: 'one-shot', notes: [] };
  } catch (thrown) {
    if (!(thrown instanceof PruningError) || thrown.code !== 'pruning-no-float-output') throw thrown;
    return byWeights([`${thrown.message} The target was shared out by the magnitudes of the weights.`]);
  }
}

type Wanted = Pick<PruningRecipe, 'sparsities' | 'targetFraction'>;

function sharedOut({ targetFraction }: { readonly targetFraction: number }): Wanted {
  return { sparsities: new Map(), targetFraction };
}

function recipeFor(layers: readonly PrunableLayer[], recipePath: string): Wanted {
  const named = layers.map(({ name, nodes }) => ({ name, nodes: nodes.map(describeNode) }));
  return readPruningRecipe(recipePath, { layers: named });
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
    levelFractions: usualLevels['one-shot'],
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
