// What comes with an example can be run: the benchmark of each bundled one, through queue and job processes.
import { describe, expect, it } from 'vitest';
import { bundledExamples } from '../../src/bench/example/examples';
import { queueBundles } from '../processes/bundle';
import { temporaryFolder } from '../support/temporaryFolder';
import { openTestBench } from './openTestBench';

const folder = temporaryFolder();
const programs = queueBundles();

/** Its data and shape are those of another. */
const different = bundledExamples.filter(({ model }) => model !== 'mnist_resnet_unbalanced');

describe('the benchmark of a bundled example', () => {
  it.each(different.map(({ model, domain }) => [model, domain]))('runs: %s', async (model, domain) => {
    await using opened = await openTestBench(folder.fresh(), programs);
    const request = { request_id: 'made', name: model, framework: 'ONNXRT', domain, model };
    await opened.call('examples/add', request);
    const { benchmark_id: id } = (await opened.told('example_finish')).data;
    await opened.call('benchmark/execute', { request_id: 'ran', benchmark_id: id });
    expect(await opened.told('benchmark_finish')).toMatchObject({ status: 'success' });
    expect(await opened.call('benchmark', { id })).toMatchObject({ status: 'success', batch_size: 1 });
  });
});
