// Checks the parameters of a loader, transform or metric against its dictionary entry, and fills in the defaults.
import { resolve } from 'node:path';
import { entryNamed } from '../dictionary/entry';
import type { ChosenEntry, DictionaryEntry, Parameter, ParameterType } from '../dictionary/entry';
import { refusedLoaders } from '../dictionary/refusedLoaders';
import type { ProblemList, TextPosition } from './configProblem';
import { nearestName } from './nearestName';
import { plainValue } from './yamlTree';
import type { MapTree, YamlTree } from './yamlTree';

/** An entry and where it stands, so that later failures can name the line. */
export interface PlacedEntry extends ChosenEntry, TextPosition {
  /** Keys down to the entry: `transform.Resize`. */
  readonly path: string;
}

/** What every check needs: where problems go, and the folder relative paths start from. */
export interface CheckContext {
  readonly problems: ProblemList;
  readonly folder: string;
}

/**
 * Reads `{<Name>: {parameters}}` pairs, in order. Unknown names are reported with the nearest right one and left out.
 *
 * @param noun what the entries are, for sentences: `transform`
 */
export function checkEntries(
  tree: MapTree,
  path: string,
  noun: string,
  entries: readonly DictionaryEntry[],
  context: CheckContext,
): PlacedEntry[] {
  const checked: PlacedEntry[] = [];
  for (const { key, keyPosition, value } of tree.entries) {
    const entryPath = `${path}.${key}`;
    const entry = entryNamed(entries, key);
    if (entry === undefined) {
      reportUnknown(
        key,
        noun,
        entries.map(({ name }) => name),
        { path: entryPath, position: keyPosition },
        context,
      );
      continue;
    }
    const parameters = checkParameters(value, entry, { path: entryPath, position: keyPosition }, context);
    checked.push({ name: key, parameters, path: entryPath, ...keyPosition });
  }
  return checked;
}

/** What loaders are, for sentences. */
export const loaderNoun = 'dataset loader';

/** Reports a name that is none of the known ones; of a loader of the original that cannot be had, the reason. */
export function reportUnknown(
  given: string,
  noun: string,
  known: readonly string[],
  place: { path: string; position: TextPosition },
  context: CheckContext,
): void {
  const reason = noun === loaderNoun && Object.hasOwn(refusedLoaders, given) ? refusedLoaders[given] : undefined;
  if (reason !== undefined) {
    const message = `The ${noun} "${given}" does not exist here: ${reason}.`;
    context.problems.add(place.path, place.position, message);
    return;
  }
  const suggestion = nearestName(given, known);
  context.problems.add(place.path, place.position, `There is no ${noun} "${shown(given)}".`, {
    code: 'unknown-name',
    expected: known.length === 0 ? 'none' : `one of ${known.join(', ')}`,
    ...(suggestion === undefined ? {} : { suggestion }),
  });
}

function checkParameters(
  tree: YamlTree,
  entry: DictionaryEntry,
  place: { path: string; position: TextPosition },
  context: CheckContext,
): Record<string, unknown> {
  const given = givenParameters(tree, entry, place, context);
  if (given === undefined) return {};
  const values: Record<string, unknown> = {};
  for (const [name, { value, position }] of given) {
    const path = `${place.path}.${name}`;
    const parameter = entry.parameters.find((each) => each.name === name);
    if (parameter !== undefined) {
      const checked = checkParameter(value, parameter, path, context);
      if (checked !== undefined) values[name] = checked;
    } else if (entry.openParameters === true) {
      Object.defineProperty(values, name, { value: plainValue(value), enumerable: true });
    } else {
      const names = entry.parameters.map((each) => each.name);
      reportUnknown(name, `parameter of ${entry.name} named`, names, { path, position }, context);
    }
  }
  for (const parameter of entry.parameters) {
    if (given.has(parameter.name)) continue;
    if (parameter.required === true) {
      const message = `${entry.name} needs the parameter ${parameter.name}.`;
      context.problems.add(place.path, place.position, message, {
        code: 'missing-key',
        missing: parameter.name,
        expected: typeText(parameter.type),
      });
    }
  }
  for (const { name, default: value } of entry.parameters) {
    if (values[name] === undefined && value !== undefined) values[name] = value;
  }
  return values;
}

