// postprocess.transform of an evaluation: LabelShift works like the transform, the others are refused with the reason.
import { transformEntries } from '../dictionary/transforms';
import { checkEntries } from './checkParameters';
import type { CheckContext, PlacedEntry } from './checkParameters';
import type { Place } from './checkedSection';
import { childPath } from './checkedSection';
import type { YamlTree } from './yamlTree';

const squad =
  'Answers of SQuAD are made from text and vocabulary files, which only TensorFlow models of the original do; measure F1 on the token outputs instead.';

/** Steps of the original that cannot be followed (SYSTEMS §2.4). */
const refusedSteps: Readonly<Record<string, string>> = {
  Collect: 'Collect gathers outputs for TensorFlow metrics; metrics here read every output as it comes.',
  SquadV1: squad,
  SquadV1ModelZoo: squad,
};

const steps = transformEntries.filter(({ name }) => name === 'LabelShift');

/** The steps to append to the transforms of the data set. */
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
        expected: 'LabelShift, or nothing',
      });
    }
  }
  return checkEntries({ ...tree, entries: known }, place.path, 'postprocessing step', steps, context);
}
