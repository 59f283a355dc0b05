// What `quantize` says about options that do not go together, and how it words a size.
import { describe, expect, it } from 'vitest';
import { formatSizeChange } from '../../src/cli/formats';
import { parseCommand } from '../../src/cli/options';
import { quantizeCommand } from '../../src/cli/quantize';

describe('options of static quantization', () => {
  it.each([
    ['--format', 'qoperator'],
    ['--calibration', 'entropy'],
    ['--percentile', '99.9'],
    ['--samples', '10'],
  ])('%s is refused with --approach dynamic instead of doing nothing', async (option, value) => {
    const words = ['model.onnx', '-o', 'out.onnx', '--approach', 'dynamic', option, value];
    const run = quantizeCommand.run(parseCommand(quantizeCommand.spec, words), new AbortController().signal);
    await expect(run).rejects.toThrow(`${option} goes with --approach static`);
  });
});

describe('a size', () => {
  it('that grew is called larger', () => {
    expect(formatSizeChange(100, 1000)).toBe('10.00× larger');
    expect(formatSizeChange(1000, 250)).toBe('4.00× smaller');
  });
});
