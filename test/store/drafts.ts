// Drafts of records for the tests of the store.
import type { Draft } from '../../src/store/records';

export function projectDraft(name: string): Draft<'project'> {
  return { name, uuid: `uuid of ${name}`, notes: null };
}

export function modelDraft(projectId: number): Draft<'model'> {
  return {
    projectId,
    name: 'Input model',
    path: 'model.onnx',
    sha256: '0'.repeat(64),
    sizeBytes: 1000,
    framework: 'ONNXRT',
    precision: 'fp32',
    domain: 'Image Recognition',
    domainFlavour: '',
    inputNodes: ['input'],
    outputNodes: ['output'],
    supportsProfiling: true,
    supportsGraph: true,
    supportsPruning: false,
    madeBy: null,
  };
}

export function datasetDraft(projectId: number, name = 'dummy'): Draft<'dataset'> {
  return {
    projectId,
    name,
    datasetType: 'dummy_v2',
    parameters: { input_shape: [1, 28, 28], label_shape: [1] },
    transforms: [],
    filter: null,
    metric: null,
    templatePath: null,
  };
}

export function optimizationDraft(projectId: number, modelId: number, datasetId: number): Draft<'optimization'> {
  return {
    projectId,
    name: 'int8',
    precision: 'int8',
    optimizationType: 'Quantization',
    modelId,
    datasetId,
    batchSize: 100,
    samplingSize: 100,
    tuning: null,
    diagnosisConfig: null,
    optimizedModelId: null,
    accuracyBenchmarkId: null,
    performanceBenchmarkId: null,
  };
}

export function benchmarkDraft(projectId: number, modelId: number): Draft<'benchmark'> {
  return {
    projectId,
    name: 'speed',
    modelId,
    datasetId: 1,
    mode: 'performance',
    batchSize: 1,
    iterations: -1,
    warmupIterations: 5,
    coresPerInstance: 1,
    numberOfInstances: 1,
  };
}

export function sensitivityDraft(projectId: number, modelId: number): Draft<'sensitivity'> {
  return {
    projectId,
    name: 'where to prune',
    modelId,
    datasetId: null,
    kind: 'loss',
    method: 'one-shot',
    levelFractions: [0.5, 0.9],
    samples: 5,
    batchSize: 1,
    threads: 1,
    warmupRuns: 5,
    iterations: 30,
    analysisId: null,
    edited: null,
  };
}
