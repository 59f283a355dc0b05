// Child process of the benchmarks that loads the engine: a bare loop and our harness, plain inference and calibration.
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
import { median } from './commands';

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

function quietContext(folder: string): JobContext {
  return { signal: new AbortController().signal, onProgress: () => undefined, log: () => undefined, folder };
}

/** Wall time of `iterations` runs in a bare loop and through the harness, in turns; medians of the turns. */
async function compareHarness(task: HarnessTask): Promise<{ bareMs: number; harnessMs: number }> {
  const session = await openSession(task.modelPath, { threads: 1 });
  const feeds = randomFeeds(session.inputs, {}, 1, 1);
  const bare: number[] = [];
  const harness: number[] = [];
  const context = quietContext(process.cwd());
  for (let turn = 0; turn < 9; turn++) {
    for (let warm = 0; warm < 50; warm++) await session.run(feeds);
    bare.push(await perRun(task.iterations, () => session.run(feeds)));
    const { latenciesMs } = await runBenchmarkInstance(
      {
        verb: 'benchmarkInstance',
        modelPaths: [task.modelPath],
        batchSize: 1,
        warmupIterations: 50,
        iterations: task.iterations,
        threads: 1,
        instances: 1,
        dimensions: {},
      },
      context,
    );
    const runs = latenciesMs[0] ?? [];
    harness.push(runs.reduce((sum, ms) => sum + ms, 0) / runs.length);
  }
  await session.close();
  return { bareMs: median(bare), harnessMs: median(harness) };
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
    minmax.push(await perRun(task.iterations, () => reader.read(feeds)));
  }
  await reader.close();
  await plainSession.close();
  model.close();
  return { plainMs: median(plain), minmaxMs: median(minmax) };
}

async function perRun(iterations: number, run: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  for (let iteration = 0; iteration < iterations; iteration++) await run();
  return (performance.now() - began) / iterations;
}

process.on('message', (task: HarnessTask | CalibrationTask) => {
  const work: Promise<object> = task.kind === 'harness' ? compareHarness(task) : compareCalibration(task);
  void work.then(
    (answer) => process.send?.({ answer }, () => process.exit(0)),
    (error: unknown) => process.send?.({ error: String(error) }, () => process.exit(1)),
  );
});
