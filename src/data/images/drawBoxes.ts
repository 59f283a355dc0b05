// Boxes and the names of their classes, drawn into the pixels of a picture.
import { classColour } from './classColours';
import type { Colour } from './classColours';
import { letterHeight, letterRows, letterWidth } from './tinyFont';

/** A rectangle as fractions of the picture's height and width, with what is written at it (empty: nothing). */
export interface DrawnBox {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
  readonly text: string;
}

/** Pixels that are drawn into: 8 bits, height × width × RGB. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

const black: Colour = [0, 0, 0];

/** Sides of pictures, in pixels, for which lines grow by one pixel, and letters by their size. */
const sidePerLine = 400;
const sidePerLetter = 512;

/** Draws the boxes in their order, each text in a colour of its own, names last; what lies outside the picture is cut off. */
export function drawBoxes(canvas: Canvas, boxes: readonly DrawnBox[]): void {
  const texts = [...new Set(boxes.map(({ text }) => text))];
  const colourOf = (text: string): Colour => classColour(texts.indexOf(text));
  for (const box of boxes) drawFrame(canvas, box, colourOf(box.text));
  for (const box of boxes) drawName(canvas, box, colourOf(box.text));
}

function drawFrame(canvas: Canvas, box: DrawnBox, colour: Colour): void {
  const { top, left, bottom, right } = pixelsOf(canvas, box);
  const line = growing(canvas, sidePerLine);
  fill(canvas, { left, top, right, bottom: top + line }, colour);
  fill(canvas, { left, top: bottom - line, right, bottom }, colour);
  fill(canvas, { left, top, right: left + line, bottom }, colour);
  fill(canvas, { left: right - line, top, right, bottom }, colour);
}

/** Above the upper left corner of the box, where there is room; else in it, moved into the picture. */
function drawName(canvas: Canvas, box: DrawnBox, colour: Colour): void {
  if (box.text === '') return;
  const size = growing(canvas, sidePerLetter);
  const characters = Array.from(box.text);
  const width = (characters.length * (letterWidth + 1) + 1) * size;
  const height = (letterHeight + 2) * size;
  const corner = pixelsOf(canvas, box);
  const left = Math.max(0, Math.min(corner.left, canvas.width - width));
  const top = corner.top >= height ? Math.min(corner.top, canvas.height) - height : Math.max(0, corner.top);
  fill(canvas, { left, top, right: left + width, bottom: top + height }, colour);
  for (const [at, character] of characters.entries()) {
    drawLetter(canvas, character, left + (1 + at * (letterWidth + 1)) * size, top + size, size);
  }
}

function drawLetter(canvas: Canvas, character: string, left: number, top: number, size: number): void {
  for (const [y, row] of letterRows(character).entries()) {
    for (let x = 0; x < letterWidth; x++) {
      if (((row >> (letterWidth - 1 - x)) & 1) === 0) continue;
      const dot = { left: left + x * size, top: top + y * size };
      fill(canvas, { ...dot, right: dot.left + size, bottom: dot.top + size }, black);
    }
  }
}

/** Edges in whole pixels; right and bottom are the first ones outside. */
interface Area {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

function pixelsOf({ width, height }: Canvas, box: DrawnBox): Area {
  return {
    left: Math.round(box.left * width),
    top: Math.round(box.top * height),
    right: Math.round(box.right * width),
    bottom: Math.round(box.bottom * height),
  };
}

function growing({ width, height }: Canvas, step: number): number {
  return Math.max(1, Math.round(Math.max(width, height) / step));
}

function fill({ width, height, data }: Canvas, { left, top, right, bottom }: Area, colour: Colour): void {
  for (let y = Math.max(0, top); y < Math.min(height, bottom); y++) {
    for (let x = Math.max(0, left); x < Math.min(width, right); x++) data.set(colour, (y * width + x) * 3);
  }
}
