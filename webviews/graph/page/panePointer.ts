// What mouse, touchpad and fingers do in the picture and on its map.
import type { Point } from '../view/camera';
import { centred, panned, zoomed } from '../view/camera';
import { targetAt } from '../view/hitTest';
import type { Target } from '../view/marks';
import type { GraphPane } from './graphPane';

/** A press that moves less is a click. */
const clickSlack = 4;

/** Pointers of one pane. */
export class PanePointer {
  /** Pointers that are down, where they are: one drags, two zoom. */
  private readonly down = new Map<number, Point>();
  private moved = 0;

  constructor(private readonly pane: GraphPane) {}

  listenTo(canvas: HTMLCanvasElement, map: HTMLCanvasElement): void {
    canvas.addEventListener('wheel', (event) => this.wheel(event), { passive: false });
    canvas.addEventListener('pointerdown', (event) => this.press(event, canvas));
    canvas.addEventListener('pointermove', (event) => this.move(event));
    canvas.addEventListener('pointerup', (event) => this.release(event, canvas));
    canvas.addEventListener('pointercancel', (event) => this.release(event, canvas));
    canvas.addEventListener('pointerleave', (event) => this.pane.hover(undefined, placeOf(event)));
    canvas.addEventListener('dblclick', (event) => this.doubleClick(event));
    const jump = (event: PointerEvent): void => {
      const place = this.pane.placeOnMap(placeOf(event));
      if (place !== undefined) this.pane.move(centred(place, this.pane.camera.scale, this.pane.window));
    };
    map.addEventListener('pointerdown', (event) => {
      map.setPointerCapture(event.pointerId);
      jump(event);
    });
    map.addEventListener('pointermove', (event) => {
      if (event.buttons === 1) jump(event);
    });
  }

  /** The wheel scrolls; with Ctrl it zooms, which is also what a pinch on a touchpad sends. */
  private wheel(event: WheelEvent): void {
    event.preventDefault();
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    if (event.ctrlKey || event.metaKey) {
      const factor = Math.exp(-Math.max(-50, Math.min(50, event.deltaY * unit)) / 120);
      this.pane.move(zoomed(this.pane.camera, factor, placeOf(event)));
      return;
    }
    const [dx, dy] = event.shiftKey && event.deltaX === 0 ? [event.deltaY, 0] : [event.deltaX, event.deltaY];
    this.pane.move(panned(this.pane.camera, -dx * unit, -dy * unit));
  }

  private press(event: PointerEvent, canvas: HTMLCanvasElement): void {
    if (event.button > 1) return;
    if (this.down.size === 0) this.moved = 0;
    this.down.set(event.pointerId, placeOf(event));
    canvas.setPointerCapture(event.pointerId);
  }

  private move(event: PointerEvent): void {
    const place = placeOf(event);
    const before = this.down.get(event.pointerId);
    if (before === undefined) {
      this.pane.hover(this.targetAt(place), place);
      return;
    }
    const [dx, dy] = [place.x - before.x, place.y - before.y];
    this.moved += Math.abs(dx) + Math.abs(dy);
    this.down.set(event.pointerId, place);
    if (this.down.size === 2) this.pinch(event.pointerId, before, place);
    else if (this.moved >= clickSlack) this.pane.move(panned(this.pane.camera, dx, dy));
  }

  /** Two fingers: the distance between them zooms around the one that rests. */
  private pinch(moving: number, before: Point, after: Point): void {
    const other = [...this.down].find(([id]) => id !== moving)?.[1];
    if (other === undefined) return;
    const distance = (point: Point): number => Math.max(1, Math.hypot(point.x - other.x, point.y - other.y));
    this.pane.move(zoomed(this.pane.camera, distance(after) / distance(before), other));
  }

  private release(event: PointerEvent, canvas: HTMLCanvasElement): void {
    const wasDown = this.down.delete(event.pointerId);
    canvas.releasePointerCapture(event.pointerId);
    if (wasDown && this.moved < clickSlack && event.type === 'pointerup' && event.button === 0) {
      this.click(this.targetAt(placeOf(event)));
    }
  }

  private click(target: Target | undefined): void {
    const { store } = this.pane;
    const id = this.idOf(target);
    if (store === undefined) return;
    if (target !== undefined && target.kind !== 'edge' && target.isButton && id !== undefined) void store.toggle(id);
    else store.select(id);
  }

  private doubleClick(event: MouseEvent): void {
    const target = this.targetAt(placeOf(event));
    const id = this.idOf(target);
    const picture = this.pane.store?.picture;
    if (target === undefined || target.kind === 'edge' || target.isButton || id === undefined) return;
    const isOperator = target.kind === 'node' && picture?.node(target.index)?.kind !== 'group';
    if (isOperator) this.pane.dispatchEvent(new CustomEvent('pane-open'));
    else void this.pane.store?.toggle(id);
  }

  private targetAt(place: Point): Target | undefined {
    const picture = this.pane.store?.picture;
    return picture && targetAt(picture, this.pane.placeAt(place), this.pane.camera.scale);
  }

  private idOf(target: Target | undefined): string | undefined {
    const picture = this.pane.store?.picture;
    if (target?.kind === 'node') return picture?.node(target.index)?.id;
    return target?.kind === 'group' ? picture?.scene.openGroups[target.index]?.key : undefined;
  }
}

function placeOf(event: MouseEvent): Point {
  return { x: event.offsetX, y: event.offsetY };
}
