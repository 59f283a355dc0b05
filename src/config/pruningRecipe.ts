// A pruning recipe: YAML that gives layers of a model their sparsity, read and checked with positions.
import { existsSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { pruningRecipeKeys, sparsityType, targetSparsityType } from '../dictionary/pruningRecipeKeys';
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

/** Sparsity of layers of a model as a fraction, by weight; layers at 0 may be in it, too. */
export type LayerSparsities = ReadonlyMap<string, number>;

/** What a recipe says. */
export interface PruningRecipe {
  /** With a target: of the layers that are named; without: of every layer of the model. */
  readonly sparsities: LayerSparsities;
  /** Mean sparsity to be shared out among the layers that are not named; undefined where each has its own. */
  readonly targetFraction: number | undefined;
  /** Of the model as it is written, from the folder of the recipe; undefined where none is named. */
  readonly model: string | undefined;
}

/** What is known beside the text of a recipe. */
export interface RecipeContext {
  /** Layers of the model; absent: every name is taken for that of a weight. */
  readonly layers?: readonly NamedLayer[];
  /** Folder that its paths start from; given, a model that does not exist is reported. */
  readonly folder?: string;
}

/**
 * Reads and checks a recipe.
 *
 * @throws ConfigError with every problem found; FileError when the file cannot be read
 */
export function readPruningRecipe(path: string, context: RecipeContext = {}): PruningRecipe {
  const { recipe, problems } = checkPruningRecipe(readConfigText(path), context);
  if (recipe === undefined) throw configErrors.invalid(path, problems);
  return recipe;
}

/** Checks the text of a recipe. Either there is a recipe, or there are problems. */
export function checkPruningRecipe(
  text: string,
  context: RecipeContext = {},
): { recipe?: PruningRecipe; problems: readonly ConfigProblem[] } {
  const { tree, problems: yamlProblems } = parseYamlTree(text);
  if (yamlProblems.length > 0) return { problems: yamlProblems };
  const problems = new ProblemList();
  const recipe = checkRecipe(tree, context, problems);
  const found = problems.problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
  return found.length > 0 ? { problems: found } : { recipe, problems: found };
}

interface RecipeAdditions {
  readonly model?: string;
  readonly targetFraction?: number;
  readonly labels?: ReadonlyMap<string, string>;
}

/** The line by which the editor knows the file, whatever its name. */
const modeline = 'compressor-bench: pruning';

/**
 * The text of a recipe that gives these sparsities, dense layers left out.
 *
 * @param comments lines at its top
 * @param more the path of the model as it is to stand there; a target for the layers that are not named; what tables call
 *   the layers, by weight, as a comment beside each that is called differently
 */
export function pruningRecipeText(
  sparsities: LayerSparsities,
  comments: readonly string[],
  { model, targetFraction, labels = new Map() }: RecipeAdditions = {},
): string {
  const pruned = [...sparsities].filter(([, sparsity]) => sparsity > 0);
  const lines = pruned.map(([name, sparsity]) => {
    const label = labels.get(name) ?? name;
    return `  ${JSON.stringify(name)}: ${sparsity}${label === name ? '' : ` # ${oneLine(label)}`}`;
  });
  const layers = lines.length > 0 ? ['layers:', ...lines] : targetFraction === undefined ? ['layers: {}'] : [];
  return [
    ...[modeline, ...comments].map((comment) => `# ${oneLine(comment)}`),
    ...(model === undefined ? [] : [`model: ${JSON.stringify(model)}`]),
    ...(targetFraction === undefined ? [] : [`target_sparsity: ${targetFraction}`]),
    ...layers,
    '',
  ].join('\n');
}

/** Names may hold line ends, which would end a comment. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
}

/** A model as a recipe names it: from the folder that the recipe lies in. */
export function modelOfRecipe(recipePath: string, modelPath: string): string {
  return relative(dirname(recipePath), modelPath).split(sep).join('/');
}

const start: TextPosition = { line: 1, column: 1 };

function checkRecipe(tree: YamlTree | undefined, context: RecipeContext, problems: ProblemList): PruningRecipe {
  const sparsities = new Map<string, number>();
  if (tree?.kind !== 'map') {
    problems.add('', tree?.position ?? start, 'The file is no pruning recipe.', {
      expected: 'keys such as "layers: {conv1.weight: 0.8}"',
    });
    return { sparsities, targetFraction: undefined, model: undefined };
  }
  checkKeys(tree, problems);
  checkLayers(keyOf(tree, 'layers'), context.layers, sparsities, problems);
  const others = keyOf(tree, 'other_layers');
  const target = keyOf(tree, 'target_sparsity');
  const otherFraction =
    others === undefined ? pruningRecipeKeys.other_layers.default : checkSparsity(others, '', problems);
  const targetFraction = target && checkSparsity(target, '', problems, targetSparsityType);
  if (target === undefined) {
    for (const { name } of context.layers ?? []) if (!sparsities.has(name)) sparsities.set(name, otherFraction ?? 0);
  } else if (others !== undefined) {
    problems.add('other_layers', others.keyPosition, 'target_sparsity says already what the other layers have.', {
      code: 'said-twice',
      expected: 'target_sparsity or other_layers, not both',
    });
  }
  return { sparsities, targetFraction, model: checkModel(keyOf(tree, 'model'), context, problems) };
}

/** Keys that say how sparse layers become: one of them at least. */
const sparsityKeys = ['target_sparsity', 'layers', 'other_layers'] as const;

function checkKeys(tree: MapTree, problems: ProblemList): void {
  for (const { key, keyPosition } of tree.entries) {
    if (Object.hasOwn(pruningRecipeKeys, key)) continue;
    const place = { path: key, position: keyPosition };
    reportUnknown(key, 'key', Object.keys(pruningRecipeKeys), place, { problems, folder: '' });
  }
  if (sparsityKeys.some((key) => keyOf(tree, key) !== undefined)) return;
  problems.add('', tree.entries[0]?.keyPosition ?? start, 'The recipe names no layer.', {
    code: 'missing-key',
    missing: 'target_sparsity',
    expected: 'target_sparsity: <fraction>, layers: {<weight>: <fraction>}, or other_layers: <fraction>',
  });
}

function checkModel(
  entry: MapTreeEntry | undefined,
  { folder }: RecipeContext,
  problems: ProblemList,
): string | undefined {
  if (entry === undefined) return undefined;
  const { value } = entry;
  const path = value.kind === 'scalar' && typeof value.value === 'string' ? value.value : '';
  if (path.trim() === '' || path.includes('\0')) {
    problems.add('model', value.position, 'This is not the path of a model.', {
      expected: 'a path such as model.onnx',
    });
    return undefined;
  }
  if (folder !== undefined && !existsSync(resolve(folder, path))) {
    problems.add('model', value.position, `The model ${path} does not exist.`, {
      code: 'missing-file',
      expected: 'the path of an .onnx file, from the folder of the recipe',
    });
  }
  return path;
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

function checkSparsity(
  { key, value }: MapTreeEntry,
  parent: string,
  problems: ProblemList,
  { minimum, maximum }: { readonly minimum: number; readonly maximum: number } = sparsityType,
): number | undefined {
  const given = value.kind === 'scalar' ? value.value : undefined;
  if (typeof given === 'number' && given >= minimum && given <= maximum) return given;
  const percent = percentIn(given);
  problems.add(
    childPath(parent, key),
    value.position,
    `${parent === '' ? key : `The sparsity of ${key}`} cannot be ${given === undefined ? `a ${value.kind}` : String(given)}.`,
    {
      code: 'wrong-value',
      expected: `a fraction from ${minimum} to ${maximum}${percent === undefined ? '' : `; ${percent} % is ${percent / 100}`}`,
    },
  );
  return undefined;
}

/** What was meant for percent: 50, or 50 %. */
function percentIn(given: unknown): number | undefined {
  const percent = typeof given === 'string' ? Number(/^(\d+(?:\.\d+)?)\s*%$/.exec(given)?.[1]) : given;
  const isFit = typeof percent === 'number' && percent < 100 && (percent > 1 || typeof given === 'string');
  return isFit ? percent : undefined;
}
