// Slots of plain values, made from the types of the dictionary, and how such a type reads in a hover.
import { configTypeText } from '../../config/configValue';
import type { ParameterValue } from '../../dictionary/entry';
import { objectiveEntries } from '../../dictionary/objectives';
import { strategyEntries } from '../../dictionary/strategies';
import type { ConfigValueType } from '../../dictionary/tuningKeys/configKey';
import type { ValueChoice, ValueSlot } from './slot';

/** Help of values that have some, by value. */
const valueHelp: ReadonlyMap<string, string> = new Map(
  [...strategyEntries, ...objectiveEntries].map(({ name, help }) => [name, help]),
);

/** The slot of a type. */
export function valueSlot(
  type: ConfigValueType,
  more: Pick<ValueSlot, 'fromModel' | 'isFile' | 'default'> = {},
): ValueSlot {
  return { kind: 'value', type, choices: choicesOf(type), ...more };
}

/** The slot of names that may stand alone. */
export function nameSlot(names: readonly { readonly name: string; readonly help: string }[]): ValueSlot {
  const choices = names.map(({ name, help }) => ({ value: name, help }));
  return { kind: 'value', type: { kind: 'string', choices: names.map(({ name }) => name) }, choices };
}

/** Whether a list of values may stand there. */
export function isListType(type: ConfigValueType): boolean {
  return type.kind === 'list' || (type.kind === 'either' && type.of.some(isListType));
}

/** Lines of a hover about a value. */
export function valueFacts(
  type: ConfigValueType,
  { default: value, unit }: { readonly default?: ParameterValue; readonly unit?: string },
): string[] {
  return [
    ...(type.kind === 'any' ? [] : [`Value: ${configTypeText(type)}`]),
    ...(value === undefined ? [] : [`Default: \`${JSON.stringify(value).replaceAll('`', "'")}\``]),
    ...(unit === undefined ? [] : [`Unit: ${unit}`]),
  ];
}

function choicesOf(type: ConfigValueType): readonly ValueChoice[] {
  switch (type.kind) {
    case 'boolean':
      return [{ value: true }, { value: false }];
    case 'string':
      return (type.choices ?? []).map(choiceOf);
    case 'list':
      return choicesOf(type.of);
    case 'either':
      return type.of.flatMap(choicesOf);
    default:
      return [];
  }
}

function choiceOf(value: string): ValueChoice {
  const help = valueHelp.get(value);
  return help === undefined ? { value } : { value, help };
}
