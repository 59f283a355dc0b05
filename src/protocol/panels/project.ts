// What the page of a project and the process of its bench say to each other: its parts are facts; notes are edited here.
import { idIn, method, textIn } from '../methods';
import { recordOf } from '../rpcMessages';

/** Characters of notes, at most. */
export const mostNotes = 250;

/** Notes, and what they were when the edit began. */
export interface NotesEdit {
  readonly id: number;
  readonly notes: string;
  /** What the person began with: notes that somebody else has changed meanwhile are not written over. */
  readonly basedOn: string;
}

/** The notes as they are now; `isSaved` is false where they were changed meanwhile, and were left as they are. */
export interface NotesAnswer {
  readonly notes: string;
  readonly isSaved: boolean;
}

/** Saves notes, unless somebody else has changed them meanwhile. */
export const saveNotesMethod = method<NotesEdit, NotesAnswer>('project/saveNotes', (value) => {
  const fields = recordOf(value, 'the parameters');
  return {
    id: idIn(fields, 'id'),
    notes: textIn(fields, 'notes', mostNotes),
    basedOn: textIn(fields, 'basedOn'),
  };
});
