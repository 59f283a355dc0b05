// The demonstration: the bundled example is quantized, both models are evaluated and benchmarked in turns.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { defaultRecipe } from '../config/recipe';
import { replaceFile } from '../files/atomicWrite';
import { createRunFolder } from '../jobs/runFolder';
import type { JobResults, JobVerb, SpecOf } from '../protocol/jobs';
import { mnistExample } from './example/examples';

interface DemoFigures {
  /** Fraction of right answers, 0..1. */
  readonly accuracy: number;
  /** Median of single inferences on one thread. */
  readonly latencyMs: number;
  readonly sizeBytes: number;
}

export interface DemoResult {
  readonly model: string;
  readonly samples: number;
  readonly float: DemoFigures;
  readonly int8: DemoFigures;
  /** Latency of the float model divided by that of the int8 model. */
  readonly speedup: number;
  readonly verdict: string;
  readonly warnings: readonly string[];
  readonly runFolder: string;
}

/** Runs one job, keeping its records in `folder`. */
type RunOneJob = <Verb extends JobVerb>(spec: SpecOf<Verb>, folder: string) => Promise<JobResults[Verb]>;

/** Runs the demonstration under `<workspace>/.compressor-bench/runs/`. The int8 model stays there as `model.onnx`. */
export async function runDemo(workspace: string, runOneJob: RunOneJob): Promise<DemoResult> {
  const example = mnistExample();
  const runFolder = await createRunFolder(workspace, 'demo');
  const stage = (name: string): string => {
    const folder = join(runFolder, name);
    mkdirSync(folder);
    return folder;
  };
  const int8Path = join(runFolder, 'model.onnx');
  const common = { dimensions: {}, threads: 1 };
  const quantized = await runOneJob<'quantize'>(
    {
      verb: 'quantize',
      modelPath: example.modelPath,
      outputPath: int8Path,
      datasetPath: example.calibrationPath,
      recipe: defaultRecipe,
      ...common,
    },
    stage('quantize'),
  );
  const evaluate = (name: string, modelPath: string): Promise<JobResults['evaluate']> =>
    runOneJob<'evaluate'>({ verb: 'evaluate', modelPath, datasetPath: example.evaluationPath, ...common }, stage(name));
  const float = await evaluate('evaluate-float', example.modelPath);
  const int8 = await evaluate('evaluate-int8', int8Path);
  const benchmark = await runOneJob<'benchmark'>(
    {
      verb: 'benchmark',
      modelPaths: [example.modelPath, int8Path],
      datasetPath: example.evaluationPath,
      batchSize: 1,
      warmupIterations: 10,
      instances: 1,
      ...common,
    },
    stage('benchmark'),
  );
  const [floatTimes, int8Times] = benchmark.results;
  const comparison = benchmark.comparison[0];
  const result: DemoResult = {
    model: example.name,
    samples: float.samples,
    float: {
      accuracy: float.value,
      latencyMs: floatTimes?.latencyMs.median ?? NaN,
      sizeBytes: quantized.originalSizeBytes,
    },
    int8: { accuracy: int8.value, latencyMs: int8Times?.latencyMs.median ?? NaN, sizeBytes: quantized.sizeBytes },
    speedup: comparison?.ratio ?? NaN,
    verdict: comparison?.verdict ?? 'not compared',
    warnings: [...float.warnings, ...benchmark.warnings],
    runFolder,
  };
  await replaceFile(join(runFolder, 'result.json'), `${JSON.stringify(result, undefined, 2)}\n`);
  return result;
}
