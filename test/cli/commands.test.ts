// Every command on the bundled example: the object of --json, reports, exit codes, and wrong usage.
import { closeSync, existsSync, openSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporaryFolder';
import { commandLine, jsonOf, stackLines } from './commandLine';
import type { CommandEnd } from './commandLine';

const example = resolve(import.meta.dirname, '../../media/examples/mnist');
const model = join(example, 'mnist_resnet.onnx');
const calibration = join(example, 'calibration.yaml');
const evaluation = join(example, 'evaluation.yaml');
const aNumber = expect.any(Number) as number;
const figures = { median: aNumber, p90: aNumber, p99: aNumber, min: aNumber };

const run = commandLine();
const folder = temporaryFolder();
const inFolder = (...words: string[]): Promise<CommandEnd> => run(words, { cwd: folder.path });

/** A failure as people see it: exit code 1, nothing on stdout, a sentence, no stack trace. */
function expectSentence(end: CommandEnd, sentence: RegExp): void {
  expect(end).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(sentence) as string });
  expect(end.stderr).toMatch(/\n {2}next: \S.*\n$/);
  expect(stackLines(end)).toEqual([]);
}

describe('the program', () => {
  it('without a command prints its help on stderr, with --help on stdout', async () => {
    const [bare, asked] = [await inFolder(), await inFolder('--help')];
    expect(bare).toMatchObject({ code: 2, stdout: '' });
    expect(asked).toMatchObject({ code: 0, stdout: bare.stderr, stderr: '' });
    expect(asked.stdout).toContain('Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.');
  });

  it('answers wrong usage with exit code 2, the nearest right word and where help is', async () => {
    expect(await inFolder('quantise')).toMatchObject({
      code: 2,
      stderr: 'error: There is no command "quantise". Did you mean quantize?\n  next: See "compressor-bench --help".\n',
    });
    const end = await inFolder('inspect', model, '--jsno', '--json');
    expect(end.code).toBe(2);
    expect(JSON.parse(end.stdout)).toMatchObject({
      error: { code: 'usage', message: expect.stringContaining('--json') as string },
    });
  });

  it('says so when its output cannot be written', async () => {
    if (!existsSync('/dev/full')) return;
    const full = openSync('/dev/full', 'w');
    try {
      const { code, stderr } = await run(['inspect', model], { cwd: folder.path, stdout: full });
      expect(code).toBe(1);
      expect(stderr).toContain('the disk is full');
    } finally {
      closeSync(full);
    }
  });
});

describe('inspect', () => {
  it('gives the facts of a model', async () => {
    expect(jsonOf(await inFolder('inspect', model, '--json'))).toMatchObject({
      irVersion: 7,
      opset: { 'ai.onnx': 13 },
      inputs: [{ name: 'input', type: 'float32', shape: ['batch', 1, 28, 28] }],
      outputs: [{ name: 'logits', type: 'float32', shape: ['batch', 10] }],
      nodes: 37,
      initializers: 32,
      ops: { Conv: 15, Relu: 13, Add: 6, Flatten: 1, Gemm: 1, GlobalAveragePool: 1 },
      sizeBytes: 703_587,
      externalData: false,
      quantized: false,
    });
  });

  it('prints no colours and no control characters where stdout is no terminal', async () => {
    const { stdout } = await inFolder('inspect', model);
    expect(stdout).toMatch(/opset ai\.onnx 13\n/);
    expect(stdout).not.toContain('\u001B');
  });
});

describe('what quantize makes', () => {
  const made = join(folder.path, 'int8.onnx');
  let quantized: Record<string, unknown>;
  beforeAll(async () => {
    quantized = jsonOf(
      await inFolder(
        'quantize',
        model,
        '-o',
        'int8.onnx',
        '--data',
        calibration,
        '--samples',
        '20',
        '--report',
        'made.md',
        '--json',
      ),
    );
  });

  it('is described by --json and lies where it was asked for, alone', () => {
    expect(quantized).toMatchObject({
      output: made,
      sizeBytes: readFileSync(made).length,
      originalSizeBytes: 703_587,
      quantizedOps: { Conv: 15, Gemm: 1 },
      keptFloat: [],
      calibration: { samples: 20, ms: aNumber },
      ranges: {
        input: {
          min: aNumber,
          max: aNumber,
          scale: aNumber,
          zeroPoint: 33,
        },
      },
    });
    expect(readdirSync(folder.path).sort()).toEqual(['.compressor-bench', 'int8.onnx', 'made.md']);
    expect(readFileSync(join(folder.path, 'made.md'), 'utf8')).toMatch(
      /^# Quantization report\n[^]*\| Conv \| 15 \|[^]*\| input \| -0\.42/,
    );
  });

  it('is evaluated', async () => {
    expect(jsonOf(await inFolder('evaluate', made, '--data', evaluation, '--samples', '50', '--json'))).toMatchObject({
      metric: 'topk',
      value: 1,
      samples: 50,
      ms: aNumber,
    });
  });

  it('is benchmarked against the float model', async () => {
    expect(
      jsonOf(await inFolder('benchmark', model, made, '--iterations', '20', '--warmup', '1', '--batch', '2', '--json')),
    ).toMatchObject({
      results: [model, made].map((path) => ({
        model: path,
        modelSha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        latencyMs: figures,
        throughput: aNumber,
        samples: 20,
        spread: aNumber,
      })),
      comparison: [
        { model: made, against: model, verdict: expect.stringMatching(/^(faster|slower|within the noise)$/) as string },
      ],
      machine: {
        cpuModel: expect.any(String) as string,
        logicalCores: aNumber,
        engineVersion: '1.30.0',
      },
    });
  });

  it('passes and breaks the gates of check, with the figures and a report either way', async () => {
    const check = (...words: string[]): Promise<CommandEnd> =>
      inFolder('check', made, '--against', model, '--data', evaluation, ...words);
    const passed = await check('--min-accuracy', '0.99', '--max-drop', '1%', '--report', 'check.json', '--json');
    expect(jsonOf(passed)).toMatchObject({
      passed: true,
      figures: { metric: 'topk', value: 0.999, againstValue: 0.999, drop: 0, samples: 1000, latencyRatio: null },
      model: made,
      against: model,
    });
    expect(JSON.parse(readFileSync(join(folder.path, 'check.json'), 'utf8'))).toEqual(JSON.parse(passed.stdout));
    const broken = await check('--min-accuracy', '99.95%', '--report', 'check.md');
    expect(broken.code).toBe(1);
    expect(broken.stdout).toMatch(/^failed .*\n[^]*min-accuracy +99\.95 % +99\.90 % +broken\n$/);
    expect(broken.stderr).not.toContain('error');
    expect(readFileSync(join(folder.path, 'check.md'), 'utf8')).toMatch(
      /^# Check failed\n[^]*\| file \| .*int8\.onnx \| .*resnet\.onnx \|/,
    );
  });

  it('is not made from what is quantized already', async () => {
    expectSentence(
      await inFolder('quantize', made, '-o', 'twice.onnx', '--data', calibration),
      /int8\.onnx" is already quantized/,
    );
    expect(existsSync(join(folder.path, 'twice.onnx'))).toBe(false);
  });
});

