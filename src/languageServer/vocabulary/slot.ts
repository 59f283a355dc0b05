// What may stand at a place of a file, as data: completion, hover, quick fixes and the described schema all read it.
import type { ParameterValue } from '../../dictionary/entry';
import type { ConfigValueType } from '../../dictionary/tuningKeys/configKey';

/** What may stand at a place. */
export type Slot = MapSlot | NamesSlot | ValueSlot;

/** A key that may stand in a map. */
export interface Term {
  readonly name: string;
  /** A few words; the name where there is nothing better. */
  readonly title: string;
  readonly help: string;
  /** Lines of a hover besides: type, default, unit. */
  readonly facts: readonly string[];
  readonly slot: Slot;
  /** It has to be there. */
  readonly isRequired: boolean;
  /** Known, but refused with this reason: explained, never offered. */
  readonly refusal?: string;
}

/** Keys by name. */
export interface MapSlot {
  readonly kind: 'map';
  readonly terms: readonly Term[];
  /** What may stand in place of the map: `metric: topk`, `topk: 1`, `dataloader: eval.yaml`. */
  readonly alone?: ValueSlot;
  /** Only one of the keys may be there. */
  readonly isChoice: boolean;
  /** Keys that are not listed are passed on. */
  readonly isOpen: boolean;
}

/** A map whose keys are names out of the model. */
export interface NamesSlot {
  readonly kind: 'names';
  /** A layer is named by its weight, or by a node that computes with it. */
  readonly names: 'opType' | 'pattern' | 'layer';
  readonly of: Slot;
}

/** A value that may be chosen. */
export interface ValueChoice {
  readonly value: string | number | boolean;
  readonly help?: string;
}

/** A plain value, or a list of them. */
export interface ValueSlot {
  readonly kind: 'value';
  readonly type: ConfigValueType;
  readonly choices: readonly ValueChoice[];
  /** Names of the model's own that may stand here. */
  readonly fromModel?: 'inputs' | 'outputs';
  /** What is known of a path: what the file is. */
  readonly isFile?: 'model' | 'dataset';
  readonly default?: ParameterValue;
}

/** What stands at a place, followed by key from the whole file; undefined where nothing is known. */
export function slotAt(root: Slot, path: readonly string[]): Slot | undefined {
  return path.reduce<Slot | undefined>((slot, key) => (slot === undefined ? undefined : slotBelow(slot, key)), root);
}

/** The key at a path; undefined for names out of the model and for unknown keys. */
export function termAt(root: Slot, path: readonly string[]): Term | undefined {
  const parent = slotAt(root, path.slice(0, -1));
  return parent?.kind === 'map' ? parent.terms.find(({ name }) => name === path.at(-1)) : undefined;
}

function slotBelow(slot: Slot, key: string): Slot | undefined {
  if (slot.kind === 'names') return slot.of;
  if (slot.kind === 'value') return undefined;
  return slot.terms.find(({ name }) => name === key)?.slot;
}
