// How each node looks under the present colouring: its surface, its line, and what a figure says about it.
import type { Overlay } from '../../../src/protocol/panels/graph';
import type { Picture } from './picture';
import { categoryNumbers } from './categoryNumbers';
import { categoryPattern } from './patterns';
import type { Theme } from './theme';
import { heatSteps } from './theme';

/** How a node is painted. */
export interface Look {
  /** Surface of the title, and of the whole card from afar. */
  readonly fill: string | CanvasPattern;
  /** Stripe at the left. */
  readonly line: string | CanvasPattern;
  /** A figure under the card; '' for none. */
  readonly figure: string;
  /** How much of the figure's place is filled; null for none. */
  readonly share: number | null;
}

/** The look of a node, by its index. */
export function lookOf(
  context: CanvasRenderingContext2D,
  picture: Picture,
  node: number,
  theme: Theme,
  overlay: Overlay | undefined,
): Look {
  const card = picture.cards[node];
  const family = theme.families[card?.family ?? 'other'];
  const isPlain = picture.node(node)?.kind !== 'op';
  const plain = { fill: theme.card, line: isPlain ? theme.faint : family.line, figure: '', share: null };
  if (overlay === undefined) return { ...plain, fill: isPlain ? theme.card : family.fill };
  const id = picture.node(node)?.id ?? '';
  const value = Object.hasOwn(overlay.values, id) ? overlay.values[id] : undefined;
  if (value === undefined) return { ...plain, line: theme.border };
  if (value.category !== null) {
    const category = categoryNumbers(overlay.categories)[overlay.categories.indexOf(value.category)] ?? 0;
    const color = theme.categories[category % theme.categories.length] ?? theme.text;
    const pattern = categoryPattern(context, category, color, theme.card);
    return { fill: theme.card, line: pattern, figure: value.text, share: null };
  }
  const share = Math.min(1, Math.max(0, value.share ?? 0));
  const heat = theme.heat[Math.round(share * (heatSteps - 1))] ?? theme.card;
  return { fill: heat, line: theme.border, figure: value.text, share };
}
