// Checks a section of config.yaml against its keys in the dictionary: the same code for every section.
import { metricEntries } from '../dictionary/metrics';
import type {
  ConfigKey,
  ConfigKeys,
  MetricsKey,
  NamedKey,
  RefusedKey,
  SectionKey,
  ValueKey,
} from '../dictionary/tuningKeys/configKey';
import { placesOfKey } from '../dictionary/tuningKeys/configKeys';
import { checkChosen, isNull } from './checkChosen';
import { checkEntries, reportUnknown } from './checkParameters';
import type { CheckContext } from './checkParameters';
import { childPath } from './checkedSection';
import type { CheckedItem, CheckedMetrics, NamedSection, Place, SectionContent } from './checkedSection';
import { checkDataReference } from './checkDataReference';
import type { DataContext } from './checkDataReference';
import { checkNameInModel } from './checkNameInModel';
import { checkPostprocess } from './checkPostprocess';
import { configTypeText, configValueOf } from './configValue';
import { nearestName } from './nearestName';
import { plainValue } from './yamlTree';
import type { MapTree, MapTreeEntry, YamlTree } from './yamlTree';

/** What a check needs besides. */
export type SectionContext = CheckContext & DataContext;

/** Checks a whole section; whatever is wrong in it is reported. Null is a section without keys. */
export function checkSection(tree: YamlTree, key: SectionKey, place: Place, context: SectionContext): SectionContent {
  const map = mapOf(tree, key);
  const items = new Map<string, CheckedItem>();
  if (map === undefined) {
    context.problems.add(place.path, tree.position, `${lastKey(place.path)} cannot be ${given(tree)}.`, {
      expected: `keys such as ${Object.keys(key.keys).slice(0, 4).join(', ')}`,
    });
    return { place, items, isPresent: true, hasKeys: true };
  }
  for (const entry of map.entries) {
    const item = checkKey(entry, key.keys, place.path, context);
    if (item !== undefined) items.set(entry.key, item);
  }
  return { place, items, isPresent: true, hasKeys: map.entries.length > 0 };
}

function mapOf(tree: YamlTree, { scalarKey }: SectionKey): MapTree | undefined {
  const { position } = tree;
  if (tree.kind === 'map') return tree;
  if (isNull(tree)) return { kind: 'map', position, entries: [] };
  if (tree.kind !== 'scalar' || scalarKey === undefined) return undefined;
  return { kind: 'map', position, entries: [{ key: scalarKey, keyPosition: position, value: tree }] };
}

function checkKey(
  { key, keyPosition, value }: MapTreeEntry,
  keys: ConfigKeys,
  parent: string,
  context: SectionContext,
): CheckedItem | undefined {
  const place = { path: childPath(parent, key), position: keyPosition };
  const spec = Object.hasOwn(keys, key) ? keys[key] : undefined;
  if (spec === undefined) {
    reportUnknownKey(key, keys, parent, place, context);
    return undefined;
  }
  if (spec.kind === 'refused') {
    checkRefused(value, spec, place, context);
    return undefined;
  }
  if (isNull(value) && spec.kind !== 'section') return undefined;
  return checkItem(value, spec, place, context);
}

function checkItem(
  tree: YamlTree,
  spec: Exclude<ConfigKey, RefusedKey>,
  place: Place,
  context: SectionContext,
): CheckedItem | undefined {
  switch (spec.kind) {
    case 'value': {
      const value = checkValue(tree, spec, place, context);
      return { kind: 'value', place, value };
    }
    case 'section':
      return { kind: 'section', place, content: checkSection(tree, spec, place, context) };
    case 'named':
      return { kind: 'named', place, named: checkNamed(tree, spec, place, context) };
    case 'data':
      return { kind: 'data', place, dataset: checkDataReference(tree, place, context) };
    case 'metric':
      return { kind: 'metric', place, metric: checkChosen(tree, place.path, 'metric', metricEntries, context) };
    case 'metrics':
      return { kind: 'metrics', place, metrics: checkMetrics(tree, spec, place, context) };
    case 'postprocess':
      return { kind: 'postprocess', place, steps: checkPostprocess(tree, place, context) };
  }
}

