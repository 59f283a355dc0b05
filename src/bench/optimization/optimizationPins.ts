// Pinning benchmarks of the optimized model to its optimization, one for accuracy and one for performance.
import type { Bench } from '../bench';
import type { Operation } from '../operation';
import { requestErrors } from '../requestErrors';
import type { RequestReader } from '../requestReader';

type Mode = 'accuracy' | 'performance';

interface PinRequest {
  readonly optimizationId: number;
  /** Null takes the pin away. */
  readonly benchmarkId: number | null;
}

export const pinAccuracyBenchmark: Operation<PinRequest, object> = {
  path: 'optimization/pin_accuracy_benchmark',
  summary: 'Pin an accuracy benchmark of the optimized model to its optimization.',
  read: readPin,
  run: async (bench, request) => {
    await pin(bench, request, 'accuracy');
    return { id: request.optimizationId, accuracy_benchmark_id: request.benchmarkId };
  },
};

export const pinPerformanceBenchmark: Operation<PinRequest, object> = {
  path: 'optimization/pin_performance_benchmark',
  summary: 'Pin a performance benchmark of the optimized model to its optimization.',
  read: readPin,
  run: async (bench, request) => {
    await pin(bench, request, 'performance');
    return { id: request.optimizationId, performance_benchmark_id: request.benchmarkId };
  },
};

function readPin(parameters: RequestReader): PinRequest {
  const optimizationId = parameters.id('optimization_id', 'optimization');
  const isNull = Object.hasOwn(parameters.all(), 'benchmark_id') && parameters.all()['benchmark_id'] === null;
  return { optimizationId, benchmarkId: isNull ? null : parameters.id('benchmark_id', 'benchmark') };
}

async function pin(bench: Bench, { optimizationId, benchmarkId }: PinRequest, mode: Mode): Promise<void> {
  const { optimizedModelId } = await bench.get('optimization', optimizationId);
  if (benchmarkId !== null) {
    const benchmark = await bench.get('benchmark', benchmarkId);
    if (benchmark.modelId !== optimizedModelId) {
      throw requestErrors.refused('pin-model', 'Benchmark model does not come from specified optimization.');
    }
    if (benchmark.mode !== mode) {
      throw requestErrors.refused('pin-mode', `Benchmark type ${benchmark.mode} cannot be pinned as ${mode}.`);
    }
  }
  await bench.store.edit('optimization', optimizationId, () =>
    mode === 'accuracy' ? { accuracyBenchmarkId: benchmarkId } : { performanceBenchmarkId: benchmarkId },
  );
}
