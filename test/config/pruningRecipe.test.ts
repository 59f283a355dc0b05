// Recipes of pruning: what is read, what is refused and where, and the committed schema.
// After a change of the dictionary: npx vitest run test/config/pruningRecipe.test.ts -u
import { stringify } from 'yaml';
import { describe, expect, it } from 'vitest';
import { checkPruningRecipe, pruningRecipeText } from '../../src/config/pruningRecipe';
import { pruningRecipeExamples, pruningRecipeSchema } from '../../src/config/pruningRecipeSchema';

const layers = [
  { name: 'conv1.weight', nodes: ['/conv1/Conv'] },
  { name: 'fc.weight', nodes: ['/fc/Gemm'] },
];

describe('a pruning recipe', () => {
  it('names layers by weight or by node; others are as other_layers says, or dense', () => {
    const { recipe } = checkPruningRecipe('layers:\n  /fc/Gemm: 0.9\nother_layers: 0.5\n', { layers });
    expect([...(recipe?.sparsities ?? [])]).toEqual([
      ['fc.weight', 0.9],
      ['conv1.weight', 0.5],
    ]);
    const one = checkPruningRecipe('layers: {conv1.weight: 0.5}', { layers }).recipe;
    expect(one?.sparsities.get('fc.weight')).toBe(0);
    expect(one?.targetFraction).toBeUndefined();
  });

  it('may leave layers to a target, and name the model', () => {
    const text = 'model: a/b.onnx\ntarget_sparsity: 0.8\nlayers: {fc.weight: 0}\n';
    expect(checkPruningRecipe(text, { layers }).recipe).toEqual({
      sparsities: new Map([['fc.weight', 0]]),
      targetFraction: 0.8,
      model: 'a/b.onnx',
    });
    expect(checkPruningRecipe('target_sparsity: 0.5').problems).toEqual([]);
  });

  it.each([
    ['', '1:1', 'The file is no pruning recipe.'],
    ['[]', '1:1', 'The file is no pruning recipe.'],
    ['{}', '1:1', 'The recipe names no layer.'],
    ['layer: {}', '1:1', 'There is no key "layer".'],
    ['layers: 0.5', '1:9', 'layers is a map of layers to sparsities.'],
    ['layers:\n  conv1.wieght: 0.5', '2:3', 'The model has no prunable layer "conv1.wieght".'],
    ['layers:\n  fc.weight: 80', '2:14', 'The sparsity of fc.weight cannot be 80.'],
    ['layers:\n  fc.weight: 50%', '2:14', 'The sparsity of fc.weight cannot be 50%.'],
    ['layers:\n  fc.weight: -0.1', '2:14', 'The sparsity of fc.weight cannot be -0.1.'],
    ['layers:\n  fc.weight: [0.5]', '2:14', 'The sparsity of fc.weight cannot be a list.'],
    ['other_layers: 1', '1:15', 'other_layers cannot be 1.'],
    ['target_sparsity: 0.99', '1:18', 'target_sparsity cannot be 0.99.'],
    ['target_sparsity: 0.5\nother_layers: 0.5', '2:1', 'target_sparsity says already what the other layers have.'],
    ['model: 3\nother_layers: 0', '1:8', 'This is not the path of a model.'],
    ['model: a.onnx', '1:1', 'The recipe names no layer.'],
    ['layers:\n  fc.weight: 0.5\n  /fc/Gemm: 0.6', '3:3', 'The layer fc.weight has its sparsity already.'],
  ])('is refused for %j', (text, place, message) => {
    const { recipe, problems } = checkPruningRecipe(text, { layers });
    expect(recipe).toBeUndefined();
    expect(problems.map(({ line, column, message: said }) => [`${line}:${column}`, said])).toContainEqual([
      place,
      message,
    ]);
  });

  it('is helped with the nearest name and the right fraction', () => {
    expect(checkPruningRecipe('layers: {conv1.wieght: 80}', { layers }).problems).toMatchObject([
      { suggestion: 'conv1.weight' },
      { expected: 'a fraction from 0 to 0.999; 80 % is 0.8' },
    ]);
    expect(checkPruningRecipe('other_layers: 7.5 %').problems).toMatchObject([
      { expected: 'a fraction from 0 to 0.999; 7.5 % is 0.075' },
    ]);
  });

  it('tells that its model is not there, where paths can be looked for', () => {
    const text = 'model: gone.onnx\nother_layers: 0.5';
    expect(checkPruningRecipe(text, { folder: import.meta.dirname }).problems).toMatchObject([
      { message: 'The model gone.onnx does not exist.', code: 'missing-file', line: 1, column: 8 },
    ]);
    expect(checkPruningRecipe(text).problems).toEqual([]);
  });

  it('is read back as it was written', () => {
    const sparsities = new Map([
      ['conv1.weight', 0.25],
      ['fc.weight', 0],
    ]);
    const read = (text: string) => checkPruningRecipe(text, { layers }).recipe;
    expect(read(pruningRecipeText(sparsities, ['made by hand']))?.sparsities).toEqual(sparsities);
    const more = { model: 'the "best".onnx', targetFraction: 0.5 };
    expect(read(pruningRecipeText(new Map(), [], more))).toEqual({ sparsities: new Map(), ...more });
    expect(checkPruningRecipe(pruningRecipeText(new Map(), [])).problems).toEqual([]);
  });

  it('tells beside a weight what tables call its layer', () => {
    const labels = new Map([
      ['conv1.weight', '/stem\n/Conv'],
      ['fc.weight', 'fc.weight'],
    ]);
    const sparsities = new Map([...labels.keys()].map((name) => [name, 0.5]));
    const text = pruningRecipeText(sparsities, [], { labels });
    expect(text).toContain('\n  "conv1.weight": 0.5 # /stem /Conv\n  "fc.weight": 0.5\n');
    expect(checkPruningRecipe(text, { layers }).recipe?.sparsities).toEqual(sparsities);
  });
});

describe('schemas/pruning-recipe.schema.json', () => {
  it('is what pruningRecipeSchema() builds', async () => {
    const text = `${JSON.stringify(pruningRecipeSchema(), undefined, 2)}\n`;
    await expect(text).toMatchFileSnapshot('../../schemas/pruning-recipe.schema.json');
  });

  it.each(pruningRecipeExamples.map((example) => [JSON.stringify(example), example]))(
    'has the valid example %s',
    (_, example) => {
      expect(checkPruningRecipe(stringify(example)).problems).toEqual([]);
    },
  );
});