function checkValue(tree: YamlTree, { type, refusedValues }: ValueKey, place: Place, context: SectionContext): unknown {
  const value = configValueOf(tree, type, context.folder);
  if (value !== undefined) return value;
  const choices = choicesOf(type);
  const words = tree.kind === 'list' ? tree.items : [tree];
  const refused = words.find(
    (each) => each.kind === 'scalar' && Object.hasOwn(refusedValues ?? {}, String(each.value)),
  );
  if (refused?.kind === 'scalar') {
    const reason = refusedValues?.[String(refused.value)] ?? '';
    context.problems.add(place.path, refused.position, reason, {
      code: 'wrong-value',
      expected: configTypeText(type),
    });
    return undefined;
  }
  const wrong = tree.kind === 'list' ? words.find((each) => !choices.includes(textOf(each))) : tree;
  const suggestion = nearestName(textOf(wrong ?? tree), choices);
  context.problems.add(place.path, tree.position, `${lastKey(place.path)} cannot be ${given(tree)}.`, {
    code: 'wrong-value',
    expected: configTypeText(type),
    ...(suggestion === undefined ? {} : { suggestion }),
  });
  return undefined;
}

function choicesOf(type: ValueKey['type']): readonly string[] {
  if (type.kind === 'list') return choicesOf(type.of);
  return type.kind === 'string' ? (type.choices ?? []) : [];
}

function checkNamed(tree: YamlTree, spec: NamedKey, place: Place, context: SectionContext): NamedSection[] {
  if (tree.kind !== 'map') {
    const noun = spec.names === 'opType' ? 'op types' : 'names of nodes';
    const message = `${lastKey(place.path)} cannot be ${given(tree)}.`;
    context.problems.add(place.path, tree.position, message, { expected: `a map of ${noun} to options` });
    return [];
  }
  return tree.entries.flatMap(({ key, keyPosition, value }) => {
    const named = { path: childPath(place.path, key), position: keyPosition };
    const content = checkSection(value, spec.of, named, context);
    return checkNameInModel(key, spec.names, named, context.problems) ? [{ name: key, place: named, content }] : [];
  });
}

/** Metrics stand beside the keys `weight` and `higher_is_better`. */
function checkMetrics(
  tree: YamlTree,
  { title, help, keys }: MetricsKey,
  place: Place,
  context: SectionContext,
): CheckedMetrics | undefined {
  if (tree.kind !== 'map') {
    const expected = '{<metric>: {parameters}, …, weight: […]}';
    context.problems.add(place.path, tree.position, 'Several metrics are a map.', { expected });
    return undefined;
  }
  const isPlain = ({ key }: MapTreeEntry): boolean => Object.hasOwn(keys, key);
  const plain = { ...tree, entries: tree.entries.filter(isPlain) };
  const named = { ...tree, entries: tree.entries.filter((entry) => !isPlain(entry)) };
  return {
    written: named.entries.length,
    metrics: checkEntries(named, place.path, 'metric', metricEntries, context),
    content: checkSection(plain, { kind: 'section', title, help, keys }, place, context),
  };
}

function checkRefused(tree: YamlTree, { reason, accepted }: RefusedKey, place: Place, context: SectionContext): void {
  const value = JSON.stringify(plainValue(tree));
  const harmless = ['null', ...(accepted ?? []).map((each) => JSON.stringify(each))];
  if (harmless.includes(value)) return;
  const shown = (accepted ?? []).map((each) => JSON.stringify(each)).join(' or ');
  context.problems.add(place.path, place.position, reason, {
    code: 'refused',
    expected: shown === '' ? 'no such key' : shown,
  });
}

function reportUnknownKey(key: string, keys: ConfigKeys, parent: string, place: Place, context: SectionContext): void {
  const elsewhere = placesOfKey(key).toSorted((a, b) => a.length - b.length);
  const noun = parent === '' ? 'key' : `key of ${lastKey(parent)}`;
  if (elsewhere.length > 0) {
    context.problems.add(place.path, place.position, `There is no ${noun} "${key}".`, {
      code: 'unknown-name',
      expected: `it at ${elsewhere.slice(0, 3).join(' or ')}`,
    });
  } else {
    reportUnknown(key, noun, Object.keys(keys), place, context);
  }
}

function lastKey(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

function textOf(tree: YamlTree): string {
  return tree.kind === 'scalar' ? String(tree.value) : '';
}

function given(tree: YamlTree): string {
  if (tree.kind === 'map') return 'a map';
  const text = tree.kind === 'list' ? JSON.stringify(plainValue(tree)) : String(tree.value);
  return text.length > 64 ? `${text.slice(0, 64)}…` : text;
}
