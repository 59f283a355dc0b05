// One and the same quantization by the tuner, as it makes the model of a trial, and by the library's DefaultQuantization.
import { join } from 'node:path';
import { writeModel } from '../../src/onnx/writeModel';
import type { Tensor } from '../../src/onnx/tensor';
import { createPipeline } from '../../src/pipeline/library/pipeline';
import { loadModel } from '../../src/pipeline/library/compressedModel';
import type { DataLoader } from '../../src/pipeline/library/contracts';
import { OrtEngine } from '../../src/pipeline/library/ortEngine';
import type { JobContext } from '../../src/protocol/jobContext';
import { openGraph } from '../../src/quantization/calibration/openGraph';
import { defaultEstimator } from '../../src/quantization/estimators/rangeEstimator';
import { openSession } from '../../src/runtime/onnxRuntimeNode';
import { randomFeeds } from '../../src/runtime/randomInputs';
import type { SampleSequence } from '../../src/tuning/accuracy/keptBatches';
import type { TrialConfig } from '../../src/tuning/contracts';
import { searchSpaceOf } from '../../src/tuning/space/searchSpace';
import { LatencyMeter } from '../../src/tuning/speed/latencyMeter';
import { ModelBases } from '../../src/tuning/trials/modelBases';
import { RangeCache } from '../../src/tuning/trials/rangeCache';
import { RecipeSteps } from '../../src/tuning/trials/recipeSteps';
import { TrialModels } from '../../src/tuning/trials/trialModels';
import { median } from './commands';

export interface QuantizersTask {
  readonly kind: 'quantizers';
  readonly modelPath: string;
  readonly folder: string;
  readonly samples: number;
  readonly turns: number;
  /** The bundle of the library's engine process. */
  readonly enginePath: string;
}

export interface QuantizersAnswer {
  /** Making the model of a trial. */
  readonly modelMs: number;
  readonly defaultMs: number;
  /** Median over the turns of DefaultQuantization against making the model. */
  readonly ratio: number;
  /** Measuring that model, which is the other part of a trial: its accuracy on the same samples, and its latency. */
  readonly measureMs: number;
}

type Sample = Readonly<Record<string, Tensor>>;

/** In turns; a turn of each before, which is not counted, loads code and engine. */
export async function compareQuantizers(task: QuantizersTask, context: JobContext): Promise<QuantizersAnswer> {
  const float = await openSession(task.modelPath);
  const samples = Array.from({ length: task.samples }, (_, seed) =>
    randomFeeds(float.inputs, { seq: 32 }, 1, seed + 1),
  );
  const engine = new OrtEngine({}, loaderOf(samples), undefined, { entryPath: task.enginePath });
  const meter = new LatencyMeter(float, () => samples, warmupRuns, undefined);
  const [trial, library, measuring]: [number[], number[], number[]] = [[], [], []];
  try {
    for (let turn = -1; turn < task.turns; turn++) {
      const both = [
        async () => void trial.push(await timed(() => throughTuner(task, samples, context))),
        async () => void library.push(await timed(() => throughLibrary(task, engine))),
      ];
      for (const measure of turn % 2 === 0 ? both : both.toReversed()) await measure();
      if (turn < measuredTurns) measuring.push(await timed(() => measureModel(task, samples, meter, context)));
    }
  } finally {
    engine.close();
    await float.close();
  }
  const [modelMs = [], defaultMs = [], measureMs = []] = [trial, library, measuring].map((all) => all.slice(1));
  const ratio = median(defaultMs.map((ms, turn) => ms / (modelMs[turn] ?? NaN)));
  return { modelMs: median(modelMs), defaultMs: median(defaultMs), ratio, measureMs: median(measureMs) };
}

/** Runs before a latency counts, as tuning has it where the config says nothing. */
const warmupRuns = 10;
/** Measuring takes longer than all the rest. */
const measuredTurns = 3;

/** As `TrialBench` measures the model of a trial. */
async function measureModel(
  { folder }: QuantizersTask,
  samples: readonly Sample[],
  meter: LatencyMeter,
  context: JobContext,
): Promise<void> {
  const session = await openSession(join(folder, 'trial.onnx'), { threads: 1 });
  try {
    for (const sample of samples) await session.run(sample);
    await meter.measure(session, 'trial', context);
  } finally {
    await session.close();
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** Without the batch axis, as loaders of scripts give them. */
function loaderOf(samples: readonly Sample[]): DataLoader {
  const items = samples.map((sample) =>
    Object.fromEntries(
      Object.entries(sample).map(([name, { type, dims, data }]) => [name, { type, dims: dims.slice(1), data }]),
    ),
  );
  return { length: items.length, get: (index) => [items[index] ?? {}, null] };
}

async function throughLibrary({ modelPath }: QuantizersTask, engine: OrtEngine): Promise<void> {
  const pipeline = createPipeline([{ name: 'DefaultQuantization' }], engine, { onNote: () => undefined });
  await pipeline.run(loadModel({ modelName: 'model', model: modelPath }));
}

/** As `QuantizationTuning` does it for a first trial, with the settings that DefaultQuantization has. */
async function throughTuner(
  { modelPath, folder }: QuantizersTask,
  samples: readonly Sample[],
  context: JobContext,
): Promise<void> {
  const data = sequenceOf(samples);
  const settings = { dimensions: {}, threads: 1 };
  const steps = new RecipeSteps(data, samples.length, settings, context, openGraph, { givesBiases: false });
  const bases = new ModelBases(modelPath, (model, choice) => steps.reshape(model, choice), context, openGraph);
  try {
    const config = await trialConfig(bases, samples.length);
    const fixed = { reduceRange: false, weightSymmetric: true };
    const ranges = new RangeCache(data, settings, context, openGraph);
    const models = new TrialModels(bases, ranges, fixed, (...given) => steps.correct(...given));
    const { proto, source } = await models.build(config);
    await writeModel(join(folder, 'trial.onnx'), proto, { tensors: source.tensors });
  } finally {
    bases.close();
  }
}

async function trialConfig(bases: ModelBases, samplingSize: number): Promise<TrialConfig> {
  const { model } = await bases.plain('basic');
  const free = { weight: {}, activation: {} };
  const section = {
    ...({ approach: 'static', samplingSizes: [], recipes: { smoothQuantAlphas: [] } } as const),
    ...{ modelWise: free, optypeWise: {}, opWise: [] },
  };
  const { ops } = searchSpaceOf(model, 'basic', 'qdq', section, () => free);
  const forms = ops.flatMap(({ node, staticForms: [form] }) => (form === undefined ? [] : [[node, form] as const]));
  return {
    ...({ fusion: 'basic', format: 'qdq', equalization: false, smoothQuantAlpha: null } as const),
    ...{ channelAlignment: true, fastBiasCorrection: true, weightCorrection: false },
    ...{ samplingSize, percentile: 99.999, rangeEstimator: defaultEstimator('symmetric') },
    ops: Object.fromEntries(forms),
  };
}

function sequenceOf(samples: readonly Sample[]): SampleSequence {
  return {
    length: samples.length,
    async *batches(_signal, count = samples.length) {
      for (const [index, inputs] of samples.slice(0, count).entries()) {
        yield await Promise.resolve({ ids: [String(index)], inputs, annotations: [undefined] });
      }
    },
  };
}
