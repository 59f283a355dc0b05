// What the wizards send: the parameters of the API, read by the readers of the operations themselves.
import { describe, expect, it } from 'vitest';
import { machineShare, readBenchmarkEdit, readBenchmarkRequest } from '../../../src/bench/benchmark/benchmarkRequest';
import { readDatasetRequest } from '../../../src/bench/dataset/datasetRequest';
import { readOptimizationEdit, readOptimizationRequest } from '../../../src/bench/optimization/optimizationRequest';
import { RequestReader } from '../../../src/bench/requestReader';
import { sensitivityAdd } from '../../../src/bench/sensitivity/sensitivityAdd';
import { readChange } from '../../../src/bench/sensitivity/sensitivitySettings';
import { usualAnalysis } from '../../../src/dictionary/sensitivitySettings';
import {
  benchmarkEdit,
  benchmarkRequest,
  datasetRequest,
  defaultSearch,
  freeName,
  optimizationEdit,
  optimizationRequest,
  projectRequest,
  proposedDataset,
  proposedCores,
  readBoundary,
  readSparsity,
  readTolerance,
  sensitivityEdit,
  sensitivityRequest,
  toleranceText,
} from '../../../src/vscode/commands/requests';
import { usualLevels } from '../../../src/dictionary/sparsityLevels';
import type { OptimizationAnswers, SensitivityAnswers } from '../../../src/vscode/commands/requests';

const optimization: OptimizationAnswers = {
  ...{ projectId: 1, modelId: 2, datasetId: 3, name: 'int8', precisionId: 2, typeId: 1, batchSize: 1, samples: 50 },
  search: { ...defaultSearch, objectives: ['performance', 'modelsize'], timeoutS: 30 },
};

const analysis: SensitivityAnswers = {
  ...{ projectId: 1, modelId: 2, datasetId: 3, name: 'where', kind: 'loss', method: 'one-shot' },
  ...{ ...usualAnalysis, samples: 7 },
};

it('real data is proposed before what is made up', () => {
  const made = { id: 1, datasetType: 'dummy_v2' };
  expect(proposedDataset([made, { id: 2, datasetType: 'MNIST' }, { id: 3, datasetType: 'CIFAR10' }])).toBe(2);
  expect(proposedDataset([made])).toBe(1);
  expect(proposedDataset([])).toBeUndefined();
});

