// What the keys do in the picture.
import { panned } from '../view/camera';
import type { Direction } from '../view/navigation';
import { stepFrom } from '../view/navigation';
import type { GraphPane } from './graphPane';

const directions: Readonly<Record<string, Direction>> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
  Home: 'first',
  End: 'last',
};

/** Pixels a key moves the picture. */
const stride = 80;

/** The keys, for the page's help: what is pressed, what it does. */
export const keyHelp: readonly (readonly [string, string])[] = [
  ['Arrow keys', 'along the lines, and to the neighbour left or right'],
  ['Enter', 'opens a group; shows the properties of an operator'],
  ['Backspace', 'closes the group around'],
  ['Home, End', 'first and last node'],
  ['+ −', 'zoom'],
  ['0', 'show all'],
  ['Shift + arrow keys', 'move the picture'],
  ['Ctrl+F or /', 'search'],
  ['T', 'table of all nodes'],
  ['Tab', 'to the properties; Escape comes back'],
  ['Escape', 'closes search, then takes the selection away, then the comparison'],
];

/** Keys of one pane. */
export class PaneKeys {
  constructor(private readonly pane: GraphPane) {}

  listenTo(canvas: HTMLCanvasElement): void {
    canvas.addEventListener('keydown', (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      if (!this.pressed(event)) return;
      event.preventDefault();
      event.stopPropagation();
    });
  }

  /** False: the key means nothing here. */
  private pressed({ key, shiftKey }: KeyboardEvent): boolean {
    const direction = directions[key];
    if (direction !== undefined) {
      if (shiftKey && key.startsWith('Arrow')) this.pan(direction);
      else this.step(direction);
      return true;
    }
    const act = this.actions[key];
    act?.();
    return act !== undefined;
  }

  private readonly actions: Readonly<Record<string, () => void>> = {
    Enter: () => this.open(),
    ' ': () => this.open(),
    Backspace: () => this.close(),
    '+': () => this.pane.zoomBy(1.25),
    '=': () => this.pane.zoomBy(1.25),
    '-': () => this.pane.zoomBy(0.8),
    '0': () => this.pane.fit(),
    PageDown: () => this.pane.move(panned(this.pane.camera, 0, -this.pane.window.height * 0.8)),
    PageUp: () => this.pane.move(panned(this.pane.camera, 0, this.pane.window.height * 0.8)),
    '/': () => this.tell('pane-search'),
    t: () => this.tell('pane-table'),
    Escape: () => this.tell('pane-escape'),
  };

  private tell(name: string): void {
    this.pane.dispatchEvent(new CustomEvent(name));
  }

  private pan(direction: Direction): void {
    const dx = direction === 'left' ? stride : direction === 'right' ? -stride : 0;
    const dy = direction === 'up' ? stride : direction === 'down' ? -stride : 0;
    this.pane.move(panned(this.pane.camera, dx, dy));
  }

  private step(direction: Direction): void {
    const { store } = this.pane;
    const next = store?.picture === undefined ? undefined : stepFrom(store.picture, store.selected, direction);
    if (next === undefined) return;
    store?.select(next);
    this.pane.showSelected({ isCentred: false });
  }

  private open(): void {
    const { store } = this.pane;
    const { selected, picture } = store ?? {};
    if (store === undefined || selected === undefined) return;
    const index = picture?.indexOf(selected);
    const isGroup = index !== undefined && picture?.node(index)?.kind === 'group';
    if (!isGroup) this.tell('pane-open');
    else void store.toggle(selected).then(() => this.pane.showSelected({ isCentred: false }));
  }

  private close(): void {
    const { store } = this.pane;
    const { selected, picture } = store ?? {};
    if (store === undefined || picture === undefined || selected === undefined) return;
    const index = picture.indexOf(selected);
    const key = picture.groupIndexOf(selected) === undefined ? picture.node(index ?? -1)?.parent : selected;
    if (key === undefined || key === '') return;
    void store.close(key).then(() => {
      store.select(key);
      this.pane.showSelected({ isCentred: false });
    });
  }
}
