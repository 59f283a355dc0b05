// The bench on the command line when something is not as it should be: wrong words, names, folders, runs that fail or stop.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporaryFolder';
import { commandLine, jsonOf, processesNaming, stackLines } from './commandLine';
import type { CommandEnd } from './commandLine';

const run = commandLine();
const folder = temporaryFolder();
const example = join(import.meta.dirname, '../../media/examples/mnist');
const model = join(example, 'mnist_resnet.onnx');
const data = join(example, 'evaluation.yaml');

/** A bench with the project `mnist` (1) and the data set `digits` (2). */
async function benchWithProject(): Promise<string> {
  const workspace = folder.fresh();
  for (const words of [
    ['projects', 'add', 'mnist', '--model', model],
    ['datasets', 'add', 'mnist', 'digits', '--file', data],
  ])
    expect(await run(words, { cwd: workspace })).toMatchObject({ code: 0 });
  return workspace;
}

async function quiet(words: readonly string[], cwd: string): Promise<CommandEnd> {
  const end = await run(words, { cwd });
  expect(stackLines(end)).toEqual([]);
  return end;
}

describe('wrong words', () => {
  const cwd = folder.fresh();

  it.each([
    ['project list', 'There is no command "project". Did you mean projects?'],
    ['projects lst', 'projects has no verb "lst". Did you mean "projects list"?'],
    ['projects remove 1', 'projects has no verb "remove". Did you mean "projects delete"?'],
    ['optimizations start 1', 'optimizations has no verb "start". Did you mean "optimizations run"?'],
    ['projects add', 'projects add needs NAME.'],
    ['projects add x', 'projects add needs --model FILE.'],
    [
      'projects add x --model m --domain image',
      '--domain is one of image-recognition, object-detection, neural-language-processing, recommendation, not "image".',
    ],
    ['projects list --workspce x', 'projects list has no option --workspce. Did you mean --workspace?'],
    ['projects delete 1', 'Give the name of the project as well, so that nothing else is deleted, or --yes.'],
    ['datasets add 1 x', 'Describe the data: --file DATASET.yaml, or --loader NAME.'],
    [
      'datasets add 1 x --file d.yaml --metric topk',
      '--file describes all of the data; --metric cannot stand beside it.',
    ],
    ['datasets add 1 x --loader MNIST --param root', '--param is NAME=VALUE, not "root".'],
    ['datasets add 1 x --loader MNIST --metric [topk]', `--metric is NAME or 'NAME: VALUE', not "[topk]".`],
    [
      'optimizations add 1 x --type graph-optimization --strategy tpe',
      '--strategy says how to search; only quantization searches.',
    ],
    ['optimizations add 1 x --max-drop 1% --max-drop-absolute 2', 'Give --max-drop or --max-drop-absolute, not both.'],
    ['optimizations pin 1', 'Say which benchmark: --accuracy BENCHMARK, --performance BENCHMARK.'],
    ['optimizations edit 1', 'Say what is to change.'],
    ['optimizations vary 1 x --all dtype', '--all takes SETTING=VALUE such as weight.dtype=int8, not "dtype".'],
    ['benchmarks compare 1', 'benchmarks compare needs BENCHMARK BENCHMARK....'],
    ['queue cancel', 'Name what is to stop: KIND (optimization, benchmark, profiling, sensitivity) and ID, or --all.'],
    ['dictionary transforms --framework ONNXRT --domain recommendation', 'Give one of --framework, --domain.'],
    ['dictionary values strategi', 'KIND is one of'],
    ['projects list --workspace nowhere', 'does not exist.'],
  ])('"%s" ends with 2', async (line, sentence) => {
    const end = await quiet(line.split(' '), cwd);
    expect(end).toMatchObject({ code: 2, stdout: '' });
    expect(end.stderr).toContain(sentence);
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('shows the verbs of a noun alone, with exit code 2, and of --help with 0', async () => {
    const alone = await quiet(['projects'], cwd);
    expect(alone).toMatchObject({ code: 2, stdout: '' });
    const asked = await quiet(['projects', '--help'], cwd);
    expect(asked).toMatchObject({ code: 0, stdout: alone.stderr, stderr: '' });
    expect((await quiet(['projects', 'add', '--help'], cwd)).stdout).toContain(
      'Usage: compressor-bench projects add NAME [options]',
    );
  });
});

describe('names', () => {
  it('of people stand for ids where only one thing has them, also in another case', async () => {
    const cwd = await benchWithProject();
    expect((await quiet(['projects', 'show', 'MNIST'], cwd)).code).toBe(0);
    const near = await quiet(['projects', 'show', 'mnits'], cwd);
    expect(near).toMatchObject({ code: 1, stdout: '' });
    expect(near.stderr).toContain('There is no project called "mnits". Did you mean "mnist"?');
    await quiet(['projects', 'add', 'mnist', '--model', model], cwd);
    const twice = await quiet(['datasets', 'list', 'mnist'], cwd);
    expect(twice).toMatchObject({ code: 1 });
    expect(twice.stderr).toContain('2 projects are called "mnist": 1, 2.');
    const choose = await quiet(['benchmarks', 'add', '1', 'speed'], cwd);
    expect(choose.stderr).toContain('The project has 2 data sets: 1 (dummy), 2 (digits).');
    const gone = await quiet(['projects', 'show', '7', '--json'], cwd);
    expect(gone.code).toBe(1);
    expect(JSON.parse(gone.stdout)).toMatchObject({ error: { message: 'Could not find project 7.' } });
  });

  it('with markup are shown as they are, with control characters refused; nothing plays with the terminal', async () => {
    const cwd = await benchWithProject();
    const html = '<img src=x onerror=alert(1)>';
    await quiet(['projects', 'add', html, '--model', model], cwd);
    expect((await quiet(['projects', 'list'], cwd)).stdout).toContain(` ${html} `);
    const ansi = await quiet(['projects', 'add', '\u001b[2Jx', '--model', model], cwd);
    expect(ansi).toMatchObject({ code: 1, stdout: '' });
    expect(ansi.stderr).not.toContain('\u001b');
    // By hand, or by a merge, anything can come into a file.
    const file = join(cwd, '.compressor-bench/projects/1-mnist/project.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"mnist"', String.raw`"a\u001b[2J\nb"`));
    for (const words of [
      ['projects', 'list'],
      ['projects', 'show', '1'],
    ]) {
      const { stdout, code } = await quiet(words, cwd);
      expect({ code, hasEscape: stdout.includes('\u001b') }).toEqual({ code: 0, hasEscape: false });
    }
  });
});

describe('folders', () => {
  it('without a bench are looked into and left as they are', async () => {
    const cwd = folder.fresh();
    const end = await quiet(['projects', 'list'], cwd);
    expect(end).toMatchObject({ code: 0, stdout: 'There are no projects yet.\n' });
    expect(end.stderr).toBe('next: compressor-bench projects add NAME --model MODEL.onnx\n');
    expect(jsonOf(await quiet(['queue', 'list', '--json'], cwd))).toEqual({ queue: [] });
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('in which .compressor-bench is a file, or of a newer version, are refused with a sentence', async () => {
    const [file, newer] = [folder.fresh(), folder.fresh()];
    writeFileSync(join(file, '.compressor-bench'), '');
    mkdirSync(join(newer, '.compressor-bench'));
    writeFileSync(join(newer, '.compressor-bench/bench.json'), '{"schemaVersion": 99}');
    for (const cwd of [file, newer]) {
      const end = await quiet(['projects', 'list', '--json'], cwd);
      expect(end.code).toBe(1);
      expect(JSON.parse(end.stdout)).toMatchObject({ error: { message: expect.stringMatching(/\.$/) as string } });
    }
  });

  it.skipIf(process.platform !== 'linux')('that cannot be written to are refused with a sentence', async () => {
    // Also for the superuser, for whom permissions mean nothing.
    const end = await quiet(['projects', 'add', 'x', '--model', model, '--workspace', '/proc'], folder.fresh());
    expect(end).toMatchObject({ code: 1, stdout: '' });
    expect(end.stderr).toMatch(/^error: .*\/proc\/\.compressor-bench[^]*\n {2}next: /);
  });

  it('with a broken file say so, and show the rest', async () => {
    const cwd = await benchWithProject();
    await quiet(['projects', 'add', 'other', '--model', model], cwd);
    writeFileSync(join(cwd, '.compressor-bench/projects/1-mnist/project.json'), '{"id": 1, "name":');
    const { stdout, stderr, code } = await quiet(['projects', 'list'], cwd);
    expect(code).toBe(0);
    expect(stdout).toContain('other');
    expect(stdout).not.toContain('mnist');
    expect(stderr).toBe('note: projects/1-mnist/project.json is not JSON.\n');
  });

  it('with nothing else in a list do not say that there is nothing', async () => {
    const cwd = await benchWithProject();
    const path = 'projects/1-mnist/datasets/2-digits/dataset.json';
    writeFileSync(join(cwd, '.compressor-bench', path), '{\n<<<<<<< HEAD\n=======\n>>>>>>> theirs\n}');
    await quiet(['datasets', 'delete', '1', '--yes'], cwd);
    const { stdout, stderr, code } = await quiet(['datasets', 'list', '1'], cwd);
    expect({ stdout, code }).toEqual({ stdout: 'No data set can be read.\n', code: 0 });
    expect(stderr).toBe(`note: ${path} holds an unresolved conflict of git.\n`);
    writeFileSync(join(cwd, '.compressor-bench/projects/1-mnist/project.json'), '{');
    expect((await quiet(['projects', 'list'], cwd)).stdout).toBe('No project can be read.\n');
  });
});

describe('data sets by options', () => {
  it('are as those of a file, with paths of the current folder', async () => {
    const workspace = await benchWithProject();
    const elsewhere = join(example, '..');
    const words = ['datasets', 'add', 'mnist', 'mine', '--workspace', workspace, '--loader', 'MNIST'];
    const steps = ['--transform', 'Rescale', '--transform', 'Normalize: {mean: [0.1307], std: [0.3081]}'];
    const rest = ['--path', 'mnist', '--param', 'train=false', '--metric', 'topk: 5'];
    expect(await quiet([...words, ...rest, ...steps], elsewhere)).toMatchObject({ code: 0 });
    expect(jsonOf(await quiet(['datasets', 'show', 'mine', '--json'], workspace))).toMatchObject({
      dataset_type: 'MNIST',
      parameters: { root: example, train: false },
      transforms: [{ name: 'Rescale' }, { name: 'Normalize', params: { mean: [0.1307], std: [0.3081] } }],
      metric: { name: 'topk', param: { k: 5 } },
    });
  });
});

describe('runs', () => {
  it('that are stopped by Ctrl-C end with 130, leave the queue and say so afterwards', async () => {
    const cwd = await benchWithProject();
    await quiet(
      ['benchmarks', 'add', 'mnist', 'long', '--dataset', 'dummy', '--batch', '1', '--iterations', '9999999'],
      cwd,
    );
    const end = await run(['benchmarks', 'run', 'long'], { cwd, interruptAt: 'measuring' });
    expect(end).toMatchObject({ code: 130, stdout: '' });
    expect(end.stderr).toMatch(/interrupted\n$/);
    expect(jsonOf(await quiet(['queue', 'list', '--json'], cwd))).toEqual({ queue: [] });
    expect(jsonOf(await quiet(['benchmarks', 'show', 'long', '--json'], cwd))).toMatchObject({
      state: 'cancelled',
      status: null,
      result: null,
    });
    // The process of the queue ends soon after it is empty.
    await expect.poll(() => processesNaming(cwd), { timeout: 30_000 }).toEqual([]);
  }, 120_000);

  it('that were detached go on without the command, are listed, followed and cancelled', async () => {
    const cwd = await benchWithProject();
    for (const name of ['one', 'two']) {
      const words = [
        'benchmarks',
        'add',
        'mnist',
        name,
        '--dataset',
        'dummy',
        '--batch',
        '1',
        '--iterations',
        '9999999',
      ];
      await quiet(words, cwd);
      const begun = await quiet(['benchmarks', 'run', name, '--detach', '--json'], cwd);
      expect(jsonOf(begun)).toMatchObject({ name, status: 'wip' });
    }
    const again = await quiet(['benchmarks', 'run', 'two'], cwd);
    expect(again).toMatchObject({ code: 1, stdout: '' });
    expect(jsonOf(await quiet(['queue', 'list', '--json'], cwd))).toMatchObject({
      queue: [
        { kind: 'benchmark', name: 'one', position: 0 },
        { kind: 'benchmark', name: 'two', position: 1, state: 'queued' },
      ],
    });
    const following = run(['benchmarks', 'log', 'one', '--follow'], { cwd });
    const followingForScripts = run(['benchmarks', 'log', 'one', '--follow', '--json'], { cwd });
    expect(jsonOf(await quiet(['queue', 'cancel', 'benchmark', 'two', '--json'], cwd))).toEqual({
      cancelled: [{ kind: 'benchmark', id: 2 }],
    });
    expect(jsonOf(await quiet(['queue', 'cancel', '--all', '--json'], cwd))).toEqual({
      cancelled: [{ kind: 'benchmark', id: 1 }],
    });
    expect((await following).code).toBe(0);
    expect(jsonOf(await followingForScripts)).toHaveProperty('text');
    const nothing = await quiet(['queue', 'cancel', 'benchmark', 'one'], cwd);
    expect(nothing).toMatchObject({ code: 1, stderr: expect.stringContaining('No run of benchmark one') as string });
  }, 120_000);

  it('on made-up data do not pass for ones on real data, neither in text nor in JSON', async () => {
    const cwd = await benchWithProject();
    const madeUp = ['--loader', 'dummy', '--param', 'shape=[20, 1, 28, 28]', '--metric', 'topk: 1'];
    await quiet(['datasets', 'add', 'mnist', 'made up', ...madeUp], cwd);
    const few = ['--dataset', 'made up', '--mode', 'accuracy', '--batch', '1', '--iterations', '5'];
    await quiet(['benchmarks', 'add', 'mnist', 'fit', ...few], cwd);
    const search = ['--dataset', 'made up', '--precision', 'int8-static-quantization', '--strategy', 'basic'];
    await quiet(['optimizations', 'add', 'mnist', 'int8', ...search, '--max-trials', '1', '--samples', '10'], cwd);
    for (const [noun, name] of [
      ['benchmarks', 'fit'],
      ['optimizations', 'int8'],
    ] as const) {
      const ran = await quiet([noun, 'run', name, '--json'], cwd);
      expect(jsonOf(ran), ran.stderr).toMatchObject({ state: 'success', result: { is_random_data: true } });
      const shown = await quiet([noun, 'show', name], cwd);
      expect(shown.stdout).toMatch(/accuracy.* on random samples/);
    }
    expect((await quiet(['benchmarks', 'list', 'mnist'], cwd)).stdout).toContain('on random samples');
  }, 120_000);

  it('of an optimization that was never run cannot be gone on with', async () => {
    const cwd = await benchWithProject();
    await quiet(['optimizations', 'add', 'mnist', 'int8', '--dataset', 'dummy'], cwd);
    expect(await quiet(['optimizations', 'run', 'int8', '--resume', '--trial', '1'], cwd)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--resume and --trial exclude each other') as string,
    });
    for (const words of [['--resume'], ['--trial', '1']]) {
      expect(await quiet(['optimizations', 'run', 'int8', ...words], cwd)).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/int8|optimization 1/) as string,
      });
    }
  });

  it('that fail end with 1, the reason, and where the log is; JSON has the details with the reason', async () => {
    const cwd = folder.fresh();
    cpSync(model, join(cwd, 'model.onnx'));
    await quiet(['projects', 'add', 'broken', '--model', 'model.onnx'], cwd);
    await quiet(['profilings', 'add', 'broken', 'ops'], cwd);
    writeFileSync(join(cwd, 'model.onnx'), 'no model any more');
    const end = await quiet(['profilings', 'run', 'ops'], cwd);
    expect(end).toMatchObject({ code: 1, stdout: '' });
    expect(end.stderr).toMatch(/error: .*model\.onnx/);
    const json = await quiet(['profilings', 'run', 'ops', '--json'], cwd);
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({
      error: { message: expect.stringContaining('model.onnx') as string },
    });
  }, 120_000);
});

it('names next steps in the bench that was worked with', async () => {
  const workspace = folder.fresh();
  const words = ['projects', 'add', 'mnist', '--model', model, '--workspace', workspace];
  const { stderr } = await quiet(words, folder.fresh());
  expect(stderr).toContain(`next: compressor-bench datasets add 1 NAME --file DATASET.yaml --workspace ${workspace}\n`);
});

it('does not overwrite a file that was not named', async () => {
  const cwd = await benchWithProject();
  writeFileSync(join(cwd, 'mnist_resnet.onnx'), 'mine');
  const end = await quiet(['models', 'download', '1'], cwd);
  expect(end).toMatchObject({ code: 1, stdout: '' });
  expect(end.stderr).toMatch(/mnist_resnet\.onnx is there already and was left alone\.\n {2}next: /);
  expect(readFileSync(join(cwd, 'mnist_resnet.onnx'), 'utf8')).toBe('mine');
  await quiet(['models', 'download', '1', '-o', 'copy.onnx'], cwd);
  expect(existsSync(join(cwd, 'copy.onnx'))).toBe(true);
});
