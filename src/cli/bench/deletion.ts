// Deleting a thing of the bench, the same for all kinds: its id and, so that nothing else is hit, its name or --yes.
import type { RecordKind } from '../../store/records';
import type { Command } from '../command';
import { exitCodes } from '../command';
import { printFailure, printLine, plain } from '../terminal';
import { usageError } from '../usageError';
import { benchCommand, word } from './benchCommand';
import { doorErrors, groupOf, words } from './doorErrors';
import { idOf } from './identify';

/** The verb `delete` of a noun. */
export function deleteCommand(kind: Exclude<RecordKind, 'model'>, summary: string): Command {
  const positional = kind.toUpperCase();
  return benchCommand(
    {
      name: `${groupOf(kind)} delete`,
      positionals: `${positional} [NAME]`,
      minPositionals: 1,
      maxPositionals: 2,
      summary,
      details: [
        `${positional} is an id or a name that no other ${words(kind)} has. NAME, the name of what is to go, has to fit; --yes does`,
        'without. What is deleted lies in .compressor-bench/.trash/ until that is emptied.',
      ].join('\n'),
      options: [{ name: 'yes', type: 'flag', help: 'do not ask for the name' }],
    },
    async (door, parsed) => {
      const given = parsed.positionals[1];
      if (given === undefined && !parsed.flag('yes')) {
        throw usageError(
          `Give the name of the ${words(kind)} as well, so that nothing else is deleted, or --yes.`,
          parsed.spec.name,
        );
      }
      const id = await idOf(door, kind, word(parsed, 0));
      const name = given ?? (await door.call(kind, { id })).at('name').text('');
      const answer = await door.call(`${kind}/delete`, { id, name });
      const isDeleted = answer.at('id').isThere;
      door.print(answer, () => {
        if (isDeleted) printLine(`Deleted ${words(kind)} ${id}, ${plain(JSON.stringify(name))}.`);
      });
      if (isDeleted) return exitCodes.done;
      printFailure(doorErrors.notDeleted(kind, id, name).toRecord());
      return exitCodes.failed;
    },
  );
}
