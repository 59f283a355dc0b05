// Levels of sparsity as people and clients write them.
import { describe, expect, it } from 'vitest';
import { readSparsityLevels, usualLevels } from '../../src/dictionary/sparsityLevels';

describe('levels of sparsity', () => {
  it('are ascending and each once', () => {
    expect(readSparsityLevels([0.9, ' 0.5', '.5', 0.9])).toEqual([0.5, 0.9]);
    for (const levels of Object.values(usualLevels)) expect(readSparsityLevels(levels)).toEqual(levels);
  });

  it.each([[[]], [['']], [[0]], [[1]], [['50']], [['half']], [[null]], [[NaN]], [new Array(101).fill(0.5)]])(
    'are none of %j',
    (words) => {
      expect(readSparsityLevels(words)).toBeUndefined();
    },
  );
});
