// The text of a key with what has to follow it, as a snippet: a blank, brackets, or lines below.
import type { Slot } from '../vocabulary/slot';
import { isListType } from '../vocabulary/valueSlots';
import { indented, snippetText } from '../yamlText';

/** A snippet, and whether the list should come up again behind it. */
export interface KeyText {
  readonly text: string;
  readonly asksAgain: boolean;
}

/** A key and the beginning of its value. */
export function keyText(
  key: string,
  slot: Slot,
  { isFlow, step }: { readonly isFlow: boolean; readonly step: number },
): KeyText {
  const name = snippetText(key);
  if (slot.kind === 'value') {
    const hasChoices = slot.choices.length > 0 || slot.fromModel !== undefined || slot.type.kind === 'path';
    const isNumbers = isListType(slot.type) && !hasChoices;
    return { text: isNumbers ? `${name}: [$1]` : `${name}: `, asksAgain: hasChoices };
  }
  if (slot.kind === 'map' && slot.terms.length === 0) return { text: `${name}: {}`, asksAgain: false };
  const needed = slot.kind === 'map' ? slot.terms.filter(({ isRequired }) => isRequired) : [];
  const lines = needed.map((term, index) => `${term.name}:${placeholderOf(term.slot, index + 1, { isFlow, step })}`);
  if (isFlow) return { text: `${name}: {${lines.join(', ')}$0}`, asksAgain: true };
  const below = needed.length === 0 ? `${' '.repeat(step)}$0` : indented(lines.join('\n'), step);
  const isPath = needed.some((term) => term.slot.kind === 'value' && term.slot.type.kind === 'path');
  return { text: `${name}:\n${below}`, asksAgain: needed.length === 0 || isPath };
}

/** A place to fill in; the keys of a section that has to be there stand below it. */
function placeholderOf(slot: Slot, number: number, { isFlow, step }: { isFlow: boolean; step: number }): string {
  if (slot.kind === 'value') return isListType(slot.type) ? ` [$${number}]` : ` $${number}`;
  return isFlow ? ` {$${number}}` : `\n${' '.repeat(step)}$${number}`;
}
