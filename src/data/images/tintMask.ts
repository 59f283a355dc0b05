// The classes of a mask, shown in the pixels of the picture it belongs to.
import { classColour } from './classColours';
import type { Canvas } from './drawBoxes';

/** What belongs to no class in PASCAL VOC's masks. */
const nothing = 255;

/** Colours each pixel half by its class; class 0 is the background and stays, what belongs to no class becomes white. */
export function tintMask({ data }: Canvas, mask: Uint8Array): void {
  mask.forEach((value, at) => {
    if (value === 0) return;
    const colour = value === nothing ? undefined : classColour(value - 1);
    for (let channel = 0; channel < 3; channel++) {
      const place = 3 * at + channel;
      data[place] = colour === undefined ? nothing : Math.round(((data[place] ?? 0) + (colour[channel] ?? 0)) / 2);
    }
  });
}
