// `tune` as people use it: rows, the account at the end, the object of --json, where the winner goes, and wrong usage.
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { evaluation, mnistConfig, mnistFolder, mnistModel, quickPerformance } from '../support/mnistTuning';
import { temporaryFolder } from '../support/temporaryFolder';
import { describeShared } from '../support/shared';
import { commandLine, jsonOf, stackLines } from './commandLine';
import type { CommandEnd } from './commandLine';

const run = commandLine();
const folder = temporaryFolder();
const tune = (...words: string[]): Promise<CommandEnd> => run(['tune', ...words], { cwd: folder.path });
const anyText = expect.any(String) as string;
const aNumber = expect.any(Number) as number;

/** One good trial. */
const quick = { tuning: { objective: 'modelsize', strategy: 'basic' } };
folder.write('quick.yaml', mnistConfig(quick));
/** The dynamic form of this model is larger than the model. */
folder.write(
  'hopeless.yaml',
  mnistConfig({ quantization: { approach: 'dynamic' }, tuning: { objective: 'modelsize', strategy: 'basic' } }),
);

/** A failure as people see it: nothing on stdout, a sentence, the next step, no stack trace. */
function expectFailure(end: CommandEnd, code: number, sentence: RegExp | string): void {
  expect(end).toMatchObject({ code, stdout: '' });
  expect(end.stderr).toMatch(sentence);
  expect(end.stderr).toMatch(/^error: \S/m);
  expect(end.stderr).toMatch(/\n {2}next: \S.*\n$/);
  expect(stackLines(end)).toEqual([]);
}

