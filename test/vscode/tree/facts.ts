// Facts of a small project, for tests of rows.
import type {
  BenchmarkFacts,
  JobFacts,
  ModelFacts,
  OptimizationFacts,
  ProfilingFacts,
  ProjectParts,
  RunFacts,
  SensitivityFacts,
} from '../../../src/protocol/facts';
import type { RunState } from '../../../src/protocol/runs';

const at = '2026-11-27T10:00:00.000Z';

export function run(state: RunState, more: Partial<RunFacts> = {}): RunFacts {
  const endedAt = state === 'queued' || state === 'running' ? null : '2026-11-27T10:01:30.000Z';
  const startedAt = state === 'queued' ? null : at;
  return { name: 'run', folder: '/bench/run', state, queuedAt: at, startedAt, endedAt, failure: null, ...more };
}

export function model(more: Partial<ModelFacts> = {}): ModelFacts {
  return {
    id: 1,
    projectId: 1,
    name: 'Input model',
    path: '/models/model.onnx',
    isPresent: true,
    sizeBytes: 704_000,
    sha256: 'f00d',
    framework: 'ONNXRT',
    precision: 'fp32',
    domain: 'Image Recognition',
    domainFlavour: '',
    inputNodes: ['input'],
    outputNodes: ['logits'],
    supportsProfiling: true,
    supportsGraph: true,
    madeByOptimizationId: null,
    createdAt: at,
    ...more,
  };
}

const runnable = { projectId: 1, modelId: 1, datasetId: 1, createdAt: at, modifiedAt: null, run: null };

export function optimization(more: Partial<OptimizationFacts> = {}): OptimizationFacts {
  return {
    ...runnable,
    id: 1,
    name: 'int8',
    optimizationType: 'Quantization',
    precision: 'int8',
    strategy: 'auto',
    targetSparsity: null,
    configPath: '/bench/config.yaml',
    optimizedModelId: null,
    accuracyBenchmarkId: null,
    performanceBenchmarkId: null,
    outcome: null,
    ...more,
  };
}

export const won: NonNullable<OptimizationFacts['outcome']> = {
  summary: 'Trial 4 is 2 times as fast.',
  baselineAccuracy: 0.98,
  accuracy: 0.9725,
  speedup: 2.104,
  sizeRatio: 0.3026,
  meetsGoal: true,
  sparsity: null,
  hasWinner: true,
  metric: 'topk',
  isRandomData: false,
  isRatio: true,
};

export function benchmark(more: Partial<BenchmarkFacts> = {}): BenchmarkFacts {
  return {
    ...runnable,
    id: 1,
    name: 'speed',
    mode: 'performance',
    batchSize: 8,
    accuracy: null,
    latencyMs: null,
    spread: null,
    throughput: null,
    metric: null,
    isRandomData: false,
    isRatio: false,
    ...more,
  };
}

export const measured = { latencyMs: 1.5234, spread: 0.0214, throughput: 5251.7 };

export function profiling(more: Partial<ProfilingFacts> = {}): ProfilingFacts {
  return { ...runnable, id: 1, name: 'times', threads: 2, inferenceUs: null, ...more };
}

export function sensitivity(more: Partial<SensitivityFacts> = {}): SensitivityFacts {
  const settings = { kind: 'loss', method: 'one-shot', samples: 5, iterations: 30 } as const;
  const runs = { levelFractions: null, batchSize: 1, threads: 1, warmupRuns: 5 };
  const found = { analysisId: null, editedAt: null, layers: null };
  return { ...runnable, id: 1, name: 'where to prune', ...settings, ...runs, ...found, ...more };
}

export function parts(more: Partial<ProjectParts> = {}): ProjectParts {
  return {
    project: { id: 1, name: 'digits', createdAt: at, modifiedAt: null },
    notes: null,
    models: [model()],
    datasets: [
      {
        id: 1,
        projectId: 1,
        name: 'test digits',
        datasetType: 'MNIST',
        metric: 'topk',
        templatePath: null,
        createdAt: at,
      },
    ],
    optimizations: [optimization()],
    benchmarks: [benchmark()],
    profilings: [profiling()],
    sensitivities: [],
    problems: [],
    ...more,
  };
}

export function job(more: Partial<JobFacts> = {}): JobFacts {
  return {
    run: run('running'),
    kind: 'optimization',
    id: 1,
    projectId: 1,
    title: 'int8',
    projectName: 'digits',
    configPath: null,
    position: 0,
    progress: { phase: 'measuring', done: 34, total: 100, unit: 'runs' },
    timeLeftMs: 120_000,
    trial: 0,
    ...more,
  };
}
