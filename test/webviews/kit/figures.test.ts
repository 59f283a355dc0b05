// Figures of the pages: unit, three significant digits, a dash for what is not known.
import { describe, expect, it } from 'vitest';
import {
  bytesText,
  countText,
  durationText,
  metricText,
  msText,
  noFigure,
  numberText,
  percentText,
  rateText,
  spreadText,
  timeLeftText,
  timesText,
  usText,
} from '../../../webviews/kit/figures';

describe('figures of the pages', () => {
  it('show times in the unit that is read best', () => {
    expect([0, 0.0123, 0.0999, 0.1, 4.147, 127.96, 999.6, 2400].map(msText)).toEqual([
      ...['0 ms', '12.3 µs', '99.9 µs', '0.100 ms', '4.15 ms', '128 ms', '1.00 s', '2.40 s'],
    ]);
    expect(usText(4147)).toBe('4.15 ms');
  });

  it('show sizes in decimal units', () => {
    expect([0, 999, 1000, 213_400, 13_300_000, 2.5e9].map(bytesText)).toEqual([
      ...['0 B', '999 B', '1.00 kB', '213 kB', '13.3 MB', '2.50 GB'],
    ]);
  });

  it('show shares as percentages and other metrics as they are', () => {
    expect(metricText(0.999, true)).toBe('99.90 %');
    expect(metricText(12.345678, false)).toBe('12.346');
    expect(percentText(0.5, 0)).toBe('50 %');
  });

  it('show rates, ratios and counts', () => {
    expect(rateText(1250.4)).toBe('1,250 samples/s');
    expect(timesText(1.834)).toBe('1.83×');
    expect(numberText(1_234_567)).toBe('1,234,567');
    expect(numberText(37.25)).toBe('37.3');
    expect(countText(1, 'sample')).toBe('1 sample');
    expect(countText(1250, 'sample')).toBe('1,250 samples');
  });

  it('show the spread around a middle figure', () => {
    expect(spreadText(9, 10, 11)).toBe('± 10.0 %');
    expect(spreadText(9, 0, 11)).toBe(noFigure);
  });

  it('show times that are left coarsely', () => {
    expect([200, 4999, 12_400, 57_499, 60_000, 125_000, 3_900_000].map(timeLeftText)).toEqual([
      ...['a few seconds left', 'a few seconds left', 'about 10 s left', 'about 55 s left'],
      ...['about 1 min left', 'about 2 min left', 'about 1 h 5 min left'],
    ]);
    expect(durationText(185_000)).toBe('3 min 5 s');
  });

  it('show a dash for nothing', () => {
    const shown = [msText, usText, bytesText, percentText, timesText, rateText, numberText, durationText];
    expect(new Set(shown.map((show) => show(null)))).toEqual(new Set([noFigure]));
    expect(timeLeftText(null)).toBe('');
  });
});
