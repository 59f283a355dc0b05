// The small map of the whole picture: painted once for a picture, with a frame around what is seen.
import { at } from '../layout/layoutTypes';
import type { Camera, Point, Size } from './camera';
import { seenPart } from './camera';
import type { Look } from './looks';
import { lookOf } from './looks';
import type { Marks } from './marks';
import type { Picture } from './picture';
import type { Theme } from './theme';

const widest = 160;
/** Small pictures have small maps. */
const largest = 0.12;
const highest = 180;
/** Pictures much higher than wide are stretched, or the map would be a thread. */
const narrowest = 48;

/** The map of one picture in one look. */
export class Minimap {
  readonly size: Size;
  private readonly scaleX: number;
  private readonly scaleY: number;
  private readonly ground: HTMLCanvasElement;

  constructor(
    private readonly picture: Picture,
    private readonly theme: Theme,
    marks: Marks,
    private readonly ratio: number,
  ) {
    const { width, height } = picture.layout;
    const scale = Math.min(largest, widest / width, highest / height);
    this.size = { width: Math.max(narrowest, width * scale), height: Math.max(narrowest, height * scale) };
    this.scaleX = this.size.width / width;
    this.scaleY = this.size.height / height;
    this.ground = document.createElement('canvas');
    this.ground.width = Math.ceil(this.size.width * ratio);
    this.ground.height = Math.ceil(this.size.height * ratio);
    const context = this.ground.getContext('2d');
    if (context !== null) this.paintGround(context, marks);
  }

  private paintGround(context: CanvasRenderingContext2D, { overlay }: Marks): void {
    const { picture, theme, scaleX, scaleY, ratio } = this;
    context.scale(ratio, ratio);
    const { xs, ys } = picture.layout;
    const seen = new Set<string>();
    const { widths, heights } = picture.input;
    picture.scene.nodes.forEach((_, node) => {
      const [x, y] = [at(xs, node) * scaleX, at(ys, node) * scaleY];
      // Many nodes fall on one pixel of the map: one of them is enough.
      const key = `${Math.round(2 * x)} ${Math.round(2 * y)}`;
      if (seen.has(key)) return;
      seen.add(key);
      const look: Look = lookOf(context, picture, node, theme, overlay);
      const isHeat = overlay !== undefined && typeof look.line === 'string' && !theme.isOutlined;
      context.fillStyle = isHeat ? look.fill : look.line;
      context.fillRect(x, y, Math.max(1, at(widths, node) * scaleX), Math.max(1, at(heights, node) * scaleY));
    });
  }

  /** Paints the map with the frame of a view. */
  paint(context: CanvasRenderingContext2D, camera: Camera, window: Size): void {
    const { size, ratio, theme } = this;
    const { canvas } = context;
    if (canvas.width !== this.ground.width) canvas.width = this.ground.width;
    if (canvas.height !== this.ground.height) canvas.height = this.ground.height;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = theme.background;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(this.ground, 0, 0);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const seen = seenPart(camera, window);
    const left = Math.max(0, seen.x * this.scaleX);
    const top = Math.max(0, seen.y * this.scaleY);
    const right = Math.min(size.width, (seen.x + seen.width) * this.scaleX);
    const bottom = Math.min(size.height, (seen.y + seen.height) * this.scaleY);
    context.strokeStyle = theme.accent;
    context.lineWidth = 1.5;
    context.strokeRect(left + 1, top + 1, Math.max(3, right - left - 2), Math.max(3, bottom - top - 2));
  }

  /** The place of the picture under a place of the map. */
  placeAt({ x, y }: Point): Point {
    return { x: x / this.scaleX, y: y / this.scaleY };
  }
}
