// `compressor-bench system` and `compressor-bench files`: the machine the bench works on.
import { basename, resolve } from 'node:path';
import type { Command } from '../command';
import { printNote } from '../terminal';
import { benchCommand } from './benchCommand';
import type { Answer } from './answer';
import { printFacts, printList } from './show';

export const systemCommand: Command = benchCommand(
  { name: 'system', positionals: '', minPositionals: 0, summary: 'Show the machine: processor, memory, versions.' },
  async (door) => {
    const answer = await door.call('system_info');
    door.print(answer, () => {
      printFacts('machine', factsOf(answer.at('systeminfo')));
      printFacts('versions', factsOf(answer.at('frameworks')));
    });
  },
);

function factsOf(holder: Answer): [string, string][] {
  return holder.entries.map(([name, value]) => [name.replaceAll('_', ' '), value.text()]);
}

/** Last part of the path; folders end with a slash. */
function nameIn(entry: Answer): string {
  return `${basename(entry.at('name').text())}${entry.at('type').value === 'directory' ? '/' : ''}`;
}

export const filesCommand: Command = benchCommand(
  {
    name: 'files',
    positionals: '[FOLDER]',
    minPositionals: 0,
    maxPositionals: 1,
    summary: 'List models and data in a folder, the workspace unless told, as pickers of files show it.',
    options: [
      {
        name: 'filter',
        type: 'text',
        choices: ['models', 'datasets', 'all'],
        help: 'what is listed',
        defaultText: 'all',
      },
    ],
  },
  async (door, parsed) => {
    const [folder] = parsed.positionals;
    const answer = await door.call('filesystem', {
      path: folder === undefined ? (await door.call('get_default_path')).at('path').value : resolve(folder),
      filter: parsed.text('filter') ?? 'all',
    });
    door.print(answer, () => {
      printList(
        ['', 'name'],
        answer
          .at('contents')
          .items.map((one) => [one.at('is_model').value === true ? 'model' : one.at('type').text(), nameIn(one)]),
        'There is nothing in it.',
      );
      const message = answer.at('message').text('');
      if (message !== '') printNote(`note: ${message}`);
    });
  },
);
