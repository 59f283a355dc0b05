// What the command line adds to the findings of a diagnosis: options that its help knows.
import { expect, it } from 'vitest';
import { withRemedy } from '../../src/cli/speedRemedies';
import { commandLine } from './commandLine';

const run = commandLine();

it('names options of quantize, and adds nothing where no command helps', async () => {
  const codes = ['unfused-pairs', 'slower-ops', 'dynamic-integer', 'signed-activations', 'unsigned-weights'];
  const { stdout: help } = await run(['quantize', '--help'], { cwd: '.' });
  for (const code of codes) {
    const [, option = '', value = ''] =
      /^Seen\. Here: quantize (--[a-z]+) (\w+)\.$/.exec(withRemedy(code, 'Seen.')) ?? [];
    expect(help, code).toMatch(new RegExp(`${option} .*${value}`));
    expect(option, code).not.toBe('');
  }
  expect(withRemedy('overhead', 'Seen.')).toBe('Seen.');
});
