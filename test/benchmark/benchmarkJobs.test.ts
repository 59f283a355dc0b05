// The jobs `benchmark` and `check` on the bundled example, in processes of their own as the product runs them.
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { affinityTool } from '../../src/processes/cpuAffinity';
import { runJob } from '../../src/jobs/runJob';
import type { BenchmarkSpec, CheckSpec, JobResults, JobVerb, SpecOf } from '../../src/protocol/jobs';
import type { Progress } from '../../src/protocol/progress';
import { DataType } from '../../src/onnx/dataTypes';
import { encodeModel } from '../../src/onnx/writeModel';
import { jobBundle } from '../processes/bundle';
import { identityModel } from '../runtime/smallModels';
import { temporaryFolder } from '../support/temporaryFolder';

const example = resolve(import.meta.dirname, '../../media/examples/mnist');
const modelPath = join(example, 'mnist_resnet.onnx');
const sameFunctionPath = join(example, 'mnist_resnet_unbalanced.onnx');
const datasetPath = join(example, 'evaluation.yaml');

const folder = temporaryFolder();
const bundled = jobBundle();

function benchmarkOf(changes: Partial<BenchmarkSpec>): BenchmarkSpec {
  return {
    verb: 'benchmark',
    modelPaths: [modelPath],
    batchSize: 1,
    warmupIterations: 1,
    iterations: 10,
    threads: 1,
    instances: 1,
    dimensions: {},
    ...changes,
  };
}

function checkOf(changes: Partial<CheckSpec>): CheckSpec {
  const models = { modelPath: sameFunctionPath, againstPath: modelPath };
  return { verb: 'check', ...models, datasetPath, dimensions: {}, threads: 1, ...changes };
}

async function resultOf<Verb extends JobVerb>(spec: SpecOf<Verb>): Promise<JobResults[Verb]> {
  const outcome = await runJob<Verb>(spec, bundled).outcome;
  if (outcome.state !== 'success') throw new Error(JSON.stringify(outcome));
  return outcome.result;
}

describe('benchmark', () => {
  it('gives figures of each model, their comparison and the machine', async () => {
    const result = await resultOf<'benchmark'>(
      benchmarkOf({ modelPaths: [modelPath, sameFunctionPath], datasetPath, iterations: 25 }),
    );
    expect(result).toMatchObject({
      results: [
        { model: modelPath, samples: 25, sizeBytes: 703_587 },
        { model: sameFunctionPath, samples: 25, sizeBytes: 703_587 },
      ],
      comparison: [{ model: sameFunctionPath, against: modelPath }],
      machine: { nodeVersion: process.version, engineVersion: '1.30.0' },
      settings: { batchSize: 1, threads: 1, instances: 1, coresPerInstance: null, data: 'dataset' },
    });
    for (const { latencyMs, throughput } of result.results) {
      const { min, median, p90, p99 } = latencyMs;
      expect([min, median, p90, p99]).toEqual([min, median, p90, p99].sort((a, b) => a - b));
      expect(min).toBeGreaterThan(0);
      expect(throughput).toBeGreaterThan(0);
    }
    const { ratio, interval } = result.comparison[0]!;
    if (interval === null) throw new Error('no interval');
    expect(ratio).toBeGreaterThanOrEqual(interval[0]);
    expect(ratio).toBeLessThanOrEqual(interval[1]);
  });

  it('runs several instances as processes of their own and pools their runs', async () => {
    const cores = affinityTool() === undefined ? {} : { coresPerInstance: 1 };
    const result = await resultOf<'benchmark'>(benchmarkOf({ instances: 2, batchSize: 4, ...cores }));
    expect(result).toMatchObject({
      results: [{ samples: 20 }],
      settings: { instances: 2, batchSize: 4, data: 'random' },
    });
  });

  it('says so when the instances want more cores than there are', async () => {
    const result = await resultOf<'benchmark'>(benchmarkOf({ coresPerInstance: 500, iterations: 1 }));
    expect(result.warnings.join('\n')).toMatch(/want 500 cores; there are \d+/);
  });

  it('goes over the whole batches of a data set once when asked for all, and runs endless data 10 times', async () => {
    const all = { iterations: 'all', batchSize: 300 } as const;
    expect((await resultOf<'benchmark'>(benchmarkOf({ ...all, datasetPath }))).results[0]?.samples).toBe(3);
    expect((await resultOf<'benchmark'>(benchmarkOf({ ...all, batchSize: 2 }))).results[0]?.samples).toBe(10);
  });

  it('refuses a batch larger than the data set', async () => {
    const outcome = await runJob(benchmarkOf({ datasetPath, batchSize: 1001 }), bundled).outcome;
    expect(outcome).toMatchObject({ state: 'error', failure: { code: 'benchmark-batch' } });
  });

  it('refuses a batch that a model of fixed shape would not have run, instead of counting it as throughput', async () => {
    const fixed = folder.write('fixed.onnx', encodeModel(identityModel(DataType.float32, [1, 4])));
    const outcome = await runJob(benchmarkOf({ modelPaths: [fixed], batchSize: 8 }), bundled).outcome;
    expect(outcome).toMatchObject({
      state: 'error',
      failure: {
        code: 'benchmark-batch',
        message: expect.stringContaining('fixed.onnx takes inputs of the fixed shape [1, 4]') as string,
      },
    });
  });

  it('fails as a whole, with the reason, when an instance fails', async () => {
    const missing = join(example, 'missing.yaml');
    const outcome = await runJob(benchmarkOf({ instances: 2, datasetPath: missing }), bundled).outcome;
    expect(outcome.state === 'error' && outcome.failure.message).toContain('missing.yaml');
  });

  it('stops every instance when it is cancelled', async () => {
    const cancelling = new AbortController();
    const onProgress = ({ phase }: Progress): void => {
      if (phase === 'measuring') cancelling.abort();
    };
    const spec = benchmarkOf({ instances: 2, iterations: 1_000_000 });
    const outcome = await runJob(spec, { ...bundled, signal: cancelling.signal, onProgress }).outcome;
    expect(outcome).toEqual({ state: 'cancelled' });
  });
});

describe('check', () => {
  it('passes a model that computes the same, and measures no latency when nobody asks', async () => {
    expect(await resultOf<'check'>(checkOf({ maxDrop: 0, minAccuracy: 0.99 }))).toMatchObject({
      passed: true,
      figures: { value: 0.999, againstValue: 0.999, drop: 0, samples: 1000, latencyRatio: null, sizeRatio: 1 },
      gates: [
        { gate: 'min-accuracy', limit: 0.99, value: 0.999, passed: true },
        { gate: 'max-drop', limit: 0, value: 0, passed: true },
      ],
      model: sameFunctionPath,
      against: modelPath,
      environment: { engineVersion: '1.30.0', threads: 1 },
    });
  });

  it('fails a model that is slower than the limit, however accurate', async () => {
    expect(await resultOf<'check'>(checkOf({ maxDrop: 0, maxLatencyRatio: 0.01 }))).toMatchObject({
      passed: false,
      gates: [
        { gate: 'max-drop', passed: true },
        { gate: 'max-latency-ratio', limit: 0.01, passed: false },
      ],
    });
  });
});
