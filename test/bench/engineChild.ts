// Child process of the benchmarks that loads the engine: a bare loop and our harness, plain inference and calibration,
// evaluation and one-shot loss, the quantization of the tuner and that of the library.
import { loadEngine } from '../../src/runtime/loadEngine';
import { openSession } from '../../src/runtime/onnxRuntimeNode';
import { randomFeeds } from '../../src/runtime/randomInputs';
import { runBenchmarkInstance } from '../../src/benchmark/runBenchmarkInstance';
import type { JobContext } from '../../src/protocol/jobContext';
import { join } from 'node:path';
import { defaultRecipe } from '../../src/config/recipe';
import type { ModelProto } from '../../src/onnx/messages';
import { readModel } from '../../src/onnx/readModel';
import type { OnnxModel } from '../../src/onnx/readModel';
import type { EngineSession } from '../../src/runtime/session';
import { ExtremesReader } from '../../src/quantization/calibration/extremesReader';
import { openGraph } from '../../src/quantization/calibration/openGraph';
import { RangeTracker } from '../../src/quantization/calibration/rangeTracker';
import { planQuantization } from '../../src/quantization/plan';
import { prepareModel } from '../../src/quantization/prepare';
import { prunableLayers } from '../../src/onnx/prunableLayers';
import { oneShotLoss } from '../../src/pruning/oneShotLoss';
import { usualLevels } from '../../src/dictionary/sparsityLevels';
import { median } from './commands';
import { compareQuantizers } from './quantizers';
import type { QuantizersTask } from './quantizers';

interface HarnessTask {
  readonly kind: 'harness';
  readonly modelPath: string;
  readonly iterations: number;
}

interface CalibrationTask {
  readonly kind: 'calibration';
  readonly modelPath: string;
  /** Where the graphs made for calibration are put. */
  readonly folder: string;
  readonly iterations: number;
}

interface OneShotTask {
  readonly kind: 'oneShot';
  readonly modelPath: string;
  readonly folder: string;
  readonly samples: number;
}

function quietContext(folder: string): JobContext {
  return { signal: new AbortController().signal, onProgress: () => undefined, log: () => undefined, folder };
}

/**
 * Mean wall time of a run in a bare loop over the engine's own `session.run`, and as our harness reports it, in turns.
 * Every turn loads the model anew for both: one load may be faster than another by more than the harness costs.
 */
async function compareHarness(task: HarnessTask): Promise<{ bareMs: number; harnessMs: number; overhead: number }> {
  const context = quietContext(process.cwd());
  const bare: number[] = [];
  const harness: number[] = [];
  for (let turn = 0; turn < 21; turn++) {
    const both = [
      async () => void bare.push(await bareLoop(task)),
      async () => void harness.push(await throughHarness(task, context)),
    ];
    for (const measure of turn % 2 === 0 ? both : both.toReversed()) await measure();
  }
  // What else the machine does only ever adds time: the fastest turns are the nearest to the truth.
  const [bareMs, harnessMs] = [Math.min(...bare), Math.min(...harness)];
  return { bareMs, harnessMs, overhead: harnessMs / bareMs - 1 };
}

