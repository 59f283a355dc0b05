// Shares an overall sparsity out among the layers of an analysis (SYSTEMS §6.5), and writes it down as a recipe.
import { basename, join } from 'node:path';
import { modelOfRecipe, pruningRecipeText } from '../../config/pruningRecipe';
import { replaceFile } from '../../files/atomicWrite';
import type {
  AllocatedLayer,
  AllocationQuestion,
  RecipeQuestion,
  RecipeText,
  SparsityAllocation,
} from '../../protocol/panels/sensitivity';
import { allocateSparsity, reachedFraction, usualSettings } from '../../sparsity/allocateSparsity';
import { meanText } from '../../sparsity/sharedOutBy';
import type { SensitivityRecord } from '../../store/records';
import type { Bench } from '../bench';
import { datasetYaml } from '../dataset/datasetConfig';
import { requestErrors } from '../requestErrors';
import { runDatasetName } from '../runs/enqueueRun';
import { namedParts } from '../runs/namedParts';
import { analysedModel } from './sensitivityLayers';
import type { AnalysedLayer, AnalysedModel } from './sensitivityLayers';

/** Throws `request-no-results` where nothing tells the loss of the layers. */
export async function sparsityAllocation(bench: Bench, question: AllocationQuestion): Promise<SparsityAllocation> {
  return allocationOf(await lossyModel(bench, question), question);
}

/** An analysed model of which losses are told; throws `request-no-results` for another. */
async function lossyModel(bench: Bench, question: AllocationQuestion): Promise<AnalysedModel> {
  const model = await analysedModel(bench, question);
  if (model === undefined || model.loss === null) {
    throw requestErrors.refused(
      'no-results',
      'No analysis tells yet what pruning the layers of this model loses, so a sparsity cannot be shared out.',
      'Run a loss analysis of the model first.',
    );
  }
  return model;
}

/** The allocation of an analysis that tells losses. */
export function allocationOf(
  { layers }: Pick<AnalysedModel, 'layers'>,
  { targetFraction, lossWeight, overrides }: Pick<AllocationQuestion, 'targetFraction' | 'lossWeight' | 'overrides'>,
): SparsityAllocation {
  const chosen = new Map(overrides);
  const allocated = allocateSparsity(
    layers.map(({ name, denseReason, loss, perf }) => ({
      name,
      loss: loss.costs ?? [],
      ...(perf.costs === null ? {} : { perf: perf.costs }),
      isSkipped: denseReason !== null || loss.costs === null,
    })),
    { ...usualSettings(targetFraction), lossWeight },
    chosen,
  );
  const shown = allocated.map((layer): AllocatedLayer => ({ ...layer, isSetByHand: chosen.has(layer.name) }));
  const recoveries = shown.filter((_, index) => layers[index]?.denseReason === null);
  return {
    layers: shown,
    meanFraction: reachedFraction(shown, (index) => takesPart(layers[index])),
    sparsityFraction: zerosIn(layers, shown),
    estimatedRecovery: meanOf(recoveries.map(({ estimatedRecovery }) => estimatedRecovery)) ?? 1,
    flops: flopsLeft(layers, shown),
  };
}

function takesPart(layer: AnalysedLayer | undefined): boolean {
  return layer?.denseReason === null && layer.loss.costs !== null;
}

function meanOf(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function zerosIn(layers: readonly AnalysedLayer[], allocated: readonly AllocatedLayer[]): number {
  const weights = layers.reduce((sum, layer) => sum + layer.weights, 0);
  const zeros = layers.reduce(
    (sum, layer, index) => sum + layer.weights * (allocated[index]?.sparsityFraction ?? 0),
    0,
  );
  return weights === 0 ? 0 : zeros / weights;
}

function flopsLeft(
  layers: readonly AnalysedLayer[],
  allocated: readonly AllocatedLayer[],
): SparsityAllocation['flops'] {
  let [dense, theoretical] = [0, 0];
  for (const [index, { flops }] of layers.entries()) {
    if (flops === null) return null;
    dense += flops.weight + flops.bias;
    theoretical += flops.weight * (1 - (allocated[index]?.sparsityFraction ?? 0)) + flops.bias;
  }
  return { dense, theoretical };
}

/** As `sparsityAllocation`; throws `request-part-gone` where there is no model any more to prune by it. */
export async function pruningRecipe(bench: Bench, question: RecipeQuestion): Promise<RecipeText> {
  const analysed = await lossyModel(bench, question);
  const { layers, meanFraction } = allocationOf(analysed, question);
  const record = await bench.get('sensitivity', question.id);
  const { name, modelId } = record;
  const model = await bench.store.find('model', modelId);
  if (model === undefined) {
    throw requestErrors.refused(
      'part-gone',
      `The model ${modelId} of the sensitivity analysis "${name}" is gone.`,
      'Analyse another model of the project.',
    );
  }
  const modelPath = bench.absolutePath(model.path);
  const labels = new Map(analysed.layers.map((layer) => [layer.name, layer.label]));
  const byHand = layers.flatMap((layer) => (layer.isSetByHand ? [labels.get(layer.name) ?? layer.name] : []));
  const comments = [
    `Pruning recipe for ${basename(modelPath)}: a mean sparsity of ${question.targetFraction} (reached: ${meanText(meanFraction)}),`,
    `shared out by the analysis "${name}", ${decidedBy(question.lossWeight)}.`,
    ...(byHand.length === 0 ? [] : [`Set by hand: ${byHand.join(', ')}.`]),
  ];
  const sparsities = new Map(layers.map((layer) => [layer.name, layer.sparsityFraction]));
  const text = pruningRecipeText(sparsities, comments, { model: modelOfRecipe(question.path, modelPath), labels });
  return { text, datasetPath: await datasetFileOf(bench, record), isModelChanged: analysed.isModelChanged };
}

function decidedBy(lossWeight: number): string {
  if (lossWeight === 1) return 'by loss alone';
  return lossWeight === 0
    ? 'by performance alone'
    : `loss deciding with a weight of ${lossWeight}, performance the rest`;
}

/** Writes the data set of the analysis, as it is described now, beside its record. */
async function datasetFileOf(bench: Bench, record: SensitivityRecord): Promise<string | null> {
  const { dataset } = await namedParts(bench, record);
  const folder = await bench.store.folderOf('sensitivity', record.id);
  if (dataset === undefined || folder === undefined) return null;
  const path = join(folder, runDatasetName);
  await replaceFile(path, datasetYaml(bench, dataset, { batchSize: record.batchSize }));
  return path;
}
