// The list of what may be written at the cursor, with the right indentation.
import { CompletionItemKind, InsertTextFormat } from 'vscode-languageserver';
import type { CompletionItem, CompletionList } from 'vscode-languageserver';
import type { ModelNames } from '../modelNames';
import type { FileWithNames } from '../openFile';
import { slotAt } from '../vocabulary/slot';
import type { Slot, ValueSlot } from '../vocabulary/slot';
import { indented, isBlank, snippetText } from '../yamlText';
import { keyText } from './keyText';
import type { KeyText } from './keyText';
import { keyOffers, nameOffers, valueOffers } from './offers';
import type { Offer } from './offers';
import { pathOffers } from './pathOffers';
import { isBelow, movesTo, placeAt, replacedRange } from './place';
import type { Place } from './place';
import { templateOf } from './template';

/** Makes the list come up again behind what was just written. */
const suggestAgain = { title: 'Suggest', command: 'editor.action.triggerSuggest' };

interface Offers {
  readonly offers: readonly Offer[];
  readonly areMore: boolean;
}

/**
 * The list at an offset.
 *
 * @param offersSchema also offer what a schema says; names of the model and files are offered always
 */
export function completionAt(
  { file, names }: FileWithNames,
  offset: number,
  { offersSchema }: { readonly offersSchema: boolean },
): CompletionList {
  const place = placeAt(file, offset);
  const slot = place === undefined ? undefined : slotAt(file.root, place.path);
  if (place === undefined || slot === undefined) return { isIncomplete: false, items: [] };
  const { offers, areMore } = offersAt(slot, place, names);
  const items = offers
    .filter(({ isFromFiles }) => isFromFiles || offersSchema)
    .map((offer, index) => itemOf(offer, slot, place, index));
  return { isIncomplete: areMore, items: [...(offersSchema ? templateItems(place) : []), ...items] };
}

function offersAt(slot: Slot, place: Place, names: ModelNames | undefined): Offers {
  const { expects, prefix, present, isListItem, isFlow, hasColon } = place;
  const takesKeys = !isListItem && (expects === 'key' || !isFlow);
  switch (slot.kind) {
    case 'names':
      return takesKeys ? nameOffers(slot, names, { prefix, present }) : { offers: [], areMore: false };
    case 'value':
      return { offers: valuesAt(slot, place, names), areMore: false };
    case 'map': {
      const takesValue =
        slot.alone !== undefined && present.size === 0 && !hasColon && (expects === 'value' || !isFlow);
      const alone = takesValue ? valuesAt(slot.alone, place, names) : [];
      const keys = takesKeys ? keyOffers(slot, present) : [];
      return {
        offers: expects === 'key' ? [...keys, ...alone] : [...alone, ...withoutSame(keys, alone)],
        areMore: false,
      };
    }
  }
}

/** A name that may stand alone is offered once; its parameters can be written as well. */
function withoutSame(keys: readonly Offer[], alone: readonly Offer[]): Offer[] {
  return keys.map((key) => (alone.some(({ label }) => label === key.label) ? { ...key, label: `${key.label}:` } : key));
}

function valuesAt(slot: ValueSlot, { prefix, file }: Place, names: ModelNames | undefined): Offer[] {
  return [...valueOffers(slot, names), ...pathOffers(slot, prefix, file.path)];
}

function itemOf(offer: Offer, slot: Slot, place: Place, index: number): CompletionItem {
  const below = offer.term?.slot ?? (offer.kind === 'name' && slot.kind === 'names' ? slot.of : undefined);
  const written = below === undefined ? valueItemText(offer, place) : keyItemText(offer, below, place);
  const { document, text } = place.file;
  const { start, end } = replacedRange(place, { startsLine: below !== undefined && isBelow(place) });
  const quote = /^["']/.exec(text.slice(place.start, place.end))?.[0] ?? '';
  return {
    label: offer.label,
    kind: kinds[offer.kind],
    ...(offer.detail === undefined ? {} : { detail: offer.detail }),
    ...(offer.help === undefined ? {} : { documentation: { kind: 'markdown', value: offer.help } }),
    filterText: `${quote}${offer.label}`,
    sortText: String(index).padStart(5, '0'),
    insertTextFormat: InsertTextFormat.Snippet,
    textEdit: { range: { start: document.positionAt(start), end: document.positionAt(end) }, newText: written.text },
    ...(written.asksAgain ? { command: suggestAgain } : {}),
  };
}

/** A value, with the blank behind its colon, or the ones that make it stand below its key. */
function valueItemText({ text, kind }: Offer, place: Place): KeyText {
  const isBehindColon = place.expects === 'value' && place.file.text.charAt(place.start - 1) === ':';
  const lead = isBehindColon ? ' ' : ' '.repeat(movesTo(place) ?? 0);
  return { text: `${lead}${snippetText(text)}`, asksAgain: kind === 'folder' };
}

/** A key where a value was expected begins a line of its own below. */
function keyItemText(offer: Offer, below: Slot, place: Place): KeyText {
  const { isFlow, step, hasColon } = place;
  // The editor indents further lines like the line that it finds: not like the column that a key moves to.
  const column = movesTo(place) ?? 0;
  if (hasColon) return { text: indented(snippetText(offer.text), column), asksAgain: false };
  const { text, asksAgain } = keyText(offer.text, below, { isFlow, step });
  return { text: isBelow(place) ? `\n${indented(text, step)}` : indented(text, column), asksAgain };
}

function templateItems(place: Place): CompletionItem[] {
  const { file, start, end, path } = place;
  const rest = file.text.slice(0, start) + file.text.slice(end);
  if (path.length > 0 || !isBlank(rest)) return [];
  const { label, detail, text } = templateOf(file.kind);
  const range = { start: file.document.positionAt(start), end: file.document.positionAt(end) };
  return [
    {
      label,
      detail,
      kind: CompletionItemKind.Snippet,
      insertTextFormat: InsertTextFormat.Snippet,
      filterText: label,
      sortText: '!',
      textEdit: { range, newText: text },
    },
  ];
}

const kinds: Readonly<Record<Offer['kind'], CompletionItemKind>> = {
  key: CompletionItemKind.Property,
  value: CompletionItemKind.EnumMember,
  name: CompletionItemKind.Reference,
  file: CompletionItemKind.File,
  folder: CompletionItemKind.Folder,
};
