// What stands on the cards of the picture, and how large that makes them.
import type { GraphScene, SceneNode } from '../../../src/protocol/panels/graph';
import type { LayoutInput } from '../layout/layoutTypes';
import type { Family } from './families';
import { familyOf } from './families';

/** What is written on a card, and its colour. */
export interface Card {
  readonly title: string;
  readonly lines: readonly string[];
  readonly family: Family;
}

/** Width of a text at the sizes of the picture. */
export type Measure = (text: string, size: 'title' | 'line') => number;

/** Sizes of the picture, in its own units. */
export const cardSize = {
  title: 26,
  line: 15,
  side: 10,
  narrowest: 74,
  widest: 260,
  /** Where a group is opened and closed. */
  button: 16,
} as const;

/** Fonts of cards: sizes in units of the picture. */
const cardFonts = { title: 12, line: 10.5 } as const;

/** Texts longer than this are cut before they are measured: a name may be a megabyte. */
const longestText = 60;

/** The card of a node. */
export function cardOf(node: SceneNode): Card {
  const title = shortened(node.label === '' ? node.name : node.label);
  if (node.kind === 'group') {
    const size = `${node.size.toLocaleString('en')} ${node.size === 1 ? 'operator' : 'operators'}`;
    return { title, lines: [...(node.details ?? []).slice(0, 2).map(shortened), size], family: 'other' };
  }
  const lines = (node.details ?? []).slice(0, 3).map(shortened);
  return { title, lines, family: node.kind === 'op' ? familyOf(node.label) : 'other' };
}

/** Keeps both ends of a long text: names mostly differ at the end. */
export function shortened(text: string): string {
  const flat = text.slice(0, 500).replace(/\s+/g, ' ');
  if (flat.length <= longestText) return flat;
  return `${flat.slice(0, 24)}…${flat.slice(-(longestText - 25))}`;
}

/** As much of a text as there is room for, with an ellipsis in the place of its end where that is left out. */
export function fittedText(text: string, room: number, widthOf: (text: string) => number): string {
  if (widthOf(text) <= room) return text;
  const characters = Array.from(text);
  let [fits, tooMany] = [0, characters.length];
  while (tooMany - fits > 1) {
    const middle = (fits + tooMany) >> 1;
    if (widthOf(`${characters.slice(0, middle).join('').trimEnd()}…`) <= room) fits = middle;
    else tooMany = middle;
  }
  return fits === 0 ? '' : `${characters.slice(0, fits).join('').trimEnd()}…`;
}

/** The title of an open group with the figure of the colours: of both the name gives way first. */
export function boxTitle(
  label: string,
  figure: string | undefined,
  room: number,
  widthOf: (text: string) => number,
): string {
  const name = shortened(label);
  if (figure === undefined) return fittedText(name, room, widthOf);
  const shown = fittedText(name, room - widthOf(behind(figure)), widthOf);
  return fittedText(shown === '' ? figure : `${shown}${behind(figure)}`, room, widthOf);
}

function behind(figure: string): string {
  return ` · ${figure}`;
}

/** What is written in the tag under a card. */
export function tagText(figure: string): string {
  return figure.slice(0, 40);
}

/** Width of a tag with a text of a width. */
export function tagWidth(textWidth: number): number {
  return Math.max(44, textWidth + 12);
}

/**
 * What the layout needs to know of a scene.
 *
 * @param figureOf what the colours say of a node or open group; '' for nothing
 */
export function layoutInputOf(
  scene: GraphScene,
  cards: readonly Card[],
  measure: Measure,
  figureOf: (id: string) => string = () => '',
): LayoutInput {
  const groups = new Map(scene.openGroups.map(({ key }, index) => [key, index]));
  const parentOf = (key: string): number => groups.get(key) ?? -1;
  const widthOfTag = (figure: string): number => (figure === '' ? 0 : tagWidth(measure(tagText(figure), 'line')));
  const titleOf = (label: string, figure: string): string => shortened(label) + (figure === '' ? '' : behind(figure));
  return {
    widths: Float32Array.from(cards, (card, index) => cardWidth(card, scene.nodes[index]?.kind === 'group', measure)),
    heights: Float32Array.from(
      cards,
      ({ lines }) => cardSize.title + (lines.length && lines.length * cardSize.line + 6),
    ),
    parents: Int32Array.from(scene.nodes, ({ parent }) => parentOf(parent)),
    sources: Int32Array.from(scene.edges, ({ source }) => source),
    targets: Int32Array.from(scene.edges, ({ target }) => target),
    groupParents: Int32Array.from(scene.openGroups, ({ parent }) => parentOf(parent)),
    titleWidths: Float32Array.from(
      scene.openGroups,
      ({ key, label }) => measure(titleOf(label, figureOf(key)), 'title') + 4 * cardSize.side + cardSize.button,
    ),
    tagWidths: Float32Array.from(scene.nodes, ({ id }) => widthOfTag(figureOf(id))),
  };
}

function cardWidth({ title, lines }: Card, isGroup: boolean, measure: Measure): number {
  const button = isGroup ? cardSize.button + 6 : 0;
  const inner = lines.reduce(
    (widest, line) => Math.max(widest, measure(line, 'line')),
    measure(title, 'title') + button,
  );
  return Math.round(Math.min(cardSize.widest, Math.max(cardSize.narrowest, inner + 2 * cardSize.side + 4)));
}

/** The font of a part of a card. */
export function cardFont(size: 'title' | 'line', font: string): string {
  return `${size === 'title' ? '600 ' : ''}${cardFonts[size]}px ${font}`;
}
