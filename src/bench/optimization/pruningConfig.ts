// The config.yaml of an optimization that prunes: a recipe (config/pruningRecipe.ts) for its model, which its runs obey.
import { basename } from 'node:path';
import { problemText } from '../../config/configProblem';
import { checkPruningRecipe, pruningRecipeText } from '../../config/pruningRecipe';
import { defaultTargetSparsity } from '../../protocol/pruning';
import { prunableLayers } from '../../onnx/prunableLayers';
import { quantizationFormOf } from '../../onnx/quantizationForm';
import { readModel } from '../../onnx/readModel';
import type { ModelRecord, PruningDetails } from '../../store/records';
import type { Bench } from '../bench';
import { requestErrors } from '../requestErrors';
import { configFileName } from '../runs/configFile';
import { configPathOf } from '../runs/configDocument';

/** Details of one that was told nothing. */
export const defaultPruning: PruningDetails = { targetSparsity: defaultTargetSparsity };

/**
 * The text of the config.yaml at `path`. The model is named relative to it where it lies in the workspace.
 *
 * @throws RequestError `request-config` where the checker of recipes refuses it
 */
export function pruningConfigText(
  bench: Bench,
  { targetSparsity: targetFraction }: PruningDetails,
  model: ModelRecord,
  path: string,
): string {
  const modelPath = configPathOf(bench, path)(bench.absolutePath(model.path));
  const text = pruningRecipeText(new Map(), header, { model: modelPath, targetFraction });
  const [problem] = checkPruningRecipe(text).problems;
  if (problem === undefined) return text;
  throw requestErrors.refused('config', `This makes no recipe: ${problemText(configFileName, problem)}`);
}

const header = [
  'Written by Compressor Bench when the optimization was added or edited. It is run as it stands here: what you change',
  'counts, until the optimization is edited. Layers may have a sparsity of their own: layers: {<weight>: 0.5}',
];

/** Refuses a model in which nothing can be pruned. Throws what reading the model throws, too. */
export function refuseUnprunable(bench: Bench, { path }: Pick<ModelRecord, 'path'>): void {
  const modelPath = bench.absolutePath(path);
  const model = readModel(modelPath);
  try {
    if (prunableLayers(model.graph).layers.length > 0) return;
    const isQuantized = quantizationFormOf(model.proto).form !== 'none';
    throw requestErrors.refused(
      'unprunable',
      isQuantized
        ? `${basename(modelPath)} is quantized already: its weights are integers, and cannot be pruned.`
        : `${basename(modelPath)} has no Conv, Gemm or MatMul with a constant float weight: nothing can be pruned.`,
      isQuantized ? 'Prune the float model it was made from.' : 'Choose another type of optimization.',
    );
  } finally {
    model.close();
  }
}
