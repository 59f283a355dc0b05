// Inference of a script through the engine process: batches, metrics, cascades, and what goes wrong.
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { writeFileSync } from 'node:fs';
import { encodeModel } from '../../../src/onnx/writeModel';
import type { Tensor } from '../../../src/onnx/tensor';
import { loadModel } from '../../../src/pipeline/library/compressedModel';
import type { DataLoader, Metric } from '../../../src/pipeline/library/contracts';
import { OrtEngine } from '../../../src/pipeline/library/ortEngine';
import { BatchSampler, IndexSampler } from '../../../src/pipeline/library/samplers';
import { jobBundle } from '../../processes/bundle';
import { node, protoOf } from '../../quantization/rewritingModels';
import { failureOf } from '../../support/failureOf';
import { temporaryFolder } from '../../support/temporaryFolder';

const folder = temporaryFolder();
const bundled = jobBundle('src/engineChild.ts');
const engines: OrtEngine[] = [];
afterAll(() => engines.forEach((engine) => engine.close()));

function modelFile(name: string, input: string, output: string): string {
  const path = join(folder.path, name);
  const inputs = { [input]: ['batch', 2] };
  writeFileSync(
    path,
    encodeModel(protoOf({ nodes: [node('Add', [input, input], output)], inputs, outputs: [output] })),
  );
  return path;
}

const double = modelFile('double.onnx', 'x', 'y');
const again = modelFile('again.onnx', 'y', 'z');

const loader: DataLoader = {
  length: 5,
  get: (index) => [{ type: 'float32', dims: [2], data: Float32Array.of(index, 1) }, 2 * index],
};

/** 1 where the first number of the output is the annotation. */
class Exact implements Metric {
  readonly attributes = { exact: { direction: 'higher-better', type: 'accuracy' } } as const;
  private all: number[] = [];
  private last: number[] = [];

  get value() {
    return { exact: this.last };
  }

  get avgValue() {
    return { exact: this.all.reduce((sum, one) => sum + one, 0) / this.all.length };
  }

  update([output]: readonly Tensor[], annotations: readonly unknown[]): void {
    this.last = annotations.map((wanted, row) => Number(Number(output?.data[2 * row]) === wanted));
    this.all.push(...this.last);
  }

  reset(): void {
    this.all = [];
    this.last = [];
  }
}

function engineOf(data: DataLoader = loader, metric: Metric = new Exact(), requests = 1): OrtEngine {
  const engine = new OrtEngine({ evalRequestsNumber: requests }, data, metric, bundled);
  engines.push(engine);
  return engine;
}

describe('OrtEngine', () => {
  it.each([1, 3])('judges all samples with %i batches under way', async (requests) => {
    const engine = engineOf(loader, new Exact(), requests);
    await engine.setModel(loadModel({ modelName: 'double', model: double }));
    const sampler = new BatchSampler(loader, { batchSize: 2 });
    const { metrics, perSample } = await engine.predict({ sampler, metricPerSample: true });
    expect(metrics).toEqual({ exact: 1 });
    expect(perSample?.map(({ sampleId, result }) => [sampleId, result])).toEqual([0, 1, 2, 3, 4].map((id) => [id, 1]));
  });

  it('runs the parts of a cascade in order, outputs fed by name', async () => {
    const engine = engineOf({
      length: 2,
      get: (index) => [{ type: 'float32', dims: [2], data: Float32Array.of(index, 1) }, 4 * index],
    });
    await engine.setModel(
      loadModel({
        modelName: 'both',
        cascade: [
          { name: 'one', model: double },
          { name: 'two', model: again },
        ],
      }),
    );
    expect((await engine.predict()).metrics).toEqual({ exact: 1 });
  });

  it('says what is wrong: no model, a missing part, a metric without values for samples', async () => {
    expect((await failureOf(engineOf().predict())).code).toBe('pipeline-no-model-set');
    const missing = (): unknown =>
      loadModel({
        modelName: 'both',
        cascade: [
          { name: 'one', model: double },
          { name: 'two', model: '/no/such.onnx' },
        ],
      });
    expect(missing).toThrow('/no/such.onnx of the part "two" of the model "both" does not exist');
    const blind = new Exact();
    Object.defineProperty(blind, 'value', { value: { exact: [] } });
    const engine = engineOf(loader, blind);
    await engine.setModel(loadModel({ modelName: 'double', model: double }));
    const failure = await failureOf(engine.predict({ metricPerSample: true }));
    expect(failure.message).toContain('"exact" holds 0 results after an update with 1 samples');
  });

  it('refuses a sampler of indexes alone, and a metric that is asynchronous', async () => {
    const metric = Object.defineProperty(new Exact(), 'update', { value: () => Promise.resolve() });
    const engine = engineOf(loader, metric);
    await engine.setModel(loadModel({ modelName: 'double', model: double }));
    const asynchronous = await failureOf(engine.predict());
    expect(asynchronous.message).toBe(
      'The update of the metric is asynchronous; a function that returns when it is done was expected.',
    );
    const indexes = await failureOf(engine.predict({ sampler: new IndexSampler([1, 2]) as never }));
    expect(indexes).toMatchObject({ code: 'pipeline-batch-form', message: /^The sampler gave a number;/ });
  });

  it('ends an engine that does not answer in time', async () => {
    const engine = new OrtEngine({ stallLimitMs: 1 }, loader, undefined, bundled);
    engines.push(engine);
    const failure = await failureOf(engine.setModel(loadModel({ modelName: 'double', model: double })));
    expect(failure).toMatchObject({ code: 'pipeline-engine-stalled', message: /not answered for 0.001 seconds/ });
  });
});
