// A pruning recipe: YAML that gives layers of a model their sparsity, read and checked with positions.
import { pruningRecipeKeys, sparsityType } from '../dictionary/pruningRecipeKeys';
import { reportUnknown } from './checkParameters';
import { childPath } from './checkedSection';
import { configErrors } from './configErrors';
import { ProblemList } from './configProblem';
import type { ConfigProblem, TextPosition } from './configProblem';
import { readConfigText } from './configText';
import { nearestName } from './nearestName';
import { parseYamlTree } from './yamlTree';
import type { MapTree, MapTreeEntry, YamlTree } from './yamlTree';

/** A layer as a recipe may call it: by its weight, or by a node that computes with it. */
export interface NamedLayer {
  readonly name: string;
  readonly nodes: readonly string[];
}

/** Sparsity of each layer of a model as a fraction, by weight; layers at 0 are in it, too. */
export type LayerSparsities = ReadonlyMap<string, number>;

/**
 * Reads and checks a recipe against the layers of a model.
 *
 * @throws ConfigError with every problem found; FileError when the file cannot be read
 */
export function readPruningRecipe(path: string, layers: readonly NamedLayer[]): LayerSparsities {
  const { sparsities, problems } = checkPruningRecipe(readConfigText(path), layers);
  if (sparsities === undefined) throw configErrors.invalid(path, problems);
  return sparsities;
}

/**
 * Checks the text of a recipe. Either there are sparsities, or problems.
 *
 * @param layers those of the model; absent: any name is taken for that of a weight
 */
export function checkPruningRecipe(
  text: string,
  layers?: readonly NamedLayer[],
): { sparsities?: LayerSparsities; problems: readonly ConfigProblem[] } {
  const { tree, problems: yamlProblems } = parseYamlTree(text);
  if (yamlProblems.length > 0) return { problems: yamlProblems };
  const problems = new ProblemList();
  const sparsities = checkRecipe(tree, layers, problems);
  const found = problems.problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
  return found.length > 0 ? { problems: found } : { sparsities, problems: found };
}

/** The text of a recipe that gives these sparsities, dense layers left out. */
export function pruningRecipeText(sparsities: LayerSparsities, comments: readonly string[]): string {
  const pruned = [...sparsities].filter(([, sparsity]) => sparsity > 0);
  const lines = pruned.map(([name, sparsity]) => `  ${JSON.stringify(name)}: ${sparsity}`);
  return [
    ...comments.map((comment) => `# ${comment}`),
    ...(lines.length === 0 ? ['layers: {}'] : ['layers:', ...lines]),
    '',
  ].join('\n');
}

const start: TextPosition = { line: 1, column: 1 };

function checkRecipe(
  tree: YamlTree | undefined,
  layers: readonly NamedLayer[] | undefined,
  problems: ProblemList,
): LayerSparsities {
  const sparsities = new Map<string, number>();
  if (tree?.kind !== 'map') {
    problems.add('', tree?.position ?? start, 'The file is no pruning recipe.', {
      expected: 'keys such as "layers: {conv1.weight: 0.8}"',
    });
    return sparsities;
  }
  for (const { key, keyPosition } of tree.entries) {
    if (Object.hasOwn(pruningRecipeKeys, key)) continue;
    const place = { path: key, position: keyPosition };
    reportUnknown(key, 'key', Object.keys(pruningRecipeKeys), place, { problems, folder: '' });
  }
  if (keyOf(tree, 'layers') === undefined && keyOf(tree, 'other_layers') === undefined) {
    problems.add('', start, 'The recipe names no layer.', {
      code: 'missing-key',
      missing: 'layers',
      expected: 'layers: {<weight>: <fraction>}, or other_layers: <fraction>',
    });
  }
  checkLayers(keyOf(tree, 'layers'), layers, sparsities, problems);
  const others = keyOf(tree, 'other_layers');
  const other = others === undefined ? pruningRecipeKeys.other_layers.default : checkSparsity(others, '', problems);
  for (const { name } of layers ?? []) if (!sparsities.has(name)) sparsities.set(name, other ?? 0);
  return sparsities;
}

function keyOf(tree: MapTree, key: keyof typeof pruningRecipeKeys): MapTreeEntry | undefined {
  const entry = tree.entries.find((one) => one.key === key);
  return entry?.value.kind === 'scalar' && entry.value.value === null ? undefined : entry;
}

function checkLayers(
  entry: MapTreeEntry | undefined,
  layers: readonly NamedLayer[] | undefined,
  sparsities: Map<string, number>,
  problems: ProblemList,
): void {
  if (entry === undefined) return;
  if (entry.value.kind !== 'map') {
    problems.add('layers', entry.value.position, 'layers is a map of layers to sparsities.', {
      expected: '{<weight>: <fraction>}',
    });
    return;
  }
  for (const one of entry.value.entries) {
    const name = layerNamed(one, layers, problems);
    const sparsity = checkSparsity(one, 'layers', problems);
    if (name === undefined || sparsity === undefined) continue;
    if (sparsities.has(name)) {
      problems.add(childPath('layers', one.key), one.keyPosition, `The layer ${name} has its sparsity already.`, {
        code: 'said-twice',
        expected: 'one sparsity for a weight, also where several nodes compute with it',
      });
    }
    sparsities.set(name, sparsity);
  }
}

/** The weight meant by a key; undefined, and reported, where there is none. */
function layerNamed(
  { key, keyPosition }: MapTreeEntry,
  layers: readonly NamedLayer[] | undefined,
  problems: ProblemList,
): string | undefined {
  if (layers === undefined) return key;
  const found = layers.find(({ name }) => name === key) ?? layers.find(({ nodes }) => nodes.includes(key));
  if (found !== undefined) return found.name;
  const suggestion = nearestName(
    key,
    layers.flatMap(({ name, nodes }) => [name, ...nodes]),
  );
  problems.add(childPath('layers', key), keyPosition, `The model has no prunable layer "${key.slice(0, 64)}".`, {
    code: 'unknown-name',
    expected: namesText(layers.map(({ name }) => name)),
    ...(suggestion === undefined ? {} : { suggestion }),
  });
  return undefined;
}

/** A model may have hundreds of layers. */
const listedNames = 6;

function namesText(names: readonly string[]): string {
  const more =
    names.length > listedNames ? `, or ${names.length - listedNames} more ("compressor-bench sensitivity")` : '';
  return `one of ${names.slice(0, listedNames).join(', ')}${more}`;
}

function checkSparsity({ key, value }: MapTreeEntry, parent: string, problems: ProblemList): number | undefined {
  const { minimum, maximum } = sparsityType;
  const given = value.kind === 'scalar' ? value.value : undefined;
  if (typeof given === 'number' && given >= minimum && given <= maximum) return given;
  const isPercent = typeof given === 'number' && given > 1 && given < 100;
  problems.add(
    childPath(parent, key),
    value.position,
    `The sparsity of ${key} cannot be ${given === undefined ? `a ${value.kind}` : String(given)}.`,
    {
      code: 'wrong-value',
      expected: `a fraction from ${minimum} to ${maximum}${isPercent ? `; ${given} % is ${given / 100}` : ''}`,
    },
  );
  return undefined;
}
