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
  return {
    optimizationId,
    benchmarkId: parameters.all()['benchmark_id'] === null ? null : parameters.id('benchmark_id', 'benchmark'),
  };
}

async function pin(bench: Bench, { optimizationId, benchmarkId }: PinRequest, mode: Mode): Promise<void> {
  await bench.get('optimization', optimizationId);
  const benchmark = benchmarkId === null ? null : await bench.get('benchmark', benchmarkId);
  // A run that ends in this moment has made another model.
  await bench.store.edit('optimization', optimizationId, ({ optimizedModelId }) => {
    if (benchmark !== null && benchmark.modelId !== optimizedModelId) {
      throw requestErrors.refused('pin-model', 'Benchmark model does not come from specified optimization.');
    }
    if (benchmark !== null && benchmark.mode !== mode) {
      throw requestErrors.refused('pin-mode', `Benchmark type ${benchmark.mode} cannot be pinned as ${mode}.`);
    }
    return mode === 'accuracy' ? { accuracyBenchmarkId: benchmarkId } : { performanceBenchmarkId: benchmarkId };
  });
}
