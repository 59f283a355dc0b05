// One dictionary entry chosen in a file: `topk: 1` under `metric`, `ImageFolder: {…}` under `dataset`.
import type { DictionaryEntry } from '../dictionary/entry';
import { checkEntries } from './checkParameters';
import type { CheckContext, PlacedEntry } from './checkParameters';
import type { MapTree, YamlTree } from './yamlTree';

/**
 * The one entry named by a map of one key, or by a bare name for entries that need no parameters; everything else is
 * reported.
 *
 * @param noun what the entries are, for sentences: `metric`
 */
export function checkChosen(
  tree: YamlTree,
  path: string,
  noun: string,
  entries: readonly DictionaryEntry[],
  context: CheckContext,
): PlacedEntry | undefined {
  const map = namedAlone(tree);
  if (map?.entries.length !== 1) {
    context.problems.add(path, tree.position, `Exactly one ${noun} is named here.`, {
      expected: `{<${noun}>: {parameters}}`,
    });
    return undefined;
  }
  return checkEntries(map, path, noun, entries, context)[0];
}

/** A map, or a bare name as a map of that name; undefined for anything else. */
export function namedAlone(tree: YamlTree): MapTree | undefined {
  if (tree.kind === 'map') return tree;
  if (tree.kind !== 'scalar' || typeof tree.value !== 'string') return undefined;
  const { value: key, position } = tree;
  return {
    kind: 'map',
    position,
    entries: [{ key, keyPosition: position, value: { kind: 'scalar', value: null, position } }],
  };
}

export function isNull(tree: YamlTree): boolean {
  return tree.kind === 'scalar' && tree.value === null;
}