describe('what tune prints', () => {
  it('is a row for each trial, the winner beside the given model, the reasons and the places', async () => {
    const { code, stdout, stderr } = await tune('quick.yaml', '-o', 'out.onnx');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/^trial +accuracy +latency ms +speed +size +change$/);
    expect(lines[1]).toMatch(/^ +0 +100\.00 % .* 1\.00× +704 kB +the given model$/);
    expect(lines[3]).toMatch(/^ +\* 1 +100\.00 % +[\d.]+ +[\d.]+× +\d+ kB +\d+ ops static$/);
    expect(lines[4]).toMatch(/^ +best so far$/);
    expect(stdout).toMatch(
      /\n +given +trial 1 *\n +accuracy +100\.00 % +100\.00 % *\n +latency ms .*\n +size +704 kB +\d+ kB/,
    );
    expect(stdout).toMatch(/\nTrial 1 \(\d+ ops static\): .* smaller, 100\.00 % against 100\.00 %\.\n/);
    expect(stdout).toMatch(
      /\n +model +out\.onnx\n +goal +topk at least 99\.00 %\n +trials +1 in .*, ended by the strategy/,
    );
    expect(stdout).not.toContain('\u001B');
    const runFolder = /\n +run +(\S+)\n/.exec(stdout)?.[1] ?? '';
    expect(
      readFileSync('out.onnx'.replace(/^/, `${folder.path}/`)).equals(readFileSync(join(runFolder, 'model.onnx'))),
    ).toBe(true);
    expect(readdirSync(folder.path).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('with --json is one object and nothing else', async () => {
    const end = await tune('quick.yaml', '--json', '--timeout', '0', '--max-trials', '1');
    expect(end.stderr).toBe('');
    const result = jsonOf(end);
    expect(result).toMatchObject({
      baseline: { accuracy: 1, latencyMs: aNumber, sizeBytes: statSync(mnistModel).size },
      goal: { metric: 'topk', criterion: 'relative', tolerance: 0.01, target: 0.99 },
      trials: [
        { id: 0, change: 'the given model', meetsGoal: true },
        { id: 1, change: anyText, accuracy: 1, latencyMs: aNumber, sizeBytes: aNumber, meetsGoal: true },
      ],
      best: { trial: 1, accuracy: 1, latencyMs: aNumber, sizeBytes: aNumber, meetsGoal: true, speedup: aNumber },
      stoppedBy: 'strategy',
      config: join(folder.path, 'quick.yaml'),
    });
    expect((result['best'] as { path: string }).path).toBe(join(String(result['runFolder']), 'model.onnx'));
  });

  it('where every trial failed ends with exit code 1, so that no script goes on with the given model unawares', async () => {
    folder.write('bf16.yaml', mnistConfig({ quantization: undefined, mixed_precision: { precisions: ['bf16'] } }));
    const end = await tune('bf16.yaml');
    expect(end.code).toBe(1);
    expect(end.stdout).toMatch(/\nNo trial could be measured; the given model stays\.\n/);
  });

  it('where nothing pays says so, names the given model and writes no other', async () => {
    const end = await tune('hopeless.yaml', '-o', 'never.onnx');
    expect(end.code).toBe(0);
    expect(end.stdout).toMatch(/\nNothing pays: .* The given model stays\.\n/);
    expect(end.stdout).toContain(`${mnistModel} (as given)`);
    expect(end.stderr).toContain('note: never.onnx was not written: the given model stays.\n');
    expect(existsSync(join(folder.path, 'never.onnx'))).toBe(false);
  });

  it('as --help names every option and an example', async () => {
    const { code, stdout, stderr } = await tune('--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const option of [
      'model',
      'output',
      'workspace',
      'resume',
      'timeout',
      'max-trials',
      'dim',
      'json',
      'verbose',
    ]) {
      expect(stdout).toContain(`--${option}`);
    }
    expect(stdout).toContain('compressor-bench tune config.yaml');
    expect(stdout).not.toContain('--threads');
  });
});

describe('where things are', () => {
  it('--model takes the place of the one in the config', async () => {
    folder.write('mine.onnx', readFileSync(mnistModel));
    folder.write('elsewhere.yaml', mnistConfig({ ...quick, model: { path: 'nowhere.onnx' } }));
    const result = jsonOf(await tune('elsewhere.yaml', '--model', 'mine.onnx', '--max-trials', '1', '--json'));
    expect(result['best']).toMatchObject({ trial: 1 });
    folder.write('nameless.yaml', mnistConfig({ ...quick, model: { name: 'digits' } }));
    expectFailure(await tune('nameless.yaml'), 2, /names no model: add model\.path to it, or give --model/);
  });

  it('--workspace goes before the workspace of the config', async () => {
    const tuning = { ...quick.tuning, workspace: { path: 'own' } };
    folder.write('placed.yaml', mnistConfig({ tuning }));
    const own = jsonOf(await tune('placed.yaml', '--json'));
    expect(String(own['runFolder'])).toContain(join(folder.path, 'own', '.compressor-bench', 'runs'));
    const other = jsonOf(await tune('placed.yaml', '--json', '--workspace', 'other'));
    expect(String(other['runFolder'])).toContain(join(folder.path, 'other', '.compressor-bench', 'runs'));
  });

  it('the output is none of the files that are read, and is known to be possible before the work begins', async () => {
    folder.write(
      'data.yaml',
      readFileSync(join(mnistFolder, 'calibration.yaml'), 'utf8').replace('root: .', `root: ${mnistFolder}`),
    );
    folder.write(
      'listed.yaml',
      mnistConfig({ ...quick, quantization: { calibration: { sampling_size: 5, dataloader: 'data.yaml' } } }),
    );
    expectFailure(await tune('quick.yaml', '-o', mnistModel), 2, /--output .* would overwrite .*mnist_resnet\.onnx/);
    expectFailure(await tune('quick.yaml', '-o', './quick.yaml'), 2, /--output \.\/quick\.yaml would overwrite/);
    expectFailure(await tune('listed.yaml', '-o', 'data.yaml'), 2, /--output data\.yaml would overwrite/);
    expectFailure(
      await tune('quick.yaml', '-o', 'no/where.onnx'),
      2,
      /The folder of --output no\/where\.onnx does not exist/,
    );
    expectFailure(await tune('quick.yaml', '-o', '.'), 2, /--output \. is a folder/);
  });
});

describe('wrong usage', () => {
  it.each([
    [[], /tune needs CONFIG\.yaml/],
    [['quick.yaml', 'other.yaml'], /"other\.yaml" is one word too many/],
    [['quick.yaml', '--timeout', '-1'], /--timeout is at least 0/],
    [['quick.yaml', '--max-trials', '0'], /--max-trials is at least 1/],
    [['quick.yaml', '--threads', '2'], /--threads/],
    [['quick.yaml', '--dim', 'bacth=2'], /Did you mean batch\?/],
    [['quick.yaml', '--resume', '--workspace', 'empty'], /There is no run of quick\.yaml in .*empty to go on with/],
  ])('%j has exit code 2 and a sentence', async (words, sentence) => {
    expectFailure(await tune(...words), 2, sentence);
  });
});

describe('a model that cannot be tuned', () => {
  it('because it is missing is named', async () => {
    expectFailure(await tune('quick.yaml', '--model', 'nowhere.onnx'), 1, /nowhere\.onnx/);
  });

  it('because it is quantized already is refused before anything is measured', async () => {
    expect((await tune('quick.yaml', '-o', 'int8.onnx')).code).toBe(0);
    expectFailure(await tune('quick.yaml', '--model', 'int8.onnx'), 1, /int8\.onnx"? is already quantized/);
  });
});

describeShared('a hostile model', (shared) => {
  it.each([
    'truncated_half.onnx',
    'external_traversal.onnx',
    'cycle.onnx',
    'git_lfs_pointer.onnx',
    'custom_domain_op.onnx',
    'zero_byte.onnx',
    'string_tensor.onnx',
  ])('%s ends in a sentence', async (name) => {
    const config = mnistConfig({ ...quick, evaluation: { ...evaluation(), performance: quickPerformance } });
    folder.write('hostile.yaml', config);
    const end = await tune('hostile.yaml', '--model', join(shared, 'data/hostile', name), '--stall-limit', '5');
    expectFailure(end, 1, /./);
    expect(end.stderr).not.toMatch(/root:|did not expect/);
  });
});
