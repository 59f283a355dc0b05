// Figures in sentences: how many digits they get.
import { expect, it } from 'vitest';
import {
  differenceText,
  figureText,
  percentText,
  sizeText,
  speedText,
  timesText,
} from '../../../src/tuning/result/figureTexts';

it('writes factors with two digits', () => {
  expect(timesText(1.849)).toBe('1.85×');
  expect(timesText(0.5)).toBe('0.50×');
});

it('writes small parts with a digit more', () => {
  expect(percentText(0.0234)).toBe('2.3 %');
  expect(percentText(0.236)).toBe('24 %');
  expect(percentText(3)).toBe('300 %');
});

const share = [{ name: 'topk' }];
const error = [{ name: 'MSE' }];

it('writes shares as percent and their differences as points, errors as they are however small', () => {
  expect(figureText(share, 0.999)).toBe('99.90 %');
  expect(figureText(error, 0.00371)).toBe('0.0037100');
  expect(figureText([...share, ...error], 0.5)).toBe('0.50000');
  expect(differenceText(share, 0.0123)).toBe('1.23 points');
  expect(differenceText(error, 0.34567)).toBe('0.346');
});

it('says slower and larger where that is so', () => {
  expect([speedText(2.07), speedText(0.9), speedText(1.001)]).toEqual(['2.07× as fast', '1.11× slower', 'as fast']);
  expect([sizeText(330, 100), sizeText(100, 150), sizeText(1000, 1001)]).toEqual([
    '3.30× smaller',
    '1.50× larger',
    'as large',
  ]);
});
