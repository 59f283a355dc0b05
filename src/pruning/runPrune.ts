// The job `prune`: a model whose smallest weights are 0, layer by layer, checked in a fresh process.
import { mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { readDatasetFile } from '../config/datasetFile';
import { modelOfRecipe, pruningRecipeText } from '../config/pruningRecipe';
import { replaceFile } from '../files/atomicWrite';
import { sha256OfFile } from '../files/fileHash';
import { runEvaluate } from '../metrics/evaluate';
import type { GraphProto } from '../onnx/messages';
import type { PrunableLayer } from '../onnx/prunableLayers';
import { readModel } from '../onnx/readModel';
import type { OnnxModel } from '../onnx/readModel';
import { writeModel } from '../onnx/writeModel';
import type { JobContext } from '../protocol/jobContext';
import type { EvaluateResult } from '../protocol/jobs';
import type { PruneAccuracy, PruneResult, PruneSpec, PrunedLayer } from '../protocol/pruning';
import { StagedOutput } from '../quantization/stagedOutput';
import { Verification } from '../quantization/verification';
import { environmentOf } from '../runtime/environment';
import type { FlopsOf } from '../sparsity/layerFlops';
import { noSparseKernels } from '../sparsity/noSparseKernels';
import { targetText } from '../sparsity/sharedOutBy';
import { zeroCount } from '../sparsity/zeroCount';
import { accuracyLossNotes, guessedAccuracy } from './accuracyLoss';
import { operationsAssumed } from '../sparsity/countedOperations';
import { layersToPrune } from './layersToPrune';
import { prunedModel } from './prunedModel';
import { pruningErrors } from './pruningErrors';
import { sparsityPlan } from './sparsityPlan';
import type { SparsityPlan } from './sparsityPlan';

/**
 * Prunes, writes beside the output path, has the result checked and, where the data set names a metric, evaluated, and
 * moves it into place. On failure and on cancel the output path is as it was before.
 *
 * @throws `pruning-…`; ConfigError for a recipe that does not fit the model; what model, data and engine throw
 */
export async function runPrune(spec: PruneSpec, context: JobContext): Promise<PruneResult> {
  const began = performance.now();
  const model = readModel(spec.modelPath);
  try {
    const { layers, notes } = layersToPrune(model, spec.modelPath);
    const {
      fractions,
      denseReasons,
      notes: planNotes,
      ...planned
    } = await withFolder(context, (inner) => sparsityPlan(model, layers, spec, inner));
    const made = await makeVerified(model, prunedModel(model, fractions), spec, context);
    const pruned = describedLayers(model, fractions, denseReasons, made.output);
    const operations = operationsAssumed(model, layers, spec.dimensions);
    const savedRecipe = await saveRecipe(spec, fractions, planned);
    return {
      originalSizeBytes: model.sizeBytes,
      ...made,
      ...overall(pruned, fractions, operations.flopsOf),
      layers: pruned,
      ...planned,
      savedRecipe,
      notes: [...nothingPruned(pruned), ...made.notes, ...planNotes, ...notes, ...operations.notes, noSparseKernels],
      environment: environmentOf(spec.threads),
      modelSha256: await sha256OfFile(spec.modelPath),
      ms: performance.now() - began,
    };
  } finally {
    model.close();
  }
}

type Fractions = ReadonlyMap<PrunableLayer, number>;

type Made = Pick<PruneResult, 'output' | 'sizeBytes' | 'verification' | 'accuracy' | 'notes'>;

async function makeVerified(
  model: OnnxModel,
  proto: Parameters<typeof writeModel>[1],
  spec: PruneSpec,
  context: JobContext,
): Promise<Made> {
  const output = await StagedOutput.create(spec.outputPath, [spec.modelPath, ...model.externalFiles]);
  try {
    return await withFolder(context, async (inner) => {
      const verifying = await Verification.start(output.modelPath, spec, inner, pruningErrors.verification);
      try {
        const written = await writeModel(output.modelPath, proto, { tensors: model.tensors, signal: context.signal });
        const verification = await verifying.result();
        const accuracy = await accuracies(spec, output.modelPath, inner);
        context.signal.throwIfAborted();
        await output.publish(written.files);
        return {
          output: output.outputPath,
          sizeBytes: written.sizeBytes,
          verification,
          accuracy,
          notes: notesOn(verification.samples, spec, accuracy, model.graph),
        };
      } finally {
        await verifying.cancel();
      }
    });
  } finally {
    await output.discard();
  }
}

/** Gives work a folder for what it writes on the way. */
async function withFolder<Result>(context: JobContext, work: (inner: JobContext) => Promise<Result>): Promise<Result> {
  const folder = join(context.folder, 'intermediates');
  try {
    await mkdir(folder, { recursive: true });
    return await work({ ...context, folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function nothingPruned(layers: readonly PrunedLayer[]): readonly string[] {
  if (layers.some(({ zeros, zerosBefore }) => zeros > zerosBefore)) return [];
  return ['No weight became 0: each layer stays dense, or was as sparse before.'];
}

function notesOn(
  samples: number,
  { datasetPath }: PruneSpec,
  accuracy: PruneAccuracy | null,
  graph: GraphProto,
): string[] {
  if (samples === 0) {
    return ['It was only loaded, not run: made-up inputs do not suit the model. Give --data or --dim NAME=N.'];
  }
  if (datasetPath === undefined) return [];
  if (accuracy !== null) {
    return accuracyLossNotes(accuracy, guessedAccuracy(graph, readDatasetFile(datasetPath).metric));
  }
  return [`${datasetPath} names no metric, so the accuracy was not measured.`];
}

/** The metric of both models; null without data, or where the data set names none. */
async function accuracies(spec: PruneSpec, prunedPath: string, context: JobContext): Promise<PruneAccuracy | null> {
  const { datasetPath, modelPath, dimensions, threads, evaluatedSamples } = spec;
  const limit = evaluatedSamples === undefined ? {} : { samples: evaluatedSamples };
  if (datasetPath === undefined || readDatasetFile(datasetPath).metric === undefined) return null;
  const evaluate = (path: string, phase: string): Promise<EvaluateResult> =>
    runEvaluate(
      { verb: 'evaluate', modelPath: path, datasetPath, referencePath: modelPath, dimensions, threads, ...limit },
      { ...context, onProgress: (progress) => context.onProgress({ ...progress, phase }) },
    );
  const before = await evaluate(modelPath, `evaluating ${basename(modelPath)}`);
  const after = await evaluate(prunedPath, 'evaluating the pruned model');
  const { metric, higherIsBetter, samples, isRandomData } = after;
  return { metric, higherIsBetter, before: before.value, after: after.value, samples, isRandomData };
}

/** What the written model holds, not what was planned. */
function describedLayers(
  model: OnnxModel,
  fractions: Fractions,
  denseReasons: SparsityPlan['denseReasons'],
  output: string,
): PrunedLayer[] {
  const written = readModel(output);
  try {
    const weights = new Map(written.graph.initializer.map((tensor) => [tensor.name, tensor]));
    return [...fractions].map(([layer, sparsityFraction]): PrunedLayer => {
      const { name, label, nodeName, node, weightCount } = layer;
      const zerosBefore = zeroCount(model.tensors.floats(layer.weight));
      const weight = weights.get(name);
      return {
        name,
        label,
        node: nodeName,
        opType: node.opType,
        weights: weightCount,
        sparsityFraction,
        denseReason: denseReasons.get(layer) ?? null,
        zerosBefore,
        zeros: weight === undefined ? zerosBefore : zeroCount(written.tensors.floats(weight)),
      };
    });
  } finally {
    written.close();
  }
}

function overall(
  layers: readonly PrunedLayer[],
  fractions: Fractions,
  flopsOf: FlopsOf,
): Pick<PruneResult, 'sparsityFraction' | 'flops'> {
  const sum = (valueOf: (layer: PrunedLayer) => number): number =>
    layers.reduce((total, layer) => total + valueOf(layer), 0);
  let flops: PruneResult['flops'] = { dense: 0, theoretical: 0 };
  for (const [index, layer] of [...fractions.keys()].entries()) {
    const own = flopsOf(layer);
    const { weights, zeros } = layers[index] ?? { weights: 1, zeros: 0 };
    flops = own === null || flops === null ? null : addedFlops(flops, own.weight, own.bias, zeros / weights);
  }
  return { sparsityFraction: sum(({ zeros }) => zeros) / sum(({ weights }) => weights), flops };
}

function addedFlops(
  { dense, theoretical }: { readonly dense: number; readonly theoretical: number },
  weight: number,
  bias: number,
  zeroFraction: number,
): { readonly dense: number; readonly theoretical: number } {
  return { dense: dense + weight + bias, theoretical: theoretical + weight * (1 - zeroFraction) + bias };
}

async function saveRecipe(
  { savedRecipePath, modelPath }: PruneSpec,
  fractions: Fractions,
  plan: Pick<SparsityPlan, 'targetFraction' | 'reachedFraction' | 'allocatedBy'>,
): Promise<string | null> {
  if (savedRecipePath === undefined) return null;
  const sparsities = new Map([...fractions].map(([{ name }, sparsity]) => [name, sparsity]));
  const labels = new Map([...fractions.keys()].map(({ name, label }) => [name, label]));
  const target = targetText(plan);
  const comments = [`Pruning recipe for ${basename(modelPath)}${target === null ? '' : `: ${target}`}.`];
  const model = modelOfRecipe(savedRecipePath, modelPath);
  await replaceFile(savedRecipePath, pruningRecipeText(sparsities, comments, { model, labels }));
  return savedRecipePath;
}
