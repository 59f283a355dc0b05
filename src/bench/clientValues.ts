// Parameter values as clients send them: forms send text for everything, so text is read as what a parameter takes.
import type { DictionaryEntry, ParameterType } from '../dictionary/entry';
import type { PlainObject } from './requestReader';

/** The parameters of an entry with text read as numbers, lists and so on; what was left blank is left out. */
export function typedParameters(entry: DictionaryEntry | undefined, given: PlainObject): Record<string, unknown> {
  const types = new Map((entry?.parameters ?? []).map(({ name, type }) => [name, type]));
  const filled = Object.entries(given).filter(([, value]) => value !== '' && value !== null && value !== undefined);
  return Object.fromEntries(
    filled.map(([name, value]) => [name, typedValue(value, types.get(name) ?? { kind: 'any' })]),
  );
}

/** What text stands for where a parameter takes something else than text; everything else as it is. */
export function typedValue(value: unknown, type: ParameterType): unknown {
  if (Array.isArray(value)) {
    const element = elementType(type);
    return element === undefined ? value : value.map((one: unknown) => typedValue(one, element));
  }
  if (typeof value !== 'string') return value;
  switch (type.kind) {
    case 'integer':
    case 'number':
      return numberIn(value) ?? value;
    case 'boolean':
      return /^\s*(true|false)\s*$/i.test(value) ? value.trim().toLowerCase() === 'true' : value;
    case 'list':
      return listIn(value, type.of) ?? value;
    case 'either':
      return firstRead(value, type.of);
    case 'string':
    case 'path':
    case 'integers':
    case 'any':
      return value;
  }
}

function numberIn(text: string): number | undefined {
  const number = text.trim() === '' || text.length > 64 ? NaN : Number(text);
  return Number.isFinite(number) ? number : undefined;
}

/** `[1, 2]`, `(1, 2)`, `[1, 3], [2]`, `1 2`; text with commas alone is read by the check of parameters. */
function listIn(text: string, element: ParameterType): unknown {
  const trimmed = text.trim();
  if (/^[[(]/.test(trimmed)) {
    const brackets = trimmed
      .replaceAll('(', '[')
      .replaceAll(')', ']')
      .replaceAll(/,\s*\]/g, ']');
    return parsedList(brackets) ?? parsedList(`[${brackets}]`);
  }
  const words = trimmed.split(/\s+/);
  const isNumbers = element.kind === 'number' || element.kind === 'integer';
  if (!isNumbers || words.length < 2) return undefined;
  const numbers = words.map(numberIn);
  return numbers.every((number) => number !== undefined) ? numbers : undefined;
}

function parsedList(text: string): unknown {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Text of a choice stays text; else the first member that reads something else out of it. */
function firstRead(value: string, members: readonly ParameterType[]): unknown {
  if (members.some((member) => member.kind === 'string' && member.choices?.includes(value) === true)) return value;
  for (const member of members) {
    const read = typedValue(value, member);
    if (read !== value) return read;
  }
  return value;
}

/** The type of the elements of a list, where all lists a parameter may be have the same. */
function elementType(type: ParameterType): ParameterType | undefined {
  if (type.kind === 'list') return type.of;
  if (type.kind !== 'either') return undefined;
  const lists = type.of.filter((member) => member.kind === 'list');
  return lists.length === 1 ? lists[0]?.of : undefined;
}
