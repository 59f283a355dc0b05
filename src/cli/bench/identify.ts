// From what a person calls a thing of the bench, its id or its name, to its id.
import { nearestName } from '../../config/nearestName';
import type { RecordKind } from '../../store/records';
import type { BenchDoor } from './benchDoor';
import { doorErrors } from './doorErrors';

/**
 * The id of the thing that `word` means: digits are an id, unless only a name fits. Of parts of a project `projectId`
 * narrows the names down. An id that nothing has is given as it is: the operation refuses it.
 */
export async function idOf(door: BenchDoor, kind: RecordKind, word: string, projectId?: number): Promise<number> {
  const isNumber = /^\d{1,15}$/.test(word);
  const { store } = door.bench;
  if (isNumber && (await store.find(kind, Number(word))) !== undefined) return Number(word);
  const all = await store.list(kind, projectId === undefined ? {} : { projectId });
  const exact = all.filter(({ name }) => name === word);
  const named = exact.length > 0 ? exact : all.filter(({ name }) => name.toLowerCase() === word.toLowerCase());
  const [one] = named;
  if (one !== undefined && named.length === 1) return one.id;
  const ids = named.map(({ id }) => id);
  if (named.length > 1) throw doorErrors.nameNotUnique(kind, word, ids);
  if (isNumber) return Number(word);
  throw doorErrors.noSuchName(
    kind,
    word,
    nearestName(
      word,
      all.map(({ name }) => name),
    ),
  );
}
