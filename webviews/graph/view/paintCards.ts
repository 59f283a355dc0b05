// Paints cards of nodes and boxes of open groups.
import { buttonOfGroup, buttonOfNode } from './buttons';
import type { Rect } from './camera';
import { boxTitle, cardFont, cardSize, fittedText, tagText, tagWidth } from './cards';
import type { Look } from './looks';
import type { Marks } from './marks';
import { changeSigns } from './marks';
import type { Picture } from './picture';
import type { Theme } from './theme';

/** Names are read from this scale on. */
const titleScale = 0.3;
const lineScale = 0.5;
const figureScale = 0.35;

/** What all cards of one painting share. */
export interface CardPaint {
  readonly context: CanvasRenderingContext2D;
  readonly picture: Picture;
  readonly theme: Theme;
  readonly marks: Marks;
  readonly scale: number;
  readonly lookOf: (node: number) => Look;
}

/** One card. */
export function paintCard(paint: CardPaint, node: number): void {
  const { context, picture, theme, scale } = paint;
  const rect = picture.rectOfNode(node);
  const look = paint.lookOf(node);
  const kind = picture.node(node)?.kind;
  const radius = kind === 'op' ? 4 : kind === 'group' ? 6 : rect.height / 2;
  if (kind === 'group') paintStack(paint, rect, radius);
  outline(context, rect, radius);
  context.fillStyle = theme.card;
  context.fill();
  context.save();
  context.clip();
  context.fillStyle = look.fill;
  context.fillRect(rect.x, rect.y, rect.width, kind === 'group' || kind === 'op' ? cardSize.title : rect.height);
  if (kind === 'op' || paint.marks.overlay !== undefined) {
    context.fillStyle = look.line;
    context.fillRect(rect.x, rect.y, typeof look.line === 'string' ? 4 : 9, rect.height);
  }
  context.restore();
  outline(context, rect, radius);
  context.strokeStyle = theme.border;
  context.lineWidth = 1;
  context.stroke();
  if (scale >= titleScale) paintTexts(paint, node, rect);
  if (kind === 'group' && scale >= titleScale) paintButton(paint, buttonOfNode(rect), 'open');
  paintMarksOf(paint, node, rect, look);
}

function outline(context: CanvasRenderingContext2D, { x, y, width, height }: Rect, radius: number): void {
  context.beginPath();
  context.roundRect(x, y, width, height, radius);
}

/** A second card behind it: there is more inside. */
function paintStack({ context, theme }: CardPaint, rect: Rect, radius: number): void {
  outline(context, { ...rect, x: rect.x + 3, y: rect.y + 3 }, radius);
  context.fillStyle = theme.card;
  context.fill();
  context.strokeStyle = theme.border;
  context.lineWidth = 1;
  context.stroke();
}

function paintTexts({ context, picture, theme, scale }: CardPaint, node: number, rect: Rect): void {
  const card = picture.cards[node];
  if (card === undefined) return;
  const isGroup = picture.node(node)?.kind === 'group';
  const room = rect.width - 2 * cardSize.side - (isGroup ? cardSize.button + 4 : 0);
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.fillStyle = theme.text;
  context.font = cardFont('title', theme.font);
  // A little to the right of the stripe.
  const left = rect.x + cardSize.side + 2;
  // Narrower cards are as wide as their texts.
  const isFull = rect.width >= cardSize.widest;
  const widthOf = (text: string): number => context.measureText(text).width;
  const shown = (text: string, space: number): string => (isFull ? fittedText(text, space, widthOf) : text);
  context.fillText(shown(card.title, room), left, rect.y + cardSize.title / 2 + 0.5);
  if (scale < lineScale) return;
  context.font = cardFont('line', theme.font);
  context.fillStyle = theme.faint;
  card.lines.forEach((line, index) => {
    const y = rect.y + cardSize.title + 3 + (index + 0.5) * cardSize.line;
    context.fillText(shown(line, rect.width - 2 * cardSize.side), left, y);
  });
}

/** Plus opens, minus closes. */
function paintButton({ context, theme, marks }: CardPaint, rect: Rect, does: 'open' | 'close'): void {
  const { hovered } = marks;
  outline(context, rect, 3);
  context.fillStyle = theme.background;
  context.fill();
  context.strokeStyle =
    hovered !== undefined && hovered.kind !== 'edge' && hovered.isButton ? theme.accent : theme.faint;
  context.lineWidth = 1;
  context.stroke();
  const [x, y] = [rect.x + rect.width / 2, rect.y + rect.height / 2];
  context.strokeStyle = theme.text;
  context.lineWidth = 1.4;
  context.beginPath();
  context.moveTo(x - 4, y);
  context.lineTo(x + 4, y);
  if (does === 'open') {
    context.moveTo(x, y - 4);
    context.lineTo(x, y + 4);
  }
  context.stroke();
}

