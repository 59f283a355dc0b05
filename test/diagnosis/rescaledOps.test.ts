// Equalized models: values between two layers have other scales, which must not be taken for errors.
import { expect, it } from 'vitest';
import { rescaledOps, rescalingNotes } from '../../src/diagnosis/rescaledOps';

const op = (node: string, sqnrDb: number | null): { node: string; sqnrDb: number | null } => ({ node, sqnrDb });

it('tells operators whose channels were rescaled from those that lost their values', () => {
  expect(rescaledOps([op('a', 0.4), op('b', 34), op('c', 31)])).toEqual(['a']);
  expect(rescalingNotes([op('a', 0.4), op('b', 34)])[0]).toMatch(/^The values of a differ in scale/);
});

it('says nothing where the end of the model is wrong, too, or all is well', () => {
  expect(rescalingNotes([op('a', 0.4), op('b', 3), op('c', null)])).toEqual([]);
  expect(rescalingNotes([op('a', 20), op('b', 34)])).toEqual([]);
  expect(rescalingNotes([])).toEqual([]);
});