describe('paths', () => {
  it('of files a command reads are not written to', async () => {
    const copy = folder.write('data.yaml', readFileSync(evaluation));
    const overwritten = await inFolder('quantize', model, '-o', 'data.yaml', '--data', copy);
    expect(overwritten).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--output data.yaml would overwrite') as string,
    });
    const report = await inFolder('quantize', model, '-o', 'r.json', '--data', calibration, '--report', './r.json');
    expect(report).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--report ./r.json would overwrite') as string,
    });
    writeFileSync(join(folder.path, 'own.onnx'), readFileSync(model));
    expectSentence(
      await inFolder('quantize', 'own.onnx', '-o', 'own.onnx', '--approach', 'dynamic'),
      /is the input model/,
    );
    expect(readFileSync(join(folder.path, 'own.onnx')).equals(readFileSync(model))).toBe(true);
  });

  it('that lead nowhere are named', async () => {
    expectSentence(await inFolder('inspect', 'nowhere.onnx'), /nowhere\.onnx/);
    expectSentence(await inFolder('inspect', '.'), /is a folder/);
    expectSentence(await inFolder('evaluate', model, '--data', 'nowhere.yaml'), /nowhere\.yaml/);
    expectSentence(
      await inFolder('quantize', model, '-o', 'no/where.onnx', '--approach', 'dynamic'),
      /no\/where\.onnx/,
    );
    const end = await inFolder(
      'check',
      model,
      '--against',
      model,
      '--data',
      evaluation,
      '--max-drop',
      '0',
      '--report',
      'no/where.md',
    );
    expect(end).toMatchObject({ code: 2, stderr: expect.stringContaining('does not exist') as string });
  });
});

describe('data that does not fit', () => {
  it('is said to, with the model, the input and the transform that is missing', async () => {
    const path = folder.write(
      'flat.yaml',
      `dataset: {MNIST: {root: ${JSON.stringify(example)}}}\ntransform: {Rescale: {}}\nmetric: {topk: 1}\n`,
    );
    expectSentence(
      await inFolder('evaluate', model, '--data', path),
      /"input" of mnist_resnet\.onnx[^]*\n {2}at input "input"\n[^]*Transpose/,
    );
  });

  it('of data that may have no end is told while it is read', async () => {
    const item =
      '{id: "a", inputs: {input: {type: "float32", dims: [1, 28, 28], data: new Float32Array(784)}}, annotation: 0}';
    folder.write('open.mjs', `export default { *[Symbol.iterator]() { yield ${item}; yield ${item}; } };\n`);
    folder.write('open.yaml', 'dataset: {custom: {path: open.mjs}}\nmetric: {topk: 1}\n');
    const end = await inFolder('evaluate', model, '--data', 'open.yaml');
    expect(end).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('is read to its end; --samples N') as string,
    });
  });

  it('in a data set file is shown by line and column', async () => {
    const path = folder.write('misspelt.yaml', 'dataset:\n  MNISTT: {root: .}\n');
    expectSentence(await inFolder('evaluate', model, '--data', path), /misspelt\.yaml:2:3[^]*Did you mean MNIST\?/);
  });

  it('--dim with a name no model has is refused instead of being without effect', async () => {
    const end = await inFolder('benchmark', model, '--dim', 'bacth=2', '--iterations', '1');
    expect(end).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('have these: batch. Did you mean batch?') as string,
    });
  });
});

describe('demo', () => {
  it('gives both models, the speedup and where its records are', async () => {
    const result = jsonOf(await inFolder('demo', '--json'));
    const side = { accuracy: 0.999, latencyMs: aNumber };
    expect(result).toMatchObject({
      float: { ...side, sizeBytes: 703_587 },
      int8: {
        accuracy: expect.closeTo(0.999, 2) as number,
        latencyMs: aNumber,
        sizeBytes: aNumber,
      },
      speedup: aNumber,
    });
    expect(existsSync(join(String(result['runFolder']), 'model.onnx'))).toBe(true);
  });
});
