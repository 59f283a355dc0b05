// A data set and a metric of one's own, from the template to the results of a tuning and a benchmark.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bench } from '../../src/bench/bench';
import { openBench } from '../../src/bench/openBench';
import { queueBundles } from '../processes/bundle';
import { call, follow } from '../support/benchCalls';
import { mnistFolder } from '../support/mnistTuning';
import { temporaryFolder } from '../support/temporaryFolder';

const place = temporaryFolder();
let bench: Bench;
let projectId: number;
let modelId: number;
let datasetId: number;
const bundles = queueBundles();

beforeAll(async () => {
  bench = await openBench(place.path, bundles);
  const project = await call(bench, 'project/create', {
    name: 'Own code',
    model: {
      path: join(mnistFolder, 'mnist_resnet.onnx'),
      input_nodes: 'input',
      output_nodes: 'logits',
      domain: 'Image Recognition',
      shape: '1,28,28',
    },
  });
  [projectId, modelId] = [Number(project['project_id']), Number(project['model_id'])];
  const dataset = await call(bench, 'dataset/add', {
    project_id: projectId,
    name: 'Mine',
    dataset_path: mnistFolder,
    dataloader: { name: 'custom', params: {} },
    transform: [],
    metric: 'custom',
    metric_param: {},
  });
  datasetId = Number(dataset['dataset_id']);
});
afterAll(() => bench[Symbol.asyncDispose]());

/** What a person writes into the template: the digits, read from their files. */
async function fillTemplate(): Promise<void> {
  const { template_path } = await call(bench, 'dataset', { id: datasetId });
  const text = readFileSync(String(template_path), 'utf8')
    .replace(
      'this.folder = place.folder;',
      "this.images = readFileSync(join(parameters.root, 't10k-images-idx3-ubyte'));",
    )
    .replace(
      'annotation: index % 2',
      "annotation: readFileSync(join(this.parameters.root, 't10k-labels-idx1-ubyte'))[8 + index]",
    )
    .replace(/Float32Array\.from\(.*\),/, 'digit(this.images, index),');
  const digit = `import { readFileSync } from 'node:fs';
import { join } from 'node:path';

function digit(images, index) {
  const bytes = images.subarray(16 + index * 784, 16 + (index + 1) * 784);
  return Float32Array.from(bytes, (byte) => (byte / 255 - 0.1307) / 0.3081);
}
`;
  writeFileSync(String(template_path), `${digit}${text}`);
}

async function accuracy(name: string): Promise<unknown> {
  const { benchmark_id } = await call(bench, 'benchmark/add', {
    ...{ project_id: projectId, model_id: modelId, dataset_id: datasetId, name, mode: 'accuracy', batch_size: 10 },
    ...{ cores_per_instance: 1, number_of_instance: 1 },
  });
  const { last } = await follow(bench, 'benchmark/execute', { request_id: name, benchmark_id });
  expect(last).toMatchObject({ status: 'success' });
  return (last.data['result'] as { accuracy: unknown }).accuracy;
}

describe('code of one’s own', () => {
  it('is measured as the template comes, and as a person fills it in', { timeout: 60_000 }, async () => {
    expect(await accuracy('made up')).toBeLessThan(0.9);
    await fillTemplate();
    expect(await accuracy('digits')).toBeGreaterThan(0.95);
  });

  it('decides what a tuning keeps', { timeout: 120_000 }, async () => {
    const { optimization_id } = await call(bench, 'optimization/add', {
      ...{ project_id: projectId, name: 'Small', dataset_id: datasetId, optimization_type_id: 1, precision_id: 3 },
      ...{ sampling_size: 10, objective: 'modelsize', exit_policy: { max_trials: 2 } },
    });
    const { last } = await follow(bench, 'optimization/execute', { request_id: 'tune', optimization_id });
    expect(last).toMatchObject({ status: 'success' });
    expect(last.data['optimized_model']).toMatchObject({
      precision: { name: expect.stringMatching('int8') as unknown },
    });
  });
});
