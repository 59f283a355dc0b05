// Random samples that do not fit a model as batches: it is measured with inputs of the shapes that it declares.
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runBenchmarkInstance } from '../../src/benchmark/runBenchmarkInstance';
import { DataType } from '../../src/onnx/dataTypes';
import { makeNode, makeValueInfo } from '../../src/onnx/makeMessages';
import { encodeModel } from '../../src/onnx/writeModel';
import { runProfile } from '../../src/profiling/runProfile';
import type { JobContext } from '../../src/protocol/jobContext';
import { identityModel, modelOf } from '../runtime/smallModels';
import { failureOf } from '../support/failureOf';
import { describeShared } from '../support/shared';
import { temporaryFolder } from '../support/temporaryFolder';

const folder = temporaryFolder();
const note = 'The random samples of the data set do not fit the inputs of the model';

function context(): JobContext {
  const signal = new AbortController().signal;
  return { folder: mkdtempSync(join(folder.path, 'job-')), signal, onProgress: () => undefined, log: () => undefined };
}

/** `state` is that of a recurrent layer: its batch is the second axis. */
const recurrent = folder.write(
  'recurrent.onnx',
  encodeModel(
    modelOf({
      nodes: [
        makeNode({ opType: 'Identity', inputs: ['x'], outputs: ['y'], name: 'of x' }),
        makeNode({ opType: 'Identity', inputs: ['state'], outputs: ['next'], name: 'of state' }),
      ],
      inputs: [
        makeValueInfo('x', DataType.float32, [null, null]),
        makeValueInfo('state', DataType.float32, [2, null, 16]),
      ],
      outputs: [
        makeValueInfo('y', DataType.float32, [null, null]),
        makeValueInfo('next', DataType.float32, [2, null, 16]),
      ],
    }),
  ),
);
const dummy = folder.write(
  'dummy.yaml',
  'dataset:\n  dummy_v2:\n    input_shape: [[32], [1, 16]]\n    label_shape: [1]\n',
);

const profileOf = (modelPath: string, datasetPath: string) =>
  runProfile(
    { verb: 'profile', modelPath, datasetPath, runs: 2, warmupRuns: 1, dimensions: {}, threads: 1 },
    context(),
  );
const benchmarkOf = (modelPath: string, datasetPath: string, batchSize: number) =>
  runBenchmarkInstance(
    {
      ...{ verb: 'benchmarkInstance', modelPaths: [modelPath], datasetPath, batchSize, warmupIterations: 1 },
      ...{ iterations: 3, threads: 1, instances: 1, dimensions: {} },
    },
    context(),
  );

describe('a model whose inputs do not share a batch axis', () => {
  it('is profiled with inputs of its shapes, in the sizes of the samples, and a warning says so once', async () => {
    const { inputShapes, warnings } = await profileOf(recurrent, dummy);
    expect(inputShapes).toEqual({ x: [1, 32], state: [2, 1, 16] });
    expect(warnings.filter((one) => one.startsWith(note))).toHaveLength(1);
  });

  it('is benchmarked in whole batches', async () => {
    const { warnings, latenciesMs } = await benchmarkOf(recurrent, dummy, 4);
    expect(latenciesMs[0]).toHaveLength(3);
    expect(warnings[0]).toContain('(x [4, 32], state [2, 4, 16])');
  });
});

describe('a model that takes a fixed number of items', () => {
  it('is not measured as if it took another', async () => {
    const path = folder.write('fixed.onnx', encodeModel(identityModel(DataType.float32, [8, 4])));
    const data = folder.write('four.yaml', 'dataset:\n  dummy_v2:\n    input_shape: [4]\n    label_shape: [1]\n');
    expect(await failureOf(benchmarkOf(path, data, 2))).toMatchObject({ code: 'engine-input-shape' });
  });
});

describeShared('the voice detector', (shared) => {
  it('is profiled on random data', async () => {
    const text = [
      ...['dataset:', '  dummy_v2:', '    input_shape: [[512], [1, 128], []]', '    label_shape: [1]'],
      ...['    low: [-128, -128, 0, -128]', '    high: [127, 127, 2, 127]'],
      '    dtype: [float32, float32, int64, float32]',
    ];
    const data = folder.write('voice.yaml', `${text.join('\n')}\n`);
    const path = join(shared, 'data/models/silero_vad.onnx');
    const { warnings, nodes, inputShapes } = await profileOf(path, data);
    expect(nodes.length).toBeGreaterThan(0);
    expect(inputShapes).toMatchObject({ state: [2, 1, 128], sr: [] });
    expect((await benchmarkOf(path, data, 2)).warnings[0]).toContain('state [2, 2, 128]');
    expect(warnings.some((one) => one.startsWith(note))).toBe(true);
  });
});
