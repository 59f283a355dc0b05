// Words of a command line: what is taken, what is refused with which sentence, and the help.
import { describe, expect, it } from 'vitest';
import { commandHelp, parseCommand } from '../../src/cli/options';
import type { CommandSpec } from '../../src/cli/options';
import { UsageError } from '../../src/cli/usageError';

const spec: CommandSpec = {
  name: 'try',
  positionals: 'MODEL [MODEL...]',
  minPositionals: 1,
  maxPositionals: 2,
  summary: 'Try it.',
  details: 'More.',
  options: [
    { name: 'output', short: 'o', type: 'text', value: 'OUT', help: 'where it goes' },
    { name: 'kind', type: 'text', choices: ['static', 'dynamic'], help: 'which', defaultText: 'static' },
    { name: 'samples', type: 'integer', value: 'N', minimum: 1, maximum: 10, help: 'how many' },
    { name: 'drop', type: 'fraction', value: 'D', help: 'how much' },
    { name: 'sparsity', type: 'fraction', value: 'S', maximum: 0.97, help: 'how sparse' },
    { name: 'exclude', type: 'text', value: 'NODE', repeatable: true, help: 'what not' },
    { name: 'fast', type: 'flag', help: 'do it fast' },
  ],
};

function refusal(...words: string[]): string {
  try {
    parseCommand(spec, words);
  } catch (thrown) {
    if (thrown instanceof UsageError) return `${thrown.message} ${thrown.nextStep ?? ''}`;
    throw thrown;
  }
  throw new Error('it was expected to be refused');
}

describe('parseCommand', () => {
  it('takes options before, between and after positionals, with = or a space, long or short', () => {
    const parsed = parseCommand(spec, [
      '--samples=3',
      'a',
      '-o',
      'x',
      'b',
      '--exclude',
      'n1',
      '--exclude=n2',
      '--fast',
    ]);
    expect(parsed.positionals).toEqual(['a', 'b']);
    expect([parsed.text('output'), parsed.number('samples'), parsed.flag('fast')]).toEqual(['x', 3, true]);
    expect(parsed.texts('exclude')).toEqual(['n1', 'n2']);
    expect([parsed.text('kind'), parsed.number('drop'), parsed.flag('json')]).toEqual([undefined, undefined, false]);
  });

  it('takes what follows -- as it is', () => {
    expect(parseCommand(spec, ['--', '--fast']).positionals).toEqual(['--fast']);
  });

  it('reads percentages as the fraction people mean, without the error of a division', () => {
    const fraction = (text: string): number | undefined => parseCommand(spec, ['a', '--drop', text]).number('drop');
    expect(['99.99%', '1%', '0.01', '1e-3', '.5', '-1%'].map(fraction)).toEqual([
      0.9999, 0.01, 0.01, 0.001, 0.5, -0.01,
    ]);
  });

  it.each([
    ['a', '--samplse', '3', 'try has no option --samplse. Did you mean --samples?'],
    ['a', '-x', 'try has no option -x.'],
    ['a', '--samples', '--samples needs a value (N).'],
    ['a', '--output=', '--output needs a value (OUT).'],
    ['a', '--samples', '0', '--samples is at least 1, not 0.'],
    ['a', '--samples', '11', '--samples is at most 10, not 11.'],
    ['a', '--sparsity', '30', '--sparsity is at most 0.97, not 30. 30 % is 0.3.'],
    ['a', '--sparsity', '98', '--sparsity is at most 0.97, not 98.'],
    ['a', '--samples', '1.5', '--samples is a whole number, not "1.5".'],
    ['a', '--samples', '0x5', '--samples is a whole number, not "0x5".'],
    ['a', '--drop', 'much', '--drop is a fraction such as 0.01 or 1%, not "much".'],
    ['a', '--samples', '5%', '--samples is a whole number, not "5%".'],
    ['a', '--kind', 'statik', '--kind is one of static, dynamic, not "statik". Did you mean static?'],
    ['a', '--samples', '1', '--samples', '2', '--samples is given twice; it takes one value.'],
    ['a', '--fast=yes', '--fast takes no value.'],
    ['a', 'b', 'c', '"c" is one word too many.'],
    ['--fast', 'try needs MODEL [MODEL...].'],
  ])('refuses %s %s %s %s', (...words) => {
    const sentence = words.pop() ?? '';
    expect(refusal(...words)).toBe(`${sentence} See "compressor-bench try --help".`);
  });

  it('asks for a required option, but not when help is wanted', () => {
    const strict = { ...spec, options: [{ ...spec.options[0]!, required: true }] };
    expect(() => parseCommand(strict, ['a'])).toThrow('try needs --output OUT.');
    expect(parseCommand(strict, ['-h']).flag('help')).toBe(true);
  });
});

describe('commandHelp', () => {
  it('shows every option with its value, choices, default and whether it may be repeated', () => {
    const help = commandHelp(spec);
    expect(help).toContain('Usage: compressor-bench try MODEL [MODEL...] [options]');
    expect(help).toMatch(/-o, --output OUT +where it goes/);
    expect(help).toMatch(/--kind static\|dynamic +which \(default: static\)/);
    expect(help).toMatch(/--exclude NODE +what not \(repeatable\)/);
    expect(help).toMatch(/--json +print one JSON object/);
    expect(help.trimEnd()).toMatch(/More\.$/);
  });
});
