// A JSON Schema for another extension that completes and explains YAML: it describes everything and refuses nothing,
// because what is wrong is said by our own checker, once and with a way to mend it.
import type { ConfigFileKind } from '../config/configFileKind';
import { termTextMarkdown } from './markdown';
import { rootSlot } from './vocabulary/fileSlots';
import type { Slot, Term, ValueSlot } from './vocabulary/slot';
import { isListType } from './vocabulary/valueSlots';

type Schema = Readonly<Record<string, unknown>>;

const titles: Readonly<Record<ConfigFileKind, string>> = {
  tuning: 'Tuning config of Compressor Bench',
  dataset: 'Data set of Compressor Bench',
  pruning: 'Pruning recipe of Compressor Bench',
};

/** The schema of a kind of file (draft 07). */
export function describedSchema(kind: ConfigFileKind): Schema {
  const definitions = new Definitions();
  const root = definitions.slotSchema(rootSlot(kind), true);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: titles[kind],
    ...root,
    definitions: definitions.schemas,
  };
}

/** Slots that stand in several places, each written once. */
class Definitions {
  readonly schemas: Record<string, Schema> = {};
  private readonly names = new Map<Slot, string>();

  slotSchema(slot: Slot, isRoot = false): Schema {
    if (slot.kind === 'value') return valueSchema(slot);
    if (isRoot) return this.inside(slot);
    let name = this.names.get(slot);
    if (name === undefined) {
      name = `part${this.names.size}`;
      this.names.set(slot, name);
      this.schemas[name] = this.inside(slot);
    }
    return { $ref: `#/definitions/${name}` };
  }

  private inside(slot: Exclude<Slot, ValueSlot>): Schema {
    if (slot.kind === 'names') return { additionalProperties: this.slotSchema(slot.of) };
    const properties = Object.fromEntries(slot.terms.map((term) => [term.name, this.termSchema(term)]));
    return { properties, ...(slot.alone === undefined ? {} : valueSchema(slot.alone)) };
  }

  private termSchema(term: Term): Schema {
    const { title, help, slot, refusal } = term;
    const text = { title, description: help, markdownDescription: termTextMarkdown(term) };
    if (refusal !== undefined) return { ...text, doNotSuggest: true };
    return { ...text, ...this.slotSchema(slot) };
  }
}

/** Snippets are offered as the values of an enumeration are, and nothing else is refused. */
function valueSchema({ choices, type, default: value }: ValueSlot): Schema {
  const defaultSnippets = choices.map((choice) => ({
    label: String(choice.value),
    body: choice.value,
    ...(choice.help === undefined ? {} : { description: choice.help }),
  }));
  const offered = choices.length === 0 ? {} : isListType(type) ? { items: { defaultSnippets } } : { defaultSnippets };
  return { ...offered, ...(value === undefined ? {} : { default: value }) };
}
