// Measured performance (SYSTEMS §6.4): all layers really pruned to each level, the time of each from the engine's own
// record, in turns with the dense model.
import type { PrunableLayer } from '../onnx/prunableLayers';
import type { OnnxModel } from '../onnx/readModel';
import { describeNode } from '../onnx/describeNode';
import type { MeasuredPerfPoint, ModelTiming } from '../protocol/pruning';
import { fusedNodes } from '../profiling/fusedNodes';
import { profileTogether } from '../profiling/profileModel';
import type { ModelProfile, ProfileOptions, ProfileSubject } from '../profiling/profileModel';
import { timesByNode } from '../profiling/timesByNode';
import { withProto } from '../quantization/withProto';
import type { EngineSession, SessionOptions } from '../runtime/session';
import type { LayerFlops } from '../sparsity/layerFlops';
import { compareInTurns } from './noiseOfTimes';
import { prunedModel } from './prunedModel';
import type { SampleFeeds } from './sampleFeeds';

export interface MeasureOptions extends Pick<ProfileOptions, 'folder' | 'signal'> {
  readonly levelFractions: readonly number[];
  readonly samples: readonly SampleFeeds[];
  readonly iterations: number;
  readonly warmupRuns: number;
  readonly open: (model: OnnxModel, settings: SessionOptions) => Promise<EngineSession>;
  readonly onRun: (done: number, total: number) => void;
}

export interface MeasuredLayers {
  readonly points: ReadonlyMap<PrunableLayer, readonly MeasuredPerfPoint[]>;
  readonly modelTimings: readonly ModelTiming[];
}

/**
 * Times every layer at every level; `model` has named nodes.
 *
 * @throws what running the models throws, and `profiling-no-record`
 */
export async function measurePerf(
  model: OnnxModel,
  layers: readonly PrunableLayer[],
  flopsOf: (layer: PrunableLayer) => LayerFlops | null,
  options: MeasureOptions,
): Promise<MeasuredLayers> {
  const points = new Map<PrunableLayer, MeasuredPerfPoint[]>(layers.map((layer) => [layer, []]));
  const timings: ModelTiming[] = [];
  const { levelFractions, iterations } = options;
  for (const [index, sparsityFraction] of levelFractions.entries()) {
    options.signal.throwIfAborted();
    const [dense, pruned] = await profileTogether(
      [
        subjectOf(model, 'the dense model', options),
        subjectOf(prunedTo(model, layers, sparsityFraction), 'the pruned model', options),
      ],
      profileOptions(options, index * 2 * iterations),
    );
    if (dense === undefined || pruned === undefined) throw new RangeError('two subjects give two profiles');
    timings.push(modelTiming(sparsityFraction, dense, pruned));
    const [denseTimes, prunedTimes] = [layerTimes(model, layers, dense), layerTimes(model, layers, pruned)];
    for (const layer of layers) {
      points.get(layer)?.push({
        ...flopsAt(flopsOf(layer), sparsityFraction),
        sparsityFraction,
        ...timesOf(denseTimes.get(layer), prunedTimes.get(layer)),
      });
    }
  }
  return { points, modelTimings: timings };
}

function modelTiming(sparsityFraction: number, dense: ModelProfile, pruned: ModelProfile): ModelTiming {
  return {
    sparsityFraction,
    latencyMs: pruned.wallUs / 1000,
    denseLatencyMs: dense.wallUs / 1000,
    comparison: compareInTurns(dense.inferencesUs, pruned.inferencesUs),
  };
}

function timesOf(
  dense: LayerTime | undefined,
  pruned: LayerTime | undefined,
): Pick<MeasuredPerfPoint, 'timingMs' | 'denseTimingMs' | 'comparison'> {
  return {
    timingMs: pruned?.ms ?? null,
    denseTimingMs: dense?.ms ?? null,
    comparison:
      dense === undefined || pruned === undefined ? null : compareInTurns(dense.inferencesUs, pruned.inferencesUs),
  };
}

/** Multiplications and additions apart, as an engine counts what it computes. */
export function flopsAt(
  flops: LayerFlops | null,
  sparsityFraction: number,
): Pick<MeasuredPerfPoint, 'flops' | 'theoreticalFlops'> {
  if (flops === null) return { flops: null, theoreticalFlops: null };
  return {
    flops: 2 * flops.weight + flops.bias,
    theoreticalFlops: 2 * flops.weight * (1 - sparsityFraction) + flops.bias,
  };
}

function prunedTo(model: OnnxModel, layers: readonly PrunableLayer[], sparsityFraction: number): OnnxModel {
  return withProto(model, prunedModel(model, new Map(layers.map((layer) => [layer, sparsityFraction]))));
}

function subjectOf(model: OnnxModel, name: string, { open, samples }: MeasureOptions): ProfileSubject {
  return { name, open: (settings) => open(model, settings), feedsFor: () => samples.map(({ feeds }) => feeds) };
}

/** Recorded and then unrecorded inferences: as many of each. */
function profileOptions(
  { folder, signal, iterations, warmupRuns, ...rest }: MeasureOptions,
  before: number,
): ProfileOptions {
  const total = 2 * iterations * rest.levelFractions.length;
  let recorded = 0;
  return {
    runs: iterations,
    warmupRuns,
    maxMs: Infinity,
    mostEvents: Infinity,
    folder,
    signal,
    onRound: (done) => {
      // The count begins again for the inferences without the record.
      const isSecond = recorded === iterations || done < recorded;
      if (isSecond) rest.onRun(before + iterations + done, total);
      else rest.onRun(before + done, total);
      recorded = isSecond ? iterations : done;
    },
  };
}

/** The engine cuts microseconds off; half of one is lost on average, and a kernel never takes none. */
const cutOffUs = 0.5;

/** What the kernels that compute a layer take. */
interface LayerTime {
  /** Of one inference. */
  readonly ms: number;
  /** Of each inference, in their order. */
  readonly inferencesUs: readonly number[];
}

/** Without layers that share a kernel. */
function layerTimes(
  { graph }: OnnxModel,
  layers: readonly PrunableLayer[],
  profile: ModelProfile,
): ReadonlyMap<PrunableLayer, LayerTime> {
  const layerOf = new Map(layers.flatMap((layer) => layer.nodes.map((node) => [describeNode(node), layer] as const)));
  const times = timesByNode(profile.graph, profile.nodes);
  const found = new Map<PrunableLayer, LayerTime>();
  for (const [node, origins] of fusedNodes(graph, profile.graph)) {
    const time = times.get(node);
    const computed = new Set(origins.flatMap((origin) => layerOf.get(describeNode(origin)) ?? []));
    const [layer, another] = computed;
    // The time of a kernel that computes several layers is nobody's alone.
    if (time === undefined || layer === undefined || another !== undefined) continue;
    const { ms, inferencesUs } = found.get(layer) ?? { ms: 0, inferencesUs: time.inferencesUs.map(() => cutOffUs) };
    found.set(layer, {
      ms: ms + (time.timeUs * time.runs) / profile.runs / 1000,
      inferencesUs: inferencesUs.map((us, run) => us + (time.inferencesUs[run] ?? 0)),
    });
  }
  return found;
}
