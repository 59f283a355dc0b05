// Words to commands: nouns with verbs, near misses of both, and the help of each level.
import { describe, expect, it } from 'vitest';
import type { Command, CommandSection } from '../../src/cli/command';
import { findCommand } from '../../src/cli/findCommand';
import { UsageError } from '../../src/cli/usageError';

function command(name: string, positionals = ''): Command {
  return {
    spec: { name, positionals, minPositionals: 0, maxPositionals: 1, summary: `Do ${name}.`, options: [] },
    run: () => Promise.resolve(0),
  };
}

const inspect = command('inspect', 'MODEL');
const add = command('projects add', 'NAME');
const sections: readonly CommandSection[] = [
  { title: 'Files', entries: [inspect] },
  {
    title: 'The bench',
    entries: [
      {
        name: 'projects',
        summary: 'Projects.',
        details: 'More.',
        verbs: [command('projects list'), command('projects show', 'PROJECT'), add],
      },
    ],
  },
];

const find = (...words: string[]): ReturnType<typeof findCommand> => findCommand(words, sections);

function refusal(...words: string[]): string {
  try {
    find(...words);
  } catch (thrown) {
    if (thrown instanceof UsageError) return `${thrown.message} ${thrown.nextStep ?? ''}`;
    throw thrown;
  }
  throw new Error('it was expected to be refused');
}

describe('findCommand', () => {
  it('finds a command and a verb, and leaves their words alone', () => {
    expect(find('inspect', 'list', '--json')).toEqual({ command: inspect, words: ['list', '--json'] });
    expect(find('projects', 'add', 'show', '--help')).toEqual({ command: add, words: ['show', '--help'] });
  });

  it.each([
    ['inspct', 'There is no command "inspct". Did you mean inspect? See "compressor-bench --help".'],
    ['project', 'There is no command "project". Did you mean projects? See "compressor-bench --help".'],
    ['zebra', 'There is no command "zebra". See "compressor-bench --help".'],
    [
      'projects lsit',
      'projects has no verb "lsit". Did you mean "projects list"? See "compressor-bench projects --help".',
    ],
    [
      'projects create',
      'projects has no verb "create". Did you mean "projects add"? See "compressor-bench projects --help".',
    ],
    ['projects zebra', 'projects has no verb "zebra". It has list, show, add. See "compressor-bench projects --help".'],
    ['projects --json', 'projects needs a verb: list, show, add. See "compressor-bench projects --help".'],
  ])('refuses "%s"', (line, sentence) => {
    expect(refusal(...line.split(' '))).toBe(sentence);
  });

  it.each([
    ['', false, 'Usage: compressor-bench COMMAND'],
    ['--help', true, 'Usage: compressor-bench COMMAND'],
    ['help zebra', true, 'Usage: compressor-bench COMMAND'],
    ['help inspect', true, 'Usage: compressor-bench inspect MODEL'],
    ['projects', false, 'Usage: compressor-bench projects VERB'],
    ['projects --help', true, 'Usage: compressor-bench projects VERB'],
    ['help projects', true, 'Usage: compressor-bench projects VERB'],
    ['help projects add', true, 'Usage: compressor-bench projects add NAME'],
    ['projects help add', true, 'Usage: compressor-bench projects add NAME'],
    ['projects help zebra', true, 'Usage: compressor-bench projects VERB'],
  ])('answers "%s" with help (asked for: %s)', (line, isAskedFor, beginning) => {
    const found = find(...line.split(' ').filter((word) => word !== ''));
    expect(found).toMatchObject({ isAskedFor, help: expect.stringContaining(beginning) as string });
  });

  it('lists the commands under their headings, and the verbs with what they take', () => {
    expect(find('--help')).toMatchObject({
      help: expect.stringMatching(
        /\n\nFiles:\n {2}inspect {3}Do inspect\.\n\nThe bench:\n {2}projects {2}Projects\.\n\n/,
      ) as string,
    });
    expect(find('projects', '-h')).toMatchObject({
      help: expect.stringMatching(
        /Verbs:\n {2}list {10}Do projects list\.\n {2}show PROJECT {2}Do projects show\.\n {2}add NAME {6}Do projects add\.\n(.|\n)*More\.\n$/,
      ) as string,
    });
  });
});
