// postprocess.transform of an evaluation: what is done to outputs and labels before the metric sees them.
import { postprocessEntries } from '../dictionary/postprocessing';
import { checkEntries } from './checkParameters';
import type { CheckContext, PlacedEntry } from './checkParameters';
import type { Place } from './checkedSection';
import { childPath } from './checkedSection';
import type { MapTreeEntry, YamlTree } from './yamlTree';

/** Steps of the original that cannot be followed (SYSTEMS §2.4). */
const refusedSteps: Readonly<Record<string, string>> = {
  SquadV1ModelZoo:
    'SquadV1ModelZoo is for TensorFlow models alone: name SquadV1, and read the data with the loader SQuAD.',
};

/** The original made samples and their labels anew here; the loader has them already. */
const ofTheLoader = ['label_file', 'vocab_file', 'do_lower_case', 'max_seq_length', 'max_query_length', 'doc_stride'];

/** The steps, in the order written. */
export function checkPostprocess(tree: YamlTree, place: Place, context: CheckContext): PlacedEntry[] {
  if (tree.kind !== 'map') {
    const expected = '{LabelShift: 1}';
    context.problems.add(place.path, tree.position, 'Postprocessing steps are a map.', { expected });
    return [];
  }
  const known = tree.entries.filter(({ key }) => !Object.hasOwn(refusedSteps, key));
  for (const { key, keyPosition } of tree.entries) {
    const reason = Object.hasOwn(refusedSteps, key) ? refusedSteps[key] : undefined;
    if (reason !== undefined) {
      context.problems.add(childPath(place.path, key), keyPosition, reason, {
        code: 'refused',
        expected: postprocessEntries.map(({ name }) => name).join(', '),
      });
    }
  }
  const entries = known.map((entry) =>
    entry.key === 'SquadV1' ? withoutKeysOfLoader(entry, childPath(place.path, entry.key), context) : entry,
  );
  return checkEntries({ ...tree, entries }, place.path, 'postprocessing step', postprocessEntries, context);
}

function withoutKeysOfLoader(entry: MapTreeEntry, path: string, { problems }: CheckContext): MapTreeEntry {
  const { value } = entry;
  if (value.kind !== 'map') return entry;
  for (const { key, keyPosition } of value.entries.filter(({ key }) => ofTheLoader.includes(key))) {
    const message = `${key} belongs to the loader, whose labels hold what SquadV1 needs: dataset: {SQuAD: {path: dev-v1.1.json}}.`;
    problems.add(childPath(path, key), keyPosition, message, { code: 'refused', expected: `no ${key}` });
  }
  return { ...entry, value: { ...value, entries: value.entries.filter(({ key }) => !ofTheLoader.includes(key)) } };
}
