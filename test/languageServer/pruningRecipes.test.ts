// Help for recipes of pruning: which files they are, what is offered, explained, found wrong and mended in them.
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configFileKind } from '../../src/config/configFileKind';
import { describedSchema } from '../../src/languageServer/describedSchema';
import { hoverAt } from '../../src/languageServer/hover';
import { lensesOf } from '../../src/languageServer/lenses';
import { linksIn } from '../../src/languageServer/links';
import { modelPathOf } from '../../src/languageServer/openFile';
import { temporaryFolder } from '../support/temporaryFolder';
import { completed, findings, fixTitles, fixed, labelsAt, marked, smallModel } from './marked';
import type { Options } from './marked';

const recipe: Options = { kind: 'pruning', names: smallModel };
const place = temporaryFolder();

function hover(text: string): string | undefined {
  const { offset, ...open } = marked(text, recipe);
  return hoverAt(open, offset)?.markdown;
}

function messages(text: string, options = recipe): string[] {
  return findings(text, options).map(({ message }) => message);
}

describe('a recipe of pruning', () => {
  it('is known by its name, by the first line, and in a bench by both', () => {
    expect(configFileKind('/w/resnet.pruning.yaml', '')).toBe('pruning');
    expect(configFileKind('C:\\w\\RESNET.PRUNING.YML', '')).toBe('pruning');
    expect(configFileKind('/w/a.yaml', '# compressor-bench: pruning\n')).toBe('pruning');
    const ofBench = '/w/.compressor-bench/projects/1-a/optimizations/2-b/config.yaml';
    expect(configFileKind(ofBench, '# compressor-bench: pruning\n')).toBe('pruning');
    expect(configFileKind('/w/pruning.yaml', '')).toBeUndefined();
  });

  it('is completed: keys, and layers of the model by their weights', () => {
    expect(labelsAt('▮', recipe)).toEqual(['pruning recipe', 'model', 'target_sparsity', 'layers', 'other_layers']);
    expect(labelsAt('layers:\n  ▮', recipe)).toEqual(['layer1.weight', 'fc.weight']);
    expect(labelsAt('layers:\n  fc.weight: 0.5\n  lay▮', recipe)).toEqual(['layer1.weight']);
    expect(completed('layers:\n  ▮', 'fc.weight', recipe)).toBe('layers:\n  fc.weight: ');
    expect(completed('▮', 'layers', recipe)).toBe('layers:\n  ‹0›');
  });

  it('is explained', () => {
    expect(hover('target_▮sparsity: 0.8')).toContain('first layer and grouped convolutions stay dense');
    expect(hover('layers:\n  fc.▮weight: 0.8')).toContain('640 weights of');
    expect(hover('layers:\n  /layer1/conv.▮0/Conv: 0.8')).toContain('`layer1.weight`: one weight of');
    expect(hover('layers:\n  fc.▮bias: 0.8')).toContain('no prunable layer');
  });

  it('is checked, with a way to mend what is wrong', () => {
    expect(messages('layers: {fc.weight: 80}')[0]).toContain('80 % is 0.8');
    expect(messages('layers: {fc.wieght: 0.5}')).toEqual([
      'The model has no prunable layer fc.wieght. Did you mean fc.weight?',
    ]);
    expect(fixed('layers: {fc.wieght: 0.5}', 'Change to fc.weight', recipe)).toBe('layers: {fc.weight: 0.5}');
    expect(messages('layers: {fc.wieght: 0.5}', { kind: 'pruning' })).toEqual([]);
    expect(fixed('model: a.onnx\n', 'Add target_sparsity', recipe)).toContain('target_sparsity: 0.3');
    expect(fixTitles('target_sparsity: 0.5\nother_layers: 0.5\n', recipe)).toContain('Remove other_layers');
    expect(messages('# nothing yet\n')).toEqual([]);
  });

  it('is linked with its model, and told when that is not there', () => {
    const model = join(import.meta.dirname, '../../media/examples/mnist/mnist_resnet.onnx');
    copyFileSync(model, join(place.path, 'a.onnx'));
    const path = join(place.path, 'a.pruning.yaml');
    const { file } = marked('model: a.onnx\nother_layers: 0.5\n', { kind: 'pruning', path });
    expect(modelPathOf(file)).toBe(join(place.path, 'a.onnx'));
    expect(linksIn(file)).toMatchObject([{ start: 7, target: join(place.path, 'a.onnx') }]);
    const gone = 'model: b.onnx\nother_layers: 0.5\n';
    expect(messages(gone, { kind: 'pruning', path })).toEqual([
      'The model b.onnx does not exist. Expected the path of an .onnx file, from the folder of the recipe.',
    ]);
    expect(fixed(gone, 'Change to a.onnx', { kind: 'pruning', path })).toContain('model: a.onnx');
  });

  it('is run from its lens where it belongs to an optimization, and else pruned by', () => {
    const lenses = (path: string) => lensesOf(marked('other_layers: 0.5', { kind: 'pruning', path }).file).lenses;
    expect(lenses('/w/a.pruning.yaml')).toEqual(['prune', 'validate']);
    expect(lenses('/w/.compressor-bench/projects/1-a/optimizations/2-b/config.yaml')).toEqual([
      'run',
      'validate',
      'openHistory',
    ]);
  });

  it('has a schema for another extension', () => {
    const text = JSON.stringify(describedSchema('pruning'));
    for (const key of ['model', 'target_sparsity', 'layers', 'other_layers']) expect(text).toContain(`"${key}"`);
  });
});
