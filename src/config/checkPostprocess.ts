// postprocess.transform of an evaluation: what is done to outputs and labels before the metric sees them.
import { postprocessEntries } from '../dictionary/postprocessing';
import { checkEntries } from './checkParameters';
import type { CheckContext, PlacedEntry } from './checkParameters';
import type { Place } from './checkedSection';
import { childPath } from './checkedSection';
import type { YamlTree } from './yamlTree';

const squad =
  'Answers of SQuAD are made from text and vocabulary files, which only TensorFlow models of the original do; measure F1 on the token outputs instead.';

/** Steps of the original that cannot be followed (SYSTEMS §2.4). */
const refusedSteps: Readonly<Record<string, string>> = { SquadV1: squad, SquadV1ModelZoo: squad };

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
  return checkEntries({ ...tree, entries: known }, place.path, 'postprocessing step', postprocessEntries, context);
}
