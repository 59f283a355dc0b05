// The commands `prune` and `sensitivity`: how layers are called, files that are not replaced, models that recipes name.
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeModel } from '../../src/onnx/writeModel';
import { node, weight } from '../pruning/pruningModels';
import { protoOf } from '../quantization/rewritingModels';
import { temporaryFolder } from '../support/temporaryFolder';
import { commandLine } from './commandLine';
import type { CommandEnd } from './commandLine';

const model = resolve(import.meta.dirname, '../../media/examples/mnist/mnist_resnet.onnx');
const run = commandLine();
const folder = temporaryFolder();
const prune = (...words: string[]): Promise<CommandEnd> =>
  run(['prune', '-o', 'k.onnx', ...words], { cwd: folder.path });

describe('prune', () => {
  it('calls layers by their nodes, and saves a recipe that tells both names', async () => {
    const saved = ['--sparsity', '30%', '--save-recipe', 'k.yaml'];
    const { code, stdout, stderr } = await prune(model, ...saved);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^ {2}\/f\/f\.0\/f\.0\.0\/Conv +Conv +144 {2}dense: first layer +0\.00 %$/m);
    expect(stdout).toMatch(/^ {2}\/f\/f\.4\/a\/a\.0\/Conv +Conv +9216 {2}0\.\d\d +\d\d\.\d\d %$/m);
    expect(readFileSync(join(folder.path, 'k.yaml'), 'utf8')).toMatch(/^ {2}"onnx::Conv_149": 0\.\d+ # \/f\/f\.1\/a/m);
    expect((await prune(model, ...saved)).code).toBe(0);
  });

  it('replaces no file by a recipe that was not saved as one', async () => {
    const data = 'dataset: {dummy: {shape: [1, 28, 28]}}\n';
    writeFileSync(join(folder.path, 'data.yaml'), data);
    const { code, stderr } = await prune(model, '--sparsity', '0.3', '--save-recipe', 'data.yaml');
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('data.yaml is there already and was not saved') as string,
    ]);
    expect(readFileSync(join(folder.path, 'data.yaml'), 'utf8')).toBe(data);
  });

  it('tells where a recipe names a model that does not exist', async () => {
    writeFileSync(join(folder.path, 'gone.yaml'), 'model: gone.onnx\nother_layers: 0.5\n');
    const { code, stderr } = await prune('--recipe', 'gone.yaml');
    expect(code).not.toBe(0);
    expect(stderr).toContain('gone.yaml:1:8 model: The model gone.onnx does not exist.');
    expect(stderr).toContain('from the folder of the recipe');
  });
});

describe('sensitivity', () => {
  it('shows a curve of few points straight between them, and says that sums do not compare', async () => {
    const ones = weight('fc.weight', [2, 2], [1, 1, 1, 1]);
    const small = protoOf({
      inputs: { x: ['N', 2] },
      outputs: ['y'],
      nodes: [node('MatMul', ['x', 'fc.weight'], 'y')],
      initializers: [ones],
    });
    writeFileSync(join(folder.path, 'small.onnx'), encodeModel(small));
    const { stdout, stderr } = await run(['sensitivity', 'small.onnx'], { cwd: folder.path });
    expect(stdout).toMatch(/^ {2}MatMul_y +MatMul +4 +0\.800 +1\.60 +2\.40 +3\.20 +3\.60 +3\.80 +3\.96$/m);
    expect(stderr).toContain('not with other layers');
  });
});
