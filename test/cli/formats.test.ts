// Figures as people read them.
import { describe, expect, it } from 'vitest';
import {
  formatDuration,
  formatGate,
  formatLatency,
  formatMetric,
  formatPercent,
  millionsText,
} from '../../src/cli/formats';

describe('formats', () => {
  it('a short duration is not shown as 0.0 s', () => {
    expect([0, 35.4, 999, 1000, 9_949, 9_951, 59_400, 59_600, 3_725_000].map(formatDuration)).toEqual([
      '0 ms',
      '35 ms',
      '999 ms',
      '1.0 s',
      '9.9 s',
      '10 s',
      '59 s',
      '1 min 0 s',
      '1 h 2 min',
    ]);
  });

  it('latencies keep three significant digits', () => {
    expect([0.0612, 0.3999, 4.154, 128.4, 12_345.6].map(formatLatency)).toEqual([
      '0.0612',
      '0.400',
      '4.15',
      '128',
      '12346',
    ]);
  });

  it('operations of a small layer are not shown as 0', () => {
    expect([118_013_952, 2_359_296, 1290, 0].map(millionsText)).toEqual(['118', '2.36', '0.00129', '0']);
  });

  it('ratios of right answers are percentages, errors are plain numbers', () => {
    expect(formatPercent(0.999)).toBe('99.90 %');
    expect(formatMetric('topk', 0.5)).toBe('50.00 %');
    expect(formatMetric('MSE', 0.5)).toBe('0.500000');
    expect(formatMetric('MSE', NaN)).toBe('no value');
    expect(formatMetric('topk', JSON.parse(JSON.stringify(NaN)) as number)).toBe('no value');
  });

  it('a limit given as 90 instead of 0.9 is seen to be one', () => {
    expect(formatGate('min-accuracy', 'topk', 90)).toBe('9000.00 %');
    expect(formatGate('max-drop', 'MSE', 0.01)).toBe('0.0100000');
    expect(formatGate('max-latency-ratio', 'topk', 0.9)).toBe('0.90×');
  });
});
