// What the picture of a graph is walked, hit and moved with: cameras, what is in sight, arrow keys, places under a pointer.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GraphScene, SceneNode } from '../../../src/protocol/panels/graph';
import { layoutGraph } from '../../../webviews/graph/layout/layoutGraph';
import { Bands } from '../../../webviews/graph/view/bands';
import { buttonOfGroup, buttonOfNode } from '../../../webviews/graph/view/buttons';
import {
  brought,
  fitted,
  panned,
  recentred,
  readableScale,
  firstCamera,
  seenPart,
  toPicture,
  zoomed,
} from '../../../webviews/graph/view/camera';
import type { Camera, Point } from '../../../webviews/graph/view/camera';
import { rowsText } from '../../../webviews/graph/page/rowWindow';
import { boxTitle, cardOf, fittedText, layoutInputOf, shortened } from '../../../webviews/graph/view/cards';
import { familyOf } from '../../../webviews/graph/view/families';
import { targetAt } from '../../../webviews/graph/view/hitTest';
import { stepFrom } from '../../../webviews/graph/view/navigation';
import { Picture } from '../../../webviews/graph/view/picture';
import { nodesIn } from '../../../webviews/graph/view/sight';

function op(id: string, parent = ''): SceneNode {
  return { id, kind: 'op', label: 'Conv', name: id, size: 1, parent };
}

/** `a` feeds `b` and `c`, which feed `d`; `b` and `c` are in an open group; `g` is a closed one behind them. */
const scene: GraphScene = {
  nodes: [
    op('a'),
    op('b', 'block'),
    op('c', 'block'),
    op('d'),
    { id: 'g', kind: 'group', label: 'g', name: 'g', size: 7, parent: '' },
  ],
  edges: [
    { source: 0, target: 1, tensor: 'float32 [1, 3]' },
    { source: 0, target: 2, tensor: 'float32 [1, 3]' },
    { source: 1, target: 3, tensor: '' },
    { source: 2, target: 3, tensor: '' },
    { source: 3, target: 4, tensor: '' },
  ],
  openGroups: [{ key: 'block', label: 'block', parent: '', size: 2 }],
};

function pictureOf(of: GraphScene): Picture {
  const cards = of.nodes.map(cardOf);
  const input = layoutInputOf(of, cards, (text) => 7 * text.length);
  return new Picture(of, cards, input, layoutGraph(input));
}

const picture = pictureOf(scene);

const cameras = fc.record({
  x: fc.double({ min: -1e5, max: 1e5, noNaN: true }),
  y: fc.double({ min: -1e5, max: 1e5, noNaN: true }),
  scale: fc.double({ min: 0.01, max: 4, noNaN: true }),
});
const window = { width: 1000, height: 600 };

/** The place in the window of a place in the picture. */
function toWindow(camera: Camera, { x, y }: Point): Point {
  return { x: (x - camera.x) * camera.scale, y: (y - camera.y) * camera.scale };
}

