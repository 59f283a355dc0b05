// Values of tensors in the narrow panel: whole where they are short, else with few digits.
import { expect, it } from 'vitest';
import { shortValue } from '../../../webviews/graph/page/figure';

it.each([
  ['0.25', '0.25'],
  ['-0.0893', '-0.0893'],
  ['0.07961299', '0.07961'],
  ['-128', '-128'],
  ['1000000000', '1000000000'],
  ['0.00012695312', '1.270e-4'],
  ['-0.000012263656', '-1.226e-5'],
  ['0.0010123237', '0.001012'],
  ['-9223372036854775808', '-9.223e+18'],
  ['NaN', 'NaN'],
  ['1.5 + 0.333333i', '1.5 + 0.333333i'],
  ['"a text as it is"', '"a text as it is"'],
])('%s is shown as %s', (text, expected) => {
  expect(shortValue(text)).toBe(expected);
  expect(expected.length <= 10 || expected === text).toBe(true);
});