/** Box and title of an open group; its inside comes later. */
export function paintBox(paint: CardPaint, group: number): void {
  const { context, picture, theme } = paint;
  outline(context, picture.rectOfGroup(group), 8);
  context.fillStyle = theme.box;
  context.globalAlpha = theme.isOutlined ? 0 : 0.7;
  context.fill();
  context.globalAlpha = 1;
  context.strokeStyle = theme.border;
  context.lineWidth = 1;
  context.setLineDash(theme.isOutlined ? [4, 3] : []);
  context.stroke();
  context.setLineDash([]);
}

/** Over the lines that come in through the border. */
export function paintBoxTitle(paint: CardPaint, group: number): void {
  const { context, picture, theme, marks, scale } = paint;
  const open = picture.scene.openGroups[group];
  if (scale < titleScale || open === undefined) return;
  const rect = picture.rectOfGroup(group);
  const overlay = marks.overlay?.values;
  const figure = overlay !== undefined && Object.hasOwn(overlay, open.key) ? overlay[open.key]?.text : undefined;
  context.font = cardFont('title', theme.font);
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  const room = rect.width - 2 * cardSize.side - cardSize.button - 8;
  const widthOf = (one: string): number => context.measureText(one).width;
  const text = boxTitle(open.label, figure, room, widthOf);
  context.fillStyle = theme.isOutlined ? theme.background : theme.box;
  context.fillRect(rect.x + 6, rect.y + 5, widthOf(text) + 8, 18);
  context.fillStyle = theme.faint;
  context.fillText(text, rect.x + 10, rect.y + 14.5);
  paintButton(paint, buttonOfGroup(rect), 'close');
  paintChange(paint, open.key, rect);
}

function paintMarksOf(paint: CardPaint, node: number, rect: Rect, look: Look): void {
  if (look.figure !== '' && paint.scale >= figureScale) paintFigure(paint, node, rect, look);
  paintChange(paint, paint.picture.node(node)?.id ?? '', rect);
}

/** What a node costs: under its card, beside its lines, filled as far as its share of the worst goes. */
function paintFigure({ context, theme, picture }: CardPaint, node: number, rect: Rect, { figure, share }: Look): void {
  context.font = cardFont('line', theme.font);
  const text = tagText(figure);
  const width = tagWidth(context.measureText(text).width);
  const place = { x: picture.leftOfTag(node, width), y: rect.y + rect.height - 1, width, height: 15 };
  outline(context, place, 7);
  context.fillStyle = theme.background;
  context.fill();
  if (share !== null && share > 0) {
    context.save();
    context.clip();
    context.fillStyle = theme.isOutlined ? theme.border : (theme.heat.at(-1) ?? theme.border);
    context.globalAlpha = theme.isOutlined ? 0.35 : 0.7;
    context.fillRect(place.x, place.y, width * share, place.height);
    context.restore();
    outline(context, place, 7);
  }
  context.strokeStyle = theme.border;
  context.lineWidth = 1;
  context.stroke();
  context.fillStyle = theme.text;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(text, place.x + width / 2, place.y + 8);
}

/** A border in the colour of the change, and its sign at the corner. */
function paintChange({ context, theme, marks, scale }: CardPaint, id: string, rect: Rect): void {
  const change =
    marks.changes !== undefined && Object.hasOwn(marks.changes, id) ? marks.changes[id]?.change : undefined;
  if (change === undefined || change === 'same') return;
  const color = theme[change];
  outline(context, rect, 5);
  context.strokeStyle = color;
  context.lineWidth = Math.max(2, 1.5 / scale);
  context.setLineDash(change === 'removed' ? [6, 3] : change === 'changed' ? [2, 2] : []);
  context.stroke();
  context.setLineDash([]);
  if (scale < titleScale) return;
  context.beginPath();
  context.arc(rect.x, rect.y, 8, 0, 2 * Math.PI);
  context.fillStyle = theme.background;
  context.fill();
  context.strokeStyle = color;
  context.lineWidth = 1.5;
  context.stroke();
  context.fillStyle = theme.text;
  context.font = cardFont('title', theme.font);
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(changeSigns[change], rect.x, rect.y + 0.5);
}
