// The page of a project: its notes, which nobody writes over without having seen them.
import type { NotesAnswer, NotesEdit } from '../../protocol/panels/project';
import type { Bench } from '../bench';

/** Replaces the notes, unless they are not any more what the edit began with. */
export async function saveNotes(bench: Bench, { id, notes, basedOn }: NotesEdit): Promise<NotesAnswer> {
  await bench.get('project', id);
  let isSaved = true;
  const record = await bench.store.edit('project', id, (newest) => {
    const present = newest.notes ?? '';
    isSaved = present === basedOn || present === notes;
    return isSaved && present !== notes ? { notes } : null;
  });
  return { notes: record.notes ?? '', isSaved };
}
