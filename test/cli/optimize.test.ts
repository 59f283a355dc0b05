// The command `optimize`: its report and JSON, and options that do not go together.
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { optimizeCommand } from '../../src/cli/optimize';
import { parseCommand } from '../../src/cli/options';
import { temporaryFolder } from '../support/temporaryFolder';
import { commandLine, jsonOf } from './commandLine';
import type { CommandEnd } from './commandLine';

const model = resolve(import.meta.dirname, '../../media/examples/mnist/mnist_resnet.onnx');
const run = commandLine();
const folder = temporaryFolder();
const optimize = (...words: string[]): Promise<CommandEnd> => run(['optimize', model, ...words], { cwd: folder.path });

describe('optimize', () => {
  it('reports a conversion on the terminal', async () => {
    const { code, stdout, stderr } = await optimize('-o', 'half.onnx', '--precision', 'fp16', '--block', 'Gemm');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^converted .*mnist_resnet\.onnx → half\.onnx$/m);
    expect(stdout).toMatch(/^ {2}size +704 kB → 35\d kB {2}\(1\.9\d× smaller\)$/m);
    expect(stdout).toMatch(/^ {2}in fp16 +15 Conv, 13 Relu, 6 Add, 1 Flatten, 1 GlobalAveragePool$/m);
    expect(stdout).toMatch(/^ {2}verified +runs in a fresh process on 5 samples, signal to noise \d+\.\d dB$/m);
    expect(stdout).toContain('Gemm is on the block list');
    expect(stderr).toContain('note: On a CPU');
  });

  it('makes a model with half-precision inputs that ordinary data sets still suit', async () => {
    const made = await optimize('-o', 'half-inputs.onnx', '--precision', 'fp16');
    expect(made.code, made.stderr).toBe(0);
    const facts = jsonOf(await run(['inspect', 'half-inputs.onnx', '--json'], { cwd: folder.path }));
    expect(JSON.stringify(facts['inputs'])).toContain('float16');
    const data = join(dirname(model), 'evaluation.yaml');
    const command = (name: string, path: string): Promise<CommandEnd> =>
      run([name, path, '--data', data, '--samples', '200', '--json'], { cwd: folder.path });
    const [half, float] = [
      jsonOf(await command('evaluate', 'half-inputs.onnx')),
      jsonOf(await command('evaluate', model)),
    ];
    expect(half).toMatchObject({ metric: 'topk', samples: 200, value: float['value'] });
  });

  it('keeps the graph at the level extended unless told otherwise, and prints one object with --json', async () => {
    const result = jsonOf(await optimize('-o', 'graph.onnx', '--json'));
    expect(result).toMatchObject({
      output: join(folder.path, 'graph.onnx'),
      level: 'extended',
      precision: 'fp32',
      opsBefore: { Conv: 15 },
      verification: { samples: 5 },
    });
    expect(existsSync(String(result['runFolder']))).toBe(true);
  });
});

describe('options that do not go together', () => {
  it.each([
    [['--keep-io-types'], '--keep-io-types goes with --precision fp16'],
    [['--block', 'Conv'], '--block goes with --precision fp16'],
    [['--precision', 'fp16', '--level', 'all'], '--level all goes with --precision fp32'],
  ])('%j are refused', async (words, message) => {
    const parsed = parseCommand(optimizeCommand.spec, [model, '-o', 'out.onnx', ...words]);
    await expect(optimizeCommand.run(parsed, new AbortController().signal)).rejects.toThrow(message);
  });
});
