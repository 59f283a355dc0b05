// Boxes drawn into pixels: lines at the edges, names in the corner, nothing outside the picture.
import { describe, expect, it } from 'vitest';
import { drawBoxes } from '../../../src/data/images/drawBoxes';
import type { Canvas, DrawnBox } from '../../../src/data/images/drawBoxes';
import { letterRows } from '../../../src/data/images/tinyFont';

function grey(width: number, height: number): Canvas {
  return { width, height, data: new Uint8Array(width * height * 3).fill(100) };
}

const box = (top: number, left: number, bottom: number, right: number, text = ''): DrawnBox => ({
  ...{ top, left, bottom, right, text },
});

/** Rows of the picture: "." is untouched, "o" black, "#" any other colour. */
function drawn({ width, height, data }: Canvas): string[] {
  const mark = (at: number): string => {
    const pixel = [...data.subarray(at * 3, at * 3 + 3)].join();
    return pixel === '100,100,100' ? '.' : pixel === '0,0,0' ? 'o' : '#';
  };
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_unused, x) => mark(y * width + x)).join(''),
  );
}

function pixel({ width, data }: Canvas, x: number, y: number): number[] {
  return [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];
}

describe('boxes in a picture', () => {
  it('are frames of one pixel where the picture is small', () => {
    const canvas = grey(8, 5);
    drawBoxes(canvas, [box(0.2, 0.25, 0.8, 0.75)]);
    expect(drawn(canvas)).toEqual(['........', '..####..', '..#..#..', '..####..', '........']);
  });

  it('carry the name of their class in the upper left corner where there is no room above', () => {
    const canvas = grey(9, 11);
    drawBoxes(canvas, [box(0, 0, 1, 1, 'l')]);
    expect(drawn(canvas)).toEqual([
      ...['#########', '#o#####.#', '#o#####.#', '#o#####.#', '#o#####.#', '#o#####.#', '#o#####.#', '#ooooo#.#'],
      ...['#######.#', '#.......#', '#########'],
    ]);
  });

  it('carry it above them where there is room', () => {
    const canvas = grey(9, 12);
    drawBoxes(canvas, [box(0.75, 0, 1, 1, 'l')]);
    expect(drawn(canvas).slice(0, 2)).toEqual(['#######..', '#o#####..']);
    expect(drawn(canvas).slice(8)).toEqual(['#######..', '#########', '#.......#', '#########']);
  });

  it('have one colour for each class, and another for the next', () => {
    const canvas = grey(60, 60);
    drawBoxes(canvas, [box(0, 0, 0.3, 0.3, 'cat'), box(0, 0.5, 0.3, 0.8, 'dog'), box(0.5, 0, 0.8, 0.3, 'cat')]);
    const [first, second, third] = [pixel(canvas, 0, 17), pixel(canvas, 30, 17), pixel(canvas, 0, 47)];
    expect(first).toEqual(third);
    expect(first).not.toEqual(second);
  });

  it('are cut off at the edge of the picture, their names moved into it', () => {
    const canvas = grey(20, 12);
    drawBoxes(canvas, [box(-1, -1, 2, 2)]);
    expect(new Set(drawn(canvas).join(''))).toEqual(new Set('.'));
    drawBoxes(canvas, [box(0.9, 0.9, 1.5, 1.5, 'i')]);
    expect(drawn(canvas).slice(2, 4)).toEqual(['.............#######', '.............##ooo##']);
  });

  it('have thicker lines in a large picture', () => {
    const canvas = grey(1000, 50);
    drawBoxes(canvas, [box(0, 0, 1, 1)]);
    expect(drawn(canvas)[25]?.slice(0, 6)).toBe('###...');
  });
});

describe('letters', () => {
  it('are the same in small and large, with accents and without, and a frame where there is none', () => {
    expect(letterRows('é')).toEqual(letterRows('E'));
    expect(letterRows('猫')).toEqual([0x1f, 0x11, 0x11, 0x11, 0x11, 0x11, 0x1f]);
    const characters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
    expect(new Set(Array.from(characters, (each) => letterRows(each).join())).size).toBe(36);
  });
});
