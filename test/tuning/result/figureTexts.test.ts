// Figures in sentences: how many digits they get.
import { expect, it } from 'vitest';
import { percentText, pointsText, timesText } from '../../../src/tuning/result/figureTexts';

it('writes factors with two digits', () => {
  expect(timesText(1.849)).toBe('1.85×');
  expect(timesText(0.5)).toBe('0.50×');
});

it('writes small parts with a digit more', () => {
  expect(percentText(0.0234)).toBe('2.3 %');
  expect(percentText(0.236)).toBe('24 %');
  expect(percentText(3)).toBe('300 %');
});

it('writes differences of ratios as points, and others with three digits', () => {
  expect(pointsText(0.0123)).toBe('1.23 points');
  expect(pointsText(1)).toBe('100.00 points');
  expect(pointsText(12.3456)).toBe('12.3');
});
