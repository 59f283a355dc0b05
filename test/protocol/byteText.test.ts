// Sizes have one spelling wherever a person reads them.
import { expect, it } from 'vitest';
import { bytesText } from '../../src/protocol/byteText';

it('sizes are decimal, with three significant digits and the next unit at a thousand', () => {
  expect([0, 999, 1000, 213_038, 614_400, 999_499, 999_500, 13_973_559, 5e12, 5e15].map(bytesText)).toEqual([
    '0 B',
    '999 B',
    '1.00 kB',
    '213 kB',
    '614 kB',
    '999 kB',
    '1.00 MB',
    '14.0 MB',
    '5.00 TB',
    '5000 TB',
  ]);
});
