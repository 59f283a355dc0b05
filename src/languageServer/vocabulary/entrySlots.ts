// Slots of loaders, transforms and metrics, made from their entries in the dictionary.
import type { DictionaryEntry, Parameter } from '../../dictionary/entry';
import type { MapSlot, Slot, Term, ValueSlot } from './slot';
import { nameSlot, valueFacts, valueSlot } from './valueSlots';

/** Entries by name; `isChoice`: exactly one of them. Those without required parameters may stand alone by name. */
export function entriesSlot(
  entries: readonly DictionaryEntry[],
  { isChoice, mayStandAlone = true }: { readonly isChoice: boolean; readonly mayStandAlone?: boolean },
): MapSlot {
  const bare = entries.filter(({ parameters }) => !parameters.some(({ required }) => required === true));
  return {
    kind: 'map',
    terms: entries.map(entryTerm),
    isChoice,
    isOpen: false,
    ...(mayStandAlone && bare.length > 0 ? { alone: nameSlot(bare) } : {}),
  };
}

function entryTerm(entry: DictionaryEntry): Term {
  const { name, help, parameters } = entry;
  const facts =
    parameters.length === 0 ? ['Takes no parameters.'] : [`Parameters: ${parameters.map(nameOf).join(', ')}`];
  return { name, title: name, help, facts, slot: parametersSlot(entry), isRequired: false };
}

function nameOf({ name, required }: Parameter): string {
  return required === true ? `${name} (needed)` : name;
}

/** A plain value stands for the first parameter. */
function parametersSlot({ parameters, openParameters }: DictionaryEntry): Slot {
  const [first, ...others] = parameters;
  const needsOthers = others.some(({ required }) => required === true);
  return {
    kind: 'map',
    terms: parameters.map(parameterTerm),
    isChoice: false,
    isOpen: openParameters === true,
    ...(first === undefined || needsOthers ? {} : { alone: parameterSlot(first) }),
  };
}

function parameterTerm(parameter: Parameter): Term {
  const { name, help, type, required, refusedWhenTrue } = parameter;
  return {
    name,
    title: name,
    help: refusedWhenTrue === undefined ? help : `${help} ${refusedWhenTrue}`,
    facts: [...(required === true ? ['Has to be there.'] : []), ...valueFacts(type, parameter)],
    slot: parameterSlot(parameter),
    isRequired: required === true,
  };
}

function parameterSlot({ name, type, refusedWhenTrue, default: value }: Parameter): ValueSlot {
  if (refusedWhenTrue !== undefined) return { kind: 'value', type, choices: [{ value: false }] };
  return valueSlot(type, {
    ...(name === 'output' ? { fromModel: 'outputs' } : {}),
    ...(value === undefined ? {} : { default: value }),
  });
}
