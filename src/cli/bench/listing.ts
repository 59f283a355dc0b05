// The verb `list` of what belongs to projects: a project and the table of its parts.
import type { RecordKind } from '../../store/records';
import type { Command } from '../command';
import type { Cell } from '../terminal';
import type { Answer } from './answer';
import { benchCommand, word } from './benchCommand';
import { groupOf, manyWords, words } from './doorErrors';
import { idOf } from './identify';
import { printList, printProblems } from './show';

/** What a list of parts looks like. */
export interface Listing {
  readonly kind: Exclude<RecordKind, 'project'>;
  readonly summary: string;
  readonly header: readonly string[];
  readonly row: (part: Answer) => readonly Cell[];
  /** Words of the verb that makes the first one, after the noun; absent where none does. */
  readonly addition?: readonly string[];
}

export function listCommand({ kind, summary, header, row, addition }: Listing): Command {
  const noun = groupOf(kind);
  return benchCommand(
    { name: `${noun} list`, positionals: 'PROJECT', minPositionals: 1, summary },
    async (door, parsed) => {
      const projectId = await idOf(door, 'project', word(parsed, 0));
      const answer = await door.call(`${kind}/list`, { project_id: projectId });
      door.print(answer, () => {
        const parts = answer.at(noun).items;
        // What cannot be read is no reason to think that there is none.
        const isEmpty = parts.length === 0 && !answer.at('problems').isThere;
        const empty = isEmpty ? `The project has no ${manyWords(kind)} yet.` : `No ${words(kind)} can be read.`;
        printList(header, parts.map(row), empty);
        if (isEmpty && addition !== undefined) door.next(noun, 'add', projectId, ...addition);
      });
      await printProblems(door);
    },
  );
}