async function bareLoop({ modelPath, iterations }: HarnessTask): Promise<number> {
  const engine = await loadEngine();
  const session = await engine.InferenceSession.create(modelPath, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  const ports = await openSession(modelPath);
  const input = Object.entries(randomFeeds(ports.inputs, {}, 1, 1))[0];
  await ports.close();
  if (input === undefined) throw new Error(`${modelPath} has no input`);
  const [name, { data, dims }] = input;
  const feeds = { [name]: new engine.Tensor('float32', data as Float32Array, dims) };
  await perRun(50, () => session.run(feeds));
  const ms = await perRun(iterations, () => session.run(feeds));
  await session.release();
  return ms;
}

async function throughHarness({ modelPath, iterations }: HarnessTask, context: JobContext): Promise<number> {
  const { latenciesMs } = await runBenchmarkInstance(
    {
      verb: 'benchmarkInstance',
      modelPaths: [modelPath],
      batchSize: 1,
      warmupIterations: 50,
      iterations,
      threads: 1,
      instances: 1,
      dimensions: {},
    },
    context,
  );
  const runs = latenciesMs[0] ?? [];
  return runs.reduce((sum, ms) => sum + ms, 0) / runs.length;
}

/** The graph that is calibrated: prepared, and with the engine's portable optimizations. */
async function optimizedModel(modelPath: string, context: JobContext): Promise<OnnxModel> {
  const float = readModel(modelPath);
  const optimizedModelPath = join(context.folder, 'optimized.onnx');
  const proto = prepareModel(float, defaultRecipe).proto;
  await (await openGraph(proto, float, context, { graphOptimization: 'basic', optimizedModelPath })).close();
  float.close();
  return readModel(optimizedModelPath);
}

/** Wall time of one plain inference and of one minmax calibration step on the same inputs, in turns. */
async function compareCalibration(task: CalibrationTask): Promise<{ plainMs: number; minmaxMs: number }> {
  const context = quietContext(task.folder);
  const model = await optimizedModel(task.modelPath, context);
  const open = (proto: ModelProto): Promise<EngineSession> =>
    openGraph(proto, model, context, { threads: 1, graphOptimization: 'all' });
  const plainSession = await open(model.proto);
  const tensors = planQuantization(model, defaultRecipe).measuredTensors;
  const reader = await ExtremesReader.open(model, tensors, false, new RangeTracker(tensors), open);
  const feeds = randomFeeds(plainSession.inputs, { seq: 32 }, 1, 1);
  const plain: number[] = [];
  const minmax: number[] = [];
  for (let turn = 0; turn < 15; turn++) {
    plain.push(await perRun(task.iterations, () => plainSession.run(feeds)));
    minmax.push(await perRun(task.iterations, async () => reader.add(await reader.run(feeds))));
  }
  await reader.close();
  await plainSession.close();
  model.close();
  return { plainMs: median(plain), minmaxMs: median(minmax) };
}

/** Plain evaluations beside an analysis, at the least; analyses, at the most; and how long these go on. */
const fewestEvaluations = 20;
const mostAnalyses = 9;
const enoughMs = 10_000;

interface OneShotAnswer {
  readonly layers: number;
  /** Milliseconds of a plain evaluation: the whole model over all samples. */
  readonly evaluationMs: number;
  /** Milliseconds of one-shot loss for one layer at one level, its sessions and the making of its masks included. */
  readonly levelMs: number;
  /** Median of the ratios of the analyses. */
  readonly ratio: number;
}

/** Analyses as a whole, in turns with plain evaluations: whenever one opens the session of a layer, its clock stands still. */
async function compareOneShot({ modelPath, folder, samples }: OneShotTask): Promise<OneShotAnswer> {
  const context = quietContext(folder);
  const model = readModel(modelPath);
  const open = (proto: ModelProto): Promise<EngineSession> => openGraph(proto, model, context, { threads: 1 });
  const session = await open(model.proto);
  const feeds = Array.from({ length: samples }, (_, index) => randomFeeds(session.inputs, { seq: 32 }, 1, index + 1));
  const { layers } = prunableLayers(model.graph);
  const levels = usualLevels['one-shot'];
  const inTurn = Math.ceil(fewestEvaluations / layers.length);
  const evaluate = async (): Promise<void> => {
    for (const one of feeds) await session.run(one);
  };
  const turn = async (analysed: typeof layers): Promise<Omit<OneShotAnswer, 'layers'>> => {
    const evaluations: number[] = [];
    const options = {
      ...{ samples: feeds.map((one) => ({ feeds: one, count: 1 })), levelFractions: levels, model: modelPath },
      ...{ signal: context.signal, onLayer: () => undefined },
      open: async (proto: ModelProto): Promise<EngineSession> => {
        evaluations.push(await perRun(inTurn, evaluate));
        return open(proto);
      },
    };
    const analysisMs = await perRun(1, () => oneShotLoss(model, analysed, options));
    const allMs = evaluations.reduce((sum, ms) => sum + ms, 0);
    const levelMs = (analysisMs - inTurn * allMs) / analysed.length / levels.length;
    const evaluationMs = allMs / evaluations.length;
    return { evaluationMs, levelMs, ratio: levelMs / evaluationMs };
  };
  // The first time loads code; it is not counted.
  await turn(layers.slice(0, 1));
  const answers: Omit<OneShotAnswer, 'layers'>[] = [];
  const began = performance.now();
  while (answers.length < mostAnalyses && (answers.length === 0 || performance.now() - began < enoughMs)) {
    answers.push(await turn(layers));
  }
  await session.close();
  model.close();
  const medianOf = (key: 'evaluationMs' | 'levelMs' | 'ratio'): number => median(answers.map((one) => one[key]));
  const [evaluationMs, levelMs, ratio] = [medianOf('evaluationMs'), medianOf('levelMs'), medianOf('ratio')];
  return { layers: layers.length, evaluationMs, levelMs, ratio };
}

async function perRun(iterations: number, run: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  for (let iteration = 0; iteration < iterations; iteration++) await run();
  return (performance.now() - began) / iterations;
}

type Task = HarnessTask | CalibrationTask | OneShotTask | QuantizersTask;

function answerTo(task: Task): Promise<object> {
  switch (task.kind) {
    case 'harness':
      return compareHarness(task);
    case 'calibration':
      return compareCalibration(task);
    case 'oneShot':
      return compareOneShot(task);
    case 'quantizers':
      return compareQuantizers(task, quietContext(task.folder));
  }
}

process.on('message', (task: Task) => {
  void answerTo(task).then(
    (answer) => process.send?.({ answer }, () => process.exit(0)),
    (error: unknown) => process.send?.({ error: String(error) }, () => process.exit(1)),
  );
});
