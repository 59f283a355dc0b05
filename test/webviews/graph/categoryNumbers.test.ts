// Colours and patterns of data types: models side by side are read with one legend in mind.
import { describe, expect, it } from 'vitest';
import { categoryNumbers } from '../../../webviews/graph/view/categoryNumbers';

describe('data types', () => {
  it('look the same in two models, whatever else is in them', () => {
    const float = categoryNumbers(['float32']);
    const quantized = categoryNumbers(['uint8', 'float32', 'conversion']);
    expect(quantized[1]).toBe(float[0]);
  });

  it('are told apart, rare ones too', () => {
    const all = categoryNumbers(['bool', 'float32', 'string', 'uint8', 'conversion', 'double', 'int4', 'int32']);
    expect(new Set(all).size).toBe(8);
    expect(new Set(all.slice(0, 6).map((number) => number % 6)).size).toBe(6);
  });
});
