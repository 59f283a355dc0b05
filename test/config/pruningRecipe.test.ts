// Recipes of pruning: what is read, and what is refused and where.
import { describe, expect, it } from 'vitest';
import { checkPruningRecipe, pruningRecipeText } from '../../src/config/pruningRecipe';

const layers = [
  { name: 'conv1.weight', nodes: ['/conv1/Conv'] },
  { name: 'fc.weight', nodes: ['/fc/Gemm'] },
];

describe('a pruning recipe', () => {
  it('names layers by weight or by node; others are as other_layers says, or dense', () => {
    const { sparsities } = checkPruningRecipe('layers:\n  /fc/Gemm: 0.9\nother_layers: 0.5\n', layers);
    expect([...(sparsities ?? [])]).toEqual([
      ['fc.weight', 0.9],
      ['conv1.weight', 0.5],
    ]);
    expect(checkPruningRecipe('layers: {conv1.weight: 0.5}', layers).sparsities?.get('fc.weight')).toBe(0);
  });

  it.each([
    ['', '1:1', 'The file is no pruning recipe.'],
    ['[]', '1:1', 'The file is no pruning recipe.'],
    ['{}', '1:1', 'The recipe names no layer.'],
    ['layer: {}', '1:1', 'There is no key "layer".'],
    ['layers: 0.5', '1:9', 'layers is a map of layers to sparsities.'],
    ['layers:\n  conv1.wieght: 0.5', '2:3', 'The model has no prunable layer "conv1.wieght".'],
    ['layers:\n  fc.weight: 80', '2:14', 'The sparsity of fc.weight cannot be 80.'],
    ['layers:\n  fc.weight: -0.1', '2:14', 'The sparsity of fc.weight cannot be -0.1.'],
    ['layers:\n  fc.weight: [0.5]', '2:14', 'The sparsity of fc.weight cannot be a list.'],
    ['other_layers: 1', '1:15', 'The sparsity of other_layers cannot be 1.'],
    ['layers:\n  fc.weight: 0.5\n  /fc/Gemm: 0.6', '3:3', 'The layer fc.weight has its sparsity already.'],
  ])('is refused for %j', (text, place, message) => {
    const { sparsities, problems } = checkPruningRecipe(text, layers);
    expect(sparsities).toBeUndefined();
    expect(problems.map(({ line, column, message: said }) => [`${line}:${column}`, said])).toContainEqual([
      place,
      message,
    ]);
  });

  it('is helped with the nearest name and the right fraction', () => {
    expect(checkPruningRecipe('layers: {conv1.wieght: 80}', layers).problems).toMatchObject([
      { suggestion: 'conv1.weight' },
      { expected: 'a fraction from 0 to 0.999; 80 % is 0.8' },
    ]);
  });

  it('is read back as it was written', () => {
    const sparsities = new Map([
      ['conv1.weight', 0.25],
      ['fc.weight', 0],
    ]);
    expect(checkPruningRecipe(pruningRecipeText(sparsities, ['made by hand']), layers).sparsities).toEqual(sparsities);
    expect(checkPruningRecipe(pruningRecipeText(new Map(), []), layers).problems).toEqual([]);
  });
});
