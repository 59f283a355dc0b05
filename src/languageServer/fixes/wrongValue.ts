// Values that would fit where one does not: the nearest choice, the nearest number, the default.
import type { ConfigValueType } from '../../dictionary/tuningKeys/configKey';
import { nearestName } from '../../config/nearestName';
import type { Finding } from '../findings';
import type { OpenFile } from '../openFile';
import { pairAt, scalarAt } from '../outline';
import type { OutlineNode, OutlinePair, OutlineScalar, TextRange } from '../outline';
import { slotAt } from '../vocabulary/slot';
import type { ValueSlot } from '../vocabulary/slot';
import { scalarText } from '../yamlText';
import type { QuickFix } from './quickFix';

/** As many values as a menu can show. */
const mostFixes = 8;

const yes: ReadonlySet<string> = new Set(['yes', 'y', 'on', 'true', '1']);
const no: ReadonlySet<string> = new Set(['no', 'n', 'off', 'false', '0']);

/** Puts a value that fits in place of the one that does not. */
export function wrongValueFixes(file: OpenFile, finding: Finding): QuickFix[] {
  const pair = pairAt(file.outline, finding.start);
  const slot = pair === undefined ? undefined : valueSlotOf(file, pair);
  if (pair?.value === undefined || slot === undefined) return [];
  const scalar = wrongScalar(pair.value, finding, slot);
  const range: TextRange = scalar ?? pair.value;
  const values = [...new Set(valuesFor(scalar, slot, finding.suggestion))].slice(0, mostFixes);
  return values.map((value, index) => ({
    title: `Change to ${value}`,
    changes: [{ start: range.start, end: range.end, text: value }],
    ...(index === 0 ? { isPreferred: true } : {}),
  }));
}

function valueSlotOf(file: OpenFile, pair: OutlinePair): ValueSlot | undefined {
  const slot = slotAt(file.root, pair.path);
  if (slot?.kind === 'value') return slot;
  return slot?.kind === 'map' ? slot.alone : undefined;
}

/** In a list the element that is none of the choices. */
function wrongScalar(node: OutlineNode, { start }: Finding, { choices }: ValueSlot): OutlineScalar | undefined {
  if (node.kind !== 'list') return scalarAt(node, start);
  const known = choices.map(({ value }) => String(value));
  return node.items.find(
    (item): item is OutlineScalar => item.kind === 'scalar' && !known.includes(String(item.value)),
  );
}

/** As they are written, the likeliest first. */
function valuesFor(scalar: OutlineScalar | undefined, slot: ValueSlot, suggestion: string | undefined): string[] {
  const { choices, type } = slot;
  const given = String(scalar?.value ?? '');
  if (choices.some(({ value }) => typeof value === 'boolean')) {
    const word = given.trim().toLowerCase();
    const all = choices.map(({ value }) => String(value));
    const likely = yes.has(word) ? 'true' : no.has(word) ? 'false' : undefined;
    return [...(likely !== undefined && all.includes(likely) ? [likely] : []), ...all];
  }
  if (choices.length > 0) {
    const all = choices.map(({ value }) => String(value));
    const nearest = suggestion ?? nearestName(given, all);
    return [...(nearest === undefined ? [] : [nearest]), ...defaultOf(slot), ...all].map(writtenChoice);
  }
  const number = numberFor(Number(given.replace(/%$/, '')), type);
  return [...(number === undefined ? [] : [String(number)]), ...defaultOf(slot)];
}

function writtenChoice(value: string): string {
  return /^\d+$/.test(value) ? value : scalarText(value);
}

function defaultOf({ default: value, choices }: ValueSlot): string[] {
  if (value === undefined || value === null) return [];
  // In a list only one element is replaced.
  if (choices.length > 0) return typeof value === 'object' ? [] : [String(value)];
  return [typeof value === 'object' ? JSON.stringify(value) : scalarText(value)];
}

/** The nearest number that fits; undefined where none is near. */
function numberFor(given: number, type: ConfigValueType): number | undefined {
  if (type.kind === 'list') return numberFor(given, type.of);
  if ((type.kind !== 'integer' && type.kind !== 'number') || !Number.isFinite(given)) return undefined;
  const inside = Math.min(Math.max(given, type.minimum ?? -Infinity), type.maximum ?? Infinity);
  return type.kind === 'integer' ? Math.round(inside) : inside;
}
