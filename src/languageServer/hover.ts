// What the word under the cursor means.
import { codeMarkdown, layerMarkdown, plainMarkdown, termMarkdown } from './markdown';
import { nodesMatching } from './modelFindings';
import type { ModelNames } from './modelNames';
import type { FileWithNames } from './openFile';
import { pairAt, scalarAt } from './outline';
import type { OutlinePair, TextRange } from './outline';
import { slotAt, termAt } from './vocabulary/slot';
import type { MapSlot, NamesSlot, Slot } from './vocabulary/slot';

/** What is shown, and of which word. */
export interface HoverText extends TextRange {
  readonly markdown: string;
  /** It is about the model, which nobody else knows. */
  readonly isAboutModel: boolean;
}

/** The hover at an offset; undefined where there is nothing to say. */
export function hoverAt({ file, names }: FileWithNames, offset: number): HoverText | undefined {
  const pair = pairAt(file.outline, offset);
  if (pair === undefined) return undefined;
  if (offset <= pair.keyRange.end && offset >= pair.keyRange.start) return keyHover(file.root, pair, names);
  const scalar = scalarAt(pair.value, offset);
  const slot = slotAt(file.root, pair.path);
  if (scalar === undefined || scalar.value === null || slot === undefined) return undefined;
  const markdown = valueMarkdown(slot, scalar.value);
  return markdown === undefined ? undefined : { start: scalar.start, end: scalar.end, markdown, isAboutModel: false };
}

function keyHover(
  root: MapSlot,
  { path, key, keyRange }: OutlinePair,
  names: ModelNames | undefined,
): HoverText | undefined {
  const term = termAt(root, path);
  if (term !== undefined) return { ...keyRange, markdown: termMarkdown(term), isAboutModel: false };
  const around = slotAt(root, path.slice(0, -1));
  if (around?.kind !== 'names' || names === undefined) return undefined;
  const markdown = nameMarkdown(key, around, names);
  return markdown === undefined ? undefined : { ...keyRange, markdown, isAboutModel: true };
}

function nameMarkdown(key: string, slot: NamesSlot, names: ModelNames): string | undefined {
  if (slot.names === 'layer') {
    const layer = names.layers.find(({ name, nodes }) => name === key || nodes.includes(key));
    return layer === undefined ? `The model has no prunable layer ${codeMarkdown(key)}.` : layerMarkdown(layer);
  }
  const op = names.opTypes.find(({ name }) => name === key);
  if (op !== undefined) return `${codeMarkdown(key)}: ${nodeCount(op.count)} of the model.`;
  if (slot.names === 'opType') return `The model has no ${codeMarkdown(key)}.`;
  const node = names.nodes.find(({ name }) => name === key);
  if (node !== undefined) return `${codeMarkdown(key)} is a node of the type ${codeMarkdown(node.opType)}.`;
  const matches = nodesMatching(key, names);
  if (matches === undefined) return undefined;
  const list = matches.names.map((name) => `- ${codeMarkdown(name)}`);
  const more = matches.count > matches.names.length ? [`- … and ${matches.count - matches.names.length} more`] : [];
  return [`Matches ${nodeCount(matches.count)} of the model.`, '', ...list, ...more].join('\n');
}

function nodeCount(count: number): string {
  return count === 1 ? 'one node' : `${count} nodes`;
}

/** A chosen name, or a value that has a help of its own; other values are explained by their key. */
function valueMarkdown(slot: Slot, value: string | number | boolean): string | undefined {
  if (slot.kind === 'names') return undefined;
  if (slot.kind === 'map') {
    const term = slot.terms.find(({ name }) => name === value);
    if (term !== undefined) return termMarkdown(term);
  }
  const choices = slot.kind === 'map' ? slot.alone?.choices : slot.choices;
  const help = choices?.find((choice) => String(choice.value) === String(value))?.help;
  return help === undefined ? undefined : `**${plainMarkdown(String(value))}**\n\n${plainMarkdown(help)}`;
}
