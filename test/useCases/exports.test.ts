// Results taken out of a bench: a new folder with all files, nothing written over, names of models as text.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Bench } from '../../src/bench/bench';
import { addChosenExample } from '../../src/bench/example/chosenExample';
import { exportResult } from '../../src/bench/export/exportResult';
import { reportText } from '../../src/bench/export/reportText';
import { queueBundles } from '../processes/bundle';
import { temporaryFolder } from '../support/temporaryFolder';
import { openTestBench } from './openTestBench';

const folder = temporaryFolder();
const programs = queueBundles();
const context = { signal: new AbortController().signal, onProgress: () => undefined };

function example(bench: Bench): ReturnType<typeof addChosenExample> {
  return addChosenExample(bench, { model: 'mnist_resnet', name: 'digits' }, context);
}

describe('exportResult', () => {
  it('writes report and config of a benchmark that was run, each time into a folder of its own', async () => {
    const workspace = folder.fresh();
    await using opened = await openTestBench(workspace, programs);
    const { benchmark_id: id } = await example(opened.bench);
    await opened.call('benchmark/execute', { request_id: 'ran', benchmark_id: id });
    await opened.told('benchmark_finish');
    const request = { kind: 'benchmark', id, folder: workspace } as const;
    const { folder: first, files } = await exportResult(opened.bench, request, context);
    const { folder: second } = await exportResult(opened.bench, request, context);
    expect(basename(first)).toBe('digits-mnist-resnet-benchmark');
    expect(basename(second)).toBe('digits-mnist-resnet-benchmark-2');
    expect([...files].sort()).toEqual(['config.yaml', 'report.json', 'report.md']);
    expect(readdirSync(first).sort()).toEqual([...files].sort());
    const report = readFileSync(join(first, 'report.md'), 'utf8');
    expect(report).toContain('Throughput');
    expect(report).toContain('SHA-256 of the model');
    expect(readFileSync(join(first, 'report.json'), 'utf8')).not.toContain(workspace);
    const config = parse(readFileSync(join(first, 'config.yaml'), 'utf8')) as {
      readonly model: { readonly path: string };
    };
    expect(existsSync(resolve(first, config.model.path))).toBe(true);
  });

  it('writes what an analysis of sensitivity found, all points as CSV', async () => {
    const workspace = folder.fresh();
    await using opened = await openTestBench(workspace, programs);
    const { project_id: projectId } = await example(opened.bench);
    const parameters = { project_id: projectId, name: 'Where', kind: 'loss', method: 'one-shot', levels: [0.25, 0.5] };
    const { sensitivity_id: id } = (await opened.call('sensitivity/add', parameters)) as { sensitivity_id: number };
    const request = { kind: 'sensitivity', id, folder: workspace } as const;
    await expect(exportResult(opened.bench, request, context)).rejects.toMatchObject({ code: 'request-no-results' });
    await opened.call('sensitivity/execute', { request_id: 'ran', sensitivity_id: id });
    await opened.told('sensitivity_finish');
    const { folder: made, files } = await exportResult(opened.bench, request, context);
    expect([...files].sort()).toEqual(['report.json', 'report.md', 'results.csv']);
    const [header, ...rows] = readFileSync(join(made, 'results.csv'), 'utf8').trimEnd().split('\n');
    expect(header).toBe('layer,node,op_type,weights,sparsity,loss');
    expect(rows.slice(0, 3).map((row) => row.split(',').slice(0, 5).join())).toEqual(
      ['0', '0.25', '0.5'].map((sparsity) => expect.stringMatching(new RegExp(`,Conv,144,${sparsity}$`)) as string),
    );
    expect(readFileSync(join(made, 'report.md'), 'utf8')).toContain('Divergence of the outputs');
    expect(readFileSync(join(made, 'report.json'), 'utf8')).not.toContain(workspace);
  });

  it('writes a model with its report', async () => {
    const workspace = folder.fresh();
    await using opened = await openTestBench(workspace);
    const { model_id: id } = await example(opened.bench);
    mkdirSync(join(workspace, 'digits-input-model'));
    writeFileSync(join(workspace, 'digits-input-model', 'mine.txt'), 'stays');
    const { folder: made, files } = await exportResult(opened.bench, { kind: 'model', id, folder: workspace }, context);
    expect(basename(made)).toBe('digits-input-model-2');
    expect(files).toContain('mnist_resnet.onnx');
    expect(readFileSync(join(workspace, 'digits-input-model', 'mine.txt'), 'utf8')).toBe('stays');
  });

  it('refuses what was never run, and writes nothing', async () => {
    const workspace = folder.fresh();
    await using opened = await openTestBench(workspace);
    const { optimization_id: id } = await example(opened.bench);
    const before = readdirSync(workspace);
    await expect(
      exportResult(opened.bench, { kind: 'optimization', id, folder: workspace }, context),
    ).rejects.toMatchObject({ code: 'request-no-results' });
    expect(readdirSync(workspace)).toEqual(before);
  });
});

describe('an example that is stopped', () => {
  it('makes no project', async () => {
    await using opened = await openTestBench(folder.fresh());
    const stopped = { ...context, signal: AbortSignal.abort() };
    await expect(addChosenExample(opened.bench, { model: 'mnist_resnet', name: 'digits' }, stopped)).rejects.toThrow();
    expect(await opened.call('project/list')).toMatchObject({ projects: [] });
  });
});

describe('reportText', () => {
  it('writes names of models as text, whatever they are', () => {
    const hostile = '<script>alert(1)</script> | [x](javascript:1) `code`\n# heading';
    const text = reportText({
      title: hostile,
      sections: [{ heading: hostile, facts: [[hostile, hostile]], sentences: [hostile] }],
    });
    expect(text).not.toMatch(/(?<!\\)[<`]/);
    expect(text.split('\n').filter((line) => line.startsWith('#'))).toHaveLength(2);
  });
});