/** A map gives parameters by name, null gives none, anything else stands for the first one. */
function givenParameters(
  tree: YamlTree,
  entry: DictionaryEntry,
  place: { path: string; position: TextPosition },
  { problems }: CheckContext,
): Map<string, { value: YamlTree; position: TextPosition }> | undefined {
  if (tree.kind === 'map') {
    return new Map(tree.entries.map(({ key, keyPosition, value }) => [key, { value, position: keyPosition }]));
  }
  if (tree.kind === 'scalar' && tree.value === null) return new Map();
  const [first] = entry.parameters;
  if (first !== undefined) return new Map([[first.name, { value: tree, position: tree.position }]]);
  // `ToArray: {}` is the proper form; Python configs also write `ToArray: True`.
  if (tree.kind === 'scalar' && tree.value === true) return new Map();
  problems.add(place.path, tree.position, `${entry.name} takes no parameters.`, { expected: '{}' });
  return undefined;
}

function checkParameter(tree: YamlTree, parameter: Parameter, path: string, context: CheckContext): unknown {
  const isNull = tree.kind === 'scalar' && tree.value === null;
  const isBlankPath = parameter.type.kind === 'path' && tree.kind === 'scalar' && tree.value === '';
  if (parameter.required !== true && (isNull || isBlankPath)) return undefined;
  const value = valueOf(tree, parameter.type, context.folder);
  if (value === undefined) {
    context.problems.add(path, tree.position, `${parameter.name} cannot be ${givenText(tree)}.`, {
      code: 'wrong-value',
      expected: typeText(parameter.type),
      ...suggestedChoice(tree, parameter.type),
    });
  } else if (value === true && parameter.refusedWhenTrue !== undefined) {
    context.problems.add(path, tree.position, parameter.refusedWhenTrue, {
      code: 'wrong-value',
      expected: 'false',
    });
  }
  return value;
}

/** The checked value, or undefined when the tree does not fit the type. */
export function valueOf(tree: YamlTree, type: ParameterType, folder: string): unknown {
  switch (type.kind) {
    case 'any':
      return plainValue(tree);
    case 'either':
      for (const member of type.of) {
        const value = valueOf(tree, member, folder);
        if (value !== undefined) return value;
      }
      return undefined;
    case 'list':
      return listOf(tree, type, folder);
    case 'integers':
      return integersOf(tree, type, folder);
    default:
      return tree.kind === 'scalar' && tree.value !== null ? scalarOf(tree.value, type, folder) : undefined;
  }
}

type ScalarType = Exclude<ParameterType, { kind: 'any' | 'either' | 'list' | 'integers' }>;

function scalarOf(value: string | number | boolean, type: ScalarType, folder: string): unknown {
  switch (type.kind) {
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'path':
      return typeof value === 'boolean' || String(value).includes('\0') ? undefined : resolve(folder, String(value));
    case 'string': {
      // A name of digits is a number to YAML: `labels: 0`.
      const text = String(value);
      return type.choices === undefined || type.choices.includes(text) ? text : undefined;
    }
    case 'integer':
    case 'number': {
      if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
      if (type.kind === 'integer' && !Number.isSafeInteger(value)) return undefined;
      return value >= (type.minimum ?? -Infinity) && value <= (type.maximum ?? Infinity) ? value : undefined;
    }
  }
}

function listOf(tree: YamlTree, type: Extract<ParameterType, { kind: 'list' }>, folder: string): unknown {
  const elements = tree.kind === 'list' ? tree.items : separated(tree);
  const values = elements.map((element) => valueOf(element, type.of, folder));
  if (values.some((value) => value === undefined)) return undefined;
  if (values.length < (type.minItems ?? 0) || values.length > (type.maxItems ?? Infinity)) return undefined;
  return values;
}

