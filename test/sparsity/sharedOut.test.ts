// What a target sparsity came to: which layers take part, the mean that is reached, and the words for both.
import { describe, expect, it } from 'vitest';
import { layersKeptDense, reachedFraction } from '../../src/sparsity/allocateSparsity';
import { targetText } from '../../src/sparsity/sharedOutBy';

describe('a sparsity that is shared out', () => {
  it('leaves the first of several layers and grouped ones dense, and says which is which', () => {
    expect(layersKeptDense([{ groups: 8 }, { groups: 1 }, { groups: 8 }])).toEqual(['first', null, 'grouped']);
    expect(layersKeptDense([{ groups: 1 }])).toEqual([null]);
    expect(layersKeptDense([{ groups: 2 }])).toEqual(['grouped']);
  });

  it('reaches the mean of the layers that take part, those that stay dense for too little a share included', () => {
    const allocated = [0, 0.6, 0, 0.3].map((sparsityFraction) => ({ sparsityFraction }));
    expect(reachedFraction(allocated, (index) => index > 0)).toBeCloseTo(0.3, 12);
    expect(reachedFraction(allocated, () => false)).toBe(0);
  });

  it('is told with its target', () => {
    const plan = { targetFraction: 0.3, reachedFraction: 0.2851, allocatedBy: 'magnitude' } as const;
    expect(targetText(plan)).toBe(
      'a mean sparsity of 0.3 (reached: 0.29), shared out by the magnitudes of the weights',
    );
    expect(targetText({ targetFraction: null, reachedFraction: null, allocatedBy: null })).toBeNull();
  });
});
