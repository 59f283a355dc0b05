// What a config says about its model that the model does not bear out: ops, nodes, inputs and outputs it does not have.
import { runInNewContext } from 'node:vm';
import { nearestName } from '../config/nearestName';
import type { Finding } from './findings';
import type { ModelNames } from './modelNames';
import type { FileWithNames } from './openFile';
import type { OutlineNode, OutlinePair, OutlineScalar } from './outline';
import { slotAt } from './vocabulary/slot';
import type { NamesSlot } from './vocabulary/slot';

/** A regular expression can be written to take for ever; matching ends here. */
const matchLimitMs = 100;

/** What matches a pattern. */
export interface PatternMatches {
  readonly count: number;
  /** The first of them. */
  readonly names: readonly string[];
}

const matchesByModel = new WeakMap<ModelNames, Map<string, PatternMatches | undefined>>();

/** Nodes whose whole name matches; undefined for what is no expression or takes too long. */
export function nodesMatching(pattern: string, model: ModelNames): PatternMatches | undefined {
  const known = matchesByModel.get(model) ?? new Map<string, PatternMatches | undefined>();
  matchesByModel.set(model, known);
  if (!known.has(pattern)) {
    // Every letter typed makes a pattern of its own.
    if (known.size > 500) known.clear();
    known.set(pattern, matchAll(pattern, model));
  }
  return known.get(pattern);
}

function matchAll(pattern: string, { nodes }: ModelNames): PatternMatches | undefined {
  if (nodes.some(({ name }) => name === pattern)) return { count: 1, names: [pattern] };
  try {
    const found = runInNewContext(
      'const whole = new RegExp(`^(?:${pattern})$`); JSON.stringify(names.filter((name) => whole.test(name)));',
      { pattern, names: nodes.map(({ name }) => name) },
      { timeout: matchLimitMs },
    ) as string;
    const names = JSON.parse(found) as string[];
    return { count: names.length, names: names.slice(0, 8) };
  } catch {
    return undefined;
  }
}

/** Mistakes, and what the model says beside them: a word that is wrong already is not doubted as well. */
export function withModel(findings: readonly Finding[], ofModel: readonly Finding[]): Finding[] {
  const wrong = new Set(findings.map(({ start }) => start));
  return [...findings, ...ofModel.filter(({ start }) => !wrong.has(start))];
}

/** Warnings about names that the model does not have. */
export function modelFindings({ file, names }: FileWithNames): Finding[] {
  if (names === undefined || file.kind === 'dataset') return [];
  return file.outline.pairs.flatMap((pair) => {
    const around = slotAt(file.root, pair.path.slice(0, -1));
    if (around?.kind === 'names') return nameFindings(pair, around.names, names);
    const slot = slotAt(file.root, pair.path);
    if (slot?.kind !== 'value' || slot.fromModel === undefined) return [];
    const known = slot.fromModel === 'inputs' ? names.inputs.map(({ name }) => name) : names.outputs;
    return scalarsIn(pair.value).flatMap((scalar) => valueFindings(scalar, slot.fromModel ?? '', known, pair));
  });
}

/** What `prune` would refuse; here it may be that the recipe is for another model. */
function layerFindings(pair: OutlinePair, { layers }: ModelNames): Finding[] {
  const { key, keyRange } = pair;
  const known = layers.flatMap(({ name, nodes }) => [name, ...nodes]);
  if (known.includes(key)) return [];
  return [warning(pair, keyRange, `The model has no prunable layer ${key}.`, nearestName(key, known.slice(0, 2000)))];
}

function nameFindings(pair: OutlinePair, kind: NamesSlot['names'], names: ModelNames): Finding[] {
  if (kind === 'layer') return layerFindings(pair, names);
  const { key, path, keyRange } = pair;
  const opTypes = names.opTypes.map(({ name }) => name);
  if (opTypes.includes(key)) return [];
  if (kind === 'opType')
    return [warning(pair, keyRange, `The model has no op of the type ${key}.`, nearestName(key, opTypes))];
  const matches = nodesMatching(key, names);
  // Conversions take op types here, too; what is no expression is an error already.
  if (matches === undefined || matches.count > 0) return [];
  const nearest = nearestName(
    key,
    names.nodes.slice(0, 2000).map(({ name }) => name),
  );
  return [warning({ path }, keyRange, 'No node of the model has a name that matches.', nearest)];
}

function valueFindings(
  scalar: OutlineScalar,
  what: string,
  known: readonly string[],
  { path }: OutlinePair,
): Finding[] {
  const name = String(scalar.value);
  if (scalar.value === null || known.includes(name) || /[\s,]/.test(name)) return [];
  return [warning({ path }, scalar, `${name} is none of the ${what} of the model.`, nearestName(name, known))];
}

function warning(
  { path }: Pick<OutlinePair, 'path'>,
  { start, end }: { readonly start: number; readonly end: number },
  sentence: string,
  suggestion: string | undefined,
): Finding {
  const hint = suggestion === undefined ? '' : ` Did you mean ${suggestion}?`;
  const message = `${sentence}${hint}`;
  const more = suggestion === undefined ? {} : { suggestion };
  return { start, end, severity: 'warning', message, path: path.join('.'), code: 'unknown-name', ...more };
}

function scalarsIn(node: OutlineNode | undefined): OutlineScalar[] {
  if (node === undefined || node.kind === 'map') return [];
  return node.kind === 'scalar' ? [node] : node.items.flatMap(scalarsIn);
}
