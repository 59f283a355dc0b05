// Mistakes in a config.yaml as `tune` shows them: line and column, what is wrong, and what would be right.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mnistFolder, mnistModel } from '../support/mnistTuning';
import { temporaryFolder } from '../support/temporaryFolder';
import { commandLine, stackLines } from './commandLine';

const run = commandLine();
const folder = temporaryFolder();
const model = `model: {path: ${JSON.stringify(mnistModel)}}\n`;
const data = `{dataset: {MNIST: {root: ${JSON.stringify(mnistFolder)}}}}`;
const calibrated = `${model}quantization: {calibration: {dataloader: ${data}}}\n`;

describe('a mistake in a config', () => {
  it.each([
    [
      'no data to calibrate with',
      `${model}quantization:\n  approach: post_training_static_quant\n`,
      'c.yaml:2:1 quantization.calibration.dataloader: The approach static needs data to calibrate with, which is missing.',
    ],
    [
      'a goal that is both relative and absolute',
      `${calibrated}tuning:\n  accuracy_criterion:\n    relative: 0.01\n    absolute: 0.01\n`,
      'c.yaml:6:5 tuning.accuracy_criterion.absolute: The goal is both relative and absolute; only one of the two can be kept to.',
    ],
    [
      'an unknown metric',
      `${calibrated}evaluation:\n  accuracy:\n    metric: {topkk: 1}\n    dataloader: ${data}\n`,
      'c.yaml:5:14 evaluation.accuracy.metric.topkk: There is no metric "topkk". Did you mean topk?',
    ],
    [
      'a threshold outside its range',
      `${calibrated}tuning:\n  accuracy_criterion:\n    relative: 150%\n`,
      'c.yaml:5:15 tuning.accuracy_criterion.relative: relative cannot be 150%.',
    ],
    [
      'the path of a model that is not there',
      `model:\n  path: nowhere.onnx\nquantization: {calibration: {dataloader: ${data}}}\n`,
      'c.yaml:2:3 model.path: There is no file ',
    ],
    [
      'the path of data that are not there',
      `${model}quantization:\n  calibration:\n    dataloader:\n      dataset: {MNIST: {root: nowhere}}\n`,
      'c.yaml:5:17 quantization.calibration.dataloader.dataset.MNIST.root: root is ',
    ],
    [
      'the path of a data set file that is not there',
      `${model}quantization:\n  calibration:\n    dataloader: nowhere.yaml\n`,
      'c.yaml:4:17 quantization.calibration.dataloader: Could not read ',
    ],
    [
      'an unknown key',
      `${calibrated}tuning:\n  exit_policy: {max_trails: 3}\n`,
      'c.yaml:4:17 tuning.exit_policy.max_trails: ',
    ],
    ['broken YAML', `${model}quantization: {approach: [\n`, 'c.yaml:'],
  ])('(%s) is shown with its place, exit code 1, and no run folder', async (_what, text, sentence) => {
    folder.write('c.yaml', text);
    const end = await run(['tune', 'c.yaml'], { cwd: folder.path });
    expect(end).toMatchObject({ code: 1, stdout: '' });
    expect(end.stderr).toContain(`\n  ${sentence}`);
    expect(end.stderr).toMatch(/\n {2}next: Correct the lines named above\.\n$/);
    expect(stackLines(end)).toEqual([]);
    expect(existsSync(join(folder.path, '.compressor-bench'))).toBe(false);
  });

  it('stands in the object of --json with its place', async () => {
    const path = folder.write('c.yaml', `${calibrated}tuning:\n  accuracy_criterion:\n    relative: 150%\n`);
    const end = await run(['tune', 'c.yaml', '--json'], { cwd: folder.path });
    expect(end.code).toBe(1);
    expect(JSON.parse(end.stdout)).toMatchObject({ error: { code: 'config-invalid', place: `${path}:5:15` } });
  });

  it('is named all at once', async () => {
    folder.write('c.yaml', `${model}quantization: {aproach: dynamic}\ntuning: {strategy: {name: basik}}\n`);
    const { stderr } = await run(['tune', 'c.yaml'], { cwd: folder.path });
    expect(stderr).toMatch(/c\.yaml has \d mistakes:\n/);
    expect(stderr).toContain('Did you mean approach?');
    expect(stderr).toContain('Did you mean basic?');
  });

  it('of the whole file is one sentence', async () => {
    const missing = await run(['tune', 'nowhere.yaml'], { cwd: folder.path });
    expect(missing).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/Could not read .*nowhere\.yaml/) as string,
    });
    const place = await run(['tune', '.'], { cwd: folder.path });
    expect(place).toMatchObject({ code: 1, stderr: expect.stringMatching(/is a folder/) as string });
  });
});
