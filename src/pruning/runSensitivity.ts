// The job `sensitivity`: what pruning each layer costs in loss, or saves in work, by one of four analyses (SYSTEMS §6).
import { mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { disturbances, processorTime } from '../benchmark/disturbance';
import { machineFacts } from '../benchmark/machineFacts';
import { sha256OfFile } from '../files/fileHash';
import { prunableLayers } from '../onnx/prunableLayers';
import type { PrunableLayer } from '../onnx/prunableLayers';
import { readModel } from '../onnx/readModel';
import type { OnnxModel } from '../onnx/readModel';
import type { JobContext } from '../protocol/jobContext';
import type { LayerSensitivity, SensitivityAnalysis, SensitivityResult, SensitivitySpec } from '../protocol/pruning';
import { withNamedNodes } from '../profiling/namedNodes';
import { openGraph } from '../quantization/calibration/openGraph';
import { environmentOf } from '../runtime/environment';
import type { EngineSession, SessionOptions } from '../runtime/session';
import { noSparseKernels } from '../sparsity/noSparseKernels';
import { usualLevels } from '../dictionary/sparsityLevels';
import { approximateLoss, approximatePerf } from './approximations';
import { operationsAsRun, operationsAssumed } from '../sparsity/countedOperations';
import { RankedWeights } from './magnitudes';
import { measurePerf, flopsAt } from './measuredPerf';
import { layersToPrune } from './layersToPrune';
import { noiseNotes } from './noiseOfTimes';
import { oneShotLoss } from './oneShotLoss';
import { loadSamples } from './sampleFeeds';

type Analysed = SensitivityAnalysis & { readonly notes: readonly string[] };

/**
 * Analyses every prunable layer.
 *
 * @throws `pruning-…`, and what reading the model, its data and running it throw
 */
export async function runSensitivity(spec: SensitivitySpec, context: JobContext): Promise<SensitivityResult> {
  const began = performance.now();
  const folder = join(context.folder, 'intermediates');
  const model = readModel(spec.modelPath);
  try {
    await mkdir(folder, { recursive: true });
    const analysed = await analyse(model, spec, { ...context, folder });
    return {
      ...analysed,
      model: spec.modelPath,
      modelSha256: await sha256OfFile(spec.modelPath),
      environment: environmentOf(spec.threads),
      ms: performance.now() - began,
    };
  } finally {
    model.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function analyse(given: OnnxModel, spec: SensitivitySpec, context: JobContext): Promise<Analysed> {
  const model = withNamedNodes(given);
  const { layers: named, notes } = layersToPrune(model, spec.modelPath);
  // A name that a node was given just now tells a person nothing.
  const labels = new Map(prunableLayers(given.graph).layers.map(({ name, label }) => [name, label]));
  const layers = named.map((layer) => ({ ...layer, label: labels.get(layer.name) ?? layer.label }));
  const work = { model, layers, notes, spec, context };
  if (spec.kind === 'loss') return spec.method === 'approx' ? lossOfMagnitudes(work) : lossOfOutputs(work);
  return spec.method === 'approx' ? perfOfOperations(work) : perfOfKernels(work);
}

interface Work {
  readonly model: OnnxModel;
  readonly layers: readonly PrunableLayer[];
  readonly notes: readonly string[];
  readonly spec: SensitivitySpec;
  readonly context: JobContext;
}

function described<Baseline, Point>(
  { id, name, label, nodeName, node, weightCount, groups }: PrunableLayer,
  baseline: Baseline,
  sparse: readonly Point[],
): LayerSensitivity<Baseline, Point> {
  return { id, name, label, node: nodeName, opType: node.opType, weights: weightCount, groups, baseline, sparse };
}

const notComparable =
  'A sum grows with the number and the size of the weights of its layer: compare it with other sparsities of the same layer, ' +
  'not with other layers. How layers compare is what one-shot tells.';

async function lossOfMagnitudes({ model, layers, notes, context }: Work): Promise<Analysed> {
  const curves = layers.map((layer, index) => {
    context.signal.throwIfAborted();
    const { ascending } = new RankedWeights(layer.weight, model.tensors);
    context.onProgress({ phase: 'ranking weights', done: index + 1, total: layers.length, unit: 'layers' });
    return described(layer, { loss: 0, sparsityPercent: 0 }, approximateLoss(ascending));
  });
  return Promise.resolve({ kind: 'loss', method: 'approx', layers: curves, notes: [notComparable, ...notes] });
}

async function perfOfOperations({ model, layers, notes, spec }: Work): Promise<Analysed> {
  const { flopsOf, notes: counted } = operationsAssumed(model, layers, spec.dimensions);
  const curves = layers.map((layer) => {
    const flops = flopsOf(layer);
    const points = flops === null ? [] : approximatePerf(flops, layer.weightCount);
    return described(layer, { flops: flops === null ? null : flops.weight + flops.bias }, points);
  });
  const all = [noSparseKernels, ...notes, ...counted];
  return Promise.resolve({ kind: 'perf', method: 'approx', layers: curves, notes: all });
}

async function lossOfOutputs(work: Work): Promise<Analysed> {
  const { model, layers, spec, context } = work;
  const name = basename(spec.modelPath);
  const open = opener(work);
  const loaded = await loadSamples(spec, name, () => open(model, {}), context);
  const points = await oneShotLoss(model, layers, {
    samples: loaded.samples,
    levelFractions: spec.levelFractions ?? usualLevels['one-shot'],
    open: (proto) => openGraph(proto, model, context, settingsOf(spec)),
    model: name,
    signal: context.signal,
    onLayer: (done, total) => context.onProgress({ phase: 'pruning and running', done, total, unit: 'layers' }),
  });
  const samples = loaded.samples.reduce((sum, { count }) => sum + count, 0);
  return {
    kind: 'loss',
    method: 'one-shot',
    layers: layers.map((layer) => described(layer, { loss: 0, sparsityFraction: 0 }, points.get(layer) ?? [])),
    ...dataOf(spec),
    samples,
    batchSize: loaded.batchSize,
    notes: [...work.notes, ...loaded.notes, ...shortNotes(spec.samples, samples)],
  };
}

function shortNotes(wanted: number, found: number): readonly string[] {
  if (found >= wanted) return [];
  return [`The data set gave ${found === 1 ? '1 sample' : `${found} samples`} of the ${wanted} that were asked for.`];
}

/** Different inputs for the timed inferences, which take turns. */
const timedInputs = 8;

async function perfOfKernels(work: Work): Promise<Analysed> {
  const { model, layers, spec, context } = work;
  const { batchSize: wanted, iterations, warmupRuns } = spec;
  const open = opener(work);
  const asked = { ...spec, samples: wanted * timedInputs };
  const loaded = await loadSamples(asked, basename(spec.modelPath), () => open(model, {}), context);
  const whole = loaded.samples.filter(({ count }) => count === loaded.samples[0]?.count);
  const { flopsOf, notes: counted } = operationsAsRun(model, layers, spec.dimensions, whole[0]?.feeds ?? {});
  const machine = machineFacts();
  const before = processorTime();
  const measured = await measurePerf(model, layers, flopsOf, {
    levelFractions: spec.levelFractions ?? usualLevels.measured,
    samples: whole,
    iterations,
    warmupRuns,
    open,
    folder: context.folder,
    signal: context.signal,
    onRun: (done, total) => context.onProgress({ phase: 'timing', done, total, unit: 'runs' }),
  });
  const disturbed = disturbances(before, processorTime(), { isAlone: true });
  const comparisons = [...measured.points.values()].flat().flatMap(({ comparison }) => comparison ?? []);
  const noise = noiseNotes(comparisons, iterations);
  const curves = layers.map((layer) => {
    const points = measured.points.get(layer) ?? [];
    const { flops } = flopsAt(flopsOf(layer), 0);
    const timingMs = medianOf(points.flatMap(({ denseTimingMs }) => denseTimingMs ?? []));
    return described(layer, { flops, sparsityFraction: 0, timingMs }, points);
  });
  return {
    kind: 'perf',
    method: 'measured',
    layers: curves,
    modelTimings: measured.modelTimings,
    ...dataOf(spec),
    batchSize: loaded.batchSize,
    warmupRuns,
    iterations,
    machine,
    notes: [noSparseKernels, ...noise, ...work.notes, ...loaded.notes, ...counted, ...disturbed],
  };
}

function dataOf({
  datasetPath,
  datasetName,
}: SensitivitySpec): Pick<Extract<Analysed, { readonly data: unknown }>, 'data' | 'datasetName'> {
  if (datasetPath === undefined) return { data: 'random', datasetName: null };
  return { data: 'dataset', datasetName: datasetName ?? datasetPath };
}

function settingsOf({ threads, dimensions }: SensitivitySpec): SessionOptions {
  return { threads, dimensions };
}

function opener({ spec, context }: Work): (model: OnnxModel, more: SessionOptions) => Promise<EngineSession> {
  return (model, more) => openGraph(model.proto, model, context, { ...settingsOf(spec), ...more });
}

function medianOf(values: readonly number[]): number | null {
  const ascending = values.toSorted((one, other) => one - other);
  return ascending[Math.floor(ascending.length / 2)] ?? null;
}
