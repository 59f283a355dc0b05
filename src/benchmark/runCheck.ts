// The job `check`: is a model as accurate and as fast, measured against its original, as the limits ask?
import { basename } from 'node:path';
import { runEvaluate } from '../metrics/evaluate';
import type { JobContext } from '../protocol/jobContext';
import type { CheckResult, CheckSpec, EvaluateResult } from '../protocol/jobs';
import type { Progress } from '../protocol/progress';
import { gatesOf } from './gates';
import { modelSizeBytes, runBenchmark } from './runBenchmark';

const warmupIterations = 10;

/**
 * Evaluates both models on the data set, measures both in turns when a limit asks for it, and applies the limits.
 */
export async function runCheck(spec: CheckSpec, context: JobContext): Promise<CheckResult> {
  const evaluate = (modelPath: string): Promise<EvaluateResult> => {
    const { datasetPath, againstPath: referencePath, dimensions, threads } = spec;
    return runEvaluate(
      { verb: 'evaluate', modelPath, datasetPath, referencePath, dimensions, threads },
      { ...context, onProgress: (progress) => context.onProgress(naming(modelPath, progress)) },
    );
  };
  const against = await evaluate(spec.againstPath);
  const own = await evaluate(spec.modelPath);
  const latency = spec.maxLatencyRatio === undefined ? undefined : await measureLatencyRatio(spec, context);
  const figures: CheckResult['figures'] = {
    metric: own.metric,
    value: own.value,
    againstValue: against.value,
    drop: own.higherIsBetter ? against.value - own.value : own.value - against.value,
    samples: own.samples,
    latencyRatio: latency?.ratio ?? null,
    sizeRatio: modelSizeBytes(spec.modelPath) / modelSizeBytes(spec.againstPath),
  };
  const gates = gatesOf(spec, figures, own.higherIsBetter);
  return {
    passed: gates.every((gate) => gate.passed),
    figures,
    gates,
    warnings: [...own.warnings, ...(latency?.warnings ?? [])],
    model: spec.modelPath,
    against: spec.againstPath,
    modelSha256: own.modelSha256,
    againstSha256: against.modelSha256,
    environment: own.environment,
  };
}

/** Two models are evaluated one after the other: their progress says which. */
function naming(modelPath: string, progress: Progress): Progress {
  return { ...progress, phase: `${progress.phase} ${basename(modelPath)}` };
}

/** Latency of the model divided by that of the original, one inference at a time. */
async function measureLatencyRatio(
  spec: CheckSpec,
  context: JobContext,
): Promise<{ ratio: number; warnings: readonly string[] }> {
  const { modelPath, againstPath, datasetPath, dimensions, threads } = spec;
  const { comparison, warnings } = await runBenchmark(
    {
      verb: 'benchmark',
      modelPaths: [againstPath, modelPath],
      datasetPath,
      batchSize: 1,
      warmupIterations,
      threads,
      instances: 1,
      dimensions,
    },
    context,
  );
  return { ratio: 1 / (comparison[0]?.ratio ?? NaN), warnings };
}