describe('requests', () => {
  it('of a sensitivity analysis name what its method has a use for, and nothing else', () => {
    const read = (more: Partial<SensitivityAnswers>): object =>
      sensitivityAdd.read(RequestReader.of(sensitivityRequest({ ...analysis, ...more })));
    const settings = { samples: 7, iterations: 30 };
    expect(read({})).toMatchObject({ projectId: 1, modelId: 2, datasetId: 3, method: 'one-shot', settings });
    expect(read({ method: 'approx' })).toMatchObject({ datasetId: null, settings: { samples: 5 } });
    const chosen = { levelFractions: [0.5, 0.9], batchSize: 4, threads: 2, warmupRuns: 0 };
    expect(read(chosen)).toMatchObject({ settings: { ...chosen, warmupRuns: 5 } });
    expect(read({ ...chosen, kind: 'perf', method: 'measured' })).toMatchObject({
      settings: { ...chosen, samples: 5 },
    });
    expect(read({ ...chosen, method: 'approx' })).toMatchObject({ settings: { levelFractions: null, batchSize: 1 } });
    const measured = { kind: 'perf', method: 'measured', datasetId: null, iterations: 9 } as const;
    expect(read(measured)).toMatchObject({
      method: 'measured',
      datasetId: null,
      settings: { samples: 5, iterations: 9 },
    });
  });

  it('of an edit of one say that no data set is random inputs', () => {
    const read = (more: Partial<SensitivityAnswers>): object =>
      readChange(RequestReader.of(sensitivityEdit(4, { ...analysis, ...more })));
    expect(read({})).toMatchObject({ method: 'one-shot', datasetId: 3, settings: { samples: 7 } });
    expect(read({ datasetId: null })).toMatchObject({ datasetId: null });
    expect(read({ method: 'approx' })).toMatchObject({ given: ['kind', 'method'], settings: {} });
    // Levels that were chosen before have to go, too.
    expect(read({})).toMatchObject({ settings: { levelFractions: usualLevels['one-shot'] } });
  });

  it('of an optimization are read as they are meant', () => {
    const read = readOptimizationRequest(RequestReader.of(optimizationRequest(optimization)));
    expect(read).toMatchObject({ projectId: 1, modelId: 2, datasetId: 3, precision: 'int8', samplingSize: 50 });
    expect(read.tuning).toEqual({
      ...{ strategy: 'auto', accuracyCriterionType: 'relative', accuracyCriterionThreshold: 0.01 },
      ...{ objective: 'performance,modelsize', timeoutS: 30, maxTrials: 25, randomSeed: 9527 },
    });
  });

  it('of an edit say the same by the names that edits have', () => {
    const read = readOptimizationEdit(RequestReader.of(optimizationEdit(7, optimization)));
    expect(read).toMatchObject({ id: 7, datasetId: 3, batchSize: 1, samplingSize: 50 });
    expect(read.tuning).toMatchObject({ strategy: 'auto', objective: 'performance,modelsize', timeoutS: 30 });
  });

  it('of a type that does not search say nothing of a search', () => {
    const { search, ...conversion } = optimization;
    expect(search).toBeDefined();
    expect(Object.keys(optimizationRequest(conversion))).not.toContain('tuning_strategy');
  });

  it('of a pruning say how sparse, new and edited', () => {
    const { search, ...others } = optimization;
    expect(search).toBeDefined();
    const pruning = { ...others, precisionId: 1, typeId: 4, targetSparsity: 0.6 };
    const read = readOptimizationRequest(RequestReader.of(optimizationRequest(pruning)));
    expect(read).toMatchObject({ optimizationType: 'Pruning', precision: 'fp32', pruning: { targetSparsity: 0.6 } });
    expect(readOptimizationEdit(RequestReader.of(optimizationEdit(7, pruning)))).toMatchObject({
      ...{ id: 7, optimizationType: 'Pruning', pruning: { targetSparsity: 0.6 } },
    });
  });

  it.each([
    ['80 %', 0.8],
    ['80%', 0.8],
    ['0.8', 0.8],
    ['.5', 0.5],
    ['97 %', 0.97],
    ['98 %', undefined],
    ['0', undefined],
    ['80', undefined],
    ['much', undefined],
  ])('read the sparsity %j', (text, fraction) => {
    expect(readSparsity(text)).toBe(fraction);
  });

  it('of a benchmark leave out what the bench decides', () => {
    const answers = { projectId: 1, modelId: 2, datasetId: 3, name: 'b', mode: 'performance', batchSize: 4 } as const;
    const read = readBenchmarkRequest(RequestReader.of(benchmarkRequest(answers)));
    expect(read).toEqual({ ...answers });
    expect(readBenchmarkEdit(RequestReader.of(benchmarkEdit(9, answers)))).toMatchObject({ id: 9, batchSize: 4 });
  });

  it.each([1, 2, 4, 64])('of a benchmark propose what the bench decides, also on %i cores', (machine) => {
    expect(proposedCores(machine)).toBe(machineShare({}, machine).coresPerInstance);
    expect(proposedCores(machine)).toBeLessThanOrEqual(machine);
  });

  it('of a data set are read with transforms in order', () => {
    const read = readDatasetRequest(
      RequestReader.of(
        datasetRequest({
          ...{ projectId: 1, name: 'd', location: '/data' },
          loader: { name: 'ImageFolder', params: {} },
          transforms: [
            { name: 'Resize', params: { size: '224' } },
            { name: 'Normalize', params: {} },
          ],
          metric: { name: 'topk', params: { k: '1' } },
        }),
      ),
    );
    expect(read.location).toBe('/data');
    expect(read.description.transforms.map(({ name }) => name)).toEqual(['Resize', 'Normalize']);
    expect(read.description.metric?.name).toBe('topk');
  });

  it('of a project have no shape where the model leaves it open', () => {
    const answers = { path: 'm.onnx', name: 'm', inputs: ['x'], outputs: ['y'], domain: '', shape: '' };
    expect(projectRequest(answers)['model']).not.toHaveProperty('shape');
    expect(projectRequest({ ...answers, shape: '3' })['model']).toHaveProperty('shape', '3');
  });
});

describe('readBoundary', () => {
  it('leaves out the choice of a form to name another output', () => {
    const answer = { inputs: ['x'], outputs: ['y', 'custom'], domain: '', shape: '3' };
    expect(readBoundary(answer)).toEqual({ inputs: ['x'], outputs: ['y'], domain: '', shape: '3' });
  });
});

describe('tolerances', () => {
  it.each([
    ['1 %', { criterion: 'relative', tolerance: 0.01 }],
    ['0.5%', { criterion: 'relative', tolerance: 0.005 }],
    ['0.02', { criterion: 'absolute', tolerance: 0.02 }],
  ] as const)('%s is read, and written so that it is read again', (text, tolerance) => {
    expect(readTolerance(text)).toEqual(tolerance);
    expect(readTolerance(toleranceText(tolerance))).toEqual(tolerance);
  });

  it.each(['', 'one', '-1', '100 %'])('%s is none', (text) => {
    expect(readTolerance(text)).toBeUndefined();
  });
});

describe('freeName', () => {
  it('counts until a name is free, whatever the case', () => {
    expect(freeName('int8', [])).toBe('int8');
    expect(freeName('int8', ['INT8', 'int8 2'])).toBe('int8 3');
  });
});
