// Where groups are opened and closed in the picture.
import type { Rect } from './camera';
import { cardSize } from './cards';

/** Where a closed group is opened. */
export function buttonOfNode({ x, y, width }: Rect): Rect {
  const size = cardSize.button;
  return { x: x + width - size - 6, y: y + (cardSize.title - size) / 2, width: size, height: size };
}

/** Where an open group is closed. */
export function buttonOfGroup({ x, y, width }: Rect): Rect {
  const size = cardSize.button;
  return { x: x + width - size - 6, y: y + 6, width: size, height: size };
}