describe('camera', () => {
  it('finds back from the window to the picture', () => {
    fc.assert(
      fc.property(cameras, fc.nat(1000), fc.nat(600), (camera, x, y) => {
        const back = toWindow(camera, toPicture(camera, { x, y }));
        expect(back.x).toBeCloseTo(x, 3);
        expect(back.y).toBeCloseTo(y, 3);
      }),
    );
  });

  it('keeps what lies under the pointer there while it zooms', () => {
    fc.assert(
      fc.property(cameras, fc.double({ min: 0.2, max: 5, noNaN: true }), fc.nat(1000), (camera, factor, x) => {
        const around = { x, y: 100 };
        const before = toPicture(camera, around);
        const after = toPicture(zoomed(camera, factor, around), around);
        expect(after.x).toBeCloseTo(before.x, 3);
        expect(after.y).toBeCloseTo(before.y, 3);
      }),
    );
  });

  it('shows a whole picture, however high', () => {
    const seen = seenPart(fitted({ x: 0, y: 0, width: 500, height: 900_000 }, window), window);
    expect(seen.y).toBeLessThanOrEqual(0);
    expect(seen.y + seen.height).toBeGreaterThanOrEqual(900_000);
  });

  it('begins readable at the top of a picture that is too large to be read whole', () => {
    const camera = firstCamera({ width: 9000, height: 90_000 }, { x: 4000, y: 0 }, window);
    expect(camera.scale).toBeGreaterThanOrEqual(readableScale);
    expect(camera.y).toBe(0);
  });

  it('moves only as far as needed to bring something into the window', () => {
    const camera = { x: 0, y: 0, scale: 1 };
    expect(brought(camera, { x: 400, y: 200, width: 100, height: 40 }, window)).toEqual(camera);
    const moved = brought(camera, { x: 400, y: 900, width: 100, height: 40 }, window);
    expect(moved.x).toBe(0);
    expect(moved.y + window.height).toBeGreaterThanOrEqual(940);
  });

  it('keeps its middle in a window of another size, and back', () => {
    const narrow = { width: 350, height: 600 };
    const camera = { x: 10, y: 20, scale: 0.5 };
    const there = recentred(camera, narrow, window);
    expect(toPicture(there, { x: 500, y: 300 })).toEqual(toPicture(camera, { x: 175, y: 300 }));
    expect(recentred(there, window, narrow)).toEqual(camera);
  });

  it('pans by pixels of the window', () => {
    expect(panned({ x: 0, y: 0, scale: 2 }, 10, -20)).toEqual({ x: -5, y: 10, scale: 2 });
  });
});

describe('what is in sight', () => {
  it('finds everything between two heights, and each thing once', () => {
    const spans = fc.array(fc.tuple(fc.nat(20_000), fc.nat(20_000)), { maxLength: 60 });
    fc.assert(
      fc.property(spans, fc.nat(20_000), fc.nat(3000), (pairs, top, height) => {
        const things = pairs.map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
        const bands = new Bands(things.length, 20_000, (index) => things[index]!);
        for (const from of [top, top / 2]) {
          const found: number[] = [];
          bands.between(from, from + height, (index) => found.push(index));
          expect(new Set(found).size).toBe(found.length);
          things.forEach(([first, last], index) => {
            if (last >= from && first <= from + height) expect(found).toContain(index);
          });
        }
      }),
    );
  });

  it('is what lies in the part that is seen', () => {
    expect(nodesIn(picture, { x: 0, y: 0, ...picture.layout })).toHaveLength(5);
    expect(nodesIn(picture, { x: -500, y: 0, width: 100, height: 5000 })).toHaveLength(0);
  });
});

describe('what lies under the pointer', () => {
  it.each(scene.nodes.map((_, index) => index))('is card %i', (index) => {
    const { x, y } = picture.rectOfNode(index);
    expect(targetAt(picture, { x: x + 5, y: y + 5 }, 1)).toEqual({ kind: 'node', index, isButton: false });
  });

  it('is the button of a closed and of an open group', () => {
    const middle = ({ x, y, width, height }: { x: number; y: number; width: number; height: number }) => ({
      x: x + width / 2,
      y: y + height / 2,
    });
    const closed = middle(buttonOfNode(picture.rectOfNode(4)));
    expect(targetAt(picture, closed, 1)).toEqual({ kind: 'node', index: 4, isButton: true });
    const open = middle(buttonOfGroup(picture.rectOfGroup(0)));
    expect(targetAt(picture, open, 1)).toEqual({ kind: 'group', index: 0, isButton: true });
  });

  it('is a line that passes there', () => {
    const end = 2 * picture.layout.routeStarts[5]! - 2;
    const place = { x: picture.layout.points[end]!, y: picture.layout.points[end + 1]! - 5 };
    expect(targetAt(picture, place, 1)).toEqual({ kind: 'edge', index: 4 });
  });

  it('is nothing beside everything', () => {
    expect(targetAt(picture, { x: -100, y: -100 }, 1)).toBeUndefined();
  });
});