/** A map with exactly the keys of the type. */
function integersOf(
  tree: YamlTree,
  { keys, minimum }: Extract<ParameterType, { kind: 'integers' }>,
  folder: string,
): Readonly<Record<string, unknown>> | undefined {
  if (tree.kind !== 'map' || tree.entries.length !== keys.length) return undefined;
  const of = { kind: 'integer', ...(minimum === undefined ? {} : { minimum }) } as const;
  const pairs = tree.entries.map(({ key, value }) => [key, valueOf(value, of, folder)] as const);
  const fits = pairs.every(([key, value]) => keys.includes(key) && value !== undefined);
  return fits ? Object.fromEntries(pairs) : undefined;
}

/** `"(3, 224, 224)"` as three elements; anything else as one. */
function separated(tree: YamlTree): readonly YamlTree[] {
  if (tree.kind !== 'scalar' || typeof tree.value !== 'string' || !tree.value.includes(',')) return [tree];
  const inner = tree.value.trim().replace(/^([[(])(.*)[\])]$/s, '$2');
  const words = inner.split(',').map((word) => word.trim());
  if (words.at(-1) === '') words.pop();
  return words.map((word) => {
    const number = word === '' ? NaN : Number(word);
    return { kind: 'scalar', value: Number.isNaN(number) ? word : number, position: tree.position };
  });
}

/** What a type allows, in words. */
export function typeText(type: ParameterType): string {
  switch (type.kind) {
    case 'integer':
    case 'number': {
      const noun = type.kind === 'integer' ? 'a whole number' : 'a number';
      if (type.minimum !== undefined && type.maximum !== undefined) {
        return `${noun} from ${type.minimum} to ${type.maximum}`;
      }
      if (type.minimum !== undefined) return `${noun} of at least ${type.minimum}`;
      return type.maximum === undefined ? noun : `${noun} of at most ${type.maximum}`;
    }
    case 'boolean':
      return 'true or false';
    case 'string':
      return type.choices === undefined ? 'text' : `one of ${type.choices.join(', ')}`;
    case 'path':
      return 'a path';
    case 'list':
      return listText(type);
    case 'either':
      return eitherText(type.of);
    case 'integers':
      return `a map of whole numbers with the keys ${type.keys.join(', ')}`;
    case 'any':
      return 'anything';
  }
}

/** A second type that is a list of the first is said in three words. */
function eitherText(types: readonly ParameterType[]): string {
  const [first, second] = types;
  const isListOfFirst =
    first !== undefined && second?.kind === 'list' && types.length === 2 && typeText(second.of) === typeText(first);
  return isListOfFirst ? `${typeText(first)}; or a list of such` : types.map(typeText).join(', or ');
}

/** `a list of whole numbers …` would need a plural of every type: what each element is stands behind the length. */
function listText({ of, minItems = 0, maxItems }: Extract<ParameterType, { kind: 'list' }>): string {
  const each = `${minItems === 1 && maxItems === 1 ? 'which is' : 'each'} ${typeText(of)}`;
  const noun = (count: number): string => (count === 1 ? 'element' : 'elements');
  if (maxItems !== undefined && minItems === maxItems) return `a list of ${minItems} ${noun(minItems)}, ${each}`;
  if (maxItems !== undefined) return `a list of ${minItems} to ${maxItems} elements, ${each}`;
  // One element may stand for the list.
  if (minItems === 1) return `${typeText(of)}, or a list of such`;
  return minItems === 0 ? `a list, ${each}` : `a list of at least ${minItems} elements, ${each}`;
}

function suggestedChoice(tree: YamlTree, type: ParameterType): { suggestion?: string } {
  const choices = type.kind === 'string' ? type.choices : undefined;
  if (choices === undefined || tree.kind !== 'scalar') return {};
  const suggestion = nearestName(String(tree.value), choices);
  return suggestion === undefined ? {} : { suggestion };
}

/** What stands there, for sentences: a list of numbers and words as it is written. */
function givenText(tree: YamlTree): string {
  if (tree.kind === 'scalar') return shown(String(tree.value));
  if (tree.kind !== 'list' || tree.items.some(({ kind }) => kind !== 'scalar')) return `a ${tree.kind}`;
  const values = tree.items.map((item) => (item.kind === 'scalar' ? String(item.value) : ''));
  return shown(`[${values.join(', ')}]`);
}

function shown(text: string): string {
  return text.length > 64 ? `${text.slice(0, 64)}…` : text;
}
