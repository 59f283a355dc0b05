// What may be offered at a place: the items before they know where they are written.
import { staticOpTypes } from '../../dictionary/quantizableOps';
import { codeMarkdown, layerMarkdown, plainMarkdown, termMarkdown } from '../markdown';
import type { ModelNames } from '../modelNames';
import type { MapSlot, NamesSlot, Term, ValueSlot } from '../vocabulary/slot';
import { scalarText } from '../yamlText';

/** Something that may be written. */
export interface Offer {
  readonly label: string;
  /** Of one line. */
  readonly detail?: string;
  /** Markdown. */
  readonly help?: string;
  readonly kind: 'key' | 'value' | 'name' | 'file' | 'folder';
  readonly term?: Term;
  /** As it is written, quoted where it must be. */
  readonly text: string;
  /** Known from the model or the disk, not from the schema. */
  readonly isFromFiles: boolean;
}

/** Names out of a model that a list shows at once; more come while somebody types. */
const mostNames = 300;

/** Keys of a map that are not there yet. */
export function keyOffers({ terms, isChoice }: MapSlot, present: ReadonlySet<string>): Offer[] {
  if (isChoice && present.size > 0) return [];
  return terms.filter(({ name, refusal }) => !present.has(name) && refusal === undefined).map(termOffer);
}

function termOffer(term: Term): Offer {
  const { name, title } = term;
  const detail = title === name ? {} : { detail: title };
  return { label: name, ...detail, help: termMarkdown(term), kind: 'key', term, text: name, isFromFiles: false };
}

/** Values that may be chosen, and the names of the model that may stand there. */
export function valueOffers(slot: ValueSlot, names: ModelNames | undefined): Offer[] {
  const choices = slot.choices.map(({ value, help }): Offer => {
    const text = scalarText(value);
    const isDefault = JSON.stringify(slot.default) === JSON.stringify(value);
    return {
      label: String(value),
      ...(isDefault ? { detail: 'default' } : {}),
      ...(help === undefined ? {} : { help: plainMarkdown(help) }),
      kind: 'value',
      // Digits that name something are a number to YAML, and are read as the name all the same.
      text: /^'\d+'$/.test(text) ? String(value) : text,
      isFromFiles: false,
    };
  });
  return [...choices, ...modelValues(slot, names)];
}

function modelValues({ fromModel }: ValueSlot, names: ModelNames | undefined): Offer[] {
  if (fromModel === undefined || names === undefined) return [];
  const known = fromModel === 'inputs' ? names.inputs.map(({ name }) => name) : names.outputs;
  const detail = fromModel === 'inputs' ? 'input of the model' : 'output of the model';
  return known
    .slice(0, mostNames)
    .map((label) => ({ label, detail, kind: 'name', text: scalarText(label), isFromFiles: true }));
}

/** Op types, layers, or node names as expressions; those that hold what is typed, and whether there are more. */
export function nameOffers(
  { names: kind }: NamesSlot,
  names: ModelNames | undefined,
  { prefix, present }: { readonly prefix: string; readonly present: ReadonlySet<string> },
): { offers: Offer[]; areMore: boolean } {
  const all = allNames(kind, names);
  const typed = prefix.toLowerCase();
  const fitting = all.filter(({ label }) => !present.has(label) && label.toLowerCase().includes(typed));
  return { offers: fitting.slice(0, mostNames), areMore: fitting.length > mostNames };
}

function allNames(kind: NamesSlot['names'], names: ModelNames | undefined): Offer[] {
  switch (kind) {
    case 'opType':
      return opTypeOffers(names);
    case 'pattern':
      return nodeOffers(names);
    case 'layer':
      return layerOffers(names);
  }
}

function layerOffers(names: ModelNames | undefined): Offer[] {
  return (names?.layers ?? []).map((layer) => ({
    label: layer.name,
    detail: `${layer.opType}, ${layer.weights} weights`,
    help: layerMarkdown(layer),
    kind: 'name',
    text: scalarText(layer.name),
    isFromFiles: true,
  }));
}

function opTypeOffers(names: ModelNames | undefined): Offer[] {
  const known = names?.opTypes ?? staticOpTypes.map((name) => ({ name, count: 0 }));
  return known.map(({ name, count }) => ({
    label: name,
    ...(count === 0 ? {} : { detail: count === 1 ? '1 node' : `${count} nodes` }),
    kind: 'name',
    text: scalarText(name),
    isFromFiles: true,
  }));
}

function nodeOffers(names: ModelNames | undefined): Offer[] {
  return (names?.nodes ?? []).map(({ name, opType }) => ({
    label: name,
    detail: opType,
    help: `A node of the type ${codeMarkdown(opType)}.`,
    kind: 'name',
    text: scalarText(expressionOf(name)),
    isFromFiles: true,
  }));
}

/** A name as an expression that matches it and nothing else. */
function expressionOf(name: string): string {
  return name.replace(/[\\^$.*+?()[\]{}|]/g, (sign) => `\\${sign}`);
}