describe('arrow keys', () => {
  it('follow the lines and go to the neighbours', () => {
    expect(stepFrom(picture, undefined, 'down')).toBe('a');
    expect(stepFrom(picture, 'a', 'down')).toBe('b');
    expect(stepFrom(picture, 'b', 'right')).toBe('c');
    expect(stepFrom(picture, 'c', 'left')).toBe('b');
    expect(stepFrom(picture, 'c', 'down')).toBe('d');
    expect(stepFrom(picture, 'd', 'down')).toBe('g');
    expect(stepFrom(picture, 'g', 'down')).toBeUndefined();
    expect(stepFrom(picture, 'd', 'first')).toBe('a');
    expect(stepFrom(picture, 'a', 'last')).toBe('g');
  });

  it('lead into the box of an open group and out of it', () => {
    expect(stepFrom(picture, 'block', 'down')).toBe('b');
    expect(stepFrom(picture, 'block', 'up')).toBe('a');
  });
});

describe('cards', () => {
  it('cut names of any length', () => {
    expect(shortened('x'.repeat(1_000_000)).length).toBeLessThanOrEqual(60);
    expect(shortened('conv1')).toBe('conv1');
  });

  it('take the ids of a model as they are', () => {
    const odd = pictureOf({ nodes: [op('__proto__'), op('constructor')], edges: [], openGroups: [] });
    expect(odd.indexOf('__proto__')).toBe(0);
    expect(odd.indexOf('toString')).toBeUndefined();
    expect(familyOf('__proto__')).toBe('other');
  });
});

describe('texts of the picture', () => {
  const widthOf = (text: string): number => 7 * text.length;

  it('are cut with an ellipsis where there is no room, never squeezed', () => {
    expect(fittedText('features.1', 70, widthOf)).toBe('features.1');
    expect(fittedText('features.1', 69, widthOf)).toBe('features…');
    expect(fittedText('features.1', 6, widthOf)).toBe('');
    fc.assert(
      fc.property(fc.string(), fc.nat(300), (text, room) => {
        expect(widthOf(fittedText(text, room, widthOf))).toBeLessThanOrEqual(room);
      }),
    );
  });

  it('of an open group keep the figure and shorten the name', () => {
    expect(boxTitle('features.1', '12 %', 7 * 17, widthOf)).toBe('features.1 · 12 %');
    expect(boxTitle('features.1', '12 %', 7 * 15, widthOf)).toBe('feature… · 12 %');
    expect(boxTitle('features.1', '12 %', 7 * 5, widthOf)).toBe('12 %');
  });

  it('of a tag hang under the card, right of the lines that begin there', () => {
    const [a, g] = [picture.rectOfNode(0), picture.rectOfNode(4)];
    const line = picture.layout.points[2 * (picture.layout.routeStarts[0] ?? 0)] ?? 0;
    expect(picture.leftOfTag(0, a.width)).toBeGreaterThan(line);
    expect(picture.leftOfTag(4, 20)).toBe(g.x + g.width - 20);
  });

  it('of a narrow open group have room in its box: its name with its figure, and the tags under its cards', () => {
    const figures: Readonly<Record<string, string>> = { block: '79.1 µs, 16.7 %', c: 'computed with Conv' };
    const cards = scene.nodes.map(cardOf);
    const input = layoutInputOf(scene, cards, widthOf, (id) => figures[id] ?? '');
    const shown = new Picture(scene, cards, input, layoutGraph(input));
    const box = shown.rectOfGroup(0);
    expect(boxTitle('block', figures['block'], box.width - 44, widthOf)).toBe('block · 79.1 µs, 16.7 %');
    for (const node of [1, 2]) {
      const width = input.tagWidths[node] ?? 0;
      expect(shown.leftOfTag(node, width) + width).toBeLessThan(box.x + box.width);
    }
    expect(picture.rectOfGroup(0).width).toBeLessThan(box.width);
  });

  it('count inputs and outputs of the model apart from its nodes', () => {
    expect([rowsText(103, 2), rowsText(1, 0)]).toEqual(['101 nodes, 2 inputs and outputs', '1 node']);
  });
});
