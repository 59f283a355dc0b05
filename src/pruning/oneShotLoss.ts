// Loss of one-shot pruning (SYSTEMS §6.3): each layer alone is pruned by magnitude to each level, and the outputs on the
// same samples are compared with those of the dense model.
import type { ModelProto } from '../onnx/messages';
import type { PrunableLayer } from '../onnx/prunableLayers';
import type { OnnxModel } from '../onnx/readModel';
import { inferShapes } from '../onnx/shapeInference';
import type { TensorTypes } from '../onnx/shapeInference';
import type { Tensor } from '../onnx/tensor';
import type { OneShotLossPoint } from '../protocol/pruning';
import { tensorSizes } from '../quantization/calibration/tensorFetcher';
import type { EngineSession } from '../runtime/session';
import { GraphCutter, cutModel, givingModel } from './layerCut';
import type { LayerCut } from './layerCut';
import { RankedWeights } from './magnitudes';
import { sampleLosses } from './outputLoss';
import { pruningErrors } from './pruningErrors';
import type { SampleFeeds } from './sampleFeeds';

export interface OneShotOptions {
  readonly samples: readonly SampleFeeds[];
  /** Ascending fractions above 0. */
  readonly levelFractions: readonly number[];
  readonly open: (proto: ModelProto) => Promise<EngineSession>;
  /** File name, for sentences. */
  readonly model: string;
  readonly signal: AbortSignal;
  /** A layer is done. */
  readonly onLayer: (done: number, total: number) => void;
}

/** What comes before a layer is kept up to this size while layers that need it are pruned. */
const largestKeptBytes = 256 * 2 ** 20;

/**
 * The points of each layer, in order. Layers that reach no float output have a loss of 0.
 *
 * @throws `pruning-not-finite`, `pruning-no-float-output`; what opening and running the parts of the model throw
 */
export async function oneShotLoss(
  model: OnnxModel,
  layers: readonly PrunableLayer[],
  options: OneShotOptions,
): Promise<ReadonlyMap<PrunableLayer, readonly OneShotLossPoint[]>> {
  const types = inferShapes(model);
  const cutter = new GraphCutter(model.graph, types);
  const points = new Map<PrunableLayer, readonly OneShotLossPoint[]>();
  const groups = layerGroups(model, layers, cutter, options.samples);
  if (groups.flat().every(({ outputs }) => outputs.length === 0)) throw pruningErrors.noFloatOutput(options.model);
  for (const group of groups) {
    const kept = await keptTensors(model, group, cutter, types, options);
    for (const cut of group) {
      options.signal.throwIfAborted();
      points.set(cut.layer, await layerPoints(model, cut, kept, options));
      options.onLayer(points.size, layers.length);
    }
  }
  return points;
}

/** Layers whose frontiers are kept at the same time; one that takes too much alone is measured on the whole model. */
function layerGroups(
  model: OnnxModel,
  layers: readonly PrunableLayer[],
  cutter: GraphCutter,
  samples: readonly SampleFeeds[],
): LayerCut[][] {
  const bytesOf = tensorSizes(model, samples[0]?.feeds ?? {});
  const groups: LayerCut[][] = [];
  let held = new Set<string>();
  let left = 0;
  const sizeOf = (names: readonly string[]): number =>
    names.reduce((sum, name) => sum + bytesOf(name) * samples.length, 0);
  for (const layer of layers) {
    let cut = cutter.cut(layer);
    if (sizeOf(cut.frontier.filter((name) => cutter.isComputed(name))) > largestKeptBytes) cut = cutter.whole(layer);
    const computed = cut.frontier.filter((name) => cutter.isComputed(name));
    const added = computed.filter((name) => !held.has(name));
    const group = groups.at(-1);
    if (group === undefined || sizeOf(added) > left) {
      groups.push([cut]);
      held = new Set(computed);
      left = largestKeptBytes - sizeOf(computed);
    } else {
      group.push(cut);
      for (const name of added) held.add(name);
      left -= sizeOf(added);
    }
  }
  return groups;
}

type Tensors = Readonly<Record<string, Tensor>>;

/** For each run, the graph inputs and what the layers of the group are fed. */
async function keptTensors(
  model: OnnxModel,
  group: readonly LayerCut[],
  cutter: GraphCutter,
  types: TensorTypes,
  { samples, open, signal }: OneShotOptions,
): Promise<Tensors[]> {
  const computed = new Set(group.flatMap(({ frontier }) => frontier.filter((name) => cutter.isComputed(name))));
  if (computed.size === 0) return samples.map(({ feeds }) => feeds);
  const session = await open(givingModel(model.proto, [...computed], types));
  try {
    const kept: Tensors[] = [];
    for (const { feeds } of samples) {
      signal.throwIfAborted();
      kept.push({ ...feeds, ...(await session.run(feeds)) });
    }
    return kept;
  } finally {
    await session.close();
  }
}

async function layerPoints(
  model: OnnxModel,
  cut: LayerCut,
  kept: readonly Tensors[],
  options: OneShotOptions,
): Promise<OneShotLossPoint[]> {
  const { levelFractions, open } = options;
  if (cut.outputs.length === 0) return levelFractions.map((sparsityFraction) => ({ loss: 0, sparsityFraction }));
  const ranked = new RankedWeights(cut.layer.weight, model.tensors);
  const session = await open(cutModel(model.proto, cut, kept));
  const run = async (sparsityFraction: number): Promise<Tensors[]> => {
    const weight = { ...ranked.prunedTensor(sparsityFraction) };
    const outputs: Tensors[] = [];
    for (const tensors of kept) {
      options.signal.throwIfAborted();
      outputs.push(await session.run({ ...tensors, [cut.layer.name]: weight }));
    }
    return outputs;
  };
  try {
    const expected = await run(0);
    refuseNotFinite(expected, options.model);
    const points: OneShotLossPoint[] = [];
    for (const sparsityFraction of levelFractions) {
      const loss = meanLoss(expected, await run(sparsityFraction), options.samples);
      points.push({ loss: Number.isFinite(loss) ? loss : null, sparsityFraction });
    }
    return points;
  } finally {
    await session.close();
  }
}

function meanLoss(expected: readonly Tensors[], given: readonly Tensors[], samples: readonly SampleFeeds[]): number {
  const losses = samples.flatMap(({ count }, run) => sampleLosses(expected[run] ?? {}, given[run] ?? {}, count));
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

function refuseNotFinite(outputs: readonly Tensors[], model: string): void {
  for (const [name, loss] of outputs.flatMap((one) =>
    Object.keys(one).map((key) => [key, selfLoss(one, key)] as const),
  )) {
    if (!Number.isFinite(loss)) throw pruningErrors.notFinite(model, name);
  }
}

/** 0, or NaN where there is a value that is not finite. */
function selfLoss(outputs: Tensors, name: string): number {
  const tensor = outputs[name];
  return tensor === undefined ? 0 : (sampleLosses({ [name]: tensor }, { [name]: tensor }, 1)[0] ?? 0);
}
